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
        name=f"Retaguarda {company.name}"[:60],
        values={},
        role=Role.ERP,
    )
