"""The small parts of the one-machine launcher."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from grs.machine import attach
from grs.machine.processes import Child
from grs.machine.servers import addresses
from grs.machine.state import Account, State, read_env_file, write_private
from tests.conftest import eventually


@pytest.fixture
def state(tmp_path):
    (tmp_path / "log").mkdir()
    return State(tmp_path, tmp_path, Account(os.geteuid(), os.getegid()))


def test_a_note_whose_writer_died_does_not_count(state):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    state.note.write_text(json.dumps({"pid": dead.pid}))
    assert state.running() is None


def test_a_note_of_a_living_process_counts(state):
    state.write_note({"url": "here"})
    assert state.running() == {"pid": os.getpid(), "url": "here"}


def test_a_broken_note_does_not_count(state):
    state.note.write_text("{")
    assert state.running() is None


def test_only_one_holds_the_lock(state):
    first = state.try_lock()
    assert first is not None
    assert state.try_lock() is None
    first.close()
    second = state.try_lock()
    assert second is not None
    second.close()


def test_the_owner_waits_for_those_who_use_its_servers(state):
    using = state.use()
    started = time.monotonic()
    with state.no_users(0.3):
        assert time.monotonic() - started >= 0.3
    using.close()
    started = time.monotonic()
    with state.no_users(5):
        assert time.monotonic() - started < 1


def test_private_files_are_private_from_the_first_moment(tmp_path):
    path = tmp_path / "a"
    write_private(path, "X=1\n# Y=2\nZ=a=b\n")
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_env_file(path) == {"X": "1", "Z": "a=b"}


def test_the_country_is_remembered(state):
    assert state.country() == "bd"
    state.keep_country("id")
    assert state.country() == "id"
    state.keep_country("nowhere")
    assert state.country() == "id"


def test_each_country_has_its_own_databases(state):
    note = {"postgres": "/run/here", "valkey": "/run/here/v.sock", "given": {}}
    bd, other = (addresses(state, note, country) for country in ("bd", "id"))
    assert bd["DATABASE_URL"].endswith("@%2Frun%2Fhere/grs_bd")
    assert other["DATABASE_URL"].endswith("/grs_id")
    assert bd["DATABASE_URL"] != bd["DATABASE_ADMIN_URL"]
    assert bd["REDIS_URL"] != other["REDIS_URL"]


def test_given_addresses_win(state):
    note = {"postgres": None, "valkey": None, "given": {"DATABASE_URL": "postgresql://x/y"}}
    assert addresses(state, note, "bd") == {"DATABASE_URL": "postgresql://x/y"}


def test_links_lead_to_the_portal_that_runs(state, monkeypatch):
    ours = ("DATABASE_URL", "DATABASE_ADMIN_URL", "REDIS_URL", "GRS_PUBLIC_URL")
    bare = {name: value for name, value in os.environ.items() if name not in ours}
    monkeypatch.setattr(os, "environ", {**bare, "GRS_STATE_DIR": str(state.folder)})
    given = {"DATABASE_URL": "postgresql://x/y", "REDIS_URL": "redis://x/0"}
    with state.try_lock():
        state.write_note({"given": given, "country": "bd", "url": "http://127.0.0.1:8061"})
        attach.prepare_environment(["manage.py", "shell"])
    assert os.environ["GRS_PUBLIC_URL"] == "http://127.0.0.1:8061"
    assert os.environ["DATABASE_URL"] == "postgresql://x/y"


def test_nothing_of_one_machine_is_used_beside_a_given_database_without_our_secrets(
    monkeypatch, tmp_path
):
    monkeypatch.setenv("GRS_STATE_DIR", str(tmp_path / "none"))
    monkeypatch.setenv("DATABASE_URL", "postgresql://server/portal")
    monkeypatch.delenv("GRS_DEMO")
    attach.prepare_environment(["manage.py", "shell"])
    assert not (tmp_path / "none").exists()


def test_commands_that_change_the_schema_work_as_its_owner(monkeypatch):
    monkeypatch.setenv("GRS_DEMO", "0")
    monkeypatch.delenv("GRS_AS_OWNER", raising=False)
    attach.prepare_environment(["manage.py", "sweep"])
    assert "GRS_AS_OWNER" not in os.environ
    monkeypatch.setenv("GRS_AS_OWNER", "")
    attach.prepare_environment(["manage.py", "migrate"])
    assert os.environ["GRS_AS_OWNER"] == "1"


def test_a_child_and_what_it_started_are_stopped_together(tmp_path):
    code = (
        "import subprocess, time; subprocess.Popen(['sleep', '60']); "
        "print('up', flush=True); time.sleep(60)"
    )
    child = Child("parent", [sys.executable, "-c", code], tmp_path / "log", stop_seconds=5)
    child.start()
    while "up" not in child.last_lines():
        time.sleep(0.02)
    group = child.process.pid
    child.stop()
    eventually(lambda: not group_exists(group))


def test_a_child_that_does_not_listen_is_killed(tmp_path):
    code = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); "
        "print('up', flush=True); time.sleep(60)"
    )
    child = Child("deaf", [sys.executable, "-c", code], tmp_path / "log", stop_seconds=0.2)
    child.start()
    while "up" not in child.last_lines():
        time.sleep(0.02)
    process = child.process
    child.stop()
    assert process.returncode == -signal.SIGKILL


def group_exists(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a folder closed to nobody")
def test_as_root_the_data_moves_out_of_a_folder_that_the_servers_cannot_reach(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    opened = State.open(closed / "var")
    try:
        assert opened.data.parent.as_posix() == "/var/lib"
        assert opened.account.reaches(opened.data)
    finally:
        opened.data.rmdir()
