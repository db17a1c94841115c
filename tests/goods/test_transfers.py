"""Goods on their way: in neither warehouse, with a note between two CNPJs, and every difference named."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db.models import Sum

from cais.catalog.drafts import Invalid
from cais.companies.models import Company, Warehouse
from cais.fiscal.identifiers import AccessKey
from cais.stock.models import Balance, LedgerEntry
from cais.stock.selectors import figures
from cais.stock.services import receive as arrive
from cais.warehousing import transfers
from cais.warehousing.models import Transfer, TransferLine
from cais.warehousing.transfers import Item, TransferDraft
from tests.goods.conftest import Shop, at_once

D = Decimal
FILIAL = "11444777000242"
ROSANA, CAIO = "Rosana Feitosa", "Caio Prates"


def there(shop: Shop, warehouse: Warehouse) -> Decimal:
    return sum(Balance.objects.filter(product=shop.cup, warehouse=warehouse).values_list("on_hand", flat=True), D(0))


def on_their_way(shop: Shop) -> dict[int, Decimal]:
    lines = TransferLine.objects.of(shop.group).filter(transfer__state=Transfer.State.SENT)
    return dict(lines.values_list("product").annotate(Sum("quantity")))


def proposed(shop: Shop, units: str = "4", *, target: Warehouse | None = None) -> Transfer:
    draft = TransferDraft(
        source=shop.front, target=target or shop.back, items=[Item(shop.cup, D(units))], reason="loja sem espaço"
    )
    return transfers.propose(shop.group, draft, actor_name=ROSANA)


@pytest.fixture
def branch(shop: Shop) -> Warehouse:
    """A warehouse of another CNPJ of the group."""
    company = Company.objects.create(
        group=shop.group, name="Filial", legal_name="Casa Ltda", cnpj=FILIAL, state="SC", priority=2
    )
    return Warehouse.objects.create(group=shop.group, company=company, name="Filial")


def key_of(cnpj: str, *, model: str = "55") -> str:
    return str(AccessKey(state="SC", year_month="2611", cnpj=cnpj, series=1, number=12, cnf="48151623", model=model))


def test_units_leave_one_shelf_then_reach_the_other_and_sum_to_zero(shop: Shop) -> None:
    arrive(shop.cup, shop.front, D(10), actor_name=ROSANA)
    made = proposed(shop)
    assert (there(shop, shop.front), there(shop, shop.back)) == (10, 0)
    transfers.send(made, actor_name=CAIO)
    assert (there(shop, shop.front), there(shop, shop.back), on_their_way(shop)) == (6, 0, {shop.cup.pk: 4})
    assert figures(shop.group, [shop.cup.pk])[shop.cup.pk].available == 6
    transfers.receive(made, {}, actor_name=ROSANA)
    assert (there(shop, shop.front), there(shop, shop.back), on_their_way(shop)) == (6, 4, {})
    entries = LedgerEntry.objects.filter(kind=LedgerEntry.Kind.TRANSFER)
    assert sum(entry.on_hand for entry in entries) == 0
    assert (made.state, made.sent_by, made.ended_by) == (Transfer.State.RECEIVED, CAIO, ROSANA)


def test_what_is_missing_on_arrival_is_an_adjustment_that_says_so(shop: Shop) -> None:
    arrive(shop.cup, shop.front, D(10), actor_name=ROSANA)
    made = proposed(shop)
    transfers.send(made, actor_name=CAIO)
    transfers.receive(made, {made.lines.get().pk: D(3)}, actor_name=ROSANA)
    assert there(shop, shop.back) == 3
    adjusted = LedgerEntry.objects.get(kind=LedgerEntry.Kind.ADJUST)
    assert (adjusted.on_hand, adjusted.reason) == (-1, "faltou na transferência 1")


def test_goods_that_come_back_are_where_they_were(shop: Shop) -> None:
    arrive(shop.cup, shop.front, D(10), actor_name=ROSANA)
    made = proposed(shop)
    transfers.send(made, actor_name=CAIO)
    transfers.give_back(made, actor_name=CAIO)
    assert (there(shop, shop.front), there(shop, shop.back)) == (10, 0)


def test_what_a_movement_takes_from_a_warehouse_does_not_leave_it(shop: Shop) -> None:
    arrive(shop.cup, shop.front, D(10), actor_name=ROSANA)
    Balance.objects.filter(product=shop.cup, warehouse=shop.front).update(reserved=7)
    made = proposed(shop)
    with pytest.raises(Invalid, match="há 10 em Loja, e 3 pode sair"):
        transfers.send(made, actor_name=CAIO, along=True)
    assert there(shop, shop.front) == 10


def test_between_two_cnpjs_goods_leave_only_with_the_senders_note(shop: Shop, branch: Warehouse) -> None:
    arrive(shop.cup, shop.front, D(10), actor_name=ROSANA)
    made = proposed(shop, target=branch)
    right = key_of(shop.company.cnpj)
    wrong = "1" if right[-1] != "1" else "2"
    for key, words in (
        ("", "CNPJs diferentes"),
        (right[:-1] + wrong, "não confere"),
        (key_of(FILIAL), "não é de Casa"),
        (key_of(shop.company.cnpj, model="65"), "modelo 55"),
    ):
        with pytest.raises(Invalid, match=words):
            transfers.send(made, actor_name=CAIO, note_key=key)
    assert there(shop, shop.front) == 10
    spaced = " ".join(right[at : at + 4] for at in range(0, 44, 4))
    transfers.send(made, actor_name=CAIO, note_key=spaced)
    assert (made.note_key, there(shop, shop.front)) == (right, 6)
    twin = proposed(shop, "1", target=branch)
    with pytest.raises(Invalid, match="já usou esta nota"):
        transfers.send(twin, actor_name=CAIO, note_key=right)


def test_within_one_cnpj_no_note_is_asked_for(shop: Shop) -> None:
    arrive(shop.cup, shop.front, D(10), actor_name=ROSANA)
    made = proposed(shop)
    transfers.send(made, actor_name=CAIO, note_key="")
    assert made.state == Transfer.State.SENT


def test_a_step_is_taken_once_and_in_its_turn(shop: Shop) -> None:
    arrive(shop.cup, shop.front, D(10), actor_name=ROSANA)
    made = proposed(shop)
    with pytest.raises(Invalid, match="já está proposta"):
        transfers.receive(made, {}, actor_name=CAIO)
    transfers.send(made, actor_name=CAIO)
    for step in (transfers.send, transfers.cancel):
        with pytest.raises(Invalid, match="em trânsito"):
            step(made, actor_name=CAIO)
    transfers.receive(made, {}, actor_name=CAIO)
    with pytest.raises(Invalid, match="já está recebida"):
        transfers.give_back(made, actor_name=CAIO)
    assert (there(shop, shop.front), there(shop, shop.back)) == (6, 4)


def test_two_people_who_press_at_once_send_once(committed_shop: Shop) -> None:
    shop = committed_shop
    arrive(shop.cup, shop.front, D(10), actor_name=ROSANA)
    made = proposed(shop)

    def press() -> bool:
        try:
            transfers.send(Transfer.objects.get(pk=made.pk), actor_name=CAIO)
        except Invalid:
            return False
        return True

    presses: list[Callable[[], bool]] = [press, press]
    assert sorted(at_once(shop, *presses)) == [False, True]
    assert there(shop, shop.front) == 6


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason": " "}, "motivo"),
        ({"items": []}, "pelo menos um produto"),
        ({"quantity": "0"}, "maior que zero"),
        ({"quantity": "0.00001"}, "quatro casas"),
        ({"same": True}, "já está neste"),
        ({"kit": True}, "é um kit"),
        ({"twice": True}, "duas vezes"),
    ],
)
def test_a_proposal_that_makes_no_sense_is_refused_in_words(shop: Shop, change: dict[str, object], words: str) -> None:
    item = Item(shop.tea_set if "kit" in change else shop.cup, D(str(change.get("quantity", "1"))))
    items = [] if "items" in change else [item, item] if "twice" in change else [item]
    draft = TransferDraft(
        source=shop.front,
        target=shop.front if "same" in change else shop.back,
        items=items,
        reason=str(change.get("reason", "falta na loja")),
    )
    with pytest.raises(Invalid, match=words):
        transfers.propose(shop.group, draft, actor_name=ROSANA)
    assert not Transfer.objects.exists()
