"""`make example`: an agency's own system beside a portal that runs on this machine, until Ctrl-C.

It is a project of its own (examples/agency_system) with a database of its own in the same server. Beside
a sandbox it joins by itself; beside `make run` a registrar makes a client for it on the pages.
"""

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, NoReturn

from grs.machine.postgres import Postgres
from grs.machine.processes import Child
from grs.machine.state import ROOT, MachineError, State, state_folder
from grs.machine.stopping import until_stopped

FOLDER = ROOT / "examples/agency_system"
DATABASE = "example_agency"
#: Where a portal may run, if GRS_STATE_DIR does not say: `make sandbox`, `make run`.
USUAL = ("var/sandbox", "var")
NO_CLIENT = (
    "This portal is no sandbox. Sign in as a registrar, make a client under “Systems”, and set "
    "PORTAL_CLIENT_ID and PORTAL_CLIENT_SECRET."
)


def main() -> int:
    """Run until stopped; 0 after a stop that was asked for, 1 after a failure."""
    children: list[Child] = []

    def clean_up() -> None:
        for child in children:
            child.stop()

    return until_stopped("make example", lambda: keep_running(children), clean_up)


def keep_running(children: list[Child]) -> NoReturn:
    """Start everything, and wait. Raises MachineError for what does not start, or stops by itself."""
    state, note = running_portal()
    port = os.environ.get("PORT") or "8100"
    environment = environment_of(state, note, port)
    for command in ("migrate", "join", "reconcile"):
        manage(command, environment)
    for name, argv in (
        ("example-web", ["runserver", "--noreload", f"127.0.0.1:{port}"]),
        ("example-loop", ["catch_up", "--loop", "--every", "5"]),
    ):
        log = state.folder / f"log/{name}.log"
        argv = [sys.executable, "manage.py", *argv]
        children.append(Child(name, argv, log, env=environment, cwd=FOLDER))
        children[-1].start()
    print(f"  The agency's desk is at {environment['DESK_URL']}/   Stop: Ctrl-C", flush=True)
    while all(child.running() for child in children):
        time.sleep(0.5)
    stopped = next(child for child in children if not child.running())
    raise MachineError(f"{stopped.name} stopped:\n{stopped.last_lines()}")


def running_portal() -> tuple[State, dict[str, Any]]:
    """The portal beside which it runs. Raises MachineError where there is none."""
    given = os.environ.get("GRS_STATE_DIR")
    folders = [state_folder()] if given else [ROOT / folder for folder in USUAL]
    for folder in filter(Path.exists, folders):
        state = State.open(folder)
        note = state.running()
        if note and note.get("url"):
            return state, note
    raise MachineError("No portal runs here. Start `make sandbox` first, in another terminal.")


def environment_of(state: State, note: dict[str, Any], port: str) -> dict[str, str]:
    """What the example is given: the portal's address, its client, its own database; no secret of ours."""
    foreign = ("GRS_", "DJANGO_", "DATABASE_", "REDIS_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    found = {"PORTAL_URL": str(note["url"]), "DESK_URL": f"http://127.0.0.1:{port}"}
    if not kept.get("PORTAL_CLIENT_SECRET"):
        found |= client_of_sandbox(state, note)
    if url := os.environ.get("EXAMPLE_DATABASE_URL"):
        found["DATABASE_URL"] = url
    elif note.get("postgres"):
        found["DATABASE_URL"] = Postgres(state).ensure_guest(DATABASE)
    else:
        raise MachineError("Give EXAMPLE_DATABASE_URL: the portal uses a server of your own.")
    return kept | found


def client_of_sandbox(state: State, note: dict[str, Any]) -> dict[str, str]:
    """Id and secret of the system that a sandbox has. Raises MachineError beside another portal."""
    if not is_sandbox(str(note["url"])):
        raise MachineError(NO_CLIENT)
    environment = {**os.environ, "GRS_SANDBOX": "1", "GRS_STATE_DIR": str(state.folder)}
    told = run([sys.executable, "manage.py", "sandbox_system"], ROOT, environment)
    lines = dict(line.strip().split("  ", 1) for line in told.splitlines() if "  " in line.strip())
    return {
        "PORTAL_CLIENT_ID": lines["client id"].strip(),
        "PORTAL_CLIENT_SECRET": lines["client secret"].strip(),
    }


def is_sandbox(url: str) -> bool:
    """Whether this portal says that it is one. Raises MachineError if it does not answer."""
    asked = urllib.request.Request(f"{url}/api/v1/agencies/", method="HEAD")  # noqa: S310
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310
            return bool(answer.headers.get("X-Sandbox") == "1")
    except OSError as error:
        raise MachineError(f"The portal at {url} does not answer: {error}") from error


def manage(command: str, environment: dict[str, str]) -> None:
    """Run a command of the example, and show what it says."""
    print(run([sys.executable, "manage.py", command], FOLDER, environment).rstrip(), flush=True)


def run(argv: list[str], folder: Path, environment: dict[str, str]) -> str:
    """What a program says. Raises MachineError with its words if it fails."""
    done = subprocess.run(
        argv, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        words = (done.stdout + done.stderr).strip().splitlines()[-15:]
        raise MachineError(f"`{' '.join(argv[1:])}` failed:\n" + "\n".join(words))
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
