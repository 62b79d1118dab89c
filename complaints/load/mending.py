"""Indexes, keys and the record's trigger are taken away for a big load, and made again after it.

What was taken away is written down in the database in the transaction that takes it, and crossed out in
the one that makes it again: a load that is killed loses nothing, `mend` goes on where it stopped. Only
the owner of the tables can do this (docs/adr/0003). Checks stay.

Nothing is taken away or made again beside a load that writes: who writes shares a lock with others who do,
who changes the tables has it alone.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from complaints.load.stage import NUMBERED, TABLES

#: What is still to be made again, in its order; the table is there only while something is.
NOTE_TABLE = """
    CREATE TABLE complaints_load_mending (
        id integer PRIMARY KEY, what text NOT NULL, statement text NOT NULL
    )
"""
NOTE = "INSERT INTO complaints_load_mending VALUES (%s, %s, %s)"
NEXT = "SELECT id, what, statement FROM complaints_load_mending ORDER BY id LIMIT 1 FOR UPDATE"
CROSS_OUT = "DELETE FROM complaints_load_mending WHERE id = %s"
IS_THERE = "SELECT to_regclass('complaints_load_mending')"
#: The record's queue is not filled by a big load.
TRIGGER = ("complaints_event", "event_waits")
#: For each index while it is made. A big load is not made beside other work.
MEMORY = "512MB"

#: Ids that are given out at once during a big load.
AT_ONCE = 1000
SEQUENCE = """
    SELECT seqrelid::regclass::text, seqincrement, seqcache FROM pg_sequence
        WHERE seqrelid = pg_get_serial_sequence(%s, 'id')::regclass
"""

OWNS = """
    SELECT bool_and(pg_has_role(relowner, 'USAGE')) FROM pg_class WHERE oid = ANY(%s::regclass[])
"""
HOW_ON = """
    SELECT pg_get_triggerdef(oid), tgenabled FROM pg_trigger
        WHERE tgrelid = %s::regclass AND tgname = %s
"""
HOW = {"A": "ENABLE ALWAYS", "O": "ENABLE", "R": "ENABLE REPLICA", "D": "DISABLE"}
#: Keys of the tables, and those of others that refer to them: foreign ones last.
FOUND = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), contype = 'f'
        FROM pg_constraint
        WHERE conrelid = ANY(%(tables)s::regclass[]) AND contype IN ('f', 'p', 'u')
            OR confrelid = ANY(%(tables)s::regclass[]) AND contype = 'f'
        ORDER BY contype = 'f', contype, conrelid::regclass::text, conname
"""
INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
        WHERE indrelid = ANY(%(tables)s::regclass[]) AND NOT EXISTS (
            SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u')
        )
        ORDER BY indrelid::regclass::text, 1
