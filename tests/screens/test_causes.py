"""Caixa de erros, dictionary and the words of the journal, as plain forms."""

from __future__ import annotations

import re
from pathlib import Path

import cais
from cais.catalog.models import Listing, Product
from cais.core.effects import Meaning
from cais.inbox.models import Pending
from cais.inbox.nfe_reasons import NFE_REASONS
from cais.inbox.reasons import REASONS
from cais.journal.models import Note
from cais.journal.words import NOTES, sentence
from cais.settling import stale
from cais.statuses.models import StatusEntry, WriteBack
from cais.web.inbox.links import TARGETS
from tests.screens.conftest import Merchant
from tests.screens.reading import said, text_of


def test_each_cause_has_a_button_for_who_may_press_it(merchant: Merchant) -> None:
    browser = merchant.browser("administrator")
    for row in Pending.objects.filter(closed_at=None):
        page = browser.get(merchant.url(f"erros/{row.pk}/"))
        assert page.context["top"].actions, row.reason
        assert browser.get(page.context["top"].actions[0].url).status_code in (200, 405), row.reason


def test_a_reader_sees_the_causes_and_no_button(merchant: Merchant) -> None:
    row = Pending.objects.get(reason="product_unknown")
    page = merchant.browser("reader").get(merchant.url(f"erros/{row.pk}/"))
    assert [action.label for action in page.context["top"].actions] == ["Abrir o pedido"]


def test_choosing_the_product_releases_the_orders_behind_it(merchant: Merchant) -> None:
    row = Pending.objects.get(reason="product_unknown")
    product = Product.objects.get(sku="XIC-200")
    response = merchant.browser("operator").post(merchant.url(f"erros/{row.pk}/produto/"), {"produto": product.pk})
    assert "1 pedido segue" in said(response)
    merchant.house.work()
    assert merchant.again("unknown").phase == "integrated"
    assert Listing.objects.get().product == product


def test_a_postponed_cause_leaves_the_list_and_comes_back(merchant: Merchant) -> None:
    row, browser = Pending.objects.get(reason="stock_short"), merchant.browser("operator")
    before = len(browser.get(merchant.url("erros/")).context["causes"])
    browser.post(merchant.url(f"erros/{row.pk}/adiar/"), {"por": "1h"})
    assert len(browser.get(merchant.url("erros/")).context["causes"]) == before - 1
    assert len(browser.get(merchant.url("erros/?aba=adiados")).context["causes"]) == 1
    browser.post(merchant.url(f"erros/{row.pk}/adiar/"), {"por": "0"})
    assert len(browser.get(merchant.url("erros/")).context["causes"]) == before


def test_missing_units_of_a_product_are_added_up_over_its_orders(merchant: Merchant) -> None:
    merchant.house.vendor.store.sell(lines=[("PAN-24", "4", "189.90")])
    merchant.house.read()
    titles = [cause.title for cause in merchant.browser("reader").get(merchant.url("erros/")).context["causes"]]
    # One unit for 3 + 4 sold: 6 are missing.
    assert "Faltam 6 un. de Produto PAN-24" in titles


def test_an_unreadable_order_is_shown_as_it_came_and_read_again(merchant: Merchant) -> None:
    store = merchant.house.vendor.store
    number = store.sell(lines=[("XIC-200", "1", "12.50")], changes={"total": "muito"})
    merchant.house.read()
    row = Pending.objects.get(reason="order_unreadable")
    browser = merchant.browser("operator")
    assert "muito" in text_of(browser.get(merchant.url(f"erros/{row.pk}/recebido/")))
    store.edit(number, total="28.40")
    browser.post(merchant.url(f"erros/{row.pk}/resolver/"))
    merchant.house.work()
    assert merchant.house.order(number).phase == "integrated"


def test_trying_everything_again_doubles_no_sale(merchant: Merchant) -> None:
    merchant.browser("operator").post(merchant.url("erros/tentar/"))
    merchant.house.work()
    assert len(merchant.house.sales()) == 1


def test_every_target_of_a_reason_leads_somewhere() -> None:
    assert {reason.target for reason in REASONS.values()} == TARGETS


