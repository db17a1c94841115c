"""What may be wrong with who sells, who buys, where it goes and who stood between them."""

from __future__ import annotations

from collections.abc import Iterator

from cais.core.values import is_cnpj, is_cpf, is_tax_document
from cais.fiscal import text
from cais.fiscal.documents import Buyer, Issuer, NoteDoc, Place
from cais.fiscal.places import UF_CODES, city_of, find_city, near_cities, states_with
from cais.fiscal.preflight.problem import SCHEMA, Problem, Where
from cais.fiscal.profile import Regime

SERVED_REGIMES = frozenset([Regime.SIMPLES])
# States that refuse a note without the technical contact (972), and the one that wants the accountant named (486).
WANT_TECHNICAL_CONTACT = frozenset(["AM", "MS", "PE", "PR", "SC", "TO"])
WANT_ACCOUNTANT = frozenset(["BA"])
MOST_DOWNLOADERS = 10
EXEMPT_WORDS = frozenset(["", "ISENTO", "ISENTA"])


def party_problems(note: NoteDoc) -> Iterator[Problem]:
    yield from _issuer(note.issuer)
    yield from _demands_of_state(note)
    yield from _downloaders(note)
    yield from _buyer(note.buyer)
    if note.delivery:
        yield from _place(note.delivery.place, subject="da entrega", where=Where.ORDER, codes=("278", "279"))
    yield from _intermediary(note)


def _issuer(issuer: Issuer) -> Iterator[Problem]:
    if not is_cnpj(issuer.cnpj):
        yield _at_company("issuer_cnpj", "207", "O CNPJ da empresa não confere. Corrija-o no cadastro da empresa.")
    if len(text.fit(issuer.name, text.NAME)) < 2:
        yield _at_company("issuer_name", SCHEMA, "A empresa está sem razão social. Preencha-a no cadastro da empresa.")
    if not _is_registration(issuer.state_registration):
        yield _at_company(
            "issuer_registration",
            "229" if not issuer.state_registration else "209",
            "A empresa precisa da inscrição estadual, só com números, para emitir. Preencha-a no cadastro da empresa.",
        )
    if issuer.regime not in SERVED_REGIMES:
        yield _at_company(
            "regime_not_served",
            "591",
            "Por enquanto só empresas do Simples Nacional (CRT 1) emitem por aqui. Confira o regime da empresa.",
        )
    yield from _place(issuer.place, subject="da empresa", where=Where.COMPANY, codes=("272", "273"))
    if not issuer.place.postal_code:
        yield _at_company("issuer_postal_code", SCHEMA, "O endereço da empresa está sem CEP. Preencha-o no cadastro.")


def _demands_of_state(note: NoteDoc) -> Iterator[Problem]:
    state, contact = note.issuer.place.state, note.technical_contact
    if contact is None and state in WANT_TECHNICAL_CONTACT:
        yield _at_company(
            "technical_contact",
            "972",
            f"{state} exige na nota o responsável técnico pelo sistema. Preencha-o na configuração fiscal.",
        )
    if contact and not (is_cnpj(contact.cnpj) and _is_phone(contact.phone) and 6 <= len(contact.email) <= text.NAME):
        yield _at_company(
            "technical_contact_incomplete",
            SCHEMA,
            "O responsável técnico precisa de CNPJ, e-mail e telefone com DDD. Confira-o na configuração fiscal.",
        )
    if state in WANT_ACCOUNTANT and not note.may_download:
        yield _at_company(
            "accountant",
            "486",
            "A Bahia exige na nota o CNPJ ou CPF do escritório de contabilidade. Preencha-o na configuração fiscal.",
        )


def _downloaders(note: NoteDoc) -> Iterator[Problem]:
    if len(note.may_download) > MOST_DOWNLOADERS:
        sentence = "No máximo dez CPFs ou CNPJs podem ser autorizados a baixar a nota. Reduza a lista."
        yield _at_company("too_many_downloaders", SCHEMA, sentence)
    for document in note.may_download:
        if not is_tax_document(document):
            sentence = f"O documento {document}, autorizado a baixar as notas, não confere. Corrija-o na configuração."
            yield _at_company("downloader_document", "325" if len(document) == 11 else "323", sentence)


def _buyer(buyer: Buyer) -> Iterator[Problem]:
    if buyer.place.country != "BR":
        yield _at_buyer(
            "foreign_buyer",
            "720",
            "O comprador mora fora do Brasil. Venda para o exterior é exportação e ainda não sai por aqui: "
            "emita esta nota em outro sistema.",
        )
        return
    yield from _buyer_document(buyer)
    if len(text.fit(buyer.name, text.NAME)) < 2:
        sentence = "O nome do comprador está vazio ou só tem símbolos. Escreva o nome no pedido."
        yield _at_buyer("buyer_name", "724", sentence)
    registration = buyer.state_registration.strip().upper()
    if len(buyer.document) == 14 and registration not in EXEMPT_WORDS and not _is_registration(registration):
        yield _at_buyer(
            "buyer_registration",
            "210",
            f"A inscrição estadual do comprador ({registration}) não confere: só números, ou nada se ele não tem.",
        )
    yield from _place(buyer.place, subject="do comprador", where=Where.BUYER, codes=("274", "275"))


