"""The two servers together, and the environment that leads the portal to them."""

import os
from typing import Any

from grs.machine import postgres
from grs.machine.postgres import OWNER, PORTAL, Postgres
from grs.machine.processes import Child
from grs.machine.state import State
from grs.machine.valkey import Valkey

# Each country has a database of its own, and two of Valkey's: broker and cache.
VALKEY_DATABASE = {"bd": 0, "id": 2}


class Servers:
    """Those of PostgreSQL and Valkey that the environment does not already name."""

    def __init__(self, state: State, *, safe: bool = True) -> None:
        self.state = state
        self.postgres = None if os.environ.get("DATABASE_URL") else Postgres(state, safe=safe)
        self.valkey = None if os.environ.get("REDIS_URL") else Valkey(state, safe=safe)

    def start(self) -> None:
        """Start both; if one fails, stop what was started."""
        try:
            if self.valkey:
                self.valkey.start()
            if self.postgres:
                self.postgres.start()
                self.postgres.ensure_roles()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop Valkey, then PostgreSQL."""
        for server in (self.valkey, self.postgres):
            if server and server.child:
                server.child.stop()

    def children(self) -> list[Child]:
        """The running servers in the order of their start."""
        return [s.child for s in (self.postgres, self.valkey) if s and s.child]

    def note(self) -> dict[str, Any]:
        """Where they are, for the note of what is running."""
        return {
            "postgres": str(self.postgres.sockets) if self.postgres else None,
            "valkey": str(self.valkey.socket) if self.valkey else None,
            "given": {
                name: os.environ[name]
                for name in ("DATABASE_URL", "DATABASE_ADMIN_URL", "REDIS_URL")
                if os.environ.get(name)
            },
        }


def database_name(country: str) -> str:
    """The name of a country's database on the embedded server."""
    return f"grs_{country}"


def addresses(state: State, note: dict[str, Any], country: str) -> dict[str, str]:
    """The variables that lead to the servers of a note, for a country."""
    found: dict[str, str] = dict(note.get("given") or {})
    if note.get("postgres"):
        secrets = state.secrets()
        for variable, role in (("DATABASE_URL", PORTAL), ("DATABASE_ADMIN_URL", OWNER)):
            found[variable] = postgres.database_url(
                note["postgres"], secrets, database_name(country), role
            )
    if note.get("valkey"):
        found["REDIS_URL"] = f"unix://{note['valkey']}?db={VALKEY_DATABASE[country]}"
    return found


def portal_environment(state: State, country: str) -> dict[str, str]:
    """The variables of a one-machine portal apart from the servers' addresses.

    One machine is always a demonstration unless told otherwise: its secrets lie beside its data.
    """
    secrets = state.secrets()
    keys = {name: value for name, value in secrets.items() if not name.startswith("GRS_MACHINE_")}
    return {
        **keys,
        "GRS_COUNTRY": country,
        "GRS_DEMO": "1",
        "GRS_STATE_DIR": str(state.folder),
    }
