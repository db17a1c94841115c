"""The engine's house with what invoicing needs: a fiscal set-up, a certificate, and a SEFAZ on this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from django.db.models.functions import Now
from lxml import etree

from cais.catalog.models import Product
from cais.connectors.sefaz.simulator.authority import CertificateAuthority
from cais.connectors.sefaz.simulator.ledger import Entry
from cais.connectors.sefaz.simulator.simulator import SefazSimulator
from cais.inbox.models import Pending
from cais.nfe import sefaz, services
from cais.nfe.models import Batch, FiscalSetup, InvoicePublication, Nfe
from tests.engine.house import House, house

NFE = {"n": "http://www.portalfiscal.inf.br/nfe"}
# What the note says of its order, so that the simulator can hold it to one number for one order.
ORDER_PATTERN = rb"Pedido (\w+) "
# A place whose state authorises through the common authoriser, as the simulator does.
BUYERS_PLACE = {
    "street": "Rua das Tintas",
    "number": "10",
    "complement": "",
    "district": "Centro",
    "city": "Campinas",
    "state": "SP",
    "postal_code": "13010-000",
    "country": "BR",
    "recipient": "Alba Serrano",
}


@cache
def authority() -> CertificateAuthority:
    """One for the whole run: its keys take longer than most tests."""
    return CertificateAuthority(now=datetime.now(UTC))


@dataclass
class FiscalHouse(House):
    sefaz: SefazSimulator
    trusted: Path

    def point(self, settings: object) -> None:
        """Let the notes of this test go to this SEFAZ."""
        settings.SEFAZ_URL, settings.SEFAZ_CA = self.sefaz.base_url, str(self.trusted)

    def sell(self, *lines: tuple[str, str, str], **changes: object) -> str:
        """An order ready for its note: products that exist, paid, brought in and in the ERP."""
        sold = self.vendor.store.sell(
            lines=list(lines) or [("IMG-001", "2", "189.90")], changes={"delivery": BUYERS_PLACE, **changes}
        )
        self.read()
        return sold

    def issue(self, *order_ids: str, send_to_store: bool = True) -> Batch:
        orders = [self.order(order_id) for order_id in order_ids]
        return services.issue(orders, send_to_store=send_to_store, actor_name="Rosana")

    def note(self, order_id: str) -> Nfe:
        return Nfe.objects.select_related("order", "company").get(order=self.order(order_id))

    def invoice(self, *order_ids: str) -> None:
        """Ask for the notes and let everything follow."""
        self.issue(*order_ids)
        self.work()

    def hurry(self) -> None:
        super().hurry()
        for model in (Nfe, InvoicePublication):
            model.objects.filter(due_at__gt=Now()).update(due_at=Now())

    def received(self) -> list[Entry]:
        """Every note that reached SEFAZ, in order."""
        return self.sefaz.ledger.entries(kind="note")

    def asked(self, service: str) -> int:
        return sum(1 for entry in self.sefaz.ledger.entries(kind="call") if entry.text("service") == service)

    def reasons(self, order_id: str) -> set[str]:
        rows = Pending.objects.filter(subject="order", subject_id=self.order(order_id).pk, closed_at=None)
        return set(rows.values_list("reason", flat=True))


def texts(xml: bytes, path: str) -> list[str]:
    """The texts at a path of plain tag names below any depth: `det/prod/CFOP`."""
    wanted = "/".join(f"n:{tag}" for tag in path.split("/"))
    return [found.text or "" for found in etree.fromstring(xml).findall(f".//{wanted}", NFE)]


@contextlib.contextmanager
def fiscal_house(folder: Path, settings: object) -> Iterator[FiscalHouse]:
    """A company of Santa Catarina in homologação, ready to invoice but for its products."""
    simulator = SefazSimulator(authority=authority(), states=("SC",), order_pattern=ORDER_PATTERN)
    with simulator, house() as made:
        trusted = folder / "authorities.pem"
        trusted.write_bytes(simulator.ca_bundle)
        home = FiscalHouse(**vars(made), sefaz=simulator, trusted=trusted)
        home.point(settings)
        set_up(home)
        try:
            yield home
        finally:
            sefaz.hang_up()


def set_up(home: FiscalHouse) -> None:
    FiscalSetup.objects.create(
        group=home.group,
        company=home.company,
        state_registration="254895623",
        street="Rua do Porto",
        number="100",
        district="Centro",
        city="Itajaí",
        postal_code="88301000",
        phone="4733330000",
        contact_cnpj=home.company.cnpj,
        contact_name="Rosana Feitosa",
        contact_email="fiscal@jurubim.example",
        contact_phone="4733330000",
    )
    services.seed_simples(home.company, since=date(2026, 1, 1))
    a1 = home.sefaz.issue(home.company.cnpj)
    services.upload_certificate(home.company, a1.pfx, a1.password, actor_name="Rosana")


def stocked(home: FiscalHouse) -> Product:
    return home.product("IMG-001", units="5", price="189.90")
