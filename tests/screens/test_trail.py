"""*Histórico*: each record tells who changed it, when, what it was and what it is."""

from __future__ import annotations

import pghistory.models
import pytest
from django.apps import apps

from cais.catalog.models import Product
from cais.companies.models import Warehouse
from cais.web.audit.trail import KINDS
from cais.web.audit.words import BELONGS, SUBJECTS
from tests.screens.conftest import Merchant
from tests.screens.reading import text_of


def trail(merchant: Merchant, kind: str, pk: object) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """Who, what they did, and each field with what it was and is; newest first."""
    response = merchant.browser("administrator").get(merchant.url(f"auditoria/{kind}/{pk}/"))
    return [
        (entry.who, f"{entry.verb} {entry.subject}", [(c.field, c.was, c.now) for c in entry.changes])
        for entry, _ in response.context["entries"]
    ]


def test_every_table_that_is_tracked_has_its_words_and_its_address() -> None:
    events = [model for model in apps.get_models() if issubclass(model, pghistory.models.Event)]
    tracked = {model.pgh_tracked_model.__name__ for model in events}  # type: ignore[attr-defined]
    assert tracked == set(SUBJECTS) == set(KINDS.values())


def test_what_belongs_to_a_record_names_columns_that_exist() -> None:
    models = {model.__name__: model for model in apps.get_models()}
    for parts in BELONGS.values():
        for kind, column in parts.items():
            assert column in {field.attname for field in models[kind]._meta.concrete_fields}, kind


def test_a_company_tells_of_itself_and_of_its_warehouses(merchant: Merchant) -> None:
    company, browser = merchant.house.company, merchant.browser("administrator")
    place = company.warehouses.get()
    browser.post(merchant.url(f"empresas/depositos/{place.pk}/"), {"name": "Galpão"})
    who = str(merchant.people["administrator"])
    change = (who, "mudou Depósito", [("nome", "Principal", "Galpão")])
    # One transaction is one moment: what happened in it has no order from table to table.
    assert change in trail(merchant, "empresa", company.pk)
    assert trail(merchant, "deposito", place.pk)[0] == change


def test_what_cais_did_by_itself_is_there_too(merchant: Merchant) -> None:
    merchant.house.company.warehouses.update(name="Sozinho")
    assert trail(merchant, "deposito", merchant.house.company.warehouses.get().pk)[0][0] == "Cais"


def test_a_record_that_was_deleted_keeps_its_trail(merchant: Merchant) -> None:
    made = Warehouse.objects.create(group=merchant.house.group, company=merchant.house.company, name="Feira")
    key = made.pk
    made.delete()
    assert [what for _, what, _ in trail(merchant, "deposito", key)] == ["apagou Depósito", "criou Depósito"]


def test_the_trail_of_one_product_is_not_that_of_another(merchant: Merchant) -> None:
    one, other = Product.objects.order_by("pk")[:2]
    Product.objects.filter(pk=other.pk).update(name="Outro nome")
    assert "Outro nome" not in str(trail(merchant, "produto", one.pk))
    assert "Outro nome" in str(trail(merchant, "produto", other.pk))


@pytest.mark.parametrize("path", ["auditoria/empresa/999999/", "auditoria/nada/1/", "auditoria/produto/0/"])
def test_a_record_that_never_was_is_absent(merchant: Merchant, path: str) -> None:
    assert merchant.browser("administrator").get(merchant.url(path)).status_code == 404


def test_pages_lead_to_the_trail_for_who_may_see_it(merchant: Merchant) -> None:
    order, store = merchant.orders["well"], merchant.house.store
    for path, kind in (
        (f"produtos/{order.lines.get().product_id}/", "produto"),
        (f"clientes/{order.customer_id}/", "cliente"),
        (f"empresas/{merchant.house.company.pk}/", "empresa"),
        (f"empresas/{merchant.house.company.pk}/", "deposito"),
        (f"conectores/{store.pk}/", "conector"),
        (f"conectores/{store.pk}/dicionario/", "status"),
        ("usuarios/", "pessoa"),
    ):
        page = merchant.browser("administrator").get(merchant.url(path))
        assert f"/auditoria/{kind}/" in page.content.decode(), path
    page = merchant.browser("operator").get(merchant.url(f"clientes/{order.customer_id}/"))
    assert "/auditoria/" not in page.content.decode()


def test_the_audit_leads_from_a_change_to_its_record(merchant: Merchant) -> None:
    browser, company = merchant.browser("administrator"), merchant.house.company
    browser.post(merchant.url(f"empresas/depositos/{company.warehouses.get().pk}/"), {"name": "Galpão"})
    _, url = browser.get(merchant.url("auditoria/?o_que=Warehouse")).context["entries"][0]
    assert "Galpão" in text_of(browser.get(url))


def test_money_is_written_as_money(merchant: Merchant) -> None:
    product = merchant.orders["well"].lines.get().product_id
    page = text_of(merchant.browser("administrator").get(merchant.url(f"auditoria/produto/{product}/")))
    assert "preço: R$ 12,50" in page


def test_a_person_who_changed_nothing_stays_chosen_and_nonsense_is_nobody(merchant: Merchant) -> None:
    found = merchant.browser("administrator").get(merchant.url("auditoria/?quem=Ningu%C3%A9m%00"))
    who = found.context["chips"][0]
    assert (found.status_code, who.value_label, who.choices[-1].selected) == (200, "Ninguém", True)
    assert found.context["entries"] == []
