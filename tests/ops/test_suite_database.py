"""The suite's own database: whom tests connect as, and that nothing passes from one to the next."""

import psycopg
import pytest
from django.contrib.auth.models import Group
from django.db import ProgrammingError, connection


@pytest.mark.django_db
def test_tests_connect_as_a_role_that_owns_nothing_and_cannot_bypass_row_security() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)
        cursor.execute("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
@pytest.mark.parametrize("refused", ["TRUNCATE auth_group", "DROP TABLE auth_group", "CREATE TABLE x (id int)"])
def test_the_application_role_may_change_rows_but_not_tables(refused: str) -> None:
    Group.objects.create(name="rows are its own")
    with pytest.raises(ProgrammingError) as caught, connection.cursor() as cursor:
        cursor.execute(refused)
    assert isinstance(caught.value.__cause__, psycopg.errors.InsufficientPrivilege)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_committed_row_is_gone_in_the_next_test(turn: str) -> None:
    assert not Group.objects.exists()
    Group.objects.create(name=turn)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_tables_without_a_model_of_ours_are_emptied_too(turn: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_workers")
        assert cursor.fetchone() == (0,)
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


@pytest.mark.django_db(transaction=True)
def test_rows_that_migrations_filled_survive_the_emptying() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) > 0 FROM django_migrations")
        assert cursor.fetchone() == (True,)
