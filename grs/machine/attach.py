"""How `manage.py` comes to a database and a broker on one machine.

In this order: what the environment names; what a running `make run` (or another command) of this
clone has started; servers started for this command alone and stopped after it.
"""

import atexit
import os
import subprocess
import sys
import time
from typing import IO, Any

from grs.machine import postgres
from grs.machine.postgres import Postgres
from grs.machine.servers import Servers, addresses, database_name, portal_environment
from grs.machine.state import COUNTRIES, ROOT, MachineError, State, state_folder

# These work on files alone.
WITHOUT_SERVERS = {
    "", "help", "--help", "-h", "version", "--version", "check", "collectstatic", "findstatic",
    "makemessages", "compilemessages", "diffsettings", "spectacular", "startapp",
}  # fmt: skip
# These change or show the schema: as its owner, and without preparing the database first.
SCHEMA_COMMANDS = {
    "migrate", "makemigrations", "showmigrations", "sqlmigrate", "optimizemigration",
    "squashmigrations", "flush", "inspectdb", "dbshell",
}  # fmt: skip
# Takes indexes away for the load and makes them again, which only the owner can.
LOADS = {"make_cases"}
LONGEST_WAIT = 120


def prepare_environment(argv: list[str]) -> None:
    """Fill in what the environment lacks; exits with a message where that cannot be done."""
    command = argv[1] if len(argv) > 1 else ""
    if command in SCHEMA_COMMANDS | LOADS:
        os.environ["GRS_AS_OWNER"] = "1"
    if _production():
        return
    try:
        _prepare(command, argv[2:])
    except MachineError as error:
        sys.exit(f"manage.py: {error}")


def _production() -> bool:
    """Whether nothing of one machine may be used.

    That is so with GRS_DEMO=0, beside a given database that no `make run` has made secrets for,
    and where the embedded servers are not installed: then the settings ask for what is missing.
    """
    if os.environ.get("GRS_DEMO", "").lower() in {"0", "false", "no", "off"}:
        return True
    if os.environ.get("DATABASE_URL"):
        return not (state_folder() / "secrets.env").exists()
    return not postgres.available()


def _prepare(command: str, arguments: list[str]) -> None:
    state = State.open(state_folder())
    country = os.environ.get("GRS_COUNTRY", "")
    if command == "load_country" and arguments and arguments[0] in COUNTRIES:
        country = country or arguments[0]
        state.keep_country(country)
    country = country if country in COUNTRIES else state.country()
    for name, value in portal_environment(state, country).items():
        os.environ.setdefault(name, value)
    if command in WITHOUT_SERVERS:
        os.environ.setdefault("DATABASE_URL", "postgresql:///not-started")
        os.environ.setdefault("REDIS_URL", "unix:///not-started?db=0")
        return
    note = attach(state)
    fresh = _ensure_database(state, note, country)
    for name, value in addresses(state, note, country).items():
        os.environ.setdefault(name, value)
    if note.get("url"):
        # Links lead to the portal that runs, wherever it listens.
        os.environ.setdefault("GRS_PUBLIC_URL", note["url"])
    _tell_if_other_country(note, country)
    if fresh and command not in SCHEMA_COMMANDS:
        prepare_database(country, load=command != "load_country")


def attach(state: State, *, safe: bool = True) -> dict[str, Any]:
    """The note of the servers to use: those that run, or ours, stopped when this process ends."""
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return {"given": {}}
    end = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < end:
        using = state.use()
        note = state.running()
        if note:
            atexit.register(using.close)
            return note
        using.close()
        lock = state.try_lock()
        if lock:
            return _start(state, lock, safe=safe)
        time.sleep(0.2)
    raise MachineError(f"The servers in {state.folder} are neither started nor stopped by now.")


def _start(state: State, lock: IO[str], *, safe: bool) -> dict[str, Any]:
    servers = Servers(state, safe=safe)
    servers.start()
    note = servers.note()
    state.write_note(note)
    owner = os.getpid()

    def stop() -> None:
        if os.getpid() != owner:
            return
        state.note.unlink(missing_ok=True)
        with state.no_users(LONGEST_WAIT):
            servers.stop()
        lock.close()

    atexit.register(stop)
    return note


def _ensure_database(state: State, note: dict[str, Any], country: str) -> bool:
    """Make the country's database on the embedded server; True if it was never prepared."""
    if not note.get("postgres"):
        return False
    server = Postgres(state)
    server.ensure_database(database_name(country))
    return not server.has_table(database_name(country), "django_migrations")


def _tell_if_other_country(note: dict[str, Any], country: str) -> None:
    running = note.get("country")
    if running and running != country:
        print(
            f"note: this works on the data of '{country}'; the portal that runs is '{running}' "
            "(GRS_COUNTRY chooses)",
            file=sys.stderr,
        )


def prepare_database(country: str, *, load: bool = True) -> None:
    """Migrate a new database and load its country, so that any command can work on it.

    Raises MachineError with the command's own words if one of them fails.
    """
    steps = [["migrate", "--no-input", "-v", "0"]]
    if load:
        steps.append(["load_country", country])
    print(f"First use: preparing the database of '{country}' …", file=sys.stderr)
    for step in steps:
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *step],
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise MachineError(f"`manage.py {' '.join(step)}` failed:\n{done.stdout}{done.stderr}")
