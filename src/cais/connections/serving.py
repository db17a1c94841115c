"""Which companies serve the orders of a connection, and in which order they are asked (features A1, A2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction

from cais.companies.models import Company
from cais.connections.hints import serving_changed
from cais.connections.models import Connection, ServingCompany


def queues(connections: Iterable[Connection]) -> Mapping[int, list[Company]]:
    """Connection id → the companies that serve it, the first in its queue first; never empty."""
    wanted = list(connections)
    ranked: dict[int, list[tuple[tuple[int, int, int], Company]]] = defaultdict(list)
    for row in ServingCompany.objects.filter(connection__in=wanted).select_related("company"):
        company = row.company
        place = company.priority if row.rank is None else row.rank
        ranked[row.connection_id].append(((place, company.priority, company.pk), company))
    found = {key: [company for _, company in sorted(rows, key=lambda row: row[0])] for key, rows in ranked.items()}
    return {each.pk: found.get(each.pk) or [each.company] for each in wanted}


def queue_of(connection: Connection) -> list[Company]:
    return queues([connection])[connection.pk]


def is_reordered(connection: Connection) -> bool:
    """A person gave this connection an order of its own."""
    return ServingCompany.objects.filter(connection=connection, rank__isnull=False).exists()


def choose(connection: Connection, companies: Sequence[Company], *, reordered: bool) -> None:
    """From now on these serve, in this order when `reordered`, else by their priority. Raises ValueError for none.

    What follows for the orders is `settling.sourcing`'s.
    """
    if not companies:
        raise ValueError("a store that nobody serves")
    with transaction.atomic():
        Connection.objects.select_for_update(of=("self",)).get(pk=connection.pk)
        _tell(connection)
        rows = ServingCompany.objects.filter(connection=connection)
        if not reordered and [company.pk for company in companies] == [connection.company_id]:
            rows.delete()
            return
        rows.exclude(company__in=companies).delete()
        for place, company in enumerate(companies, start=1):
            ServingCompany.objects.update_or_create(
                connection=connection,
                company=company,
                defaults={"rank": place if reordered else None},
                create_defaults={"group_id": connection.group_id, "rank": place if reordered else None},
            )


def give_to(connection: Connection, company: Company) -> bool:
    """The connection is this company's from now on. Returns whether it was another's.

    What follows for the orders is `settling.sourcing`'s.
    """
    with transaction.atomic():
        kept = Connection.objects.select_for_update(of=("self",)).get(pk=connection.pk)
        connection.company = company
        if kept.company_id == company.pk:
            return False
        connection.save(update_fields=["company"])
        _tell(connection)
    return True


def _tell(connection: Connection) -> None:
    serving_changed.send(sender=Connection, group_id=connection.group_id, connection_id=connection.pk)
