"""The state folder: where data, logs, secrets and the note of what is running lie."""

import base64
import contextlib
import fcntl
import hashlib
import json
import os
import pwd
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent.parent
# A socket's path may have about 104 bytes on some systems; the file name takes 20 of them.
LONGEST_SOCKET_FOLDER = 80
COUNTRIES = ("bd", "id")


class MachineError(Exception):
    """Something on this machine prevents the start; the message says what to do about it."""


@dataclass(frozen=True)
class Account:
    """The user under whom the servers run: PostgreSQL refuses to run as root."""

    uid: int
    gid: int

    @property
    def popen(self) -> dict[str, Any]:
        """Arguments for subprocess that change to this user, empty if it is our own."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def owns(self, path: Path) -> None:
        """Give a file or folder to this user."""
        if self.uid != os.geteuid():
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Whether this user may pass through (a folder) or run (a file) the path."""
        if self.uid == os.geteuid():
            return os.access(path, os.X_OK)
        test = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]
        return subprocess.run(test, cwd="/", check=False, **self.popen).returncode == 0


def server_account() -> Account:
    """Ourselves, or nobody when we are root."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise MachineError(
            "This runs as root, PostgreSQL refuses that, and there is no user 'nobody' to run it "
            "as. Run it as an ordinary user, or set DATABASE_URL."
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid)


@dataclass(frozen=True)
class State:
    """The folders of one installation on this machine."""

    folder: Path
    data: Path
    account: Account

    @classmethod
    def open(cls, folder: Path) -> "State":
        """Make the folder if need be, and find a place for the servers' data.

        That is the same folder, unless the servers' user cannot get into it (a clone in root's
        home): then it is a folder of its own under /var/lib, named after the state folder.
        """
        account = server_account()
        folder.mkdir(parents=True, exist_ok=True)
        data = folder
        if account.uid != os.geteuid():
            folder.chmod(0o711)
            if not account.reaches(folder):
                name = hashlib.sha256(str(folder).encode()).hexdigest()[:8]
                data = Path("/var/lib") / f"grs-{name}"
                data.mkdir(exist_ok=True)
                data.chmod(0o711)
        (folder / "log").mkdir(exist_ok=True)
        return cls(folder, data, account)

    def sockets(self) -> Path:
        """An empty folder for sockets, short of name and closed to others."""
        folder = self.data / "run"
        if len(str(folder)) > LONGEST_SOCKET_FOLDER:
            name = hashlib.sha256(str(folder).encode()).hexdigest()[:8]
            folder = Path("/tmp") / f"grs-{os.geteuid()}-{name}"
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        if folder.is_symlink() or folder.stat().st_uid not in {os.geteuid(), self.account.uid}:
            raise MachineError(f"{folder} belongs to somebody else; remove it.")
        folder.chmod(0o700)
        self.account.owns(folder)
        return folder

    # --- The note of what is running ---

    @property
    def note(self) -> Path:
        """The file that says where the running servers are."""
        return self.folder / "machine.json"

    def running(self) -> dict[str, Any] | None:
        """What is running here now, or None; a note whose writer died does not count."""
        try:
            note = json.loads(self.note.read_text())
            os.kill(note["pid"], 0)
        except (FileNotFoundError, ValueError, KeyError, ProcessLookupError):
            return None
        except PermissionError:
            pass
        return note if isinstance(note, dict) else None

    def write_note(self, note: dict[str, Any]) -> None:
        """Say what is running; readable by ourselves alone."""
        write_private(self.note, json.dumps({"pid": os.getpid(), **note}, indent=1))

    # --- Locks ---

    def try_lock(self) -> IO[str] | None:
        """The lock of whoever runs the servers; None if somebody holds it."""
        handle = open(self.folder / "lock", "a+")  # noqa: SIM115 - it stays open
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            return None
        return handle

    def use(self) -> IO[str]:
        """A shared lock held while using servers that another process runs."""
        handle = open(self.folder / "users.lock", "a+")  # noqa: SIM115 - it stays open
        fcntl.flock(handle, fcntl.LOCK_SH)
        return handle

    @contextlib.contextmanager
    def no_users(self, seconds: float) -> Iterator[None]:
        """Wait, at most so long, until nobody uses our servers any more."""
        with open(self.folder / "users.lock", "a+") as handle:
            end = time.monotonic() + seconds
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > end:
                        break
                    time.sleep(0.1)
            yield

    # --- Secrets and country ---

    def secrets(self) -> dict[str, str]:
        """The secrets of this installation: made once, kept in `secrets.env`, mode 0600."""
        path = self.folder / "secrets.env"
        known = read_env_file(path)
        made = {name: make() for name, make in SECRETS.items() if name not in known}
        if made:
            known |= made
            lines = [f"{name}={value}\n" for name, value in known.items()]
            write_private(
                path, "# Made once; without these the data cannot be read.\n" + "".join(lines)
            )
        return known

    def country(self) -> str:
        """The country last run or loaded here, Bangladesh at first."""
        try:
            kept = (self.folder / "country").read_text().strip()
        except FileNotFoundError:
            kept = ""
        return kept if kept in COUNTRIES else "bd"

    def keep_country(self, country: str) -> None:
        """Remember the country for commands that do not name one."""
        if country in COUNTRIES:
            (self.folder / "country").write_text(country + "\n")


#: How many points the curve P-256 has (NIST SP 800-186): a private key is below it.
P256_ORDER = 0xFFFFFFFF_00000000_FFFFFFFF_FFFFFFFF_BCE6FAAD_A7179E84_F3B9CAC2_FC632551


def vapid_key() -> str:
    """A private key of P-256 as push services' clients want it: raw, in base64url."""
    number = 1 + secrets.randbelow(P256_ORDER - 1)
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).decode().rstrip("=")


def fernet_key() -> str:
    """A key as cryptography.fernet wants it, made without importing it."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


SECRETS: dict[str, Callable[[], str]] = {
    "GRS_SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "GRS_TRACKING_KEY": lambda: secrets.token_urlsafe(32),
    "GRS_CONTACT_KEYS": fernet_key,
    "GRS_INDEX_KEY": lambda: secrets.token_urlsafe(32),
    "GRS_RECORD_KEY": lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
    "GRS_VAPID_PRIVATE_KEY": vapid_key,
    "GRS_MACHINE_SUPERUSER_PASSWORD": lambda: secrets.token_urlsafe(24),
    "GRS_MACHINE_OWNER_PASSWORD": lambda: secrets.token_urlsafe(24),
    "GRS_MACHINE_PORTAL_PASSWORD": lambda: secrets.token_urlsafe(24),
}


def read_env_file(path: Path) -> dict[str, str]:
    """NAME=value lines of a file; empty if there is no such file or it is not ours to read."""
    try:
        lines = path.read_text().splitlines()
    except (FileNotFoundError, PermissionError):
        return {}
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


def write_private(path: Path, text: str) -> None:
    """Write a file in one step that only we can read."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    draft.replace(path)


def state_folder() -> Path:
    """The state folder of this clone: GRS_STATE_DIR or `var`."""
    return Path(os.environ.get("GRS_STATE_DIR") or ROOT / "var").resolve()
