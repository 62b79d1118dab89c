"""What only the owner of the database can do: changing the record, to prove that it is noticed."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

#: Table → the trigger that protects it, always on.
PROTECTED = {"complaints_event": "event_stays"}


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
        for table, trigger in PROTECTED.items():
            cursor.execute(f"ALTER TABLE {table} {verb} TRIGGER {trigger}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
