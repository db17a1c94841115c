"""Registrar envio and Marcar como entregue: from the order, from the list, and by spreadsheet."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from cais.core.effects import Meaning
from cais.orders.models import Order
from cais.statuses.models import StatusEntry, WriteBack
from tests.screens.conftest import Merchant
from tests.screens.reading import said, text_of

LINK = "https://rastreio.exemplo.com.br/AA123456785BR"


def filled(order: Order, **changes: str) -> dict[str, object]:
    typed = {
        "registrar": "1",
        "pedido": [str(order.pk)],
        "transportadora": "Correios",
        "data": "2026-11-20",
        f"rastreio-{order.pk}": "AA123456785BR",
        f"link-{order.pk}": LINK,
    }
    return {**typed, **changes}


def send_sheet(merchant: Merchant, content: bytes, *, mode: str = "sent", name: str = "envios.csv") -> str:
    """The address of the preview."""
    file = SimpleUploadedFile(name, content)
    sent = merchant.browser("operator").post(
        merchant.url("pedidos/envios/importar/"), {"mode": mode, "file": file}, follow=False
    )
    assert sent.status_code == 302, text_of(sent)
    return str(sent["Location"])


def test_a_parcel_is_registered_from_its_order_and_told_there(merchant: Merchant) -> None:
    order, browser = merchant.orders["well"], merchant.browser("operator")
    page = browser.get(merchant.url(f"pedidos/{order.pk}/"))
    assert f'href="{merchant.url("pedidos/envios/")}?pedido={order.pk}"' in page.content.decode()
    form = browser.get(merchant.url("pedidos/envios/"), {"pedido": order.pk})
    assert form.status_code == 200
    done = browser.post(merchant.url("pedidos/envios/"), filled(order), follow=True)
    assert "1 envio registrado" in said(done)
    told = merchant.again("well")
    assert (told.phase, told.tracking_code, told.carrier, told.tracking_url) == (
        "shipped",
        "AA123456785BR",
        "Correios",
        LINK,
    )
    assert told.shipped_at == datetime(2026, 11, 20, 15, 0, tzinfo=UTC)  # noon in Brasília
    shown = text_of(browser.get(merchant.url(f"pedidos/{order.pk}/")))
    assert "Enviado" in shown
    assert "AA123456785BR" in shown
    assert "registrou o envio: Correios AA123456785BR." in shown


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("data", "amanhã", "A data não é um dia até hoje."),
        ("data", "2099-01-01", "A data não é um dia até hoje."),
        ("link", "javascript:alert(1)", "O link precisa começar com http:// ou https://."),
        ("link", "rastreio", "O link precisa começar com http:// ou https://."),
        ("rastreio", "A" * 81, "O rastreio passa de 80 letras."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_lost(
    merchant: Merchant, field: str, value: str, words: str
) -> None:
    order = merchant.orders["well"]
    name = field if field == "data" else f"{field}-{order.pk}"
    again = merchant.browser("operator").post(merchant.url("pedidos/envios/"), filled(order, **{name: value}))
    assert again.status_code == 422
    assert words in text_of(again)
    assert 'value="Correios"' in again.content.decode()
    assert merchant.again("well").shipped_at is None


def test_ticked_orders_are_sent_together_and_the_others_are_named(merchant: Merchant) -> None:
    well, unpaid = merchant.orders["well"], merchant.orders["unpaid"]
    page = merchant.browser("operator").post(merchant.url("pedidos/envios/"), {"pedido": [well.pk, unpaid.pk]})
    assert f"O pedido {unpaid.number} fica de fora: ainda não virou pedido de venda." in text_of(page)
    only = merchant.browser("operator").post(merchant.url("pedidos/envios/"), {"pedido": [unpaid.pk]})
    assert "ainda não virou pedido de venda" in said(only)


def test_an_order_is_delivered_by_a_persons_word(merchant: Merchant) -> None:
    order, browser = merchant.orders["well"], merchant.browser("operator")
    browser.post(merchant.url("pedidos/envios/"), filled(order))
    done = browser.post(merchant.url("pedidos/entregues/"), {"pedido": order.pk, "volta": "pedido"}, follow=True)
    assert "1 pedido marcado como entregue" in said(done)
    assert merchant.again("well").phase == "delivered"
    again = browser.post(merchant.url("pedidos/entregues/"), {"pedido": order.pk}, follow=True)
    assert "1 pedido ficou como estava" in said(again)


def test_a_sheet_says_what_it_would_do_and_does_that(merchant: Merchant) -> None:
    order = merchant.orders["well"]
    rows = f"pedido;loja;rastreio;transportadora;data;link\n{order.number};imaginária;AA1;Jadlog;20/11/2026;{LINK}\n"
    preview, browser = send_sheet(merchant, rows.encode()), merchant.browser("operator")
    shown = text_of(browser.get(preview))
    assert "enviado em 20/11/2026" in shown
    assert "Imaginária · Jadlog · AA1" in shown
    assert merchant.again("well").shipped_at is None
    assert "1 envio registrado" in said(browser.post(preview))
    assert (merchant.again("well").tracking_code, merchant.again("well").phase) == ("AA1", "shipped")


def test_a_sheet_of_deliveries_from_a_spreadsheet_program_has_dates_of_its_own(merchant: Merchant) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Pedido", "Data"])
    sheet.append([int(merchant.orders["well"].number), datetime(2026, 11, 21)])
    out = io.BytesIO()
    book.save(out)
    preview = send_sheet(merchant, out.getvalue(), mode="delivered", name="entregas.xlsx")
    merchant.browser("operator").post(preview)
    assert merchant.again("well").delivered_at == datetime(2026, 11, 21, 15, 0, tzinfo=UTC)


def test_every_wrong_row_of_a_sheet_is_named_and_the_right_ones_may_go(merchant: Merchant) -> None:
    well, unpaid = merchant.orders["well"].number, merchant.orders["unpaid"].number
    tomorrow = f"{datetime.now(UTC) + timedelta(days=2):%d/%m/%Y}"
    rows = [
        "pedido;loja;rastreio;data;link",
        "999999;;A;;",
        f"{unpaid};;A;;",
        f"{well};Outra;A;;",
        f"{well};;A;{tomorrow};",
        f"{well};;A;31/02/2026;",
        f"{well};;A;;ftp://x",
        f"{well};;A;;",
        f"{well};;B;;",
    ]
    preview, browser = send_sheet(merchant, "\n".join(rows).encode()), merchant.browser("operator")
    shown = text_of(browser.get(preview))
    for words in (
        "Não há pedido 999999.",
        f"O pedido {unpaid} ainda não virou pedido de venda.",
        f"Não há pedido {well} na loja Outra.",
        f"A data “{tomorrow}” não é um dia até hoje.",
        "A data “31/02/2026” não é um dia até hoje.",
        "O link precisa começar com http:// ou https://.",
        f"O pedido {well} já está na linha 8.",
    ):
        assert words in shown, words
    browser.post(preview, {"decisao": "so_certas"})
    assert merchant.again("well").tracking_code == "A"


@pytest.mark.parametrize("path", ["pedidos/envios/", "pedidos/entregues/", "pedidos/envios/importar/"])
def test_who_only_looks_sends_nothing(merchant: Merchant, path: str) -> None:
    assert merchant.browser("reader").post(merchant.url(path)).status_code == 403


def _dictionary(merchant: Merchant, browser: Client, path: str, typed: dict[str, object]) -> str:
    url = merchant.url(f"conectores/{merchant.house.store.pk}/dicionario/{path}/")
    return str(said(browser.post(url, typed, follow=True)))


def test_the_two_shortcuts_write_in_the_dictionary(merchant: Merchant) -> None:
    browser = merchant.browser("administrator")
    entry = merchant.orders["untranslated"].status
    words = _dictionary(merchant, browser, "atalho", {"buscar": entry.pk})
    assert "agora é Pendente. 1 pedido segue em instantes." in words
    assert StatusEntry.objects.get(pk=entry.pk).meaning == Meaning.PENDING
    both = _dictionary(merchant, browser, "atalho", {"buscar": entry.pk, "buscar-cancelado": entry.pk})
    assert "Nada mudou" in both
    _dictionary(merchant, browser, "atalho", {"buscar-cancelado": entry.pk})
    assert StatusEntry.objects.get(pk=entry.pk).meaning == Meaning.CANCELLED


def test_a_status_that_cancels_is_not_written_for_a_parcel(merchant: Merchant) -> None:
    browser = merchant.browser("administrator")
    cancelled = StatusEntry.objects.get(connection=merchant.house.store, key="cancelado")
    words = _dictionary(merchant, browser, "escrever", {"escreve-shipped": cancelled.pk})
    assert "só é escrito depois de um cancelamento" in words
    assert not WriteBack.objects.filter(moment="shipped").exists()
    sent = StatusEntry.objects.get(connection=merchant.house.store, key="enviado")
    _dictionary(merchant, browser, "escrever", {"escreve-shipped": sent.pk, "escreve-cancelled": cancelled.pk})
    assert set(WriteBack.objects.values_list("moment", flat=True)) == {"shipped", "cancelled"}
