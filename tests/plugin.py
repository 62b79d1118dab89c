"""Loaded by pytest before anything else (`-p tests.plugin`): the servers, and test settings.

pytest-django reads the settings early, so the database and the broker are started while this
module is imported. The workers of xdist are children of the first process and inherit its
environment; each takes a database of its own from pytest-django and two numbers of Valkey's here.
Two runs at once in one state folder share the servers and take different places.
"""

import atexit
import fcntl
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from grs.machine.attach import attach
from grs.machine.postgres import OWNER, database_url
from grs.machine.state import MachineError, State, state_folder
from tests.environment import TEST_SETTINGS

# A run takes one place; a place holds as many workers, of two databases each.
PLACES, WORKERS, EACH = 8, 32, 2


def take_place(folder: Path) -> int:
    """The first place that no other run in this folder holds; kept until this process ends."""
    for place in range(PLACES):
        handle = open(folder / f"place-{place}", "a")  # noqa: SIM115 - the lock lasts as it does
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            continue
        atexit.register(handle.close)
        return place
    raise MachineError(f"{PLACES} test runs are under way in {folder} already.")


def start_servers() -> None:
    """In the first process: servers without fsync in `<state folder>/test`, or the given ones."""
    state = State.open(state_folder() / "test")
    place = take_place(state.folder)
    os.environ.update(TEST_SETTINGS)
    os.environ["GRS_STATE_DIR"] = str(state.folder)
    os.environ["GRS_FILES_DIR"] = str(state.folder / "files")
    note = attach(state, safe=False)
    if note.get("postgres"):
        url = database_url(note["postgres"], state.secrets(), "postgres", OWNER)
        os.environ["DATABASE_URL"] = os.environ["DATABASE_ADMIN_URL"] = url
    if note.get("valkey"):
        os.environ["REDIS_URL"] = f"unix://{note['valkey']}?db=0"
    os.environ["GRS_TEST_DATABASE"] = f"test_grs_{place}"
    os.environ["GRS_TEST_REDIS"] = os.environ["REDIS_URL"]
    os.environ["GRS_TEST_PLACE"] = str(place)


def take_redis_databases() -> None:
    """Give this process (the first one, or a worker of xdist) its own two Valkey databases."""
    from grs import env

    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw")
    number = int(os.environ["GRS_TEST_PLACE"]) * WORKERS + int(worker) + 1
    os.environ["REDIS_URL"] = env.redis_database(os.environ["GRS_TEST_REDIS"], number * EACH)


# What pytest makes of the tests' files is kept beside them, also where Python is told to keep nothing:
# to make it anew takes each process two thirds of the time in which it finds its tests.
sys.dont_write_bytecode = False

if find_spec("grs") is None:
    raise SystemExit("Run the tests from the project's folder.")
if "GRS_TEST_PLACE" not in os.environ:
    try:
        start_servers()
    except MachineError as error:
        raise SystemExit(f"The tests need a database and a broker: {error}") from error
take_redis_databases()
