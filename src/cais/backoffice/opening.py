"""Opening the embedded back office for a company: its sales are kept here unless it has another ERP."""

from __future__ import annotations

from cais.companies.models import Company
from cais.connections.models import Connection
from cais.connections.services import make_connection
from cais.ports.manifest import Modality, Role


def open_back_office(company: Company) -> Connection:
    """The company's ERP connection, made when it has none. Asking again changes nothing."""
    found = Connection.objects.filter(company=company, role=Role.ERP).order_by("pk").first()
    if found is not None:
        return found
    return make_connection(
        company,
        connector="backoffice",
        modality=Modality.LOCAL,
        name=_free_name(company),
        values={},
        role=Role.ERP,
    )


def _free_name(company: Company) -> str:
    """By the company's name; by its CNPJ where long names begin alike, or another connection is called so."""
    name = f"Retaguarda {company.name}"[:60]
    is_taken = Connection.objects.filter(group=company.group_id, name=name).exists()
    return f"Retaguarda {company.cnpj}" if is_taken else name
