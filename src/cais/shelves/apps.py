"""Start-up of the room: every change of what stock and prices are made of leaves a mark in its own transaction."""

from __future__ import annotations

from django.apps import AppConfig

from cais.catalog.hints import products_changed, products_linked
from cais.movements.hints import wants_changed
from cais.offering.hints import rule_changed
from cais.pricing.hints import prices_changed
from cais.stock.hints import balances_changed


class ShelvesConfig(AppConfig):
    name = "cais.shelves"

    def ready(self) -> None:
        from cais.shelves.facets import hear_links
        from cais.shelves.marks import hear_balances, hear_rules, hear_wants
        from cais.shelves.prices import hear_prices, hear_register

        balances_changed.connect(hear_balances, dispatch_uid="cais.shelves.balances")
        wants_changed.connect(hear_wants, dispatch_uid="cais.shelves.wants")
        rule_changed.connect(hear_rules, dispatch_uid="cais.shelves.rules")
        prices_changed.connect(hear_prices, dispatch_uid="cais.shelves.prices")
        products_linked.connect(hear_links, dispatch_uid="cais.shelves.links")
        products_changed.connect(hear_register, dispatch_uid="cais.shelves.register")
