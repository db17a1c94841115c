"""What each button of the screens asks of a role: said here once more, by hand, so that no page loosens in silence."""

from __future__ import annotations

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from cais.companies.roles import Action

# Addresses that change something → the right of who may do it.
RIGHTS: dict[Action, str] = {
    Action.WORK_ORDERS: (
        "delivered import_leave_out import_now import_read order_accept order_again order_read orders_again"
        " rehearsal_apply rehearsal_start rehearsal_stop shipments shipments_import shipments_import_preview"
        " sync_all sync_now sync_review"
    ),
    # A document shows the buyer's CPF whole, so it is for who may see that.
    Action.EDIT_CUSTOMERS: "customer customer_trust note_danfe note_xml notes_danfe notes_zip",
    Action.ISSUE_NOTES: "issue issue_now note_again note_resend notes_again notes_resend",
    Action.RESOLVE_ERRORS: "error_mend error_raw error_snooze errors_retry order_cancel order_confirm",
    Action.EDIT_CATALOG: (
        "error_product new_kit new_product price_import price_import_preview product product_import"
        " product_import_preview product_use"
    ),
    Action.EDIT_STOCK: "stock_import stock_import_preview stock_ledger",
    Action.CONFIGURE: (
        "authorise company company_move connect connection connection_companies connection_company_move"
        " connection_functions connection_mode connection_pause connection_try dictionary dictionary_shortcut fiscal"
        " fiscal_certificate fiscal_number fiscal_profile invitation_out mapping mappings new_company new_connection"
        " new_warehouse people person_out person_role warehouse write_back"
    ),
    Action.AUDIT: "audit record_trail",
}


def found(patterns: list[URLPattern | URLResolver]) -> dict[str, Action]:
    """Address → the right that its page asks of who changes something."""
    rights: dict[str, Action] = {}
    for item in patterns:
        if isinstance(item, URLResolver):
            rights |= found(item.url_patterns)
        elif hasattr(item.callback, "expects"):
            rights[str(item.name)] = item.callback.expects[1]
    return rights


@pytest.mark.parametrize("action", list(RIGHTS), ids=str)
def test_a_page_asks_for_the_right_that_it_is_meant_to_ask_for(action: Action) -> None:
    asked = found(get_resolver().url_patterns)
    assert {name: asked[name] for name in RIGHTS[action].split() if asked[name] != action} == {}
