"""Every point on which no public source decides, as a switch, so that a client can be run against both answers."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Literal, get_args, get_type_hints


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The first value of each field is the default; § numbers refer to the Tray contract."""

    # §1 types: almost everything is a string on the wire; some answers show ids as numbers.
    id_type: Literal["string", "number"] = "string"
    # §1 "no date": as the documented samples mix them, or always an empty string.
    no_date: Literal["as_documented", "empty"] = "as_documented"
    # §1 postal codes come masked or as eight digits.
    postal_code: Literal["masked", "digits"] = "masked"
    # §1.1 `code` in the envelope of a write.
    envelope_code: Literal["number", "string"] = "number"
    # §1.2 a `limit` above 50.
    limit_above_maximum: Literal["cut", "honoured", "refused"] = "cut"
    # §1.2 a page after the last one.
    page_past_the_end: Literal["empty", "not_found"] = "empty"
    # §1.3 details of a refusal: a map of field to texts, or a plain list.
    causes: Literal["map", "list"] = "map"
    # §1.3 the key that holds the details.
    causes_key: Literal["causes", "errors"] = "causes"
    # §1.3 the body of every error.
    error_body: Literal["json", "html"] = "json"
    # §1.3 HTTP status of a refused body.
    validation_status: Literal[400, 422] = 400
    # §2.2 the redirect may carry `store_plan` and `user_id` too.
    redirect_extras: Literal["absent", "present"] = "absent"
    # §2.2 `store` in the redirect.
    redirect_store: Literal["number", "url"] = "number"
    # §2.3 the `code` of the installation.
    code: Literal["single_use", "reusable"] = "single_use"
    # §2.3 the refresh token that has just been used.
    old_refresh_token: Literal["dies", "lives"] = "dies"
    # §2.3 the access token that a renewal replaces.
    old_access_token: Literal["lives", "dies"] = "lives"
    # §2.3 what a renewal needs beside the refresh token.
    refresh_needs: Literal["nothing", "key", "key_and_secret"] = "nothing"
    # §2.3 HTTP status of a token answer.
    token_status: Literal[200, 201] = 200
    # §2.3 tokens after an uninstallation.
    uninstall: Literal["kills_tokens", "keeps_tokens"] = "kills_tokens"
    # §3 whether `/auth` counts against the limits.
    auth_counts: Literal["yes", "no"] = "yes"
    # §3 the minute limit holds per store and app, or for the app over all its stores.
    minute_limit: Literal["per_store", "per_app"] = "per_store"
    # §3 no header is documented; a polite platform would send one.
    retry_after: Literal["absent", "present"] = "absent"
    # §4 `app_code` and `url_notification`: in the sample of a notice, in no table of its fields.
    notice_extras: Literal["present", "absent"] = "present"
    # §5.1 what the filter `reference` finds: the same text only, or every text that it is part of.
    reference_filter: Literal["same", "part"] = "same"
    # §5.2 keys that the platform does not know.
    unknown_keys: Literal["ignored", "refused"] = "ignored"
    # §6 a second variant with the same combination.
    duplicate_variant: Literal["refused", "accepted"] = "refused"
    # §8.6 which of the two kit fields of a line holds the kit's product id.
    kit_fields: Literal["kit_then_group", "group_then_kit"] = "kit_then_group"
    # §10 the buyer's e-mail on a marketplace order.
    marketplace_email: Literal["masked", "missing"] = "masked"
    # §11.1 where the complete order answers.
    complete_path: Literal["complete", "complete_and_full"] = "complete"
    # §11.2 `has_payment` of a paid order.
    has_payment: Literal["when_paid", "never"] = "when_paid"
    # §11.2 the object that splits `discount_coupon`.
    coupon_object: Literal["present", "absent"] = "present"
    # §11.2 `store_note` on PUT.
    store_note: Literal["replaced", "prepended"] = "replaced"
    # §11.2 the line's `name` may carry the reference.
    line_name: Literal["plain", "with_reference"] = "plain"
    # §11.4 spelling of the type.
    cancelled_type: Literal["canceled", "cancelled"] = "canceled"
    # §11.4 meaning of `default` on the built-in statuses.
    builtin_default: Literal["1", "0"] = "1"
    # §11.4 a `status_id` that the store does not know.
    unknown_status: Literal["refused", "ignored"] = "refused"
    # §11.4 a PUT on an order that is closed or cancelled.
    closed_order_edit: Literal["accepted", "refused"] = "accepted"
    # §11.4 tracking data may move the status to "sent" by itself.
    tracking_moves_status: Literal["no", "yes"] = "no"
    # §11.1 cancelling a cancelled order.
    cancel_twice: Literal["saved", "refused"] = "saved"
    # §12 where `ProductCfop` lies: inside `OrderInvoice` in the list of all, beside it under an order, or one for both.
    product_cfop: Literal["as_documented", "inside", "beside"] = "as_documented"
    # §12 `created` and `updated` of an invoice: the samples show them in the list of all only.
    invoice_times: Literal["in_list", "everywhere"] = "in_list"
    # §11.2 the invoices of a complete order may be wrapped once more.
    invoice_in_order: Literal["plain", "wrapped"] = "plain"
    # §12 the invoices of an order that has none.
    no_invoices: Literal["empty", "not_found"] = "empty"
    # §12 no field is required; a body that holds none of them, such as a wrapped one.
    empty_invoice: Literal["refused", "accepted"] = "refused"
    # §12 fields that a PUT of an invoice does not bring.
    invoice_put: Literal["keeps_absent", "clears_absent"] = "keeps_absent"
    # §12 HTTP status of the error that says nothing, for an order whose invoice Mercado Livre issues.
    faturador_status: Literal[400, 500] = 400
    # §15 when the store takes the quantity.
    stock_taken: Literal["at_order", "at_payment"] = "at_order"
    # §15 stock of a cancelled order.
    cancel_restores_stock: Literal["yes", "no"] = "yes"
    # §15 a negative quantity.
    negative_stock: Literal["refused", "accepted", "zero"] = "refused"
    # §16 how a divided order names its children: in records, by their ids, or not at all.
    order_childs: Literal["records", "ids", "absent"] = "records"
    # §18 a PUT of `stock` on a product that has variants.
    parent_stock_write: Literal["ignored", "refused"] = "ignored"

    @classmethod
    def alternatives(cls) -> dict[str, tuple[object, ...]]:
        """Field name to all its values, the default first."""
        hints = get_type_hints(cls)
        return {field.name: get_args(hints[field.name]) for field in fields(cls)}

    @classmethod
    def variations(cls) -> Iterator[tuple[str, "Choices"]]:
        """The default, then every other value of every field, one change at a time."""
        yield "default", cls()
        for name, values in cls.alternatives().items():
            for value in values[1:]:
                yield f"{name}={value}", cls().with_values({name: value})

    def with_values(self, values: dict[str, object]) -> "Choices":
        """A copy with some values changed. Raises ValueError for a name or value that does not exist."""
        alternatives = self.alternatives()
        for name, value in values.items():
            if name not in alternatives or value not in alternatives[name]:
                raise ValueError(f"{name}={value} is not a choice")
        return replace(self, **values)  # type: ignore[arg-type]  # checked against the Literals just above
