"""What the portal takes for granted about its database."""

import contextlib
import os

import psycopg2
import pytest
from django.db import connection

from grs.machine.postgres import OWNER, PORTAL, Postgres, database_url
from grs.machine.state import State, state_folder


@pytest.mark.django_db
def test_trigrams_of_bangla_are_found():
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("SELECT cardinality(show_trgm('রাস্তা ভাঙা')), similarity('রাস্তা', 'রাস্তায়')")
        trigrams, similarity = cursor.fetchone()
    assert trigrams >= 6
    assert similarity > 0.5


@pytest.mark.django_db
def test_case_is_folded_beyond_ascii():
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower('ÉCOLE')")
        assert cursor.fetchone() == ("école",)


def connect(url):
    """A connection in which each statement stands alone."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    return contextlib.closing(connection)


@pytest.fixture(scope="module")
def portal_role():
    """A connection as the portal's role to a database made as `make run` makes it."""
    state = State.open(state_folder())
    note = state.running()
    if not note or not note.get("postgres"):
        pytest.skip("the database was given by DATABASE_URL")
    server = Postgres(state, safe=False)
    name = f"grs_roles_{os.getpid()}"
    server.ensure_database(name)
    with connect(server.url(name, OWNER)) as owner, owner.cursor() as cursor:
        cursor.execute("CREATE TABLE record (words text)")
    with connect(database_url(note["postgres"], state.secrets(), name, PORTAL)) as portal:
        yield portal
    with connect(server.url("postgres", OWNER)) as owner, owner.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name}")


def test_the_portal_writes_rows(portal_role):
    with portal_role.cursor() as cursor:
        cursor.execute("INSERT INTO record VALUES ('x'); SELECT count(*) FROM record")
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize(
    "statement",
    ["TRUNCATE record", "DROP TABLE record", "ALTER TABLE record DISABLE TRIGGER ALL",
     "CREATE TABLE another (x int)", "SET session_replication_role = replica"],
)  # fmt: skip
def test_the_portal_cannot_change_the_schema_or_put_triggers_aside(portal_role, statement):
    with portal_role.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute(statement)
