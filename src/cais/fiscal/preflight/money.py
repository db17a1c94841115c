"""What may be wrong with the amounts of the whole note and with how it was paid."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from cais.core.values import ZERO, is_cnpj
from cais.fiscal import text
from cais.fiscal.documents import CARDS, NoteDoc, Payment, Tender
from cais.fiscal.preflight.problem import NONE, SCHEMA, Problem, Where

MOST = Decimal(10) ** 13
MOST_PAYMENTS = 100


def money_problems(note: NoteDoc) -> Iterator[Problem]:
    unreadable = list(_amounts(note))
    if unreadable:
        yield from unreadable
        return
    goods = sum((item.total for item in note.items), ZERO)
    discountable = goods - sum((item.discount for item in note.items), ZERO)
    if note.discount > discountable:
        sentence = (
            f"O desconto do pedido ({note.discount}) é maior que o valor dos itens ({discountable}). Corrija o pedido."
        )
        yield _problem("discount_above_goods", NONE, sentence)
        return
    total = discountable - note.discount + note.freight + note.surcharge
    if note.items and total <= 0:
        sentence = (
            "A nota ficaria com valor zero. Brinde ou doação tem outra natureza de operação: fale com o contador."
        )
        yield _problem("zero_total", NONE, sentence)
        return
    yield from _payments(note, total)


def _amounts(note: NoteDoc) -> Iterator[Problem]:
    named = (("frete", note.freight), ("desconto", note.discount), ("acréscimo", note.surcharge))
    for name, value in named:
        if not value.is_finite() or not 0 <= value < MOST or text.places(value) > 2:
            sentence = f"O {name} do pedido ({value}) não é um valor em reais e centavos. Corrija o pedido."
            yield _problem("amount", SCHEMA, sentence)
    if any(not _is_sayable(number) for item in note.items for number in (item.total, item.discount)):
        yield _problem("amount", SCHEMA, "Um item do pedido tem valor ilegível. Corrija o pedido.")


def _is_sayable(number: Decimal) -> bool:
    """Neither infinite nor of more digits than a note's field holds."""
    return number.is_finite() and abs(number) < MOST


def _payments(note: NoteDoc, total: Decimal) -> Iterator[Problem]:
    if not 1 <= len(note.payments) <= MOST_PAYMENTS:
        yield _problem("payments", SCHEMA, "O pedido está sem forma de pagamento. Informe como ele foi pago.")
        return
    faulty = [problem for payment in note.payments for problem in _payment(payment)]
    yield from faulty
    if faulty or any(payment.tender is Tender.NONE for payment in note.payments):
        return
    paid = sum((payment.value for payment in note.payments), ZERO)
    if paid != total:
        sentence = (
            f"Os pagamentos somam {text.cents(paid)} e a nota dá {text.cents(total)}. "
            "Confira frete, desconto e pagamento do pedido."
        )
        yield _problem("payment_sum", "865" if paid < total else "866", sentence)


def _payment(payment: Payment) -> Iterator[Problem]:
    if not payment.value.is_finite() or not 0 <= payment.value < MOST or text.places(payment.value) > 2:
        sentence = f"O pagamento ({payment.value}) não é um valor em reais e centavos. Corrija o pedido."
        yield _problem("payment_value", SCHEMA, sentence)
    elif payment.tender is Tender.NONE and payment.value:
        yield _problem("payment_none", "904", 'O pedido diz "sem pagamento" e traz um valor pago. Corrija o pedido.')
    if payment.tender is Tender.OTHER and len(text.fit(payment.description, text.NAME)) < 2:
        sentence = "O pagamento é de outro tipo e está sem descrição. Descreva-o no dicionário de pagamentos do canal."
        yield Problem(code="payment_description", prevents="441", where=Where.CHANNEL, sentence=sentence)
    if payment.institution and payment.tender in CARDS | {Tender.PIX} and not is_cnpj(payment.institution):
        sentence = f"O CNPJ da instituição de pagamento ({payment.institution}) não confere. Corrija-o no canal."
        yield Problem(code="payment_institution", prevents=SCHEMA, where=Where.CHANNEL, sentence=sentence)


def _problem(code: str, prevents: str, sentence: str) -> Problem:
    return Problem(code=code, prevents=prevents, where=Where.ORDER, sentence=sentence)
