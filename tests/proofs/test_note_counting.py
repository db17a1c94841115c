"""The counts of notes, each by hand: zero on a sound day, and what each harm makes of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from proofs.books import Books
from proofs.note_counting import Evidence, count_notes
from proofs.notes import Bought, Note, Sending, Shown, bought, notes, sendings, shown

TEN = Decimal("10.00")
STORE = "Casa Beiramar"
FIRM = "Jurubim Casa"
MUG = (501, 0)
NOTE_XML = (
    '<NFe xmlns="http://www.portalfiscal.inf.br/nfe"><infNFe><ide><serie>1</serie><nNF>1</nNF></ide>'
    "<det><prod><cProd>MUG</cProd><CFOP>6108</CFOP><qCom>1.0000</qCom></prod></det>"
    "<det><prod><cProd>MUG</cProd><CFOP>6108</CFOP><qCom>1.0000</qCom></prod></det>"
    "<total><ICMSTot><vNF>10.00</vNF></ICMSTot></total></infNFe></NFe>"
)


def note(number: int = 1, order: str = "7", **facts: object) -> Note:
    """Two mugs for ten reais."""
    made = Note(
        key=f"K{number}",
        order=order,
        series=1,
        number=number,
        total=TEN,
        protocol=f"42{number}",
        xml=f"<NFe>{number}</NFe>",
        cfops={"MUG": "6108"},
        units={"MUG": Decimal(2)},
    )
    return replace(made, **facts)  # type: ignore[arg-type]


def invoice(number: int = 1, **facts: object) -> Shown:
    made = Shown(
        key=f"K{number}",
        number=number,
        series=1,
        total=TEN,
        xml=f"<nfeProc><NFe>{number}</NFe><nProt>42{number}</nProt></nfeProc>",
        cfops={MUG: "6108"},
    )
    return replace(made, **facts)  # type: ignore[arg-type]


def sending(key: str = "K1", digest: str = "a") -> Sending:
    return Sending(key=key, order="7", digest=digest, at=1.0, is_authorised=True, was_heard=True)


def order(key: str = "7", market: str = "LOJA VIRTUAL") -> Bought:
    return Bought(order=key, total=TEN, market=market, products={MUG: "MUG"})


def evidence(**facts: object) -> Evidence:
    """Order 7 has note 1; order 8 comes from a marketplace of which nobody said who sells there."""
    sound = Evidence(
        bought=[order(), order("8", "Magalu")],
        notes=[note()],
        sent=[sending(), sending()],
        shown={"7": [invoice()]},
        findings=[],
        received={"MUG": 10},
        store=STORE,
    )
    return replace(sound, **facts)  # type: ignore[arg-type]


def there(units: int) -> dict[tuple[str, str], Decimal]:
    return {("MUG", FIRM): Decimal(units)}


def books(**facts: object) -> Books:
    """Of ten mugs two have left and two are promised to order 8."""
    sound = Books(
        orders=[],
        sales=[],
        named_documents=frozenset(),
        named_orders={(STORE, "8"): frozenset(["nfe_blocked"])},
        held={(STORE, "8"): {("MUG", FIRM): Decimal(2)}},
        promised={(STORE, "8"): {("MUG", FIRM): Decimal(2)}},
        moved={},
        on_hand=there(8),
        unequal_balances=0,
        unequal_reservations=0,
    )
    return replace(sound, **facts)  # type: ignore[arg-type]


def harm(seen: Evidence, shelves: Books | None = None, *, last_number: int = 1) -> Mapping[str, int]:
    """The counts that are not zero."""
    counted = count_notes(seen, shelves or books(), last_number=last_number)
    return {name: value for name, value in counted.items() if value}


def test_a_sound_day_counts_nothing() -> None:
    assert harm(evidence()) == {}


def test_an_order_without_its_note_is_lost() -> None:
    nothing = evidence(notes=[], shown={})
    assert harm(nothing, books(on_hand=there(10)), last_number=0) == {"notes_lost": 1}


def test_a_second_note_for_an_order_shows_in_the_store_and_on_the_shelf_as_well() -> None:
    found = harm(evidence(notes=[note(), note(2)]), last_number=2)
    assert found == {"notes_doubled": 1, "invoices_mismatch": 1, "exits_mismatch": 1}


def test_a_note_that_could_not_be_made_is_counted() -> None:
    seen = evidence(notes=[note(), note(2, "8")])
    shelves = books(on_hand=there(6), held={})
    assert harm(seen, shelves, last_number=2) == {"blocked_mismatch": 1}


def test_an_order_that_is_barred_without_a_word_is_counted() -> None:
    assert harm(evidence(), books(named_orders={})) == {"blocked_mismatch": 1}


@pytest.mark.parametrize(("last_number", "skipped"), [(2, 1), (4, 3)])
def test_a_number_used_up_for_nothing_is_a_gap(last_number: int, skipped: int) -> None:
    assert harm(evidence(), last_number=last_number) == {"numbers_skipped": skipped}


def test_two_notes_under_one_number_are_counted() -> None:
    seen = evidence(
        bought=[order(), order("9")],
        notes=[note(), note(order="9", key="K9")],
        shown={"7": [invoice()], "9": [invoice(key="K9")]},
    )
    assert harm(seen, books(on_hand=there(6))) == {"numbers_doubled": 1}


@pytest.mark.parametrize(
    "facts",
    [
        {"key": "K2"},
        {"number": 2},
        {"series": 2},
        {"total": Decimal("10.01")},
        {"xml": "<nfeProc><NFe>1 </NFe><nProt>421</nProt></nfeProc>"},
        {"xml": "<nfeProc><NFe>1</NFe><nProt>422</nProt></nfeProc>"},
        {"cfops": {MUG: "5102"}},
        {"cfops": {}},
    ],
)
def test_an_invoice_that_differs_from_the_note_is_counted(facts: dict[str, object]) -> None:
    assert harm(evidence(shown={"7": [invoice(**facts)]})) == {"invoices_mismatch": 1}


def test_an_invoice_that_is_missing_one_too_many_and_one_without_a_note_are_counted() -> None:
    assert harm(evidence(shown={})) == {"invoices_mismatch": 1}
    assert harm(evidence(shown={"7": [invoice(), invoice()]})) == {"invoices_doubled": 1}
    assert harm(evidence(shown={"7": [invoice()], "8": [invoice()]})) == {"invoices_mismatch": 1}


@pytest.mark.parametrize("left", ["10", "9", "6"])
def test_units_that_stayed_or_left_twice_are_counted(left: str) -> None:
    assert harm(evidence(), books(on_hand=there(left))) == {"exits_mismatch": 1}


def test_an_invoiced_order_that_still_keeps_units_is_counted() -> None:
    assert harm(evidence(), books(held={(STORE, "7"): {("MUG", FIRM): Decimal(2)}})) == {"exits_mismatch": 1}


def test_other_bytes_under_a_key_are_counted_and_the_same_bytes_again_are_not() -> None:
    assert harm(evidence(sent=[sending(), sending(digest="b")])) == {"resigned_mismatch": 1}


def test_a_cent_between_note_and_order_is_counted() -> None:
    cent = Decimal("10.01")
    seen = evidence(notes=[note(total=cent)], shown={"7": [invoice(total=cent)]})
    assert harm(seen) == {"totals_mismatch": 1}


def test_what_sefaz_finds_is_counted() -> None:
    assert harm(evidence(findings=["second number for one order"])) == {"sefaz_findings_mismatch": 1}


def test_a_note_is_read_from_the_bytes_that_sefaz_received() -> None:
    entry = {"key": "K1", "order": "7", "digest": "a", "at": 1.0, "outcome": "100", "heard": False}
    sent = sendings([entry])
    kept = {"key": "K1", "code": "100", "protocol": "421", "xml": NOTE_XML.encode()}
    denied = {**kept, "code": "301"}
    (read,) = notes([kept, denied], sent)
    assert (read.order, read.number, read.total, read.protocol) == ("7", 1, TEN, "421")
    assert (read.units, read.cfops) == ({"MUG": Decimal(2)}, {"MUG": "6108"})
    assert (sent[0].is_authorised, sent[0].was_heard) == (True, False)


def test_of_an_invoice_what_was_written_last_counts() -> None:
    sent = {
        "number": "000000001",
        "serie": "1",
        "key": "K1",
        "value": "10.00",
        "xml_danfe": "spoilt",
        "ProductCfop": [{"product_id": "501", "variation_id": "0", "cfop": "6108"}],
    }
    entries = [
        {"order_id": 7, "invoice_id": 3, "sent": sent},
        {"order_id": 7, "invoice_id": 3, "sent": {**sent, "xml_danfe": invoice().xml}},
    ]
    assert shown(json.loads(json.dumps(entries))) == {"7": [invoice()]}


def test_an_order_names_its_products_as_the_store_does() -> None:
    lines = [{"product_id": 501, "variant_id": None, "reference": "MUG"}]
    row = {"order_id": 7, "total": "10.00", "point_sale": "LOJA VIRTUAL", "lines": lines}
    assert bought([row]) == [order()]
