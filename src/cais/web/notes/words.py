"""How a note is, in words: its state at SEFAZ and at its store, why it stopped, and what mends it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from cais.catalog.models import Product
from cais.companies.roles import Action as May
from cais.fiscal.preflight import Where
from cais.fiscal.rejections import Family, advice_on
from cais.nfe.models import InvoicePublication, Nfe, State
from cais.ports.manifest import Capability
from cais.publishing.erp_document import erp_document
from cais.web.access import GroupRequest
from cais.web.parts import Action
from cais.web.status_words import StatusWord, Tone, word
from cais.web.wording import count_text

SIMULATED_NOTES: Final = "As notas são simuladas: nunca enviadas a uma SEFAZ real."
WITHOUT_NUMBER: Final = "sem número"
_DOUBT = "Consultamos pela chave antes de enviar de novo, para não sair nota em dobro. As outras notas seguem."
_AT_COMPANY: Final = {
    Where.TAX_PROFILE: ("Ver o perfil fiscal", "#perfil"),
    Where.CHANNEL: ("Completar o marketplace", "#marketplaces"),
    Where.COMPANY: ("Ver a configuração fiscal", ""),
}
# As SEFAZ writes it after its words: "... [nItem:2]".
_ITEM: Final = re.compile(r"nItem:\s*(\d{1,3})")
_CERTIFICATE_CODES: Final = frozenset(["certificate_missing", "certificate_expired"])


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a note stopped: what happened, what to do about it, and where."""

    tone: Tone
    title: str
    lines: Sequence[str]
    action: Action | None = None


def is_simulated() -> bool:
    """Whether a stand-in answers for every SEFAZ in this installation."""
    return bool(settings.SEFAZ_URL)


def number_text(nfe: Nfe) -> str:
    return count_text(nfe.number) if nfe.number else WITHOUT_NUMBER


def key_text(key: str) -> str:
    """The access key in groups of four, as the DANFE prints it."""
    return " ".join(key[at : at + 4] for at in range(0, len(key), 4))


def state_word(nfe: Nfe) -> StatusWord:
    """With SEFAZ's own number where it gave one: Rejeitada 778."""
    plain = word("nfe", nfe.state)
    if nfe.state in (State.REJECTED, State.DENIED) and nfe.status:
        return replace(plain, label=f"{plain.label} {nfe.status}")
    return plain


def store_word(nfe: Nfe) -> StatusWord | None:
    """None while there is nothing to tell the store."""
    if nfe.state != State.AUTHORISED:
        return None
    told: InvoicePublication | None = getattr(nfe, "publication", None)
    if told is None:
        offered = nfe.connection.does(Capability.PUBLISH_INVOICE)
        return word("invoice", "not_wanted" if offered else "not_offered")
    if told.hold:
        return word("invoice", "refused")
    if told.due_at is None:
        return word("invoice", "told")
    if told.in_flight and told.attempts:
        return word("invoice", "unknown")
    if told.attempts:
        again = timezone.localtime(told.due_at)
        return word("invoice", "retrying", label=f"Falhou, tenta às {again:%H:%M}")
    return word("invoice", "telling")


def trouble_of(request: GroupRequest, nfe: Nfe) -> Trouble | None:
    """What a person should know of a note that does not go on by itself, or is in doubt."""
    match nfe.state:
        case State.BLOCKED:
            return _blocked(request, nfe)
        case State.REJECTED:
            return _rejected(request, nfe)
        case State.UNKNOWN:
            return _unknown(request, nfe)
        case State.DENIED | State.NUMBER_TAKEN | State.CANCELLED:
            return Trouble("err", nfe.words or state_word(nfe).help, (state_word(nfe).help,), _again(request, nfe))
    return None


def _blocked(request: GroupRequest, nfe: Nfe) -> Trouble:
    sentences = list(dict.fromkeys(str(problem["sentence"]) for problem in nfe.problems))
    title, *rest = sentences or ["A nota montada não passou na conferência."]
    return Trouble("warn", title, rest, _mend_problem(request, nfe) or _again(request, nfe))


