"""Telling who changed the stock which orders lose by it."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib import messages

from cais.movements.unkept import orders_without
from cais.web.access import GroupRequest
from cais.web.orders.promise_words import without_text


def tell_without(request: GroupRequest, product_ids: Collection[int]) -> None:
    """Name the orders that were promised what is not there any more, if there are any."""
    if orders := orders_without(request.group.pk, product_ids):
        messages.warning(request, without_text(orders))
