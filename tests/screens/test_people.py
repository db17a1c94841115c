"""Usuários on the screen: inviting, coming in, another role, letting go; and the order of the companies."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Thread

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from cais.companies import people as room
from cais.companies.models import Company, Invitation, Membership, User
from cais.companies.scope import group_scope
from cais.companies.services import add_company
from tests.engine.house import house
from tests.screens.conftest import Merchant, people_of
from tests.screens.reading import said, text_of

EMAIL = "celia@jurubim.example"
PASSWORD = "porto-de-itajai-88"


def invited(merchant: Merchant, role: str = "operator", email: str = EMAIL) -> str:
    """The path of the invitation, as the administrator reads it on the screen."""
    browser, url = merchant.browser("administrator"), merchant.url("usuarios/")
    assert browser.post(url, {"email": email, "role": role}).status_code == 302
    (address,) = re.findall(r'value="http://testserver(/convite/[\w-]+/)"', browser.get(url).content.decode())
    assert "/convite/" not in browser.get(url).content.decode()  # shown once
    return address


def test_an_invited_person_makes_an_account_and_is_in(merchant: Merchant) -> None:
    door, newcomer = invited(merchant), Client()
    assert "convidou celia@jurubim.example como Operador" in text_of(newcomer.get(door))
    response = newcomer.post(door, {"name": "Célia Duarte", "password": PASSWORD}, follow=True)
    assert response.status_code == 200
    member = Membership.objects.get(user__email=EMAIL)
    assert (member.role, member.user.name) == ("operator", "Célia Duarte")
    assert newcomer.get(merchant.url("pedidos/")).status_code == 200
    assert Client().get(door).status_code == 410  # once


def test_who_has_an_account_comes_in_with_it(merchant: Merchant) -> None:
    stranger = merchant.people["stranger"]
    door = invited(merchant, "reader", stranger.email.upper())
    anonymous = Client().get(door)
    assert "já tem acesso" in text_of(anonymous)
    browser = merchant.browser("stranger")
    assert browser.get(merchant.url("pedidos/")).status_code == 404
    browser.post(door)
    assert browser.get(merchant.url("pedidos/")).status_code == 200


def test_an_invitation_is_for_one_person_only(merchant: Merchant) -> None:
    door, other = invited(merchant), merchant.browser("stranger")
    assert "outro e-mail" in text_of(other.get(door))
    other.post(door)
    assert not Membership.objects.filter(user=merchant.people["stranger"]).exists()


def test_a_weak_password_is_refused_and_the_invitation_stands(merchant: Merchant) -> None:
    door, newcomer = invited(merchant), Client()
    response = newcomer.post(door, {"name": "Célia", "password": "12345678"})
    assert response.status_code == 422
    assert "Falta corrigir um campo" in text_of(response)  # two things are wrong, with the one password
    assert not User.objects.filter(email=EMAIL).exists()
    assert newcomer.get(door).status_code == 200


def test_an_old_or_withdrawn_invitation_leads_nowhere(merchant: Merchant) -> None:
    door = invited(merchant)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert Client().get(door).status_code == 410
    again = invited(merchant)  # takes the place of the old one
    assert Client().get(again).status_code == 200
    row = Invitation.objects.get()
    merchant.browser("administrator").post(merchant.url(f"usuarios/convites/{row.pk}/tirar/"))
    assert Client().get(again).status_code == 410


def test_who_is_in_already_is_not_invited(merchant: Merchant) -> None:
    page = merchant.browser("administrator").post(
        merchant.url("usuarios/"), {"email": merchant.people["reader"].email, "role": "fiscal"}
    )
    assert page.status_code == 422
    assert "já está no grupo" in text_of(page)


def test_the_invitation_is_sent_where_the_server_sends_mail(merchant: Merchant, settings: object) -> None:
    settings.EMAIL_BACKEND = "tests.screens.smtp.EmailBackend"
    door = invited(merchant)
    (message,) = mail.outbox
    assert message.to == [EMAIL]
    assert door in message.body


def member_of(merchant: Merchant, who: str) -> Membership:
    return Membership.objects.get(user=merchant.people[who])


def test_another_role_counts_from_the_next_click(merchant: Merchant) -> None:
    reader = merchant.browser("reader")
    assert reader.get(merchant.url("auditoria/")).status_code == 403
    member = member_of(merchant, "reader")
    merchant.browser("administrator").post(merchant.url(f"usuarios/{member.pk}/papel/"), {"role": "administrator"})
    assert reader.get(merchant.url("auditoria/")).status_code == 200
    audited = text_of(reader.get(merchant.url("auditoria/")))
    assert "mudou acesso de pessoa" in audited


def test_the_last_administrator_stays(merchant: Merchant) -> None:
    browser, own = merchant.browser("administrator"), member_of(merchant, "administrator")
    for path, data in ((f"usuarios/{own.pk}/papel/", {"role": "reader"}), (f"usuarios/{own.pk}/tirar/", {})):
        answer = browser.post(merchant.url(path), data)
        assert answer["Location"] == merchant.url("usuarios/")
        assert "única pessoa que administra" in said(answer)
    own.refresh_from_db()
    assert own.role == "administrator"


def test_who_is_let_go_sees_nothing_more(merchant: Merchant) -> None:
    operator = merchant.browser("operator")
    member = member_of(merchant, "operator")
    merchant.browser("administrator").post(merchant.url(f"usuarios/{member.pk}/tirar/"))
    assert operator.get(merchant.url("pedidos/")).status_code == 404


def test_a_button_pressed_twice_says_that_it_is_done(merchant: Merchant) -> None:
    browser, member = merchant.browser("administrator"), member_of(merchant, "operator")
    invited(merchant)
    invitation = Invitation.objects.get(email=EMAIL)
    for path, done in (
        (f"usuarios/{member.pk}/tirar/", "Pessoa Operator já não está no grupo"),
        (f"usuarios/convites/{invitation.pk}/tirar/", "celia@jurubim.example já não vale"),
    ):
        assert browser.post(merchant.url(path)).status_code == 302
        again = browser.post(merchant.url(path))
        assert (again.status_code, done in said(again)) == (302, True)


def test_an_invitation_sent_twice_goes_out_once_and_its_address_stays_good(
    merchant: Merchant, settings: object
) -> None:
    settings.EMAIL_BACKEND = "tests.screens.smtp.EmailBackend"
    browser, url = merchant.browser("administrator"), merchant.url("usuarios/")
    (slip,) = re.findall(r'name="slip" value="([\w-]+)"', browser.get(url).content.decode())
    form = {"email": EMAIL, "role": "operator", "slip": slip}
    assert [browser.post(url, form).status_code for _press in range(2)] == [302, 302]
    (letter,) = mail.outbox
    (door,) = re.findall(r"http://testserver(/convite/[\w-]+/)", letter.body)
    assert Client().get(door).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_let_each_other_go_at_once() -> None:
    with house() as home:
        people = people_of(home)
        room.change_role(Membership.objects.get(user=people["operator"]), "administrator")
        pair = [Membership.objects.get(user=people[who]) for who in ("administrator", "operator")]
        refused: list[Membership] = []

        def leave(member: Membership) -> None:
            try:
                with group_scope(home.group.pk):
                    room.let_go(member)
            except room.LastAdministratorError:
                refused.append(member)
            finally:
                connection.close()

        threads = [Thread(target=leave, args=(member,)) for member in pair]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(refused) == 1
        assert Membership.objects.filter(role="administrator").count() == 1


def buttons(browser: Client, merchant: Merchant) -> dict[str, dict[str, str]]:
    """What each button of the list of companies sends."""
    page = browser.get(merchant.url("empresas/")).content.decode()
    found = re.findall(r'name="(\w+)" value="(\w+)" aria-label="((?:Subir|Descer) [^"]+)"', page)
    return {label: {name: value} for name, value, label in found}


def test_companies_go_up_and_down_in_the_queue(merchant: Merchant) -> None:
    group, browser = merchant.house.group, merchant.browser("administrator")
    made = [
        add_company(group, name=name, legal_name=name, cnpj=cnpj, state="SP")
        for name, cnpj in (("Sudeste", "98765432000198"), ("Nordeste", "12345678000195"))
    ]
    up = buttons(browser, merchant)["Subir Nordeste"]
    for _press in range(2):  # it names a place, so a second press leads no further
        browser.post(merchant.url(f"empresas/{made[1].pk}/ordem/"), up)
    first = merchant.house.company
    assert [row.name for row in Company.objects.of(group)] == [first.name, "Nordeste", "Sudeste"]
    assert f"Subir {first.name}" not in buttons(browser, merchant)
    browser.post(merchant.url(f"empresas/{first.pk}/ordem/"), buttons(browser, merchant)[f"Descer {first.name}"])
    assert [(row.name, row.priority) for row in Company.objects.of(group)] == [
        ("Nordeste", 1),
        (first.name, 2),
        ("Sudeste", 3),
    ]
