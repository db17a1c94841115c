"""The filters of the order list: read from the URL, applied to the rows, drawn as chips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from cais.companies.models import Company, Group
from cais.connections.models import Connection
from cais.movements.models import Fulfilment
from cais.orders.counts import movement_counts
from cais.orders.models import Order
from cais.orders.phase import PARCEL, STOPPED, WITHOUT_MOVEMENT
from cais.orders.search import Search, search
from cais.statuses.models import StatusEntry
from cais.web.filters import Period, choice_chip, only, period_chip
from cais.web.keyset import searched
from cais.web.parts import FilterChip
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
_INTEGRATED: Final = (("sim", "Integrado"), ("nao", "Não integrado"))
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
    period: Period = field(default_factory=Period)
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
            period=Period.of(query),
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
        narrowed = narrowed.filter(self.period.within("placed_at"))
        return self.searched.narrow(narrowed) if self.searched else narrowed

    @cached_property
    def searched(self) -> Search | None:
        """What the typed text means among the group's orders; none when nothing was typed."""
        return search(self.text) if self.text else None


def kept(query: QueryDict) -> str:
    """The filters as a query string, for the neighbours of an order and for the way back."""
    return only(query, _NAMES)


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


def chips(group: Group, query: QueryDict, chosen: OrderFilter) -> list[FilterChip]:
    stores = list(Connection.objects.of(group).filter(role="store"))
    return [
        period_chip(query, "Data", chosen.period),
        *([_stores(query, chosen, stores)] if len(stores) > 1 else []),
        *_companies(group, query, chosen),
        choice_chip(query, "origem", "Origem", _origins(group), chosen.origins, many=True),
        choice_chip(
            query, "status", "Status na loja", _statuses(group, stores), [str(pk) for pk in chosen.statuses], many=True
        ),
        choice_chip(
            query, "situacao", "Situação", [(w.code, w.label) for w in ORDER.values()], chosen.situations, many=True
        ),
        choice_chip(query, "movimentacao", "Movimentação", _movement_states(), chosen.movements, many=True),
        choice_chip(query, "integracao", "Integração", _INTEGRATED, [chosen.integrated]),
    ]


def _stores(query: QueryDict, chosen: OrderFilter, stores: Sequence[Connection]) -> FilterChip:
    named = [(str(store.pk), store.name) for store in stores]
    return choice_chip(query, "loja", "Loja", named, [str(pk) for pk in chosen.stores], many=True)


def _companies(group: Group, query: QueryDict, chosen: OrderFilter) -> list[FilterChip]:
    """None with one empresa, which serves everything."""
    named = [(str(pk), name) for pk, name in Company.objects.of(group).values_list("pk", "name")]
    if len(named) < 2:
        return []
    return [choice_chip(query, "empresa", "Empresa", named, [str(pk) for pk in chosen.companies], many=True)]


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
