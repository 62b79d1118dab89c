"""The load as a whole: ids, processes, progress."""

import gc
import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from time import monotonic, sleep

from django.db import Error, connection, connections, transaction
from django.db.models import Model

from complaints.load.country import Country
from complaints.load.mending import lasts, writing
from complaints.load.numbers import BACK, SIZE, start_of
from complaints.load.plans import Plan, Planner, Wanted
from complaints.load.stage import TABLES
from complaints.load.writing import copy
from complaints.models import Case, Clock, Event

#: Cases of one transaction, about: with fewer, what each COPY costs of itself is felt.
CHUNK = 8000
#: Any number that nothing else in this database locks: ids are taken by one process at a time.
LOCK = 20_260_005
#: With the id of its first case: a chunk while it is written.
OF_CHUNK = 20_260_007
#: Seconds between two lines of progress.
EACH = 5.0
#: Connections that may be lost one after the other, and seconds until the first is made anew; then longer.
LOSSES, WAIT = 5, 0.5

#: The sequence is looked up once: by name, once an id, it took a fifth of a load. A sequence may give
#: out its ids by the thousand (`mending`): then each stands for those before it, too.
TAKE = """
    WITH sequence AS MATERIALIZED (
        SELECT seqrelid::regclass AS name, seqincrement AS step FROM pg_sequence
        WHERE seqrelid = pg_get_serial_sequence(%s, 'id')::regclass
    ), taken AS MATERIALIZED (
        SELECT nextval((SELECT name FROM sequence)) AS id
        FROM generate_series(1, ceil(%s::numeric / (SELECT step FROM sequence))::bigint)
    )
    SELECT min(id) - max(step) + 1, max(id) - min(id) = (count(*) - 1) * max(step)
    FROM taken, sequence
"""
#: `numbers.index_of` in SQL, for all cases there are.
TAKEN = """
    SELECT index FROM (
        SELECT mod((replace(left(number, 14), '-', '')::numeric + %s) * %s, %s) AS index
        FROM complaints_case
    ) AS numbered WHERE index BETWEEN %s AND %s
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """How many cases there are so far, after how many seconds."""

    cases: int
    seconds: float

    @property
    def a_second(self) -> float:
        """The rate until now."""
        return self.cases / self.seconds if self.seconds else 0.0


class Failed(Exception):
    """A process of the load ended early; what it had written is there."""


def ids(table: type[Model], number: int) -> int:
    """Take so many ids in a row from a table's sequence; says the first."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        while True:
            cursor.execute(TAKE, [table._meta.db_table, number])
            first, is_unbroken = cursor.fetchone()
            # Somebody at work at the same time may have taken one between.
            if is_unbroken:
                return int(first)


def taken(first: int, number: int, seed: int) -> frozenset[int]:
    """Which ids from the first on would get a number that some case has already."""
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, [SIZE - start_of(seed), BACK, SIZE, first, first + number - 1])
        return frozenset(int(index) for (index,) in cursor.fetchall())


class Maker:
    """Writes the cases that are wanted, by this process or by several."""

    def __init__(self, country: Country, wanted: Wanted) -> None:
        self.country, self.wanted = country, wanted

    def here(self) -> Iterator[Progress]:
        """Write in this process and on its connection; tells of each chunk."""
        begun = monotonic()
        for done in _write(Planner(self.country, self.wanted), range(self.wanted.plans)):
            yield Progress(done, monotonic() - begun)

    def by(self, processes: int) -> Iterator[Progress]:
        """Write with several processes; tells every few seconds and at the end. Raises Failed."""
        planner = Planner(self.country, self.wanted)
        # Else each process would seat them for itself.
        self.country.seat_all()
        # Each process has a connection of its own; ours must not be shared.
        connections.close_all()
        context = multiprocessing.get_context("fork")
        counts = [context.Value("q", 0) for _ in range(processes)]
        workers = [
            context.Process(
                target=_work, args=(planner, range(n, self.wanted.plans, processes), count)
            )
            for n, count in enumerate(counts)
        ]
        begun = told = monotonic()
        for worker in workers:
            worker.start()
        try:
            while any(worker.is_alive() for worker in workers):
                sleep(0.05)
                if monotonic() - told >= EACH:
                    told = monotonic()
                    yield Progress(sum(count.value for count in counts), told - begun)
        finally:
            # Whatever ends it, nobody writes any more when the keys are made again.
            for worker in workers:
                worker.terminate()
                worker.join()
        if any(worker.exitcode for worker in workers):
            raise Failed
        yield Progress(sum(count.value for count in counts), monotonic() - begun)


def _work(planner: Planner, plans: range, count: "Synchronized[int]") -> None:
    """What one of several processes does."""
    # Nothing here refers to itself; looking for what does costs a tenth.
    gc.disable()
    for done in _write(planner, plans):
        count.value = done
    connections.close_all()


def _write(planner: Planner, plans: range) -> Iterator[int]:
    """Write the cases of plans, a chunk a transaction; yields how many there are so far.

    Where the connection is lost (the server starts anew, somebody ends the session), the next one
    goes on. Raises the database's error where that does not help.
    """
    each = -(-CHUNK // planner.wanted.a_plan)
    chunks = deque(plans[at : at + each] for at in range(0, len(plans), each))
    done, losses, session = 0, 0, None
    while chunks:
        try:
            with writing():
                session = connection.connection
                while chunks:
                    done += _write_chunk(planner, chunks[0], is_doubtful=losses > 0)
                    chunks.popleft()
                    losses = 0
                    yield done
        except Error:
            losses += 1
            if losses > LOSSES or connection.in_atomic_block or lasts(session):
                raise
            connection.close()
            sleep(losses * WAIT)


def _write_chunk(planner: Planner, chunk: range, *, is_doubtful: bool) -> int:
    """Write the cases of a chunk of plans, and say how many; `is_doubtful`: unless they are there."""
    plans = [planner.plan(index) for index in chunk]
    if not (is_doubtful and is_there(plans[0].first)):
        write(planner, plans)
    return sum(plan.number for plan in plans)


def is_there(first: int) -> bool:
    """Whether the chunk was written; waits for a session that was lost while it still writes it."""
    with transaction.atomic():
        _lock_chunk(first)
        return Case.objects.filter(pk=first).exists()


def _lock_chunk(first: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [OF_CHUNK, first % 2**31])


def write(planner: Planner, plans: Sequence[Plan]) -> None:
    """The cases of some plans in one transaction."""
    lines: dict[type[Model], list[bytes]] = {table: [] for table in TABLES}
    event = ids(Event, sum(sheet.events for plan in plans for sheet in plan.sheets))
    clock = ids(Clock, sum(sheet.clocks for plan in plans for sheet in plan.sheets))
    for plan in plans:
        values, begun = planner.values(plan), None
        for place, sheet in enumerate(plan.sheets):
            if sheet is not begun:
                sheet.begin(values)
                begun = sheet
            minutes = planner.put(values, plan, place, sheet)
            sheet.stamp(values, minutes, (event, clock), lines)
            event, clock = event + sheet.events, clock + sheet.clocks
    with transaction.atomic():
        _lock_chunk(plans[0].first)
        copy(lines)
