"""The second wall: what the database itself refuses, whatever the code above forgets."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from cais.companies.models import Group, Membership, User
from cais.companies.rls import tenant_tables
from cais.companies.scope import current_group_id, group_ids, group_scope, person_scope
from cais.customers.models import Customer
from cais.journal.models import Note

# Tables that belong to nobody's group: the framework's own, and people.
COMMON = {
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "companies_user",
    "companies_user_groups",
    "companies_user_user_permissions",
    "django_content_type",
    "django_migrations",
    "django_session",
    "account_emailaddress",
    "account_emailconfirmation",
    "pghistory_context",
}


def _group(name: str) -> Group:
    """A group must exist to have a scope, so its id is taken first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('companies_group', 'id'))")
        key = cursor.fetchone()[0]
    with group_scope(key):
        return Group.objects.create(id=key, name=name, slug=name.lower())


@pytest.fixture
def two(db: None) -> tuple[Group, Group]:
    groups = _group("Jurubim"), _group("Outro")
    for group in groups:
        with group_scope(group.pk):
            Customer.objects.create(group=group, name=f"Cliente de {group.name}")
            Note.objects.create(group=group, subject="order", subject_id=1, code="recorded")
    return groups


def test_every_table_is_walled_or_known_to_be_common(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
            " AND c.relkind IN ('r', 'p')"
        )
        walled = dict(cursor.fetchall())
    open_tables = {name for name, on in walled.items() if not on and not name.startswith("procrastinate_")}
    assert open_tables <= COMMON
    assert set(tenant_tables()) <= {name for name, on in walled.items() if on}


def test_raw_sql_without_a_group_sees_nothing(two: tuple[Group, Group]) -> None:
    with connection.cursor() as cursor:
        for table in tenant_tables():
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            assert cursor.fetchone() == (0,), table


def test_raw_sql_in_a_group_sees_that_group_only(two: tuple[Group, Group]) -> None:
    with group_scope(two[0].pk), connection.cursor() as cursor:
        cursor.execute("SELECT name FROM customers_customer")
        assert cursor.fetchall() == [("Cliente de Jurubim",)]


def test_a_row_cannot_be_written_into_another_group(two: tuple[Group, Group]) -> None:
    with group_scope(two[0].pk), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Customer.objects.create(group=two[1], name="Intruso")


def test_a_partition_cannot_be_read_around_its_parent(two: tuple[Group, Group]) -> None:
    with group_scope(two[0].pk), connection.cursor() as cursor:
        cursor.execute("SELECT relid::regclass::text FROM pg_partition_tree('journal_note') WHERE level > 0")
        partitions = [row[0] for row in cursor.fetchall()]
        assert len(partitions) >= 4
        for partition in partitions:
            cursor.execute(f"SELECT count(*) FROM {partition}")
            assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM journal_note")
        assert cursor.fetchone() == (1,)


def test_the_scope_ends_with_its_block_even_after_an_error(two: tuple[Group, Group]) -> None:
    with pytest.raises(RuntimeError), group_scope(two[0].pk):
        raise RuntimeError
    assert current_group_id() is None
    with pytest.raises(ZeroDivisionError), group_scope(two[0].pk), transaction.atomic():
        raise ZeroDivisionError
    assert current_group_id() is None


def test_a_person_sees_their_memberships_before_a_group_is_chosen(two: tuple[Group, Group]) -> None:
    person = User.objects.create_user("rosana@jurubim.example", "x", name="Rosana Feitosa")
    with group_scope(two[1].pk):
        Membership.objects.create(group=two[1], user=person, role="operator")
    with person_scope(person.pk):
        assert [m.group.name for m in Membership.objects.select_related("group")] == ["Outro"]
        assert list(Group.objects.values_list("name", flat=True)) == ["Outro"]
        assert Customer.objects.count() == 0


def test_the_tick_learns_the_ids_of_all_groups_and_nothing_else(two: tuple[Group, Group]) -> None:
    assert {group.pk for group in two} <= set(group_ids())