"""


#: Any number that nothing else in this database locks.
WRITING = 20_260_006


class Busy(Exception):
    """A load is writing, or somebody makes again what one took away."""


@contextmanager
def writing() -> Iterator[None]:
    """Write rows of a load: whoever changes the tables meanwhile waits, or is refused. Waits for them."""
    with _locked("SELECT pg_advisory_lock_shared(%s)", "SELECT pg_advisory_unlock_shared(%s)"):
        yield


@contextmanager
def _alone(*, waiting: bool) -> Iterator[None]:
    """Change the tables while nobody writes. Raises Busy at once where that cannot be, unless `waiting`."""
    taking = "pg_advisory_lock(%s)" if waiting else "pg_try_advisory_lock(%s)"
    with _locked(f"SELECT {taking}", "SELECT pg_advisory_unlock(%s)"):
        yield


@contextmanager
def _locked(taking: str, giving_back: str) -> Iterator[None]:
    """Hold the lock by this connection; if that ends, so does the lock."""
    with connection.cursor() as cursor:
        session = connection.connection
        cursor.execute(taking, [WRITING])
        # Trying says whether it was had; waiting says nothing.
        if cursor.fetchone()[0] is False:
            raise Busy
    try:
        yield
    finally:
        # A session that was lost has given it back.
        if lasts(session):
            with connection.cursor() as cursor:
                cursor.execute(giving_back, [WRITING])


def lasts(session: object) -> bool:
    """Whether that session is still ours: Django makes another where one was lost in a transaction."""
    return connection.is_usable() and connection.connection is session


@dataclass(frozen=True, slots=True)
class Mended:
    """Something made again, and how long it took."""

    what: str
    seconds: float


def is_owner() -> bool:
    """Whether this connection may change the tables."""
    with connection.cursor() as cursor:
        cursor.execute(OWNS, [tables()])
        return bool(cursor.fetchone()[0])


def take_away() -> int:
    """Drop indexes and keys of the tables of a case, and foreign keys to them; says how many.

    The trigger is gone until then, and nobody vacuums the tables while they grow. Ids are given out
    by the thousand: one at a time they take a tenth of the load. Raises Busy beside a load that writes.
    """
    with _alone(waiting=False), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FOUND, {"tables": tables()})
        constraints = cursor.fetchall()
        cursor.execute(INDEXES, {"tables": tables()})
        indexes = cursor.fetchall()
        # What guards the record comes back first. Foreign keys last: they read whole tables anyway.
        again = [_trigger_again(cursor)]
        again += [
            (f"sequence {name}", one_by_one) for name, _many, one_by_one in _sequences(cursor)
        ]
        again += [(f"vacuum {t}", f"ALTER TABLE {t} RESET (autovacuum_enabled)") for t in tables()]
        again += [_added(*found) for *found, is_foreign in constraints if not is_foreign]
        again += [(f"index {name}", definition) for name, definition in indexes]
        again += [_added(*found) for *found, is_foreign in constraints if is_foreign]
        cursor.execute(NOTE_TABLE)
        for number, (what, statement) in enumerate(again, start=1):
            cursor.execute(NOTE, [number, what, statement])
        # A key goes after those that refer to it.
        for table, name, *_definition in reversed(constraints):
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for table in tables():
            cursor.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
        table, trigger = TRIGGER
        # While it is there, even disabled, the database sets every row aside for it.
        cursor.execute(f"DROP TRIGGER {trigger} ON {table}")
        for name, by_the_thousand, _one_by_one in _sequences(cursor):
            # One that was never asked would begin with its first number, and not a thousand further.
            cursor.execute("SELECT nextval(%s::regclass)", [name])
            cursor.execute(by_the_thousand)
    return len(constraints) + len(indexes)


def _trigger_again(cursor: CursorWrapper) -> tuple[str, str]:
    """The trigger as it was: on for everybody, as migration 0006 has it, or as a test has it."""
    table, trigger = TRIGGER
    cursor.execute(HOW_ON, [table, trigger])
    definition, how = cursor.fetchone()
    return f"trigger {trigger}", f"{definition}; ALTER TABLE {table} {HOW[how]} TRIGGER {trigger}"


def _sequences(cursor: CursorWrapper) -> list[tuple[str, str, str]]:
    """Each sequence of the tables: its name, and what makes it quick and what makes it as it was.

    Where the load takes ids itself (`making.ids`) each call gives as many. In the other tables the
    database does, and keeps some in memory.
    """
    found = []
    for table in TABLES:
        cursor.execute(SEQUENCE, [table._meta.db_table])
        name, step, kept = cursor.fetchone()
        quick = f"INCREMENT BY {AT_ONCE}" if table in NUMBERED else f"CACHE {AT_ONCE}"
        as_it_was = f"INCREMENT BY {step} CACHE {kept}"
        found.append((name, f"ALTER SEQUENCE {name} {quick}", f"ALTER SEQUENCE {name} {as_it_was}"))
    return found


def is_to_be_mended() -> bool:
    """Whether a load left something to be made again."""
    with connection.cursor() as cursor:
        cursor.execute(IS_THERE)
        return cursor.fetchone()[0] is not None


def mend(done: Callable[[Mended], None], *, waiting: bool = False) -> int:
    """Make again what was taken away, one thing a transaction; says how many. Safe to repeat.

    `done` is told of each. `waiting`: until nobody writes any more; else raises Busy while somebody does.
    Raises the database's error where rows contradict a constraint.
    """
    if not is_to_be_mended():
        return 0
    with _alone(waiting=waiting):
        return _mend_all(done) if is_to_be_mended() else 0


def _mend_all(done: Callable[[Mended], None]) -> int:
    made = 0
    while made_now := _mend_one():
        done(made_now)
        made += 1
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE complaints_load_mending")
    return made


def _mend_one() -> Mended | None:
    begun = monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(NEXT)
        row = cursor.fetchone()
        if row is None:
            return None
        number, what, statement = row
        cursor.execute(f"SET LOCAL maintenance_work_mem = '{MEMORY}'")
        cursor.execute(statement)
        cursor.execute(CROSS_OUT, [number])
    return Mended(what, monotonic() - begun)


def analyze() -> None:
    """Let the planner know of the new rows."""
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f"ANALYZE {table}")


def _added(table: str, name: str, definition: str) -> tuple[str, str]:
    kind = {"FOREIGN": "foreign key", "PRIMARY": "primary key"}.get(definition.split()[0], "unique")
    return f"{kind} {name}", f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'


def tables() -> list[str]:
    """The tables into which a load writes."""
    return [table._meta.db_table for table in TABLES]
