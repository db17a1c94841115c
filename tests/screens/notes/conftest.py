"""A company that invoices, and its people's browsers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cais.nfe.services import close_press
from tests.nfe.conftest import MEANINGS
from tests.nfe.house import fiscal_house
from tests.screens.conftest import people_of
from tests.screens.notes.invoicing import Invoicer, populate


@pytest.fixture(autouse=True)
def _this_machine_only(settings: object) -> None:
    settings.ALLOWED_ADDRESSES = "loopback"
    settings.PUBLIC_URL = "https://cais.jurubim.example"


@pytest.fixture
def bare(db: None, tmp_path: Path, settings: object) -> Iterator[Invoicer]:
    """Ready to invoice, with nothing invoiced."""
    settings.DATA_FOLDER = tmp_path
    with fiscal_house(tmp_path, settings) as home:
        home.translate(**MEANINGS)
        yield Invoicer(home, people_of(home))
    close_press()


@pytest.fixture
def invoicer(bare: Invoicer) -> Invoicer:
    bare.sold = populate(bare.home)
    return bare
