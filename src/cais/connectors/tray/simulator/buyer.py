"""One purchase after another: who buys, what, where, and how it is paid."""

import random
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from cais.connectors.tray.simulator.people import Person, cnpj, impossible_cpf, person
from cais.connectors.tray.simulator.records import Line, Marketplace, Order, Payment, Product, Variant
from cais.connectors.tray.simulator.sale import kit_lines, line_of, start_order
from cais.connectors.tray.simulator.scenario import Scenario
from cais.connectors.tray.simulator.store import Store

CENT = Decimal("0.01")
PAID_LATER_STATUS = "Pago – conferir"
_RESTOCK = 60
_GIVEAWAY = "MAD-COL-30"
_BUYERS_REMEMBERED = 200

# id, text, kind
_METHODS = ((80, "Boleto - Vindi", "bank_billet"), (95, "Cartão de crédito - Vindi", "credit_card"))
_PIX = (102, "Pix - Vindi", "pix")
_MARKETPLACE_METHOD = (140, "Pago no marketplace", "")
# method, carrier system, days, price
_SHIPMENTS = (
    ("Correios PAC", "Frete Fácil", 8, Decimal("24.90")),
    ("Correios Sedex", "Frete Fácil", 3, Decimal("39.50")),
    ("Transportadora Rota do Sal", "Gateway de frete", 6, Decimal("52.00")),
    ("Retirar na loja", "", 1, Decimal("0.00")),
)
_COUPONS = (("BEMVINDO10", Decimal("10.00")), ("CASA15", Decimal("15.00")), ("CHEGADA5", Decimal("5.00")))


