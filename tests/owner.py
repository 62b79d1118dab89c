"""What only the owner of the database can do: changing the record, to prove that it is noticed."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

#: The tables of the record, each with the triggers that protect it, always on.
PROTECTED = {
    "complaints_event": ("event_stays", "event_waits"),
    "record_entry": ("record_stays",),
    "record_node": ("record_stays",),
    "record_treehead": ("record_stays",),
    "record_signingkey": ("record_stays",),
}


@contextmanager
def owner() -> Iterator[None]:
    """Inside, the triggers that protect the record are off."""
    _triggers("DISABLE")
    try:
        yield
    finally:
        _triggers("ENABLE ALWAYS")


def _triggers(verb: str) -> None:
    with connection.cursor() as cursor:
        # A table with deferred checks of this transaction pending cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, triggers in PROTECTED.items():
            for trigger in triggers:
                cursor.execute(f"ALTER TABLE {table} {verb} TRIGGER {trigger}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
