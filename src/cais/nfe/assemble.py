"""The note of a fulfilment as the fiscal core wants it: what the ERP was told, with what a note says beyond it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

from cais.catalog.models import Product
from cais.connections.account import CLOCK
from cais.core.documents import Address, BuyerDoc, ErpLine, ErpOrderDoc
from cais.core.values import ZERO, digits, document_text, fold
from cais.customers.models import Customer
from cais.fiscal import documents as doc
from cais.fiscal.places import zone_of
from cais.fiscal.preflight import Problem, Where
from cais.fiscal.preflight.problem import NONE
from cais.fiscal.profile import Regime, TaxProfile
from cais.fiscal.text import unit_price_of
from cais.mappings.models import FreightMethod, SalesChannel
from cais.movements.fulfilling import sells_what_is_agreed
from cais.movements.models import Fulfilment
from cais.movements.parts import parts_of
from cais.nfe.models import FiscalSetup
from cais.nfe.not_ready import NotReady, at_channel, at_order, unmapped
from cais.nfe.profiles import profile_of
from cais.nfe.tenders import Owed, payments_of
from cais.orders.models import Order
from cais.publishing.erp_document import erp_document

_OTHER_UNITS = (
    "Os itens, as quantidades ou os valores do pedido mudaram depois da venda, e ela ainda é a antiga: a nota não "
    "bateria com o pedido. Abra o pedido e mande refazer a venda, ou emita esta nota no ERP em que ela foi ajustada."
)
_ADDRESS = ("street", "number", "complement", "district", "city", "state", "postal_code")


def assemble(fulfilment: Fulfilment) -> doc.NoteDoc:
    """The sale to be invoiced, not yet judged. Raises NotReady when the company has no set-up or no tax profile."""
    setup = setup_of(fulfilment)
    erp = erp_document(fulfilment)
    order = fulfilment.order
    if not sells_what_is_agreed(order):
        raise at_order("sale_differs", _OTHER_UNITS)
    channel, freight = _channel_of(order), _freight_of(order)
    buyer_address = _as_corrected(erp.billing if erp.billing.street else erp.delivery, order.customer)
    return doc.NoteDoc(
        environment=doc.Environment(setup.environment),
        operation=setup.operation,
        issuer=issuer_of(setup),
        buyer=_buyer(erp.buyer, order.customer, buyer_address),
        delivery=_delivery(erp),
        items=_items(erp, fulfilment, setup),
        payments=payments_of(
            list(order.payments.select_related("payment_method")),
            total=erp.total,
            subsidy=fulfilment.subsidy,
            owed=_owed(fulfilment),
            institution=document_text(order.intermediary_document),
        ),
        profile=tax_profile_of(setup),
        freight=erp.freight,
        discount=erp.discount,
        surcharge=erp.surcharge,
        freight_by=doc.Freight(freight.freight_by),
        carrier=_carrier(freight),
        through_marketplace=channel.is_marketplace,
        intermediary=_intermediary(channel),
        additional=(f"Pedido {order.number} - {order.connection.name}",),
        may_download=(setup.accountant,) if setup.accountant else (),
        technical_contact=contact_of(setup),
    )


def _owed(fulfilment: Fulfilment) -> Owed:
    """What the buyer pays for each part of the order, this one among them."""
    parts = parts_of([fulfilment.order_id])[fulfilment.order_id]
    return Owed(
        of_parts=tuple(part.total - part.subsidy for part in parts),
        place=[part.pk for part in parts].index(fulfilment.pk),
        withheld=sum((part.withheld for part in parts), ZERO),
    )


def setup_of(fulfilment: Fulfilment) -> FiscalSetup:
    """Raises NotReady."""
    found = FiscalSetup.objects.select_related("company").filter(company=fulfilment.company_id).first()
    if found is None:
        raise NotReady(
            problem_of_company(
                "setup_missing", "A empresa ainda não tem configuração fiscal. Preencha-a antes da primeira nota."
            )
        )
    return found


def tax_profile_of(setup: FiscalSetup) -> TaxProfile:
    """The profile in force today on the company's clock. Raises NotReady."""
    company = setup.company
    found = profile_of(company, CLOCK.now().astimezone(zone_of(company.state)).date())
    if found is None:
        raise NotReady(
            Problem(
                code="profile_missing",
                prevents=NONE,
                where=Where.TAX_PROFILE,
                sentence="A empresa não tem perfil fiscal que valha hoje. Cadastre as regras com o contador.",
            )
        )
    return found


def problem_of_company(code: str, sentence: str, *, prevents: str = NONE) -> Problem:
    return Problem(code=code, prevents=prevents, where=Where.COMPANY, sentence=sentence)


