"""A portal started as `make run` starts it, in a state folder of its own."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent


def bare_environment(state: Path, **more: str) -> dict[str, str]:
    """This environment without anything of the portal's, but with that state folder."""
    ours = ("GRS_", "DATABASE_", "REDIS_", "DJANGO_", "PROMETHEUS_", "PYTEST_", "MAKE")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    return kept | {"GRS_STATE_DIR": str(state)} | more


def free_port() -> int:
    """A port on which nobody listens."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Launched:
    """A launcher process and what it printed."""

    def __init__(self, state: Path, port: int, **environment: str) -> None:
        self.state, self.port = state, port
        self.output = state / "output.txt"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "grs.machine.run"],
                cwd=ROOT,
                env=bare_environment(state, PORT=str(port), **environment),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def printed(self) -> str:
        """What it has printed so far."""
        return self.output.read_text()

    def wait_until_up(self, seconds: float = 120) -> None:
        """Until it says where the portal is; fails with its words if it leaves before."""
        end = time.monotonic() + seconds
        while f"http://127.0.0.1:{self.port}/" not in self.printed():
            assert self.process.poll() is None, self.printed()
            assert time.monotonic() < end, self.printed()
            time.sleep(0.1)

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a page."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as page:
                return page.status, page.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def note(self) -> dict[str, Any]:
        """The note of what runs."""
        return dict(json.loads((self.state / "machine.json").read_text()))

    def stop(self, number: signal.Signals) -> int:
        """Send it a signal and wait; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(180)


def programs_of(state: Path) -> list[str]:
    """Command lines of running processes that belong to a state folder."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
            environment = (folder / "environ").read_bytes().decode(errors="replace")
            mine = f"GRS_STATE_DIR={state}\0" in environment
            if int(folder.name) != os.getpid() and line and (mine or str(state) in line):
                found.append(line)
    return found


def gone(state: Path, seconds: float = 60) -> list[str]:
    """Wait for all programs of a state folder to end; those that have not."""
    end = time.monotonic() + seconds
    while (left := programs_of(state)) and time.monotonic() < end:
        time.sleep(0.1)
    return left


def manage(state: Path, *command: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """A manage.py command as a person would type it beside that portal."""
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=bare_environment(state, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


@contextlib.contextmanager
def launched(state: Path, port: int | None = None, **environment: str) -> Iterator[Launched]:
    """A launcher that does not outlive the block."""
    running = Launched(state, port or free_port(), **environment)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.stop(signal.SIGTERM)
