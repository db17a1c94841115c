"""Which simulators there are, and which vendor owes which test."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from cais.connectors import get
from cais.ports.manifest import Capability
from tests.contract.face import Vendor
from tests.contract.imaginary_vendor import imaginary_variations, start_imaginary
from tests.contract.tray_vendor import start_tray, tray_variations

STARTS: dict[str, Callable[..., AbstractContextManager[Vendor]]] = {"imaginary": start_imaginary, "tray": start_tray}
VARIATIONS: dict[str, list[dict[str, object]]] = {"imaginary": imaginary_variations(), "tray": tray_variations()}


def declared(name: str) -> set[Capability]:
    manifest = get(name).manifest
    return {capability for offer in manifest.modalities.values() for capability in offer.capabilities}


def owing(*capabilities: Capability) -> pytest.MarkDecorator:
    """The vendors that declare all these capabilities; what is not declared is not tested, and nothing is skipped."""
    found = [name for name in STARTS if set(capabilities) <= declared(name)]
    return pytest.mark.parametrize("vendor", found, indirect=True)


def varied(*capabilities: Capability) -> pytest.MarkDecorator:
    """The same vendors, once for every habit that differs from their default."""
    cases = [
        pytest.param((name, habit), id=f"{name}-{'-'.join(f'{key}={value}' for key, value in habit.items())}")
        for name in STARTS
        if set(capabilities) <= declared(name)
        for habit in VARIATIONS[name]
    ]
    return pytest.mark.parametrize("vendor", cases, indirect=True)
