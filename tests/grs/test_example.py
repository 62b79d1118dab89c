"""`make example`: what the example is given, and what it is not."""

import contextlib
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import connection
from psycopg2 import sql

from complaints.models import Case
from grs.machine import example
from grs.machine.postgres import SUPERUSER, Postgres
from grs.machine.state import MachineError, State

GIVEN = {
    "PORTAL_CLIENT_ID": "me",
    "PORTAL_CLIENT_SECRET": "mine",
    "EXAMPLE_DATABASE_URL": "postgresql://own/desk",
}


@contextlib.contextmanager
def portal(*headers: tuple[str, str], status: int = 200) -> Iterator[str]:
    """A server that answers each HEAD so."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(status)
            for header in headers:
                self.send_header(*header)
            self.end_headers()

        def log_message(self, *_words: Any) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_it_needs_a_portal_that_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRS_STATE_DIR", str(tmp_path))
    with pytest.raises(MachineError, match="make sandbox"):
        example.running_portal()
    state = State.open(tmp_path)
    state.write_note({"postgres": "/run/here"})
    with pytest.raises(MachineError, match="make sandbox"):
        example.running_portal()
    state.write_note({"url": "http://127.0.0.1:1"})
    assert example.running_portal()[1]["url"] == "http://127.0.0.1:1"


def test_a_sandbox_says_that_it_is_one() -> None:
    with portal(("X-Sandbox", "1")) as url:
        assert example.is_sandbox(url)
    with portal() as url:
        assert not example.is_sandbox(url)
    with portal(status=500) as url, pytest.raises(MachineError, match="does not answer"):
        example.is_sandbox(url)
    with pytest.raises(MachineError, match="does not answer"):
        example.is_sandbox(url)


def test_beside_a_real_portal_a_registrar_has_to_make_a_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PORTAL_CLIENT_SECRET", raising=False)
    with portal() as url, pytest.raises(MachineError, match="registrar"):
        example.environment_of(State.open(tmp_path), {"url": url}, "8100")


def test_it_is_given_no_secret_of_the_portal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    found = example.environment_of(State.open(tmp_path), {"url": "http://portal"}, "8100")
    assert found["DATABASE_URL"] == "postgresql://own/desk"
    assert found["PORTAL_URL"] == "http://portal"
    assert found["DESK_URL"] == "http://127.0.0.1:8100"
    assert found["PORTAL_CLIENT_SECRET"] == "mine"
    assert [n for n in found if n.startswith(("GRS_", "REDIS_", "DATABASE_ADMIN"))] == []


def test_a_servers_address_has_to_be_given_where_the_portal_uses_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("EXAMPLE_DATABASE_URL")
    note = {"url": "http://portal", "postgres": None}
    with pytest.raises(MachineError, match="EXAMPLE_DATABASE_URL"):
        example.environment_of(State.open(tmp_path), note, "8100")


@pytest.mark.django_db
def test_its_role_owns_a_database_and_reads_nothing_of_the_portals() -> None:
    state = State.open(Path(os.environ["GRS_STATE_DIR"]))
    if connection.settings_dict["HOST"] != str(state.sockets()):
        pytest.skip("the tests use another server")
    server, name = Postgres(state, safe=False), f"guest_{os.environ['GRS_TEST_PLACE']}"
    try:
        first, url = server.ensure_guest(name), server.ensure_guest(name)
        assert url != first
        with contextlib.closing(psycopg2.connect(url)) as own, own, own.cursor() as cursor:
            cursor.execute("CREATE TABLE tickets (id int)")
        portals = url.rsplit("/", 1)[0] + f"/{connection.settings_dict['NAME']}"
        with contextlib.closing(psycopg2.connect(portals)) as other, other.cursor() as cursor:
            asking = sql.SQL("SELECT 1 FROM {}").format(sql.Identifier(Case._meta.db_table))
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(asking)
    finally:
        with contextlib.closing(server._connect("postgres", SUPERUSER)) as admin:
            admin.autocommit = True
            with admin.cursor() as cursor:
                cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                cursor.execute(f"DROP ROLE IF EXISTS {name}")
