"""The engine's house, inside one test transaction or in a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cais.core.effects import Meaning
from tests.engine.house import House, house
from tests.worlds import Worlds


@pytest.fixture(autouse=True)
def _this_machine_only(settings: object) -> None:
    settings.ALLOWED_ADDRESSES = "loopback"


@contextmanager
def _furnished() -> Iterator[House]:
    with house() as made:
        made.translate(
            aguardando_pagamento=Meaning.AWAITING_PAYMENT,
            pago=Meaning.PENDING,
            faturado=Meaning.INVOICED,
            enviado=Meaning.SHIPPED,
            entregue=Meaning.FINISHED,
            cancelado=Meaning.CANCELLED,
        )
        yield made


@pytest.fixture
def home(worlds: Worlds) -> Iterator[House]:
    """A house whose dictionary says what the imaginary store's words mean."""
    with worlds.lend("house", _furnished) as made:
        yield made
