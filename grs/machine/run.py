"""`make run`: the whole portal on one machine, until Ctrl-C.

Started from here, in this order: PostgreSQL, Valkey, migrations, the country, the demonstration,
the web server, a worker, the scheduler. Stopped in the reverse order, whatever happens.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from grs.machine.portal import NAMES, Portal
from grs.machine.processes import Child
from grs.machine.servers import Servers
from grs.machine.state import COUNTRIES, MachineError, State, state_folder
from grs.machine.stopping import until_stopped

RESTARTS, WITHIN_SECONDS = 5, 60
LONGEST_LOG = 5_000_000


def main() -> int:
    """Run until stopped; 0 after a stop that was asked for, 1 after a failure."""
    launcher = Launcher()

    def work() -> int:
        launcher.start()
        return launcher.watch()

    return until_stopped("make run", work, launcher.stop)


class Launcher:
    """Holds what was started, so that all of it can be stopped."""

    def __init__(self) -> None:
        self.state = State.open(state_folder())
        self.lock: IO[str] | None = None
        self.servers: Servers | None = None
        self.children: list[Child] = []
        self.began = time.monotonic()

    def start(self) -> None:
        """Bring everything up; raises MachineError with the reason if something does not come."""
        country = chosen_country(self.state)
        port = chosen_port()
        self.lock = take_lock(self.state)
        ensure_free(port)
        rotate_logs(self.state.folder / "log")
        say(f"Starting the database and the broker ({NAMES[country]})")
        self.servers = Servers(self.state)
        self.servers.start()
        if self.servers.postgres:
            self.servers.postgres.ensure_database(f"grs_{country}")
        portal = Portal(self.state, self.servers.note(), country, port)
        self.state.keep_country(country)
        portal.prepare()
        say("Starting the web server, a worker and the scheduler")
        for child in portal.programs():
            self.children.append(child)
            child.start()
        self.wait_for_web(portal)
        note = {**self.servers.note(), "country": country, "url": portal.url, "run": True}
        self.state.write_note(note)
        print(portal.welcome(time.monotonic() - self.began), flush=True)

    def wait_for_web(self, portal: Portal) -> None:
        """Until our own web server answers and no program has left."""
        end = time.monotonic() + 60
        while not portal.answers():
            self.ensure_all_running()
            if time.monotonic() > end:
                raise MachineError(
                    "The web server does not answer:\n" + self.children[0].last_lines()
                )
            time.sleep(0.1)
        self.ensure_all_running()

    def ensure_all_running(self) -> None:
        """Raises MachineError with the log's end of a program that left during the start."""
        for child in self.everything():
            if not child.running():
                raise MachineError(
                    f"{child.name} stopped during the start:\n{child.last_lines()}\n"
                    f"The whole log: {child.log}"
                )

    def everything(self) -> list[Child]:
        """All our programs in the order of their start."""
        return [*(self.servers.children() if self.servers else []), *self.children]

    def watch(self) -> int:
        """Start again what stops by itself; 1 when something does so too often."""
        while True:
            for child in self.everything():
                if child.running():
                    continue
                now = time.monotonic()
                recent = [start for start in child.starts if now - start < WITHIN_SECONDS]
                if len(recent) > RESTARTS:
                    raise MachineError(
                        f"{child.name} stopped {len(recent)} times within a minute:\n"
                        + child.last_lines()
                    )
                print(f"{child.name} stopped by itself and is started again", file=sys.stderr)
                child.stop()
                child.start()
            time.sleep(0.5)

    def stop(self) -> None:
        """Scheduler, worker, web server, broker, database."""
        if self.lock is None:
            return
        print("\nStopping …", flush=True)
        self.state.note.unlink(missing_ok=True)
        for child in reversed(self.children):
            child.stop()
        if self.servers:
            self.servers.stop()
        self.lock.close()


def chosen_country(state: State) -> str:
    """GRS_COUNTRY, or the one that was run last."""
    given = os.environ.get("GRS_COUNTRY", "")
    if given and given not in COUNTRIES:
        raise MachineError(f"GRS_COUNTRY must be bd or id, not {given!r}.")
    return given or state.country()


def chosen_port() -> int:
    """PORT, or 8000."""
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise MachineError(f"PORT must be a number from 1 to 65535, not {given!r}.")
    return int(given)


def ensure_free(port: int) -> None:
    """Raises MachineError if another program listens there."""
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise MachineError(
                f"Port {port} cannot be used ({error.strerror}). "
                f"Choose another: make run PORT={port + 1 if port < 65535 else 8000}"
            ) from error


def take_lock(state: State) -> IO[str]:
    """The state folder's lock; waits for a command that uses it, refuses beside another run."""
    end = time.monotonic() + 60
    told = False
    while True:
        lock = state.try_lock()
        if lock:
            state.note.unlink(missing_ok=True)
            return lock
        note = state.running()
        if note and note.get("run"):
            raise MachineError(f"The portal runs already at {note['url']} (state: {state.folder}).")
        if time.monotonic() > end:
            raise MachineError(f"Another command has been using {state.folder} for a minute.")
        if not told:
            say("Waiting for a command that uses the database")
            told = True
        time.sleep(0.2)


def rotate_logs(folder: Path) -> None:
    """Put long logs aside, one generation."""
    for log in folder.glob("*.log"):
        if log.stat().st_size > LONGEST_LOG:
            shutil.move(log, f"{log}.1")


def say(words: str) -> None:
    """One line on what is under way."""
    print(words + " …", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.SubprocessError as error:
        sys.exit(f"make run: {error}")