def _buyer_document(buyer: Buyer) -> Iterator[Problem]:
    if not buyer.document:
        sentence = "O comprador está sem CPF ou CNPJ. Peça o documento a ele e escreva-o no pedido."
        yield _at_buyer("buyer_document_missing", "719", sentence)
    elif len(buyer.document) == 14 and not is_cnpj(buyer.document):
        yield _at_buyer("buyer_cnpj", "208", f"O CNPJ {buyer.document} do comprador não confere. Corrija-o no pedido.")
    elif len(buyer.document) != 14 and not is_cpf(buyer.document):
        yield _at_buyer("buyer_cpf", "237", f"O CPF {buyer.document} do comprador não confere. Corrija-o no pedido.")


def _place(place: Place, *, subject: str, where: Where, codes: tuple[str, str]) -> Iterator[Problem]:
    """`codes`: what SEFAZ answers to a municipality that is none, and to one of another state."""
    city = _city(place, subject=subject, where=where, codes=codes)
    if city:
        yield city
    missing = [
        name for name, value in (("rua", place.street), ("bairro", place.district)) if len(text.fit(value, 60)) < 2
    ]
    if missing:
        sentence = f"Falta no endereço {subject}: {' e '.join(missing)}. Complete o endereço."
        yield Problem(code="address_incomplete", prevents=SCHEMA, where=where, sentence=sentence)
    if place.postal_code and not (len(place.postal_code) == 8 and place.postal_code.isdecimal()):
        sentence = f"O CEP {subject} ({place.postal_code}) precisa ter oito números. Corrija o endereço."
        yield Problem(code="postal_code", prevents=SCHEMA, where=where, sentence=sentence)


def _city(place: Place, *, subject: str, where: Where, codes: tuple[str, str]) -> Problem | None:
    if place.state not in UF_CODES:
        sentence = f"O estado {subject} ({place.state or 'vazio'}) não existe. Escreva a sigla do estado."
        return Problem(code="state_unknown", prevents=SCHEMA, where=where, sentence=sentence)
    if place.city_code:
        city = city_of(place.city_code)
        if city and city.state == place.state:
            return None
        sentence = f"O código de município {subject} ({place.city_code}) não é de {place.state}. Confira o endereço."
        return Problem(code="city_unknown", prevents=codes[1] if city else codes[0], where=where, sentence=sentence)
    if find_city(place.state, place.city):
        return None
    sentence = f"A cidade {subject}, {place.city or 'vazia'}, não existe em {place.state}.{_city_hint(place)}"
    return Problem(code="city_unknown", prevents=codes[0], where=where, sentence=sentence)


def _city_hint(place: Place) -> str:
    near = near_cities(place.state, place.city)
    if near:
        return f" Será {' ou '.join(near)}? Corrija o endereço."
    elsewhere = states_with(place.city)
    if elsewhere:
        return f" Há uma cidade com esse nome em {', '.join(elsewhere)}: confira o estado."
    return " Corrija o endereço."


def _intermediary(note: NoteDoc) -> Iterator[Problem]:
    if not note.through_marketplace:
        return
    intermediary = note.intermediary
    if intermediary is None or not intermediary.cnpj:
        yield Problem(
            code="marketplace_cnpj_missing",
            prevents="438",
            where=Where.CHANNEL,
            sentence="O pedido veio de um marketplace sem CNPJ informado. Preencha-o na configuração do canal.",
        )
        return
    if not is_cnpj(intermediary.cnpj):
        sentence = f"O CNPJ do marketplace ({intermediary.cnpj}) não confere. Corrija-o na configuração do canal."
        yield Problem(code="marketplace_cnpj", prevents="440", where=Where.CHANNEL, sentence=sentence)
    if len(text.fit(intermediary.seller_id, text.NAME)) < 2:
        sentence = "Falta o nome ou código da sua loja no marketplace. Preencha-o na configuração do canal."
        yield Problem(code="marketplace_seller", prevents=SCHEMA, where=Where.CHANNEL, sentence=sentence)


def _is_registration(registration: str) -> bool:
    return registration.isascii() and registration.isdecimal() and 2 <= len(registration) <= 14


def _is_phone(phone: str) -> bool:
    return phone.isascii() and phone.isdecimal() and 6 <= len(phone) <= 14


def _at_company(code: str, prevents: str, sentence: str) -> Problem:
    return Problem(code=code, prevents=prevents, where=Where.COMPANY, sentence=sentence)


def _at_buyer(code: str, prevents: str, sentence: str) -> Problem:
    return Problem(code=code, prevents=prevents, where=Where.BUYER, sentence=sentence)