def issuer_of(setup: FiscalSetup) -> doc.Issuer:
    company = setup.company
    return doc.Issuer(
        cnpj=company.cnpj,
        name=company.legal_name,
        trade_name=company.name,
        state_registration=digits(setup.state_registration),
        regime=Regime(setup.regime),
        place=doc.Place(
            street=setup.street,
            number=setup.number,
            complement=setup.complement,
            district=setup.district,
            city=setup.city or company.city,
            state=company.state,
            postal_code=digits(setup.postal_code),
            phone=digits(setup.phone),
        ),
    )


def contact_of(setup: FiscalSetup) -> doc.TechnicalContact | None:
    if not setup.contact_cnpj:
        return None
    return doc.TechnicalContact(
        cnpj=document_text(setup.contact_cnpj),
        name=setup.contact_name,
        email=setup.contact_email,
        phone=digits(setup.contact_phone),
    )


def _as_corrected(address: Address, customer: Customer | None) -> Address:
    """What a person wrote of the customer's address wins over what the store sent (feature B8)."""
    written = {name for name in _ADDRESS if customer and name in customer.corrected}
    return replace(address, **{name: getattr(customer, name) for name in written})


def _buyer(buyer: BuyerDoc, customer: Customer | None, address: Address) -> doc.Buyer:
    corrected = set(customer.corrected) if customer else set()
    name = customer.name if customer and "name" in corrected else buyer.name
    registration = buyer.state_registration
    if customer and "state_registration" in corrected:
        registration = customer.state_registration
    return doc.Buyer(
        document=document_text(buyer.document),
        name=name,
        place=replace(_place(address), phone=digits(buyer.phone)),
        state_registration=digits(registration) or registration.strip(),
        email=buyer.email,
    )


def _delivery(erp: ErpOrderDoc) -> doc.Delivery | None:
    """Only where it is another place than the buyer's own, whatever name the parcel bears."""
    if not erp.billing.street or not erp.delivery.street or _where(erp.delivery) == _where(erp.billing):
        return None
    return doc.Delivery(name=erp.delivery.recipient or erp.buyer.name, place=_place(erp.delivery))


def _where(address: Address) -> tuple[str, ...]:
    return tuple(fold(getattr(address, field.name)) for field in fields(address) if field.name in _ADDRESS)


def _place(address: Address) -> doc.Place:
    return doc.Place(
        street=address.street,
        number=address.number,
        complement=address.complement,
        district=address.district,
        city=address.city,
        state=address.state.strip().upper(),
        postal_code=digits(address.postal_code),
        country=address.country or "BR",
    )


def _items(erp: ErpOrderDoc, fulfilment: Fulfilment, setup: FiscalSetup) -> tuple[doc.Item, ...]:
    skus = {line.sku for line in erp.lines}
    products = {row.sku: row for row in Product.objects.filter(group_id=fulfilment.group_id, sku__in=skus)}
    return tuple(_item(line, products, setup.tax_class) for line in erp.lines)


def _item(line: ErpLine, products: Mapping[str, Product], tax_class: str) -> doc.Item:
    product = products[line.sku]
    return doc.Item(
        sku=line.sku,
        name=line.name,
        ncm=product.ncm,
        gtin=product.gtin,
        origin=product.origin,
        unit=product.unit,
        quantity=line.quantity,
        unit_price=unit_price_of(line.total, line.quantity),
        total=line.total,
        tax_class=tax_class,
    )


def _channel_of(order: Order) -> SalesChannel:
    """Raises NotReady, also where the marketplace issues the note: a second one must not leave."""
    channel = order.sales_channel
    if channel is None or channel.filled_at is None:
        raise unmapped("O canal de venda", order.origin)
    if channel.note_by == SalesChannel.NoteBy.MARKETPLACE:
        sentence = f"Pelo de-para da loja, quem emite a nota das vendas em {channel} é o marketplace."
        raise at_channel("note_by_marketplace", sentence)
    return channel


def _freight_of(order: Order) -> FreightMethod:
    """Raises NotReady."""
    method = order.freight_method
    if method is None or method.filled_at is None:
        raise unmapped("A forma de frete", order.shipping_method)
    return method


def _carrier(method: FreightMethod) -> doc.Carrier | None:
    if not method.carrier_name and not method.carrier_document:
        return None
    return doc.Carrier(name=method.carrier_name, document=method.carrier_document)


def _intermediary(channel: SalesChannel) -> doc.Intermediary | None:
    if not channel.is_marketplace:
        return None
    return doc.Intermediary(cnpj=document_text(channel.intermediary_cnpj), seller_id=channel.seller_id)
