"""Start-up of the room: every change of what stock is made of leaves a mark in its own transaction."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save

from cais.offering.hints import rule_changed
from cais.stock.hints import balances_changed


class ShelvesConfig(AppConfig):
    name = "cais.shelves"

    def ready(self) -> None:
        from cais.connections.models import Connection, ServingCompany
        from cais.shelves.marks import hear_balances, hear_company, hear_rules, hear_serving

        balances_changed.connect(hear_balances, dispatch_uid="cais.shelves.balances")
        rule_changed.connect(hear_rules, dispatch_uid="cais.shelves.rules")
        post_save.connect(hear_serving, sender=ServingCompany, dispatch_uid="cais.shelves.serves")
        post_delete.connect(hear_serving, sender=ServingCompany, dispatch_uid="cais.shelves.serves_no_more")
        post_save.connect(hear_company, sender=Connection, dispatch_uid="cais.shelves.company")
