"""A company that invoices, and its people's browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from cais.nfe import sefaz
from cais.nfe.services import close_press
from tests.nfe.conftest import MEANINGS
from tests.nfe.house import FiscalHouse, fiscal_house
from tests.screens.conftest import people_of
from tests.screens.notes.invoicing import Invoicer, populate
from tests.worlds import Worlds

Fill = Callable[[FiscalHouse], dict[str, str]]


@pytest.fixture(autouse=True)
def _this_machine_only(settings: object) -> None:
    settings.ALLOWED_ADDRESSES = "loopback"
    settings.PUBLIC_URL = "https://cais.jurubim.example"


@pytest.fixture
def lend(
    worlds: Worlds, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, settings: object
) -> Callable[[str, Fill], AbstractContextManager[Invoicer]]:
    """A company that invoices, with what `fill` has sold in it."""

    @contextmanager
    def lent(name: str, fill: Fill) -> Iterator[Invoicer]:
        @contextmanager
        def made() -> Iterator[Invoicer]:
            with fiscal_house(tmp_path_factory.mktemp("fiscal"), settings) as home:
                home.translate(**MEANINGS)
                yield Invoicer(home, people_of(home), fill(home))

        settings.DATA_FOLDER = tmp_path
        with worlds.lend(name, made) as invoicer:
            invoicer.home.point(settings)
            yield invoicer
            sefaz.hang_up()
        close_press()

    return lent


@pytest.fixture
def bare(lend: Callable[[str, Fill], AbstractContextManager[Invoicer]]) -> Iterator[Invoicer]:
    """Ready to invoice, with nothing invoiced."""
    with lend("bare", lambda _home: {}) as invoicer:
        yield invoicer


@pytest.fixture
def invoicer(lend: Callable[[str, Fill], AbstractContextManager[Invoicer]]) -> Iterator[Invoicer]:
    with lend("invoicer", populate) as invoicer:
        yield invoicer
