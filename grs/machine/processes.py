"""Child processes that never outlive their parent."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grs.machine.state import Account

PR_SET_PDEATHSIG = 1
LINUX = sys.platform.startswith("linux")
libc = ctypes.CDLL(None, use_errno=True) if LINUX else None


@dataclass
class Child:
    """One program: how it is started, and with which signal it is stopped.

    It runs in its own session, so that Ctrl-C at the terminal reaches only the parent. On Linux
    the kernel sends it `death_signal` when the parent dies, however that comes about; the
    starting thread has to be one that lives as long as the parent (the main thread).
    """

    name: str
    argv: Sequence[str]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 20
    account: Account | None = None
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    process: "subprocess.Popen[bytes] | None" = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start it, output appended to its log."""
        self.starts.append(time.monotonic())
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                list(self.argv),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.cwd,
                env=dict(self.env) if self.env is not None else None,
                start_new_session=True,
                preexec_fn=die_with_parent(self.death_signal),
                **(self.account.popen if self.account else {}),
            )

    def running(self) -> bool:
        """Whether it was started and has not exited."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Ask it to stop, wait, and kill what is left of its session."""
        if self.process is None:
            return
        if self.running():
            self.process.send_signal(self.stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(self.stop_seconds)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def last_lines(self, count: int = 15) -> str:
        """The end of its log, for a message about what went wrong."""
        try:
            lines = self.log.read_text(errors="replace").splitlines()
        except FileNotFoundError:
            return ""
        return "\n".join(f"  | {line}" for line in lines[-count:])


def die_with_parent(
    death_signal: signal.Signals, parent: int | None = None
) -> Callable[[], None] | None:
    """A function for the child, after the change of user, that ties its life to the parent's."""
    if libc is None:
        return None
    expected = parent or os.getpid()

    def arm() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != expected:  # it died in between
            os._exit(1)

    return arm


def wait_until(ready: Callable[[], bool], child: Child, seconds: float) -> bool:
    """Wait until ready() holds; False if the child exits or the time runs out before."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if ready():
            return True
        if not child.running():
            return False
        time.sleep(0.05)
    return False
