"""`make check`: everything that can be said about the project without running its tests."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.environment import TEST_SETTINGS

ROOT = Path(__file__).resolve().parent.parent
ROOMS = [
    *("accounts", "agencies", "routing", "record", "complaints"),
    *("channels", "console", "fairplay", "oversight", "systems", "grs"),
]
LONGEST_FILE = 400
PRODUCTION = {
    "GRS_DEMO": "0",
    "GRS_COUNTRY": "bd",
    "GRS_SECRET_KEY": "for-this-check-alone-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "GRS_TRACKING_KEY": "for-this-check-alone",
    "GRS_INDEX_KEY": "for-this-check-alone",
    "GRS_CONTACT_KEYS": TEST_SETTINGS["GRS_CONTACT_KEYS"],
    "GRS_RECORD_KEY": TEST_SETTINGS["GRS_RECORD_KEY"],
    "GRS_PUBLIC_URL": "https://portal.example.org",
    "GRS_ALLOWED_HOSTS": "portal.example.org",
    "DATABASE_URL": "postgresql:///not-asked",
    "REDIS_URL": "redis://localhost/0",
}
Step = Callable[[], list[str]]


def program(*argv: str, **environment: str) -> Step:
    """A step that runs a program of the virtual environment (python -m unless it is a path)."""
    start = [] if argv[0].startswith("/") else [sys.executable, "-m"]

    def run() -> list[str]:
        done = subprocess.run(
            [*start, *argv],
            cwd=ROOT,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return [] if done.returncode == 0 else (done.stdout + done.stderr).strip().splitlines()

    return run


def manage(*command: str) -> Step:
    """A step that runs a management command on the embedded servers."""
    code = "import sys, manage; sys.argv[0] = 'manage.py'; manage.main()"

    def run() -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", code, *command],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        return [] if done.returncode == 0 else (done.stdout + done.stderr).strip().splitlines()

    return run


def no_addresses_in_lock_file() -> list[str]:
    """The lock file names versions and checksums; where to fetch from is the machine's choice."""
    text = (ROOT / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    found = [name for name, package in packages.items() if "resolved" in package]
    unchecked = [n for n, p in packages.items() if n and "integrity" not in p]
    return [f"resolved: {name}" for name in found] + [f"no checksum: {n}" for n in unchecked]


def every_requirement_pinned() -> list[str]:
    """Each line of the requirements names one exact version."""
    problems = []
    for path in sorted(ROOT.glob("requirements*.txt")):
        for line in path.read_text().splitlines():
            if (
                line
                and not line.startswith(("#", "-r", "-c"))
                and not re.search(r"==[\w.]+$", line)
            ):
                problems.append(f"{path.name}: {line}")
    return problems


def no_long_files() -> list[str]:
    """Files over 400 lines have more than one thought in them."""
    listed = subprocess.run(
        ["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    problems = []
    for name in listed:
        path = ROOT / name
        if "/migrations/" in name or not path.exists():
            continue
        count = len(path.read_text(encoding="utf-8").splitlines())
        if count > LONGEST_FILE:
            problems.append(f"{name}: {count} lines")
    return problems


STEPS: dict[str, Step] = {
    "style (ruff check)": program("ruff", "check", "."),
    "format (ruff format)": program("ruff", "format", "--check", "."),
    "types (mypy)": program("mypy", *ROOMS),
    "imports (import-linter)": program(str(Path(sys.executable).parent / "lint-imports")),
    "migrations": manage("makemigrations", "--check", "--dry-run"),
    "translations": program("grs.translations", "check"),
    "deployment (check --deploy)": program(
        "django", "check", "--deploy", "--fail-level", "WARNING",
        **PRODUCTION, DJANGO_SETTINGS_MODULE="grs.settings",
    ),
    "lock file without addresses": no_addresses_in_lock_file,
    "requirements pinned": every_requirement_pinned,
    "files under 400 lines": no_long_files,
}  # fmt: skip


def main() -> int:
    """Run every step, show what is wrong, and return 1 if anything is."""
    failed = []
    for name, step in STEPS.items():
        started = time.monotonic()
        problems = step()
        seconds = time.monotonic() - started
        print(f"{'FAIL' if problems else 'ok  '}  {name}  ({seconds:.1f} s)", flush=True)
        for line in problems[-60:]:
            print(f"      {line}")
        if problems:
            failed.append(name)
    print(
        f"{len(failed)} of {len(STEPS)} failed: {', '.join(failed)}"
        if failed
        else "All checks pass"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
