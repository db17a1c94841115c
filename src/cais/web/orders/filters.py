"""The filters of the order list: read from the URL, applied to the rows, drawn as chips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from cais.companies.models import Company, Group
from cais.connections.models import Connection
from cais.movements.models import Fulfilment
from cais.orders.counts import movement_counts
from cais.orders.models import Order
from cais.orders.phase import PARCEL, WITHOUT_MOVEMENT
from cais.orders.search import Search, search
from cais.statuses.models import StatusEntry
from cais.web.keyset import searched, without_place
from cais.web.orders.situations import STOPPED
from cais.web.parts import Choice, FilterChip
from cais.web.row_keys import keys_of
from cais.web.status_words import MOVEMENT, ORDER
from cais.web.wording import count_text, origin_text

# Tab → its words and the phases it gathers; none means all.
TABS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "": ("Todos", ()),
    "pagamento": ("Aguardando pagamento", ("awaiting_payment",)),
    "movimentar": ("Aguardando movimentação", ("awaiting_movement",)),
    "sincronizar": ("Aguardando sincronizar", ("awaiting_sync", "creating_erp_order")),
    "parados": ("Parados", STOPPED),
    "erp": ("No ERP", ("integrated",)),
    "notas": ("Nota e envio", ("invoicing", "invoiced", "invoice_told", "note_issued", *PARCEL)),
    "cancelados": ("Cancelados", ("cancelled", "cancelling")),
    "fora": ("Fora do fluxo", ("history", "ignored", "served_elsewhere", "marketplace_ships")),
}
# The first tab by a name of its own: an address without any filter opens the person's own view.
ALL: Final = "todos"
OWN_SITE: Final = "site"
_NAMES: Final = (
    *("aba", "loja", "origem", "empresa", "status", "situacao"),
    *("movimentacao", "integracao", "data_de", "data_ate", "q"),
)
_SHOWN_ORIGINS = 30
_LOOKED_AT = 2000


@dataclass(frozen=True)
class OrderFilter:
    """What the list is narrowed to. Nonsense in the URL narrows nothing."""

    tab: str = ""
    stores: tuple[int, ...] = ()
    origins: tuple[str, ...] = ()
    companies: tuple[int, ...] = ()
    statuses: tuple[int, ...] = ()
    situations: tuple[str, ...] = ()
    movements: tuple[str, ...] = ()
    integrated: str = ""
    start: date | None = None
    end: date | None = None
    text: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> OrderFilter:
        tab = query.get("aba", "")
        return cls(
            tab=tab if tab in TABS else "",
            stores=tuple(keys_of(query.getlist("loja"))),
            origins=tuple(value[:60] for value in query.getlist("origem") if value and "\0" not in value),
            companies=tuple(keys_of(query.getlist("empresa"))),
            statuses=tuple(keys_of(query.getlist("status"))),
            situations=tuple(code for code in query.getlist("situacao") if code in ORDER),
            movements=tuple(code for code in query.getlist("movimentacao") if code in MOVEMENT),
            integrated=query.get("integracao", "") if query.get("integracao") in ("sim", "nao") else "",
            start=day_of(query.get("data_de", "")),
            end=day_of(query.get("data_ate", "")),
            text=searched(query),
        )

    @property
    def is_plain(self) -> bool:
        """Nothing but a tab is chosen: counters already know how many there are."""
        return self == OrderFilter(tab=self.tab)

    @property
    def is_of_stores(self) -> bool:
        """Nothing but stores is chosen: counters are kept for each of them."""
        return self == OrderFilter(stores=self.stores)

    def without_stage(self) -> OrderFilter:
        """The filter as far as it does not speak of where an order stands."""
        return replace(self, tab="", situations=(), integrated="", statuses=(), text="")

    def apply(self, rows: QuerySet[Order]) -> QuerySet[Order]:
        phases = TABS[self.tab][1]
        narrowed = rows.filter(phase__in=phases) if phases else rows
        if self.stores:
            narrowed = narrowed.filter(connection__in=self.stores)
        if self.origins:
            narrowed = narrowed.filter(_of_origins(self.origins))
        if self.companies:
            narrowed = narrowed.filter(_of_companies(self.companies))
        if self.statuses:
            narrowed = narrowed.filter(status__in=self.statuses)
        if self.situations:
            narrowed = narrowed.filter(phase__in=self.situations)
        if self.movements:
            narrowed = narrowed.filter(_of_movements(self.movements))
        if self.integrated:
            done = Q(erp_state="done")
            narrowed = narrowed.filter(done if self.integrated == "sim" else ~done)
        narrowed = narrowed.filter(placed_at__gte=begin_of(self.start)) if self.start else narrowed
        narrowed = narrowed.filter(placed_at__lt=begin_of(self.end + timedelta(days=1))) if self.end else narrowed
        return self.searched.narrow(narrowed) if self.searched else narrowed

    @cached_property
    def searched(self) -> Search | None:
        """What the typed text means among the group's orders; none when nothing was typed."""
        return search(self.text) if self.text else None


def kept(query: QueryDict) -> str:
    """The filters as a query string, for the neighbours of an order and for the way back."""
    only = QueryDict(mutable=True)
    for name in _NAMES:
        if values := [value for value in query.getlist(name) if value]:
            only.setlist(name, values)
    return only.urlencode()


