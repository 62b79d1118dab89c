"""The portal's own programs on one machine, and what has to be done before they start."""

import hashlib
import json
import os
import secrets
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from grs.machine.processes import Child, die_with_parent
from grs.machine.servers import addresses, portal_environment
from grs.machine.state import ROOT, MachineError, State

NAMES = {"bd": "Bangladesh", "id": "Indonesia"}
# A new load is due when one of these changes.
LOADED_FROM = (
    *("agencies", "routing", "accounts", "complaints/management", "complaints/demo"),
    *("oversight/demo", "oversight/management"),
)


class Portal:
    """The portal of one country at one address."""

    def __init__(self, state: State, note: dict[str, Any], country: str, port: int) -> None:
        self.state = state
        self.country = country
        self.url = f"http://127.0.0.1:{port}"
        self.token = secrets.token_urlsafe(24)
        made = portal_environment(state, country) | {
            "GRS_PUBLIC_URL": self.url,
            "GRS_BIND": f"127.0.0.1:{port}",
        }
        self.environment = {**made, **os.environ, **addresses(state, note, country)}
        # Whatever the shell says: a portal whose secrets lie beside its data is a demonstration.
        self.environment["GRS_DEMO"] = "1"
        self.environment["GRS_COUNTRY"] = country
        self.environment["GRS_INSTANCE_TOKEN"] = self.token
        self.environment["PROMETHEUS_MULTIPROC_DIR"] = str(self._metrics())

    def _metrics(self) -> Path:
        folder = self.state.folder / "metrics"
        folder.mkdir(exist_ok=True)
        for left_over in folder.glob("*.db"):
            left_over.unlink()
        return folder

    # --- Before the start ---

    def prepare(self) -> None:
        """Migrate, load the country and the demonstration, collect the static files."""
        print("Preparing the database …", flush=True)
        self.manage("migrate", "--no-input", "-v", "0", owner=True)
        stamp = self.state.folder / f"loaded-{self.country}"
        wanted = self._load_fingerprint()
        if not stamp.exists() or stamp.read_text() != wanted:
            print(f"Loading {NAMES[self.country]} and the demonstration …", flush=True)
            self.manage("load_country", self.country)
            self.manage("load_demo")
            self.manage("load_oversight_demo")
            stamp.write_text(wanted)
        self.manage("collectstatic", "--no-input", "-v", "0", "-i", "src", "-i", "*.scss")

    def _load_fingerprint(self) -> str:
        digest = hashlib.sha256(self.environment["DATABASE_URL"].encode())
        for folder in LOADED_FROM:
            for path in sorted((ROOT / folder).rglob("*")):
                if path.is_file() and path.suffix not in {".pyc", ".pyo"}:
                    digest.update(str(path.relative_to(ROOT)).encode())
                    digest.update(path.read_bytes())
        return digest.hexdigest()

    def manage(self, *command: str, owner: bool = False) -> str:
        """The output of a management command; raises MachineError with its words if it fails."""
        environment = self.environment | {
            "DJANGO_SETTINGS_MODULE": "grs.settings",
            "GRS_LOG_LEVEL": "WARNING",
        }
        environment.pop("PROMETHEUS_MULTIPROC_DIR", None)
        if owner:
            environment["GRS_AS_OWNER"] = "1"
        done = subprocess.run(
            [sys.executable, "-m", "django", *command],
            cwd=ROOT,
            env=environment,
            preexec_fn=die_with_parent(signal.SIGKILL),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            words = (done.stdout + done.stderr).strip().splitlines()[-30:]
            raise MachineError(f"`manage.py {' '.join(command)}` failed:\n" + "\n".join(words))
        return done.stdout

    # --- The programs ---

    def programs(self) -> list[Child]:
        """Web server, worker and scheduler, in the order of their start."""
        celery = [sys.executable, "-m", "celery", "-A", "grs"]
        options = ["--loglevel", "INFO"]
        worker = [*celery, "worker", *options, "--concurrency", "2", "--without-gossip"]
        return [
            self._program("web", [sys.executable, "-m", "gunicorn", *GUNICORN]),
            # Told by the kernel that the launcher died, a worker must not wait for a broker
            # that is going too: QUIT drops its task, which comes back.
            self._program(
                "worker",
                # Nor may it stop to say its last heartbeat to that broker: nobody listens to them.
                [*worker, "--without-mingle", "--without-heartbeat"],
                death_signal=signal.SIGQUIT,
                stop_seconds=15,
            ),
            self._program("beat", [*celery, "beat", *options, "--pidfile="]),
        ]

    def _program(self, name: str, argv: list[str], **options: Any) -> Child:
        return Child(
            name,
            argv,
            self.state.folder / f"log/{name}.log",
            env=self.environment,
            cwd=ROOT,
            **options,
        )

    def answers(self) -> bool:
        """Whether our own web server answers: another program may own the port."""
        request = urllib.request.Request(  # noqa: S310 - our own address
            f"{self.url}/healthz/live", headers={"X-Instance-Token": self.token}
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
                return bool(json.load(answer).get("own"))
        except (urllib.error.URLError, ValueError, OSError):
            return False

    def welcome(self, seconds: float) -> str:
        """What is printed once the portal answers."""
        people = self.manage("load_demo", "--print").rstrip()
        what, system = "complaint portal", ""
        if self.environment.get("GRS_SANDBOX") == "1":
            what, system = "sandbox", self.manage("sandbox_system").rstrip() + "\n\n"
        return (
            f"\n  The {what} of {NAMES[self.country]} is at {self.url}/ "
            f"({seconds:.0f} s)\n\n{people}\n\n{system}"
            f"  Logs: {self.state.folder / 'log'}   Stop: Ctrl-C\n"
        )


GUNICORN = ["-c", "python:grs.gunicorn_conf", "grs.wsgi:application"]
