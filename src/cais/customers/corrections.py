"""What a person corrects in a customer: kept, and from then on no store's word (feature B8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from cais.core.values import digits, document_text, is_tax_document
from cais.customers.models import Customer

_TAKEN = "Outro cliente do grupo já tem este CPF ou CNPJ."


class InvalidCustomer(Exception):
    """`problems`: field → sentence for the user."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """All that a person may write of a customer, as typed."""

    document: str
    name: str
    email: str = ""
    phone: str = ""
    state_registration: str = ""
    street: str = ""
    number: str = ""
    complement: str = ""
    district: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""

    def even(self) -> Correction:
        values = {field: " ".join(text.split()) for field, text in asdict(self).items()}
        values["document"] = document_text(self.document)
        values["postal_code"] = digits(self.postal_code)
        values["state"] = values["state"].upper()
        return Correction(**values)

    def problems(self) -> dict[str, str]:
        """Field → what is wrong. Ask an even correction."""
        found = {
            "name": "" if self.name else "Escreva o nome do cliente.",
            "document": _document_problem(self.document),
            "email": _email_problem(self.email),
            "state": "" if len(self.state) in (0, 2) else "A UF tem duas letras.",
            "postal_code": "" if len(self.postal_code) in (0, 8) else "O CEP tem 8 dígitos.",
        }
        return {field: words for field, words in found.items() if words}


def correct(customer: Customer, correction: Correction) -> list[str]:
    """Write what differs and mark it; the names of the fields that changed. Raises InvalidCustomer."""
    even = correction.even()
    problems = even.problems()
    others = Customer.objects.filter(group_id=customer.group_id, document=even.document).exclude(pk=customer.pk)
    if even.document and others.exists():
        problems["document"] = _TAKEN
    if problems:
        raise InvalidCustomer(problems)
    try:
        with transaction.atomic():
            return _write(customer, even)
    except IntegrityError as error:
        if "customer_once_per_document" not in str(error):
            raise
        raise InvalidCustomer({"document": _TAKEN}) from None


def trust_stores_again(customer: Customer) -> None:
    """Let the stores' word change every field again; what is written stays until a store says otherwise."""
    customer.corrected = []
    customer.save(update_fields=["corrected"])


def _write(customer: Customer, even: Correction) -> list[str]:
    locked = Customer.objects.select_for_update().get(pk=customer.pk)
    changed = [field for field, value in asdict(even).items() if getattr(locked, field) != value]
    for field in changed:
        setattr(locked, field, getattr(even, field))
    if "document" in changed and even.document:
        locked.is_company = len(even.document) == 14
    locked.corrected = sorted({*locked.corrected, *changed})
    locked.save()
    return changed


def _document_problem(document: str) -> str:
    if not document or is_tax_document(document):
        return ""
    return "Este CPF ou CNPJ não existe: os dígitos finais não conferem."


def _email_problem(email: str) -> str:
    try:
        validate_email(email or "vazio@cais.example")
    except ValidationError:
        return "Este e-mail não está completo."
    return ""
