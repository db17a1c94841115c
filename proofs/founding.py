"""Found the merchant of a proof: `python -m proofs.founding STORE UNITS PROFILE [SEFAZ]`, in a process of its own."""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cais.companies.models import Company
    from cais.connections.models import Connection


# Of the proof's two marketplaces the company invoices the sales of one; the other issues the notes itself.
KNOWN_MARKET = "Mercado Livre"


def main(store_said: Path, units: Path, profile: str, sefaz_said: Path | None = None) -> None:
    """A company with the store's products, so many units of each, and the Tray connection with its dictionary.

    With what a SEFAZ says of itself, the company may issue notes as well.
    """
    import django

    django.setup()
    from cais.connections.account import CLOCK
    from cais.connections.services import change_settings
    from cais.connectors.tray.simulator.catalogue import catalogue
    from cais.ops import demo_mappings, demo_seed

    access = demo_seed.Access.from_announcement(_first_line(store_said))
    with demo_seed.merchant() as company:
        demo_seed.register(company.group, catalogue())
        demo_seed.receive(company, json.loads(units.read_text(encoding="utf-8")))
        store = demo_seed.open_store(company, access, start_at=CLOCK.now() - timedelta(minutes=5))
        change_settings(store, {"profile": profile})
        demo_seed.translate(store)
        demo_mappings.fill_in(store, actor_name=demo_seed.ACTOR)
        if sefaz_said:
            _may_invoice(company, _first_line(sefaz_said)["certificates"][0])
            _leave_the_other_market_its_notes(store)


def _first_line(said: Path) -> dict[str, Any]:
    return dict(json.loads(said.read_text(encoding="utf-8").splitlines()[0]))


def _may_invoice(company: Company, a1: dict[str, str]) -> None:
    from cais.connections.account import CLOCK
    from cais.nfe import services
    from cais.nfe.models import FiscalSetup

    FiscalSetup.objects.create(
        group=company.group,
        company=company,
        state_registration="254895623",
        street="Rua do Porto",
        number="100",
        district="Centro",
        city=company.city,
        postal_code="88010000",
        phone="4833330000",
        contact_cnpj=company.cnpj,
        contact_name="Rosana Teles",
        contact_email="fiscal@jurubim.example",
        contact_phone="4833330000",
    )
    services.seed_simples(company, since=CLOCK.now().date() - timedelta(days=30))
    services.upload_certificate(company, Path(a1["pfx"]).read_bytes(), a1["password"], actor_name="Rosana Teles")


def _leave_the_other_market_its_notes(store: Connection) -> None:
    """A sale there goes to the ERP like any other, and a note of ours would be the second."""
    from cais.mappings.models import SalesChannel
    from cais.settling.values import fill

    others = SalesChannel.objects.filter(connection=store).exclude(label=KNOWN_MARKET)
    said = {
        "nature": "marketplace",
        "intermediary_cnpj": store.company.cnpj,
        "seller_id": "CASABEIRAMAR",
        "note_by": "marketplace",
    }
    fill(list(others), said, actor_name="Rosana Teles")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cais.config.settings")
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], *map(Path, sys.argv[4:]))
