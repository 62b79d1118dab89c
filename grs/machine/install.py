"""Make `.venv` and `node_modules` what the requirements say; quick when they are already.

Run by path with any Python 3 and nothing installed, so it uses the standard library alone:
`python3 grs/machine/install.py [machine|dev]`.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
ROOMS = (
    *("accounts", "agencies", "routing", "record", "complaints"),
    *("channels", "console", "fairplay", "oversight", "systems", "grs"),
)


def main() -> None:
    """Install for the level given on the command line: `machine` to run, `dev` to test."""
    level = sys.argv[1] if len(sys.argv) > 1 else "machine"
    if sys.version_info < OLDEST:
        use_newer_python()
    state = Path(os.environ.get("GRS_STATE_DIR") or ROOT / "var")
    state.mkdir(parents=True, exist_ok=True)
    with open(state / "install.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        install_python(level)
        install_node()
        run([PYTHON, ROOT / "grs/machine/assets.py"], "The style sheet could not be built.")
        run(
            [PYTHON, "-m", "grs.translations", "compile"], "The translations could not be compiled."
        )
        rooms = [ROOT / room for room in ROOMS]
        run([PYTHON, "-m", "compileall", "-q", *rooms], "A Python file could not be compiled.")


def use_newer_python() -> None:
    """Start again with a newer Python of this machine, or say what is needed."""
    for name in ("python3.14", "python3.13", "python3.12", "python3.11"):
        if shutil.which(name):
            os.execvp(name, [name, *sys.argv])
    found = ".".join(str(part) for part in sys.version_info[:3])
    fail(f"Python 3.11 or later is needed; this is {found}. Name another: make PYTHON=…")


def install_python(level: str) -> None:
    """Make the virtual environment and install the pinned requirements if they changed."""
    files = ["requirements.txt", "requirements-machine.txt", "constraints.txt"]
    if level == "dev":
        files.append("requirements-dev.txt")
    wanted = fingerprint(files)
    stamp = VENV / f".installed-{level}"
    if PYTHON.exists() and read(stamp) == wanted:
        return
    if not PYTHON.exists():
        say(f"Making .venv with Python {sys.version_info[0]}.{sys.version_info[1]}")
        run(
            [sys.executable, "-m", "venv", VENV],
            "Python's venv could not be made (on Debian and Ubuntu: apt install python3-venv).",
        )
    say("Installing Python packages")
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]
    run(
        [*pip, ROOT / f"requirements-{level}.txt"],
        "pip could not install the packages. Is there a network, and is this Linux or macOS?",
    )
    site = next((VENV / "lib").glob("python3*/site-packages"))
    (site / "portal.pth").write_text(str(ROOT) + "\n")
    stamp.write_text(wanted)


def install_node() -> None:
    """Fetch the front-end libraries if the lock file changed."""
    wanted = fingerprint(["package.json", "package-lock.json"])
    stamp = ROOT / "node_modules" / ".installed"
    if read(stamp) == wanted:
        return
    say("Fetching front-end libraries")
    npm = [
        VENV / "bin/npm",
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]
    run(npm, "npm could not fetch the front-end libraries. Is there a network?")
    stamp.write_text(wanted)


def run(command: list, problem: str) -> None:  # type: ignore[type-arg]
    """Run a step quietly; on failure show its words and say what it means."""
    path = str(VENV / "bin") + os.pathsep + os.environ.get("PATH", "")
    environment = {**os.environ, "PATH": path}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode != 0:
        words = done.stdout.decode(errors="replace").strip().splitlines()[-25:]
        fail("\n".join(words) + "\n\n" + problem)


def fingerprint(names: list) -> str:  # type: ignore[type-arg]
    """A digest of the files' contents, and of where the clone lies: a moved .venv is no use."""
    digest = hashlib.sha256(str(ROOT).encode())
    for name in names:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def read(path: Path) -> str:
    """A stamp's text, empty when there is none."""
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""


def say(words: str) -> None:
    """One line on what is under way."""
    print(words + " …", flush=True)


def fail(words: str) -> None:
    """Stop with a message."""
    sys.exit("\nset-up: " + words)


if __name__ == "__main__":
    main()
