"""The second wall: what the database itself refuses, whatever the code above forgets."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from cais.companies.models import Group, Membership, User
from cais.companies.rls import tenant_tables
from cais.companies.scope import group_ids, group_scope, person_scope
from cais.companies.services import add_company
from cais.connections.models import Connection
from cais.customers.models import Customer
from cais.hooks.models import Door, Listener, Notice
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

# What runs with the owner's rights, each for one narrow purpose.
PAST_THE_WALL = {
    "cais_group_ids",
    "cais_group_of_invitation",
    "cais_group_of_note",
    "cais_take_notice",
    "journal_drop_exchanges",
    "journal_make_partitions",
    "orders_named",
    "orders_searched",
}


def _listen(group: Group, *, door_key: str) -> None:
    """A store that listens at a door, its own number being the group's."""
    company = add_company(group, name="Casa", legal_name="Casa Ltda", cnpj="11222333000181", state="SC")
    store = Connection.objects.create(group=group, company=company, connector="tray", modality="rest", name="Loja")
    Listener.objects.create(group=group, connection=store, door_key=door_key, seller=str(group.pk))
    Door.objects.bulk_create([Door(key=door_key, connector="tray")], ignore_conflicts=True)


def _take_notice(door_key: str, seller: object) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cais_take_notice(%s, %s, 'orders', '1', 'update')", [door_key, str(seller)])
        told: int | None = cursor.fetchone()[0]
    return told


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
            _listen(group, door_key=group.slug * 5)
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


def group_in_force() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('cais.group', true)")
        row: tuple[str | None] = cursor.fetchone()
    return row[0]


def test_the_scope_ends_with_its_block_even_after_an_error(two: tuple[Group, Group]) -> None:
    with pytest.raises(RuntimeError), group_scope(two[0].pk):
        raise RuntimeError
    assert not group_in_force()
    with pytest.raises(ZeroDivisionError), group_scope(two[0].pk), transaction.atomic():
        raise ZeroDivisionError
    assert not group_in_force()


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


def test_a_door_is_seen_by_those_who_listen_there(two: tuple[Group, Group]) -> None:
    assert Door.objects.count() == 0
    for group in two:
        with group_scope(group.pk):
            assert [door.key for door in Door.objects.all()] == [group.slug * 5]
            assert Door.objects.exclude(key=group.slug * 5).update(strangers=9) == 0


def test_a_door_where_one_does_not_listen_cannot_be_made(two: tuple[Group, Group]) -> None:
    with group_scope(two[0].pk), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Door.objects.create(key="elsewhere", connector="tray")


def test_a_notice_is_written_without_a_group_for_the_one_that_listens_and_told_to_nobody(
    two: tuple[Group, Group],
) -> None:
    mine, other = two
    assert _take_notice(mine.slug * 5, mine.pk) == 1
    assert _take_notice(mine.slug * 5, other.pk) == 0  # the other's number, at a door that is not theirs
    assert _take_notice("nowhere", mine.pk) is None
    assert Notice.objects.count() == 0
    with group_scope(mine.pk):
        assert [(notice.group_id, notice.external_id) for notice in Notice.objects.all()] == [(mine.pk, "1")]
        assert Door.objects.get().strangers == 1
    with group_scope(other.pk):
        assert Notice.objects.count() == 0
        assert Door.objects.get().strangers == 0


def test_the_functions_that_look_past_the_wall_are_these(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
            " AND proname NOT LIKE 'procrastinate%%' ORDER BY 1"
        )
        assert {row[0] for row in cursor.fetchall()} == PAST_THE_WALL
