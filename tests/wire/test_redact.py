"""What is kept of an exchange: enough for support, no secret, no person."""

from __future__ import annotations

import json
import time

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cais.ports.session import Priority
from cais.wire.http import CAP, Call, Http
from cais.wire.redact import KEPT, MASK, Redactor
from tests.wire.conftest import Journal, Server, answer

CUSTOMER = {
    "id": "1",
    "name": "Lia Exemplo Prado",
    "cpf": "11144477735",
    "cnpj": "11.222.333/0001-81",
    "email": "lia@comprador.example",
    "phone": "1140000000",
    "address": "Rua do Cais",
    "total_orders": "3",
}


def kept(body: object, redactor: Redactor | None = None) -> str:
    return (redactor or Redactor()).body(json.dumps(body, ensure_ascii=False).encode())


def test_secrets_in_an_address_are_masked_and_the_rest_stays_readable() -> None:
    url = "https://u:p@loja.example/web_api/auth?refresh_token=r1&consumer_key=k&consumer_secret=s&code=c&modified=2026-01-01,2026-01-02"
    shown = Redactor().url(url)
    assert shown == (
        "https://loja.example/web_api/auth?refresh_token=***&consumer_key=***&consumer_secret=***&code=***"
        "&modified=2026-01-01,2026-01-02"
    )


def test_tokens_in_an_answer_are_masked_and_its_code_stays() -> None:
    shown = json.loads(kept({"code": "200", "access_token": "APP_ID-1", "refresh_token": "r", "store_id": "391250"}))
    assert shown == {"code": "200", "access_token": MASK, "refresh_token": MASK, "store_id": "391250"}


def test_a_person_is_masked_wherever_it_lies_and_a_product_is_not() -> None:
    order = {"Order": {"id": "15", "Customer": CUSTOMER, "ProductsSold": [{"ProductsSold": {"name": "Caderno"}}]}}
    shown = json.loads(kept(order))["Order"]
    assert shown["Customer"] == {
        "id": "1",
        "name": MASK,
        "cpf": MASK,
        "cnpj": MASK,
        "email": MASK,
        "phone": MASK,
        "address": MASK,
        "total_orders": "3",
    }
    assert shown["ProductsSold"][0]["ProductsSold"]["name"] == "Caderno"
    assert shown["id"] == "15"


@pytest.mark.parametrize(
    "said",
    [
        "CPF 111.444.777-35",
        "cpf 11144477735",
        "11.222.333/0001-81",
        "12ABC34501DE35",
        "lia@comprador.example",
        "(11) 94000-0000",
    ],
)
def test_a_person_quoted_in_a_sentence_is_masked(said: str) -> None:
    shown = kept({"causes": [f"Inválido: {said}!"]})
    assert MASK in shown
    assert said.split()[-1] not in shown


def test_numbers_that_are_no_documents_stay() -> None:
    shown = kept({"ean": "7890000000017", "marketplace_order_id": "2000009415"})
    assert "7890000000017" in shown
    assert "2000009415" in shown


def test_a_cut_answer_is_masked_too() -> None:
    cut = json.dumps({"access_token": "APP_ID-1", "Customer": CUSTOMER}, ensure_ascii=False).encode()
    for end in range(1, len(cut)):
        shown = Redactor().body(cut[:end])
        for private in ("APP_ID", "Lia", "11144477735", "11.222.333", "lia@", "1140000000", "Rua do"):
            assert private not in shown


def test_a_form_is_masked_by_its_keys() -> None:
    shown = Redactor().body(b"consumer_key=k1&consumer_secret=s1&code=c1&grant=x")
    assert shown == "consumer_key=***&consumer_secret=***&code=***&grant=x"


def test_a_known_secret_is_masked_wherever_it_turns_up() -> None:
    shown = Redactor(["segredo-do-app"]).body(b"<html>segredo-do-app veio errado</html>")
    assert shown == "<html>*** veio errado</html>"


def test_what_the_request_carried_is_masked_when_the_answer_quotes_it(
    server: Server, http: Http, journal: Journal
) -> None:
    server.speak = answer(b"<h1>token APP_ID-77-abc is late</h1>", status="401 No")
    url = server.url("/orders?access_token=APP_ID-77-abc")
    http.call(Call(method="GET", url=url, priority=Priority.ORDERS))
    form = {"code": "c0de-c0de", "consumer_secret": "hush-hush"}
    server.speak = answer(b'["c0de-c0de hush-hush"]')
    http.call(Call(method="POST", url=server.url("/auth"), form=form, priority=Priority.ACCESS))
    whole = repr(journal.kept)
    for secret in ("APP_ID-77-abc", "c0de-c0de", "hush-hush"):
        assert secret not in whole


def test_a_body_is_masked_before_it_is_cut_to_size() -> None:
    body = {"filler": "x" * (KEPT - 30), "email": "lia@comprador.example"}
    shown = kept(body)
    assert len(shown) <= KEPT
    assert "lia@" not in shown


@pytest.mark.parametrize("letter", ["x", '"', " ", ".", "@", "{", '"a":', "a@b.", "1"])
def test_a_giant_of_any_letter_is_masked_in_no_time(letter: str) -> None:
    began = time.perf_counter()
    Redactor().body(letter.encode() * (CAP // len(letter)))
    assert time.perf_counter() - began < 2


def test_a_redactor_that_learnt_from_a_request_still_knows_the_rest() -> None:
    request = httpx.Request("GET", "http://x/?access_token=abcdefgh")
    assert Redactor(["segredo-do-app"]).knowing(request).text("segredo-do-app abcdefgh") == "*** ***"


secrets = st.text(st.characters(whitelist_categories=("Ll", "Nd"), max_codepoint=122), min_size=8, max_size=64)
shapes = st.recursive(
    st.none() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "Order", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(secret=secrets, shape=shapes, key=st.sampled_from(["access_token", "refresh_token", "consumer_secret", "email"]))
def test_no_shape_of_body_lets_a_secret_through(secret: str, shape: object, key: str) -> None:
    shown = Redactor().body(json.dumps({"w": [shape, {key: secret}, {"deep": {key.upper(): secret}}]}).encode())
    assert secret not in shown
