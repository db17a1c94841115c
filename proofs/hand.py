"""The merchant's own hand: stock received, adjusted, moved, counted, rules changed: `python -m proofs.hand FILE`.

Everything by the services that the pages call. It takes nothing that may be promised: what is contested it only adds to
or moves, which the application refuses where units are promised; from what there is plenty of it takes. Told to stop,
it says what it did, and presses *Sincronizar* until it is ended.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cais.catalog.models import Product
    from cais.companies.models import Group, Warehouse
    from cais.connections.models import Connection
    from cais.warehousing.models import Transfer

ACTOR = "Rosana Teles"
PAUSE_SECONDS = 0.7
SYNCHRONISE_SECONDS = 4.0
REFUSED = "refused"


@dataclass(slots=True)
class Hand:
    """`move` is the pair of warehouses of one company between which goods travel."""

    group: Group
    dice: random.Random
    contested: Sequence[str]
    plenty: Sequence[str]
    warehouses: Sequence[Warehouse]
    move: tuple[Warehouse, Warehouse]
    stores: Sequence[Connection]
    done: Counter[str] = field(default_factory=Counter)
    _sent: list[Transfer] = field(default_factory=list)

    def deeds(self) -> list[Callable[[], None]]:
        return [
            *(self.receive, self.send, self.receive_sent, self.adjust, self.count, self.keep_back, self.receive),
            *(self.stop_sale, self.send, self.receive_sent, self.change_policy, self.read_back),
        ]

    def work(self, *, is_over: Callable[[], bool]) -> None:
        """One deed after another, in an order of the seed's; what is on its way arrives at the end."""
        deeds = self.deeds()
        self.dice.shuffle(deeds)
        for deed in cycle(deeds):
            if is_over():
                break
            self._do(deed)
            time.sleep(PAUSE_SECONDS)
        while self._sent:
            self.receive_sent()

    def _do(self, deed: Callable[[], None]) -> None:
        from cais.catalog.drafts import Invalid

        try:
            deed()
            self.done[deed.__name__] += 1
        except Invalid:
            self.done[REFUSED] += 1

    def receive(self) -> None:
        from cais.stock import services as stock

        product, place = self._product(self.contested), self.dice.choice(self.warehouses)
        stock.receive(product, place, Decimal(1), actor_name=ACTOR, reason="Compra")

    def adjust(self) -> None:
        from cais.stock import services as stock

        product = self._product(self.plenty)
        change = Decimal(self.dice.choice((-3, -2, 2)))
        stock.adjust(product, self._where(product), change, actor_name=ACTOR, reason="Avaria na prateleira")

    def send(self) -> None:
        """Goods leave one warehouse and are in none until they arrive."""
        from cais.warehousing import transfers

        source, target = self.dice.sample(self.move, 2)
        draft = transfers.TransferDraft(
            source=source,
            target=target,
            items=[transfers.Item(self._product(self.contested), Decimal(1))],
            reason="Reposição",
        )
        made = transfers.propose(self.group, draft, actor_name=ACTOR)
        transfers.send(made, actor_name=ACTOR)
        self._sent.append(made)

    def receive_sent(self) -> None:
        from cais.warehousing import transfers

        if self._sent:
            transfers.receive(self._sent.pop(0), {}, actor_name=ACTOR)

    def count(self) -> None:
        """An inventory of one product, which finds one unit more or less than the ledger says."""
        from cais.stock.models import Balance
        from cais.warehousing import counts

        product = self._product(self.plenty)
        place = self._where(product)
        there = Balance.objects.get(product=product, warehouse=place).on_hand
        draft = counts.InventoryDraft(warehouse=place, text=product.sku)
        sheet = counts.open_inventory(self.group, draft, actor_name=ACTOR)
        counts.count(sheet, {product.pk: there + self.dice.choice((-1, 1))}, actor_name=ACTOR)
        counts.close(sheet, actor_name=ACTOR)

    def keep_back(self) -> None:
        """A buffer, or a cap, or neither any more."""
        from cais.offering.services import ExceptionDraft, set_exception

        drafts = (
            ExceptionDraft(buffer=Decimal(self.dice.choice((0, 1)))),
            ExceptionDraft(cap=Decimal(2)),
            ExceptionDraft(),
        )
        product = self._product([*self.contested, *self.plenty[:5]])
        set_exception(self.dice.choice(self.stores), product, self.dice.choice(drafts))

    def stop_sale(self) -> None:
        from cais.offering.services import ExceptionDraft, set_exception

        draft = ExceptionDraft(stopped=self.dice.random() < 0.5)
        set_exception(self.dice.choice(self.stores), self._product(self.contested), draft)

    def change_policy(self) -> None:
        """Of a whole store: from fewer warehouses, with a cap, or all of it again."""
        from cais.movements.promises import reach_of
        from cais.offering.rules import usable_warehouses
        from cais.offering.services import PolicyDraft, set_policy

        store = self.dice.choice(self.stores)
        usable = [warehouse.pk for warehouse in usable_warehouses(reach_of(store))]
        drafts = (PolicyDraft(warehouses=usable[1:]), PolicyDraft(cap=Decimal(30)), PolicyDraft())
        set_policy(store, self.dice.choice(drafts))

    def read_back(self) -> None:
        """*Conferir a loja*."""
        from cais.shelves.reading import read_back_now

        read_back_now(self.dice.choice(self.stores), asked_by=ACTOR)

    def synchronise(self) -> None:
        """Never returns by itself."""
        from cais.intake.services import read_now

        while True:
            for store in self.stores:
                read_now(store, asked_by=ACTOR)
            time.sleep(SYNCHRONISE_SECONDS)

    def _product(self, skus: Sequence[str]) -> Product:
        from cais.catalog.models import Product

        return Product.objects.of(self.group).get(sku=self.dice.choice(skus))

    def _where(self, product: Product) -> Warehouse:
        """A warehouse that has some of it."""
        from cais.stock.models import Balance

        rows = Balance.objects.filter(product=product, warehouse__isnull=False, on_hand__gt=10).order_by("pk")
        return self.dice.choice([row.warehouse for row in rows.select_related("warehouse") if row.warehouse])


def main(what: Mapping[str, Any]) -> None:
    """`until`: a file that ends it; `seed`; `contested` and `plenty` SKUs; `move`: in which company goods travel."""
    import django

    django.setup()
    from cais.companies.models import Group, Warehouse
    from cais.companies.scope import group_ids, group_scope
    from cais.connections.models import Connection
    from cais.ops.child import leave_in_order_on_sigterm

    leave_in_order_on_sigterm()
    (group_id,) = group_ids()
    with group_scope(group_id):
        group = Group.objects.get(pk=group_id)
        places = list(Warehouse.objects.filter(group=group).select_related("company").order_by("pk"))
        first, second = [place for place in places if place.company.name == what["move"]]
        hand = Hand(
            group=group,
            dice=random.Random(f"hand {what['seed']}"),
            contested=what["contested"],
            plenty=what["plenty"],
            warehouses=places,
            move=(first, second),
            stores=list(Connection.objects.filter(group=group, role="store").order_by("pk")),
        )
        hand.work(is_over=Path(what["until"]).exists)
        print(json.dumps(hand.done), flush=True)
        hand.synchronise()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cais.config.settings")
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
