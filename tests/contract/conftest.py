"""A fresh simulator for each test of the contract."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cais.wire.http import Timeouts
from tests.contract.face import Vendor
from tests.contract.vendors import STARTS


@pytest.fixture
def vendor(request: pytest.FixtureRequest) -> Iterator[Vendor]:
    name, habits = (request.param, {}) if isinstance(request.param, str) else request.param
    with STARTS[name](**habits) as running:
        yield running


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls give up after a third of a second: the wait is the only thing that is made shorter."""
    monkeypatch.setattr(Timeouts.__init__, "__kwdefaults__", {"connect": 0.3, "read": 0.3, "total": 0.6})
