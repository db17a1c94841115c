"""The shelf of the imaginary store over the wire: pages of it, its stock, its prices, and making a product."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from cais.connectors.imaginary.simulator.misbehaviour import refusal
from cais.connectors.imaginary.simulator.premises import Premises
from cais.connectors.imaginary.simulator.shelf import Item, Key, Shelf
from cais.simkit import Request, Response, json_response

_TEXTS = ("reference", "name", "gtin", "ncm", "brand", "description")
_SIZES = ("weight", "length", "width", "height")
_WRITABLE = frozenset((*_TEXTS, *_SIZES, "active"))


class Refused(Exception):
    """A body that the store does not take."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


class Products:
    """Answers (get, post, put) are called under the vendor's lock."""

    def __init__(self, premises: Premises, shelf: Shelf) -> None:
        self._premises, self._choices, self._faults = premises, premises.choices, premises.faults
        self._shelf, self._note = shelf, premises.note

    def get_products(self, request: Request, _: Mapping[str, str]) -> Response:
        """A page in the order of ids, or with `reference` everything that bears it."""
        items = sorted(self._shelf.items.values(), key=lambda item: item.key)
        if "reference" in request.query:
            return json_response({"products": self._bearing(request, items), "next_page": 0})
        page, size = int(request.query.get("page", "1")), self._choices.page_size
        if self._faults.fires("shelf_stale", request):
            items = [self._shelf.former.get(item.key, item) for item in items]
        start = (page - 1) * size + (int(self._faults.fires("page_skip", request)) if page > 1 else 0)
        rows = [self._row(item) for item in items[start : start + size]]
        if rows and self._faults.fires("listed_twice", request):
            rows.append(rows[0])
        answer: dict[str, object] = {"products": rows, "next_page": page + 1 if page * size < len(items) else 0}
        if self._choices.gives_total:
            answer["total"] = len(items)
        return json_response(answer)

    def get_product(self, request: Request, place: Mapping[str, str]) -> Response:
        item = self._item(request, place)
        return _unknown() if item is None else json_response({"product": self._row(item)})

    def post_products(self, request: Request, _: Mapping[str, str]) -> Response:
        """Create. A reference that is known already gives the first product back, unless that habit is off."""
        body = _body(request)
        known = self._shelf.bearing(str(body.get("reference", "")))
        if known and self._choices.ensure_by_reference:
            return json_response({"id": known[0].id})
        return self._tried(request, "new", lambda: self._made(body))

    def put_product(self, request: Request, place: Mapping[str, str]) -> Response:
        """Only the fields that are sent change, and neither stock nor price is among them."""
        return self._written_to(request, place, self._changed)

    def put_stock(self, request: Request, place: Mapping[str, str]) -> Response:
        """Absolute: written with what it shows already, the shelf changes nothing."""
        return self._written_to(request, place, self._stocked)

    def put_price(self, request: Request, place: Mapping[str, str]) -> Response:
        return self._written_to(request, place, self._priced)

    def _written_to(
        self, request: Request, place: Mapping[str, str], write: Callable[[Item, Mapping[str, object]], Response]
    ) -> Response:
        item = self._item(request, place)
        return _unknown() if item is None else self._tried(request, item.id, lambda: write(item, _body(request)))

    def _tried(self, request: Request, subject: str, work: Callable[[], Response]) -> Response:
        if self._choices.shelf_refused or self._faults.fires("rejected", request):
            return self._refused(subject, "shelf_refused", "A loja não permite mudar este produto.")
        try:
            return work()
        except Refused as refused:
            return self._refused(subject, refused.code, refused.words)

    def _refused(self, subject: str, code: str, words: str) -> Response:
        self._note("rejected", subject, {"code": code})
        return refusal(422, code, words)

    def _made(self, body: Mapping[str, object]) -> Response:
        for name in ("reference", "name", "price"):
            if not body.get(name):
                raise Refused("incomplete", f"Falta o campo {name}.")
        price, reference = _number(body, "price"), str(body["reference"])
        product_id = f"p-{reference.lower()}"
        while (product_id, "") in self._shelf.items:
            product_id += "-2"
        item = Item(id=product_id, reference=reference, price=price, made_at=self._premises.clock.now())
        self._shelf.items[item.key] = self._kept(item, body)
        self._note("product", product_id, {"act": "created", "by": "api", "reference": reference})
        return json_response({"id": product_id}, status=201)

    def _kept(self, item: Item, body: Mapping[str, object]) -> Item:
        written = _written(item, body)
        return replace(written, name=written.name[: self._choices.name_length])

    def _changed(self, item: Item, body: Mapping[str, object]) -> Response:
        changed = self._kept(item, body)
        if changed != item:
            sent = {name: body[name] for name in _WRITABLE & body.keys()}
            self._shelf.items[item.key] = changed
            self._note("product", item.id, {"act": "changed", "by": "api", "fields": sent})
        return json_response({"id": item.id})

    def _stocked(self, item: Item, body: Mapping[str, object]) -> Response:
        if self._shelf.has_variants(item):
            raise Refused("has_variants", "O estoque deste produto é o das variações dele.")
        quantity = _number(body, "quantity")
        if quantity < 0:
            raise Refused("negative", "O estoque não pode ser negativo.")
        if quantity != item.stock:
            self._shelf.set_stock(item.key, quantity, by="api")
        return json_response({"id": item.id})

    def _priced(self, item: Item, body: Mapping[str, object]) -> Response:
        offer = _number(body, "offer") if body.get("offer") else None
        first, last = _day(body, "first"), _day(body, "last")
        priced = replace(item, price=_number(body, "price"), offer=offer, first=first, last=last)
        if priced != item:
            self._shelf.items[item.key] = priced
            told = {"price": str(priced.price), "offer": None if offer is None else str(offer)}
            days = {"first": first, "last": last}
            self._note("price", "/".join(item.key), {**told, **days, "reference": item.reference, "by": "api"})
        return json_response({"id": item.id})

    def _item(self, request: Request, place: Mapping[str, str]) -> Item | None:
        variant = request.query.get("variant", "")
        key: Key = (place["id"], variant)
        return self._shelf.items.get(key)

    def _bearing(self, request: Request, items: list[Item]) -> list[dict[str, object]]:
        """A young product may not be found yet, as in stores that index late."""
        newest = self._premises.clock.now() - self._choices.find_stale_seconds
        if self._faults.fires("find_stale", request):
            return []
        found = self._shelf.bearing(request.query["reference"])
        return [self._row(item) for item in items if item in found and item.made_at <= newest]

    def _row(self, item: Item) -> dict[str, object]:
        shown = {each.name: getattr(item, each.name) for each in fields(item) if each.name != "made_at"}
        shown = {name: str(value) if isinstance(value, Decimal) else value for name, value in shown.items()}
        return {**shown, "has_variants": self._shelf.has_variants(item)}


def _written(item: Item, body: Mapping[str, object]) -> Item:
    texts = {name: str(body[name]) for name in _TEXTS if name in body}
    sizes = {name: int(_number(body, name)) for name in _SIZES if name in body}
    active = bool(body.get("active", item.active))
    return replace(item, active=active, **texts, **sizes)  # type: ignore[arg-type]


def _number(body: Mapping[str, object], field: str) -> Decimal:
    try:
        found = Decimal(str(body.get(field)))
    except InvalidOperation:
        raise Refused("no_number", f"O campo {field} não é um número.") from None
    if not found.is_finite():
        raise Refused("no_number", f"O campo {field} não é um número.")
    return found


def _day(body: Mapping[str, object], field: str) -> str:
    told = str(body.get(field) or "")
    try:
        return date.fromisoformat(told).isoformat() if told else ""
    except ValueError:
        raise Refused("no_day", f"O campo {field} não é um dia.") from None


def _body(request: Request) -> Mapping[str, object]:
    body = request.fields()
    return body if isinstance(body, dict) else {}


def _unknown() -> Response:
    return refusal(404, "unknown_product", "Produto não encontrado.")
