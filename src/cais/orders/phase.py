"""*Situação*: the first thing not in place, computed by the database from the order's facts."""

from __future__ import annotations

from django.db.models import Case, CharField, Q, Value, When

from cais.core.effects import SERVED_ELSEWHERE, Meaning

# First match wins. The words for the screen are in `web.status_words`.
PHASES: tuple[tuple[str, Q], ...] = (
    ("history", Q(is_history=True)),
    ("held", Q(erp_state="done") & ~Q(hold="")),
    ("nfe_unknown", Q(nfe_state="unknown")),
    ("cancelling", Q(meaning=Meaning.CANCELLED, erp_state__in=["creating", "done", "unknown"])),
    ("cancelled", Q(meaning=Meaning.CANCELLED)),
    ("invoicing", Q(nfe_state__in=["queued", "signed"])),
    ("nfe_blocked", Q(nfe_state="blocked")),
    ("nfe_rejected", Q(nfe_state="rejected")),
    ("nfe_denied", Q(nfe_state="denied")),
    ("invoiced", Q(nfe_state="authorised")),
    ("delivered", Q(erp_state="done", delivered_at__isnull=False)),
    ("shipped", Q(erp_state="done", shipped_at__isnull=False)),
    ("invoice_told", Q(nfe_state="told")),
    ("note_issued", Q(nfe_state="issued")),
    ("integrated", Q(erp_state="done")),
    ("erp_unknown", Q(erp_state="unknown")),
    ("erp_refused", Q(erp_state="refused")),
    ("creating_erp_order", Q(erp_state="creating")),
    ("ignored", Q(meaning=Meaning.IGNORE) | Q(choice="left_out")),
    ("served_elsewhere", Q(meaning__in=sorted(SERVED_ELSEWHERE))),
    ("marketplace_ships", Q(marketplace_ships=True)),
    ("awaiting_choice", Q(choice="awaiting")),
    ("status_unmapped", Q(meaning="")),
    ("short", Q(hold__in=["stock_short", "new_product_short"])),
    ("held", ~Q(hold="")),
    ("awaiting_payment", Q(meaning=Meaning.AWAITING_PAYMENT)),
    ("movement_error", Q(movement_state="error")),
    ("awaiting_sync", Q(movement_state__in=["pending_sync", "validated"])),
)
OTHERWISE = "awaiting_movement"
PARCEL = ("shipped", "delivered")
# A sale without a note that may get one: a parcel may have left before it.
WITHOUT_NOTE = Q(phase="integrated") | Q(phase__in=PARCEL, nfe_state="")
# An order of these has no movement, and may still get one.
WITHOUT_MOVEMENT = (OTHERWISE, "awaiting_payment", "awaiting_choice", "status_unmapped", "short", "held")
# Orders of these wait for a person, or for a word of the ERP or of SEFAZ that nobody got.
STOPPED = (
    *("status_unmapped", "held", "short", "movement_error", "erp_refused", "erp_unknown"),
    *("nfe_blocked", "nfe_rejected", "nfe_denied", "nfe_unknown"),
)
# Orders of these are in the ERP, each of them, and of those none is. The rest has to be looked at one by one.
IN_ERP = frozenset(
    {
        "integrated",
        "invoicing",
        "nfe_unknown",
        "nfe_blocked",
        "nfe_rejected",
        "nfe_denied",
        "invoiced",
        "invoice_told",
        "note_issued",
        "shipped",
        "delivered",
    }
)
NOT_IN_ERP = frozenset(
    {
        "history",
        "cancelled",
        "erp_unknown",
        "erp_refused",
        "creating_erp_order",
        "ignored",
        "served_elsewhere",
        "marketplace_ships",
        "awaiting_choice",
        "status_unmapped",
        "short",
        "awaiting_payment",
        "movement_error",
        "awaiting_sync",
        OTHERWISE,
    }
)


def phase_expression() -> Case:
    return Case(
        *(When(condition, then=Value(code)) for code, condition in PHASES),
        default=Value(OTHERWISE),
        output_field=CharField(max_length=20),
    )
