"""What a manifest declares is implemented, and the other way round; the form can be built from it."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from cais.connectors import all_connectors
from cais.ports import capabilities
from cais.ports.manifest import Capability, Level, Manifest, Setting
from tests.contract.vendors import STARTS, declared, owing

PROTOCOLS: dict[Capability, tuple[str, ...]] = {
    Capability.IMPORT_ORDERS: ("list_orders", "fetch_order", "read_order"),
    Capability.LIST_STATUSES: ("list_statuses",),
    Capability.WRITE_STATUS: ("write_status", "current_status"),
    Capability.CREATE_ERP_ORDERS: ("ensure_order", "find_order", "cancel_order"),
    Capability.CHECK_ERP_LINES: ("check_lines",),
    Capability.AUTHORISE: ("authorise_url", "settings_from_callback", "redeem", "renew"),
    Capability.PUBLISH_INVOICE: ("list_invoices", "write_invoice"),
    Capability.WRITE_TRACKING: ("write_tracking", "current_tracking"),
    Capability.HEAR_NOTICES: ("doorbell", "read_notice"),
    Capability.LIST_PRODUCTS: ("list_products", "find_products"),
    Capability.WRITE_STOCK: ("write_stock", "current_stock"),
    Capability.WRITE_PRICES: ("write_price", "current_price"),
    Capability.WRITE_PRODUCTS: ("ensure_product", "update_product", "read_product"),
}
HOMES: dict[str, type] = {
    method: protocol
    for protocol in (
        capabilities.OrderSource,
        capabilities.StatusCatalogue,
        capabilities.StatusWriter,
        capabilities.ErpOrders,
        capabilities.Authoriser,
        capabilities.InvoicePublisher,
        capabilities.TrackingWriter,
        capabilities.Announcer,
        capabilities.ProductCatalogue,
        capabilities.StockWriter,
        capabilities.PriceWriter,
        capabilities.ProductWriter,
    )
    for method in vars(protocol)
    if not method.startswith("_")
}
CONNECTORS = sorted(all_connectors())
SETTINGS = [(name, setting) for name in CONNECTORS for setting in all_connectors()[name].manifest.settings]


def _connector(name: str) -> Any:
    return all_connectors()[name]


def test_every_capability_has_its_methods_in_the_ports() -> None:
    assert set(PROTOCOLS) == set(Capability)
    assert {method for methods in PROTOCOLS.values() for method in methods} <= set(HOMES)


@pytest.mark.parametrize("name", CONNECTORS)
@pytest.mark.parametrize("capability", list(Capability), ids=str)
def test_declared_is_implemented_and_implemented_is_declared(name: str, capability: Capability) -> None:
    connector = _connector(name)
    present = [method for method in PROTOCOLS[capability] if callable(getattr(connector, method, None))]
    assert present == (list(PROTOCOLS[capability]) if capability in declared(name) else [])


@pytest.mark.parametrize("name", CONNECTORS)
def test_methods_take_what_the_ports_say(name: str) -> None:
    connector = _connector(name)
    for capability in declared(name):
        for method in PROTOCOLS[capability]:
            promised = list(inspect.signature(getattr(HOMES[method], method)).parameters)[1:]
            assert list(inspect.signature(getattr(connector, method)).parameters) == promised, method


@pytest.mark.parametrize("name", CONNECTORS)
def test_a_manifest_names_itself_its_roles_and_a_wire(name: str) -> None:
    manifest: Manifest = _connector(name).manifest
    assert manifest.name == name
    assert manifest.label.strip()
    assert manifest.roles
    assert manifest.modalities
    assert all(offers.capabilities for offers in manifest.modalities.values())


def test_every_connector_that_claims_proof_has_a_simulator_here() -> None:
    speaking = {name for name in CONNECTORS if "local" not in _connector(name).manifest.modalities}
    claiming = {name for name in speaking if _connector(name).manifest.level is not Level.DRAFT}
    assert claiming == set(STARTS)


@pytest.mark.parametrize(("name", "setting"), SETTINGS, ids=[f"{name}-{each.name}" for name, each in SETTINGS])
def test_every_setting_says_what_it_is_and_where_it_is_found(name: str, setting: Setting) -> None:
    assert setting.label.strip()
    assert len(setting.help.strip()) > 10
    assert setting.kind in {"text", "url", "choice"}
    assert bool(setting.choices) == (setting.kind == "choice")
    assert not (setting.secret and setting.default)


@pytest.mark.parametrize("name", CONNECTORS)
def test_no_two_settings_share_a_name(name: str) -> None:
    names = [setting.name for setting in _connector(name).manifest.settings]
    assert len(names) == len(set(names))


@owing(Capability.IMPORT_ORDERS)
def test_the_facts_of_a_store_are_stated(vendor: Any) -> None:
    manifest: Manifest = vendor.connector.manifest
    for modality in manifest.modalities:
        limits = manifest.limits(modality)
        assert limits is None or (limits.per_minute > 0 and all(day > 0 for day in limits.per_day.values()))
