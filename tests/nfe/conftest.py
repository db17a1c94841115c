"""The fiscal house, inside one test transaction or in a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cais.core.effects import Meaning
from cais.nfe import sefaz
from tests.nfe.house import FiscalHouse, fiscal_house
from tests.worlds import Worlds

MEANINGS = {
    "aguardando_pagamento": Meaning.AWAITING_PAYMENT,
    "pago": Meaning.PENDING,
    "faturado": Meaning.INVOICED,
    "cancelado": Meaning.CANCELLED,
}


@pytest.fixture(autouse=True)
def _this_machine_only(settings: object) -> None:
    settings.ALLOWED_ADDRESSES = "loopback"
    settings.PUBLIC_URL = "https://cais.jurubim.example"


@pytest.fixture
def home(worlds: Worlds, tmp_path_factory: pytest.TempPathFactory, settings: object) -> Iterator[FiscalHouse]:
    @contextmanager
    def furnished() -> Iterator[FiscalHouse]:
        with fiscal_house(tmp_path_factory.mktemp("fiscal"), settings) as made:
            made.translate(**MEANINGS)
            yield made

    with worlds.lend("fiscal house", furnished) as made:
        made.point(settings)
        yield made
        sefaz.hang_up()


@pytest.fixture
def town(transactional_db: None, tmp_path: Path, settings: object) -> Iterator[FiscalHouse]:
    """In a database of its own, where other threads see what is committed."""
    with fiscal_house(tmp_path, settings) as made:
        made.translate(**MEANINGS)
        yield made