def test_translating_a_status_releases_the_orders_behind_it(merchant: Merchant) -> None:
    entry = StatusEntry.objects.get(label="Pago – conferir")
    url = merchant.url(f"conectores/{merchant.house.store.pk}/dicionario/")
    response = merchant.browser("administrator").post(url, {f"m-{entry.pk}": "pending"})
    assert "1 pedido segue" in said(response)
    merchant.house.work()
    assert merchant.again("untranslated").phase == "integrated"


def test_accepting_a_suggestion_changes_that_status_only(merchant: Merchant) -> None:
    entry = StatusEntry.objects.get(label="Pago – conferir")
    other = StatusEntry.objects.exclude(pk=entry.pk).first()
    url = merchant.url(f"conectores/{merchant.house.store.pk}/dicionario/")
    merchant.browser("administrator").post(url, {"aceitar": entry.pk, f"m-{other.pk}": "ignore"})
    entry.refresh_from_db()
    assert (entry.meaning, entry.mapped_by) == (Meaning.PENDING, "Pessoa Administrator")
    assert StatusEntry.objects.get(pk=other.pk).meaning == other.meaning


def test_ticked_statuses_take_one_meaning_together(merchant: Merchant) -> None:
    rows = list(StatusEntry.objects.filter(meaning__in=["invoiced", "shipped"]))
    url = merchant.url(f"conectores/{merchant.house.store.pk}/dicionario/")
    merchant.browser("administrator").post(url, {"linha": [row.pk for row in rows], "traduzir": "finished"})
    assert set(StatusEntry.objects.filter(pk__in=[row.pk for row in rows]).values_list("meaning", flat=True)) == {
        "finished"
    }


def test_only_a_translated_status_is_written_in_the_store(merchant: Merchant) -> None:
    store = merchant.house.store
    url, browser = merchant.url(f"conectores/{store.pk}/dicionario/escrever/"), merchant.browser("administrator")
    browser.post(url, {"escreve-captured": StatusEntry.objects.get(label="Pago – conferir").pk})
    assert not WriteBack.objects.exists()
    shipped = StatusEntry.objects.filter(meaning="shipped").first()
    browser.post(url, {"escreve-captured": shipped.pk})
    assert WriteBack.objects.get().status == shipped
    browser.post(url, {"escreve-captured": ""})
    assert not WriteBack.objects.exists()


def test_every_note_that_the_source_writes_has_a_sentence() -> None:
    source = Path(cais.__file__).parent
    written = set()
    for file in source.rglob("*.py"):
        if "connectors" in file.parts:
            continue
        body = file.read_text(encoding="utf-8")
        written |= set(re.findall(r"""\bnote\(\s*[^)"]*"order",[^"]*?"([a-z_]+)\"""", body))
        written |= set(re.findall(r"""write_down\([\w.]+(?:, \w+)?, "([a-z_]+)\"""", body))
        # Many at once: (order, code, params).
        for told in re.findall(
            r"""\((?:order\.pk|key|part\.order_id), "([a-z_]+)"(?: if .*? else "([a-z_]+)")?, """, body
        ):
            written |= set(told) - {""}
    # A refusal of SEFAZ is written under its reason; a doubt is no news until it ends.
    written |= set(NFE_REASONS) - {"nfe_unknown"}
    # A movement that is undone says why.
    written |= {stale.CHANGED, stale.HELD, stale.MISPLACED, stale.UNKEPT}
    assert {"recorded", "moved", "erp_created", "difference_accepted"} <= written
    assert written == NOTES.keys()


def test_a_note_tells_money_as_people_write_it() -> None:
    assert (
        sentence("total_changed", {"was": "1234.5", "now": "90"})
        == "A loja mudou o total de R$ 1.234,50 para R$ 90,00."
    )


def test_the_timeline_names_who_decided(merchant: Merchant) -> None:
    order = merchant.orders["short"]
    merchant.browser("operator").post(merchant.url(f"pedidos/{order.pk}/conferir/"))
    note = Note.objects.filter(subject_id=order.pk, code="asked_again").get()
    assert note.actor_name == "Pessoa Operator"
    assert "Pessoa Operator" in text_of(merchant.browser("reader").get(merchant.url(f"pedidos/{order.pk}/")))
