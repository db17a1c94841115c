"""Learning a store's statuses, mapping them, and proposing (never deciding) a meaning."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from django.db.models.functions import Now

from cais.connections.models import Connection
from cais.core.documents import StatusDoc
from cais.core.effects import Meaning
from cais.core.values import fold
from cais.statuses.models import StatusEntry, WriteBack

# Folded beginnings of the words that Brazilian stores use; the vendor's own hint is asked first.
_BEGINNINGS: Final = (
    ("aguardando", Meaning.AWAITING_PAYMENT),
    ("em monitoramento", Meaning.AWAITING_PAYMENT),
    ("em analise", Meaning.AWAITING_PAYMENT),
    ("a enviar", Meaning.PENDING),
    ("pago", Meaning.PENDING),
    ("aprovado", Meaning.PENDING),
    ("em separacao", Meaning.PENDING),
    ("faturado", Meaning.INVOICED),
    ("enviado", Meaning.SHIPPED),
    ("em transito", Meaning.SHIPPED),
    ("finalizado", Meaning.FINISHED),
    ("entregue", Meaning.FINISHED),
    ("cancelado", Meaning.CANCELLED),
)
_HINTS: Final = {"canceled": Meaning.CANCELLED, "cancelled": Meaning.CANCELLED}


def suggest(label: str, hint: str) -> Meaning | None:
    """What a status probably means. A suggestion on the screen; a person accepts it or not (feature B2)."""
    if hint in _HINTS:
        return _HINTS[hint]
    folded = fold(label)
    return next((meaning for start, meaning in _BEGINNINGS if folded.startswith(start)), None)


def key_of(status: StatusDoc) -> str:
    """The folded label under which a status of a store is known."""
    return fold(status.label)[:120]


def learn(connection: Connection, seen: Iterable[StatusDoc], *, from_catalogue: bool = False) -> dict[str, StatusEntry]:
    """Make sure that every status seen has its row. Returns them by folded label."""
    docs = {key_of(doc): doc for doc in seen}
    known = _by_key(connection, docs)
    _add(connection, [doc for key, doc in docs.items() if key not in known], from_catalogue)
    if from_catalogue:
        _refresh(connection, docs, known)
    return known if known.keys() == docs.keys() and not from_catalogue else _by_key(connection, docs)


def _by_key(connection: Connection, keys: Iterable[str]) -> dict[str, StatusEntry]:
    return {row.key: row for row in StatusEntry.objects.filter(connection=connection, key__in=list(keys))}


def _add(connection: Connection, docs: Iterable[StatusDoc], from_catalogue: bool) -> None:
    StatusEntry.objects.bulk_create(
        [
            StatusEntry(
                group_id=connection.group_id,
                connection=connection,
                label=doc.label[:120],
                key=key_of(doc),
                external_id=doc.external_id,
                hint=doc.hint,
                in_catalogue=from_catalogue,
            )
            for doc in docs
        ],
        ignore_conflicts=True,
    )


def _refresh(connection: Connection, docs: dict[str, StatusDoc], known: dict[str, StatusEntry]) -> None:
    """The catalogue is the authority on ids; a status it no longer lists keeps its row and its meaning."""
    for key, row in known.items():
        doc = docs[key]
        if (row.external_id, row.hint, row.in_catalogue) != (doc.external_id, doc.hint or row.hint, True):
            StatusEntry.objects.filter(pk=row.pk).update(
                external_id=doc.external_id, hint=doc.hint or row.hint, in_catalogue=True
            )
    gone = StatusEntry.objects.filter(connection=connection, in_catalogue=True).exclude(key__in=list(docs))
    gone.update(in_catalogue=False)


def set_meaning(entries: Collection[StatusEntry], meaning: Meaning | None, *, actor_name: str) -> None:
    """Write the meaning in the dictionary. Orders follow by `settling.services.dictionary_changed`."""
    StatusEntry.objects.filter(pk__in=[entry.pk for entry in entries]).update(
        meaning=meaning or "", mapped_by=actor_name if meaning else "", mapped_at=Now() if meaning else None
    )


def set_write_back(connection: Connection, moment: WriteBack.Moment, status: StatusEntry | None) -> None:
    """Choose what is written in the store at this moment; None writes nothing (feature B3)."""
    if status is None:
        WriteBack.objects.filter(connection=connection, moment=moment).delete()
        return
    WriteBack.objects.update_or_create(
        connection=connection, moment=moment, defaults={"group_id": connection.group_id, "status": status}
    )
