"""Roles as data: what each role may do. Screens, buttons and tests read this one table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What a page or a button does, as far as a role can allow it."""

    VIEW = "view"
    WORK_ORDERS = "work_orders"
    EDIT_CATALOG = "edit_catalog"
    EDIT_STOCK = "edit_stock"
    EDIT_CUSTOMERS = "edit_customers"
    RESOLVE_ERRORS = "resolve_errors"
    ISSUE_NOTES = "issue_notes"
    CONFIGURE = "configure"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Role:
    code: str
    label: str
    help: str
    actions: frozenset[Action]


_OPERATOR = frozenset(
    {
        Action.VIEW,
        Action.WORK_ORDERS,
        Action.EDIT_CATALOG,
        Action.EDIT_STOCK,
        Action.EDIT_CUSTOMERS,
        Action.RESOLVE_ERRORS,
    }
)

ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        Role("administrator", "Administrador", "Faz tudo, inclusive configurar lojas e pessoas.", frozenset(Action)),
        Role("operator", "Operador", "Trabalha pedidos, produtos e estoque; resolve erros.", _OPERATOR),
        Role(
            "fiscal",
            "Fiscal",
            "Gera notas e as acompanha; corrige clientes; resolve erros.",
            frozenset({Action.VIEW, Action.EDIT_CUSTOMERS, Action.RESOLVE_ERRORS, Action.ISSUE_NOTES}),
        ),
        Role("reader", "Só leitura", "Vê tudo e não muda nada.", frozenset({Action.VIEW})),
    )
}
ROLE_CHOICES = [(role.code, role.label) for role in ROLES.values()]


def allows(role: str, action: Action) -> bool:
    return role in ROLES and action in ROLES[role].actions