class Buyer:
    """Not thread-safe: the store's lock is held around ``buy``."""

    def __init__(self, store: Store, scenario: Scenario, rng: random.Random) -> None:
        self._store = store
        self._scenario = scenario
        self._random = rng
        self._known: list[Person] = []
        self._unknown_products = 0
        market_rng = random.Random("marketplaces")
        self._markets = [(name, cnpj(market_rng), cnpj(market_rng)) for name in ("Mercado Livre", "Magalu")]

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def buy(self) -> Order | None:
        """Place one whole order in the store's book; None when the shelf is empty and stays so."""
        without_lines = self._chance(self._scenario.no_lines)
        lines = [] if without_lines else self._lines()
        if not lines and not without_lines:
            return None
        return self._place(lines)

    def buy_of(self, reference: str, quantity: int) -> Order | None:
        """Place an order of one thing; None unless the shelf shows so many."""
        source = next((one for one in self._store.shelf.bearing(reference) if self._shown(one) >= quantity), None)
        return self._place(self._lines_of(source, quantity)) if source else None

    def _shown(self, source: Product | Variant) -> int:
        return source.stock if isinstance(source, Variant) else self._store.shelf.stock(source)

    def _lines_of(self, source: Product | Variant, quantity: int) -> list[Line]:
        if isinstance(source, Variant):
            parent = self._store.shelf.products[source.product_id]
            return [line_of(self._store, parent, source, quantity=quantity, price=source.price)]
        if self._store.shelf.parts_of(source.id):
            return kit_lines(self._store, source, quantity=quantity)
        return [line_of(self._store, source, None, quantity=quantity, price=source.price)]

    def _place(self, lines: list[Line]) -> Order:
        store, scenario = self._store, self._scenario
        customer, address = store.book.customer_for(self._person())
        order = start_order(store, customer=customer, address=address, lines=lines)
        self._ship(order)
        self._discount(order)
        if self._chance(scenario.marketplace):
            self._through_marketplace(order)
        else:
            self._method(order)
        if self._chance(scenario.cents_off):
            order.total_slip = self._random.choice((-3, -2, -1, 1, 2, 3)) * CENT
        self._payment(order)
        return store.book.place(order, by="scenario")

    def _person(self) -> Person:
        scenario = self._scenario
        if self._known and self._chance(scenario.returning_buyer):
            return self._random.choice(self._known)
        company = self._chance(scenario.company)
        letters = company and self._chance(scenario.alphanumeric_cnpj)
        someone = person(self._random, company=company, letters=letters)
        if not company and self._chance(scenario.impossible_cpf):
            return replace(someone, cpf=impossible_cpf(self._random))
        self._known = [*self._known[-_BUYERS_REMEMBERED:], someone]
        return someone

    # What is bought

    def _lines(self) -> list[Line]:
        kits = self._kits() if self._chance(self._scenario.kit) else []
        if kits:
            return self._kit(self._random.choice(kits))
        lines: list[Line] = []
        for _ in range(self._random.choice((1, 1, 1, 2, 2, 3, 4))):
            line = self._one_line()
            if line and all((line.product_id, line.variant_id) != (one.product_id, one.variant_id) for one in lines):
                lines.append(line)
        if lines and self._chance(self._scenario.giveaway):
            lines += self._giveaway(lines)
        if self._chance(self._scenario.unknown_product):
            lines.append(self._unknown())
        return lines

    def _one_line(self) -> Line | None:
        shelf = self._store.shelf
        variants = [one for one in shelf.variants.values() if self._on_sale(one)]
        if variants and self._chance(self._scenario.variant):
            variant = self._random.choice(variants)
            return self._line(shelf.products[variant.product_id], variant)
        simple = self._simple()
        return self._line(self._random.choice(simple), None) if simple else None

    def _on_sale(self, source: Product | Variant) -> bool:
        return bool(source.reference and source.price) and (self._scenario.restocks or source.stock > 0)

    def _simple(self) -> list[Product]:
        shelf = self._store.shelf
        return [
            product
            for product in shelf.products.values()
            if not product.is_kit and not shelf.variants_of(product.id) and self._on_sale(product)
        ]

    def _kits(self) -> list[Product]:
        shelf = self._store.shelf
        kits = [product for product in shelf.products.values() if shelf.parts_of(product.id)]
        return [kit for kit in kits if self._scenario.restocks or shelf.stock(kit) > 0]

    def _line(self, product: Product, variant: Variant | None) -> Line:
        source = variant or product
        quantity = self._in_stock(source, self._random.choice((1, 1, 1, 1, 2, 2, 3, 6)))
        return line_of(self._store, product, variant, quantity=quantity, price=source.price)

    def _in_stock(self, source: Product | Variant, wanted: int) -> int:
        """How many can be sold; an almost empty shelf is refilled when the scenario restocks."""
        if source.stock < wanted and self._scenario.restocks:
            self._store.shelf.set_stock(source, source.stock + _RESTOCK, why="restocked")
        return min(wanted, source.stock)

    def _kit(self, kit: Product) -> list[Line]:
        shelf = self._store.shelf
        for part in shelf.parts_of(kit.id):
            self._in_stock(shelf.products[part.product_id], part.quantity)
        return kit_lines(self._store, kit, quantity=1)

    def _giveaway(self, lines: list[Line]) -> list[Line]:
        """A spoon for nothing, when there is one beside those that are bought."""
        spoon = next((product for product in self._simple() if product.reference == _GIVEAWAY), None)
        if spoon is None:
            return []
        bought = sum(line.quantity for line in lines if line.product_id == spoon.id)
        if self._in_stock(spoon, bought + 1) <= bought:
            return []
        line = line_of(self._store, spoon, None, quantity=1, price=Decimal("0.00"))
        line.giveaway = True
        return [line]

    def _unknown(self) -> Line:
        """Something that the merchant made up in the store and registered nowhere else."""
        self._unknown_products += 1
        product = Product(
            id=self._store.shelf.new_id(), name=f"Peça avulsa de mostruário {self._unknown_products}",
            price=Decimal("35.00"), stock=3, reference=f"AVULSO-{self._unknown_products:04d}",
            weight=500, length=20, width=20, height=10,
        )  # fmt: skip
        self._store.shelf.add_product(product)
        return line_of(self._store, product, None, quantity=1, price=product.price)

    # What it costs and how it is paid

    def _ship(self, order: Order) -> None:
        name, system, days, price = self._random.choice(_SHIPMENTS)
        order.shipment, order.shipment_integrator = name, system
        order.delivery_time, order.shipment_value = days, price
        order.id_quotation = str(self._random.randrange(3000, 9000)) if system else ""

    def _discount(self, order: Order) -> None:
        if self._chance(self._scenario.coupon):
            order.coupon, value = self._random.choice(_COUPONS)
            order.coupon_discount = min(value, order.partial_total)
        if self._chance(self._scenario.discount):
            order.discount = self._share(order, Decimal("0.05"))

    def _share(self, order: Order, share: Decimal) -> Decimal:
        return (order.partial_total * share).quantize(CENT, rounding=ROUND_HALF_UP)

    def _method(self, order: Order) -> None:
        if self._chance(self._scenario.pix_discount):
            chosen = _PIX
            order.payment_method_rate = -self._share(order, Decimal("0.05"))
        else:
            chosen = self._random.choice(_METHODS)
            order.installment = self._random.choice((1, 1, 2, 3, 6)) if chosen[2] == "credit_card" else 1
            if self._chance(self._scenario.surcharge):
                order.payment_method_rate = self._share(order, Decimal("0.0399"))
        order.payment_method_id, order.payment_method, order.payment_method_type = chosen
        note = f"Pedido em {order.installment} vez(es) através de {order.payment_method}."
        order.store_note = note

    def _through_marketplace(self, order: Order) -> None:
        name, document, payer = self._random.choice(self._markets)
        free = name == "Mercado Livre"
        order.point_sale = name
        order.shipment = order.shipment_integrator = "Mercado Envios" if free else "Magalu Entregas"
        order.id_quotation = ""
        order.payment_method_id, order.payment_method, order.payment_method_type = _MARKETPLACE_METHOD
        order.marketplace = Marketplace(
            name=name,
            seller_name=self._store.config.name,
            seller_id=self._store.config.store_id,
            document=document,
            payment_document=payer,
            order_id=f"{2_000_000_000 + self._random.randrange(1_000_000_000)}",
            shipping_id=f"{40_000_000_000 + self._random.randrange(9_000_000_000)}",
            shipping_type="me2" if free else "magalu_entregas",
            pack_id=self._pack() if free and self._chance(self._scenario.pack) else "",
        )

    def _pack(self) -> str:
        return f"{2_000_000_000_000 + self._random.randrange(1_000_000_000)}"

    def _payment(self, order: Order) -> None:
        # Whoever buys through a marketplace has always paid there.
        if order.marketplace is None and self._chance(self._scenario.unpaid):
            waiting = self._random.choice(("AGUARDANDO PAGAMENTO", "AGUARDANDO VINDI", "EM MONITORAMENTO"))
            order.status_id = self._store.book.status_named(waiting).id
            return
        order.paid_at = order.created
        order.status_id = self._paid_status(order)
        for value in self._parts(order.total):
            order.payments.append(
                Payment(
                    id=self._store.book.new_id("payment"),
                    method_id=order.payment_method_id,
                    method=order.payment_method,
                    value=value,
                    at=order.created,
                )
            )

    def _paid_status(self, order: Order) -> int:
        if self._chance(self._scenario.invented_status):
            return self._store.book.invent_status(PAID_LATER_STATUS).id
        return self._store.book.status_named("A ENVIAR" if order.marketplace else "A ENVIAR VINDI").id

    def _parts(self, total: Decimal) -> list[Decimal]:
        if total <= 0:
            return []
        if not self._chance(self._scenario.several_payments):
            return [total]
        first = (total / 2).quantize(CENT, rounding=ROUND_HALF_UP)
        return [first, total - first]
