"""Found the merchant of a proof, in a process of its own: `python -m proofs.founding FILE`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proofs.opening import tell_stock
from proofs.worlds import WORLDS, Firm, Store, World

if TYPE_CHECKING:
    from cais.companies.models import Company, Group
    from cais.connections.models import Connection
    from proofs.stage import Stage

ACTOR = "Rosana Teles"
# Of the two marketplaces the company invoices the sales of one; the other issues the notes itself.
KNOWN_MARKET = "Mercado Livre"


def found(stage: Stage, **what: object) -> dict[str, Any]:
    """`world` by its name, `store` and `sefaz` as simulators announced themselves, `profiles` (the plan of calls) by
    store, `deliveries` as lists of company, warehouse, units by SKU, `shelf` as `opening` takes it. Returns what it
    says of itself."""
    file = stage.folder / "founding.json"
    file.write_text(json.dumps(what), encoding="utf-8")
    stage.run("proofs.founding", str(file), name="founding")
    return dict(json.loads(stage.output("founding").read_text(encoding="utf-8").splitlines()[-1]))


def main(what: Mapping[str, Any]) -> None:
    """Companies with the store's products and their units, and each Tray connection with its dictionary.

    With what a SEFAZ says of itself, the first company may issue notes as well; with the rules of a shelf, each store
    is told its stock. Prints where notices go, if anywhere.
    """
    import django

    django.setup()
    from cais.companies.scope import group_scope
    from cais.companies.services import found_group
    from cais.connectors.tray.simulator.catalogue import catalogue
    from cais.hooks.listeners import address_of, align_listeners
    from cais.ops import demo_seed

    world: World = WORLDS[what["world"]]
    group = found_group("Grupo Jurubim")
    with group_scope(group.pk):
        companies = {firm.name: _open_company(group, firm) for firm in world.firms}
        demo_seed.register(group, catalogue())
        for firm, warehouse, units in what["deliveries"]:
            _receive(companies[firm], warehouse, units)
        stores = [_open_store(store, companies, what) for store in world.stores]
        if sefaz := what.get("sefaz"):
            _may_invoice(companies[world.firms[0].name], sefaz["certificates"][0])
            _leave_the_other_market_its_notes(stores[0])
        for store in stores if "shelf" in what else ():
            tell_stock(store, what["shelf"], actor_name=ACTOR)
        align_listeners(group.pk)
        address = address_of(stores[0])
        print(json.dumps({"notices": address.url if address else ""}), flush=True)


def _open_company(group: Group, firm: Firm) -> Company:
    """With its warehouses and the embedded back office as its ERP."""
    from cais.backoffice.opening import open_back_office
    from cais.companies.models import Warehouse
    from cais.companies.services import add_company

    facts = {"legal_name": firm.legal_name, "cnpj": firm.cnpj, "state": firm.state, "city": firm.city}
    company = add_company(group, name=firm.name, warehouse=firm.warehouses[0], **facts)
    for name in firm.warehouses[1:]:
        Warehouse.objects.create(group=group, company=company, name=name)
    open_back_office(company)
    return company


def _receive(company: Company, name: str, units: Mapping[str, int]) -> None:
    from cais.catalog.models import Product
    from cais.companies.models import Warehouse
    from cais.stock import services as stock
    from cais.stock.models import LedgerEntry

    warehouse = Warehouse.objects.get(company=company, name=name)
    entries = [
        stock.Entry(
            kind=LedgerEntry.Kind.RECEIVE,
            product=product,
            warehouse=warehouse,
            quantity=Decimal(units[product.sku]),
            reason="Estoque inicial",
        )
        for product in Product.objects.of(company.group).filter(sku__in=units)
        if units[product.sku]
    ]
    stock.record(company.group, entries, actor_name=ACTOR)


def _open_store(store: Store, companies: Mapping[str, Company], what: Mapping[str, Any]) -> Connection:
    from cais.connections.account import CLOCK
    from cais.connections.services import change_settings
    from cais.intake.services import connect_store
    from cais.ops import demo_mappings, demo_seed

    said = what["store"]
    own = [one for one in said["stores"] if one["store_id"] == store.number]
    made = connect_store(
        companies[store.owner],
        connector="tray",
        modality="rest",
        name=store.name,
        values=demo_seed.Access.from_announcement({**said, "stores": own}).settings(),
        role="store",
        start_at=CLOCK.now() - timedelta(minutes=5),
    )
    change_settings(made, {"profile": what["profiles"][store.name]})
    demo_seed.translate(made)
    demo_mappings.fill_in(made, actor_name=ACTOR)
    _let_serve(made, store, companies)
    return made


def _let_serve(made: Connection, store: Store, companies: Mapping[str, Company]) -> None:
    """Proposals go by themselves, also where several companies share an order. What a channel forbids it forbids."""
    from cais.mappings.models import SalesChannel
    from cais.mappings.services import set_issuers
    from cais.settling import sourcing

    sourcing.set_companies(made, [companies[name] for name in store.served_by], reordered=False)
    sourcing.set_rules(made, policy=store.policy, moves="always")
    for label, rule in store.channels.items():
        channel = SalesChannel.objects.get(connection=made, label=label)
        set_issuers(channel, [companies[name].pk for name in rule.firms])
        if channel.may_split != rule.may_split:
            raise ValueError(f"{label}: the demo's dictionary says otherwise of dividing orders")


def _may_invoice(company: Company, a1: dict[str, str]) -> None:
    from cais.connections.account import CLOCK
    from cais.nfe import services
    from cais.nfe.models import FiscalSetup

    FiscalSetup.objects.create(
        group=company.group,
        company=company,
        state_registration="254895623",
        street="Rua do Porto",
        number="100",
        district="Centro",
        city=company.city,
        postal_code="88010000",
        phone="4833330000",
        contact_cnpj=company.cnpj,
        contact_name=ACTOR,
        contact_email="fiscal@jurubim.example",
        contact_phone="4833330000",
    )
    services.seed_simples(company, since=CLOCK.now().date() - timedelta(days=30))
    services.upload_certificate(company, Path(a1["pfx"]).read_bytes(), a1["password"], actor_name=ACTOR)


def _leave_the_other_market_its_notes(store: Connection) -> None:
    """A sale there goes to the ERP like any other, and a note of ours would be the second."""
    from cais.mappings.models import SalesChannel
    from cais.settling.values import fill

    others = SalesChannel.objects.filter(connection=store).exclude(label=KNOWN_MARKET)
    said = {
        "nature": "marketplace",
        "intermediary_cnpj": store.company.cnpj,
        "seller_id": "CASABEIRAMAR",
        "note_by": "marketplace",
    }
    fill(list(others), said, actor_name=ACTOR)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cais.config.settings")
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
