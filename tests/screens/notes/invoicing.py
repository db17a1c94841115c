"""A merchant that invoices: one order for each thing that can become of a note, and browsers for its people."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.test import Client

from cais.catalog.models import Product
from cais.companies.models import User
from cais.nfe.models import Nfe
from cais.orders.counts import fold_counts
from tests.nfe.house import FiscalHouse

ITEM = ("IMG-001", "1", "10.00")


@dataclass
class Invoicer:
    home: FiscalHouse
    people: dict[str, User]
    sold: dict[str, str] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return self.home.group.slug

    def url(self, path: str) -> str:
        return f"/g/{self.slug}/{path}"

    def browser(self, role: str) -> Client:
        client = Client(raise_request_exception=True)
        if role != "anonymous":
            client.force_login(self.people[role])
        return client

    def note(self, matter: str) -> Nfe:
        return self.home.note(self.sold[matter])

    def order_id(self, matter: str) -> int:
        return self.home.order(self.sold[matter]).pk


def populate(home: FiscalHouse) -> dict[str, str]:
    """Authorised and told, rejected, blocked, in doubt, authorised with a store that refuses, and one to be issued."""
    home.product("IMG-001", units="50", price="10.00")
    home.product("XIC-200", units="50", price="12.50")
    sold = {"well": home.sell(ITEM)}
    home.invoice(sold["well"])
    sold["rejected"] = home.sell(ITEM)
    home.sefaz.faults.set("reject", times=1, service="authorise", value=778)
    home.invoice(sold["rejected"])
    sold["blocked"] = home.sell(("XIC-200", "2", "12.50"))
    Product.objects.filter(sku="XIC-200").update(ncm="")
    home.invoice(sold["blocked"])
    sold["refused"] = home.sell(ITEM)
    home.vendor.faults.set("rejected", probability=1.0, only="POST /store/orders")
    home.invoice(sold["refused"])
    home.vendor.faults.clear()
    sold["doubt"] = home.sell(ITEM)
    home.sefaz.faults.set("cut_after", times=1, service="authorise")
    home.sefaz.faults.set("http_503", probability=1.0, service="consult")
    home.invoice(sold["doubt"])
    sold["ready"] = home.sell(ITEM)
    fold_counts(home.group.pk)
    return sold