def _of_origins(origins: Sequence[str]) -> Q:
    named = [origin for origin in origins if origin != OWN_SITE]
    found = Q(marketplace__in=named) | Q(marketplace="", channel__in=named)
    return found | Q(marketplace="", channel="") if OWN_SITE in origins else found


def _of_companies(companies: Sequence[int]) -> Exists:
    """Orders of which one of these serves a part."""
    return Exists(parts_of(companies).filter(order=OuterRef("pk")))


def parts_of(companies: Sequence[int]) -> QuerySet[Fulfilment]:
    """Their parts of sales that stand."""
    return Fulfilment.objects.filter(company__in=companies, stands=True)


def _of_movements(states: Sequence[str]) -> Q:
    """*Sem movimentação* are orders that may still get one, as the counters count them."""
    found = Q(movement_state__in=[state for state in states if state != "none"])
    return found | Q(movement_state="none", phase__in=WITHOUT_MOVEMENT) if "none" in states else found


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def begin_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def chips(group: Group, query: QueryDict, chosen: OrderFilter) -> list[FilterChip]:
    stores = list(Connection.objects.of(group).filter(role="store"))
    return [
        _period(query, chosen),
        *([_stores(query, chosen, stores)] if len(stores) > 1 else []),
        *_companies(group, query, chosen),
        _many(query, "origem", "Origem", _origins(group), chosen.origins),
        _many(query, "status", "Status na loja", _statuses(group, stores), [str(pk) for pk in chosen.statuses]),
        _many(query, "situacao", "Situação", [(w.code, w.label) for w in ORDER.values()], chosen.situations),
        _many(query, "movimentacao", "Movimentação", _movement_states(), chosen.movements),
        _many(
            query,
            "integracao",
            "Integração",
            [("sim", "Integrado"), ("nao", "Não integrado")],
            [chosen.integrated] if chosen.integrated else [],
            kind_one=True,
        ),
    ]


def _stores(query: QueryDict, chosen: OrderFilter, stores: Sequence[Connection]) -> FilterChip:
    named = [(str(store.pk), store.name) for store in stores]
    return _many(query, "loja", "Loja", named, [str(pk) for pk in chosen.stores])


def _companies(group: Group, query: QueryDict, chosen: OrderFilter) -> list[FilterChip]:
    """None with one empresa, which serves everything."""
    named = [(str(pk), name) for pk, name in Company.objects.of(group).values_list("pk", "name")]
    if len(named) < 2:
        return []
    return [_many(query, "empresa", "Empresa", named, [str(pk) for pk in chosen.companies])]


def _many(
    query: QueryDict,
    name: str,
    label: str,
    values: Sequence[tuple[str, str]],
    chosen: Sequence[str],
    *,
    kind_one: bool = False,
) -> FilterChip:
    words = [text for value, text in values if value in chosen]
    shown = words[0] if len(words) == 1 else f"{len(words)} escolhidos" if words else ""
    return FilterChip(
        name,
        label,
        kind="one" if kind_one else "many",
        value_label=shown,
        clear_url=without_place(query, **{name: ""}) if name in query else "",
        choices=[Choice(value, text, value in chosen) for value, text in values],
        hidden=hidden_fields(query, name),
    )


def _period(query: QueryDict, chosen: OrderFilter) -> FilterChip:
    words = [f"desde {chosen.start:%d/%m}"] if chosen.start else []
    words += [f"até {chosen.end:%d/%m}"] if chosen.end else []
    given = {name: "" for name in ("data_de", "data_ate") if name in query}
    return FilterChip(
        "data",
        "Data",
        kind="period",
        value_label=" ".join(words),
        clear_url=without_place(query, **given) if given else "",
        start=chosen.start.isoformat() if chosen.start else "",
        end=chosen.end.isoformat() if chosen.end else "",
        hidden=hidden_fields(query, "data_de", "data_ate"),
    )


def hidden_fields(query: QueryDict, *without: str) -> list[tuple[str, str]]:
    left_out = {*without, "depois", "antes"}
    return [(name, value) for name, values in query.lists() if name not in left_out for value in values]


def _origins(group: Group) -> list[tuple[str, str]]:
    """The origins of the newest orders; the bound keeps the page quick on a large list."""
    newest = Order.objects.of(group).order_by("-placed_at", "-id").values("pk")[:_LOOKED_AT]
    pairs = Order.objects.filter(pk__in=newest).order_by().values_list("marketplace", "channel").distinct()
    names = sorted({market or channel or OWN_SITE for market, channel in pairs})[:_SHOWN_ORIGINS]
    return [(name, origin_text("" if name == OWN_SITE else name)) for name in names]


def _movement_states() -> list[tuple[str, str]]:
    """The states of C1, each with how many orders are in it."""
    counts = movement_counts()
    return [(w.code, f"{w.label} ({count_text(counts.get(w.code, 0))})") for w in MOVEMENT.values()]


def _statuses(group: Group, stores: Sequence[Connection]) -> list[tuple[str, str]]:
    entries = StatusEntry.objects.of(group).select_related("connection").order_by("label")[:100]
    several = len(stores) > 1
    return [(str(e.pk), f"{e.label} · {e.connection.name}" if several else e.label) for e in entries]
