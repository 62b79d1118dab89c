"""`make run` on a machine with nothing but Python: start, stop, kill, restart, refusals."""

import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grs.machine.state import State, read_env_file
from tests.conftest import eventually
from tests.grs.launching import free_port, gone, launched, manage

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc"),
    pytest.mark.xdist_group("launcher"),
]


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    """A state folder that the servers' user can reach, short of name."""
    folder = Path(tempfile.mkdtemp(prefix="grs-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


KEEP = (
    "from django.contrib.sessions.models import Session; from django.utils import timezone; "
    "Session.objects.create(session_key='kept', session_data='', expire_date=timezone.now())"
)
KEPT = (
    "from django.contrib.sessions.models import Session; "
    "print(Session.objects.filter(pk='kept').count())"
)
DEMO = "from django.conf import settings; print(settings.DEMO)"


def test_it_serves_keeps_its_data_and_leaves_nothing_behind_even_when_killed(state):
    with launched(state) as portal:
        portal.wait_until_up()
        assert portal.get("/healthz/live")[0] == 200
        assert portal.get("/")[0] == 200
        assert portal.get("/static/build/portal.css")[0] in {200, 404}

        beside = manage(state, "shell", "-v", "0", "-c", KEEP)
        assert beside.returncode == 0, beside.stderr

        with launched(state, portal.port) as second:
            assert second.process.wait(60) == 1
            assert f"runs already at http://127.0.0.1:{portal.port}" in second.printed()

        assert portal.stop(signal.SIGKILL) == -signal.SIGKILL
        assert gone(state) == []

    with launched(state) as again:
        again.wait_until_up()
        seen = manage(state, "shell", "-v", "0", "-c", KEPT)
        assert seen.stdout.strip() == "1", seen.stderr
        assert again.stop(signal.SIGINT) == 0
        assert gone(state) == []
        assert not (state / "machine.json").exists()


def test_a_command_without_a_running_portal_starts_the_database_for_itself(state):
    seen = manage(state, "shell", "-v", "0", "-c", DEMO)
    assert seen.stdout.strip() == "True", seen.stderr
    assert gone(state) == []


def test_a_program_that_stops_is_started_again(state):
    with launched(state) as portal:
        portal.wait_until_up()
        victim = next(
            pid for pid, name in children(portal.process.pid) if "celery -A grs beat" in name
        )
        os.kill(victim, signal.SIGKILL)
        eventually(lambda: "beat stopped by itself and is started again" in portal.printed())
        assert portal.get("/healthz/live")[0] == 200
        assert portal.stop(signal.SIGTERM) == 0
        assert gone(state) == []


def test_a_port_in_use_is_said_before_anything_starts(state):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with launched(state, port) as portal:
            assert portal.process.wait(60) == 1
            assert f"Port {port} cannot be used" in portal.printed()
            assert "Traceback" not in portal.printed()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("PG_BIN", "/nowhere", "no program 'postgres'"), ("GRS_COUNTRY", "xx", "must be bd or id")],
)
def test_a_wrong_setting_ends_in_one_clear_sentence(state, name, value, words):
    with launched(state, free_port(), **{name: value}) as portal:
        assert portal.process.wait(60) == 1
        assert words in portal.printed()
        assert "Traceback" not in portal.printed()


def test_secrets_are_made_once_and_readable_by_the_owner_alone(state):
    path = state / "secrets.env"
    assert path.stat().st_mode & 0o777 == 0o600
    before = read_env_file(path)
    assert State.open(state).secrets() == before
    assert {
        "GRS_SECRET_KEY",
        "GRS_TRACKING_KEY",
        "GRS_CONTACT_KEYS",
        "GRS_INDEX_KEY",
        "GRS_RECORD_KEY",
    } <= before.keys()


def children(parent: int) -> list[tuple[int, str]]:
    """Process ids and command lines of a process's children."""
    found = []
    for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        found.append((int(pid), line))
    return found
