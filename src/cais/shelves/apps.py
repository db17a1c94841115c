"""Start-up of the room: every change of what stock is made of leaves a mark in its own transaction."""

from __future__ import annotations

from django.apps import AppConfig

from cais.movements.hints import wants_changed
from cais.offering.hints import rule_changed
from cais.stock.hints import balances_changed


class ShelvesConfig(AppConfig):
    name = "cais.shelves"

    def ready(self) -> None:
        from cais.shelves.marks import hear_balances, hear_rules, hear_wants

        balances_changed.connect(hear_balances, dispatch_uid="cais.shelves.balances")
        wants_changed.connect(hear_wants, dispatch_uid="cais.shelves.wants")
        rule_changed.connect(hear_rules, dispatch_uid="cais.shelves.rules")