def _rejected(request: GroupRequest, nfe: Nfe) -> Trouble:
    advice = advice_on(nfe.status)
    kept = f"O número {number_text(nfe)} fica guardado para ela. As outras notas seguem."
    return Trouble("err", nfe.words or "A SEFAZ rejeitou a nota.", (f"{advice.sentence} {kept}",), _mend(request, nfe))


def _unknown(request: GroupRequest, nfe: Nfe) -> Trouble:
    title = "A nota foi enviada, mas a resposta da SEFAZ se perdeu."
    due = f" Próxima consulta às {timezone.localtime(nfe.due_at):%H:%M}." if nfe.due_at else ""
    return Trouble("unk", title, (f"{_DOUBT}{due}",), consult_action(request, nfe))


def consult_action(request: GroupRequest, nfe: Nfe) -> Action | None:
    if not request.may(May.ISSUE_NOTES):
        return None
    return Action("Consultar agora", reverse("note_again", args=[request.group.slug, nfe.pk]), "post")


def again_action(request: GroupRequest, nfe: Nfe) -> Action | None:
    if not request.may(May.ISSUE_NOTES):
        return None
    url = reverse("note_again", args=[request.group.slug, nfe.pk])
    return Action("Tentar de novo", url, "post", icon="arrow-path")


_again = again_action


def _mend_problem(request: GroupRequest, nfe: Nfe) -> Action | None:
    """Where the first problem is mended, for who may mend it there."""
    if not nfe.problems:
        return None
    first = nfe.problems[0]
    where = str(first["where"])
    if where == Where.PRODUCT:
        return _product(request, nfe, int(first["item"]))
    if where == Where.BUYER:
        return _customer(request, nfe)
    if where == Where.ORDER:
        return _order(request, nfe)
    if str(first["code"]) in _CERTIFICATE_CODES:
        return _company(request, nfe, "Enviar certificado", "#certificado")
    if where in _AT_COMPANY:
        return _company(request, nfe, *_AT_COMPANY[Where(where)])
    return None


def _mend(request: GroupRequest, nfe: Nfe) -> Action | None:
    match advice_on(nfe.status).family:
        case Family.COMPANY:
            return _company(request, nfe, *_AT_COMPANY[Where.COMPANY])
        case Family.TAX:
            return _company(request, nfe, *_AT_COMPANY[Where.TAX_PROFILE])
        case Family.CERTIFICATE:
            return _company(request, nfe, "Enviar certificado", "#certificado")
        case Family.CLOCK:
            return _again(request, nfe)
        case Family.DATA:
            return _data(request, nfe)
    return _order(request, nfe)


def _data(request: GroupRequest, nfe: Nfe) -> Action | None:
    """The advice names whose data it is about; SEFAZ's own words name the item."""
    about = advice_on(nfe.status).sentence.lower()
    item = _ITEM.search(nfe.words)
    if item or "produto" in about:
        return _product(request, nfe, int(item[1]) if item else 1)
    return _customer(request, nfe) if "comprador" in about else _order(request, nfe)


def _company(request: GroupRequest, nfe: Nfe, label: str, anchor: str) -> Action:
    return Action(label, reverse("fiscal", args=[request.group.slug, nfe.company_id]) + anchor)


def _order(request: GroupRequest, nfe: Nfe) -> Action:
    return Action("Abrir o pedido", reverse("order", args=[request.group.slug, nfe.order_id]))


def _customer(request: GroupRequest, nfe: Nfe) -> Action:
    if not nfe.order.customer_id or not request.may(May.EDIT_CUSTOMERS):
        return _order(request, nfe)
    return Action("Abrir cadastro", reverse("customer", args=[request.group.slug, nfe.order.customer_id]))


def _product(request: GroupRequest, nfe: Nfe, item: int) -> Action:
    """The product that is the note's item of this position, counted from one; the order when there is none."""
    lines = erp_document(nfe.fulfilment).lines
    if not 1 <= item <= len(lines):
        return _order(request, nfe)
    found = Product.objects.of(request.group).filter(sku=lines[item - 1].sku).first()
    if found is None:
        return _order(request, nfe)
    return Action("Corrigir o produto", reverse("product", args=[request.group.slug, found.pk]))
