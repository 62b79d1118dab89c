"""How fast a big load is written: `python -m pytest -q -s tests/bench_load.py` (part of `make bench`).

A tiny country, a database without fsync and two processes: `make_cases` prints the rate of its COPY, and
how long each index took; the processor's time for a case is counted, too. Both are judged only where
nothing else runs: beside other work everything takes longer. It takes 4 GB for a while.
"""

import os
import resource
import sys
from pathlib import Path
from time import sleep

import pytest
from django.core.management import call_command
from django.db import connection

from complaints.models import Case
from tests.factories.agencies import make_registry

#: Of fewer, a story would be told for so few cases that telling it would count.
CASES = 400_000
#: Cases a second that are aimed at on two cores, whose processors have 2 / 20,000 s for a case.
AIM = 20_000
CORES = 2
#: Microseconds of processor a case, of the load's processes and the database's: with more something has
#: become worse. (It was 202 until 2026-11.)
MOST_A_CASE = 150
#: With more programs waiting for a processor when it begins, nothing is judged.
QUIET = 1.0
#: Indexes that took less are not shown, in seconds.
LEAST = 0.3
_TICKS = 100


class _Slow:
    """Lets through what the command says, but for quick indexes and most of the progress."""

    def __init__(self, server: int) -> None:
        self.server, self.before = server, spent(server)
        self.rate, self.a_case = 0.0, (0.0, 0.0)

    def write(self, text: str) -> None:
        """One line; at that of the COPY its processor time is counted."""
        words = text.split()
        is_index = len(words) > 2 and words[1] == "s"
        if text.startswith("COPY:"):
            self.rate = float(words[-4].replace(",", ""))
            now = spent(self.server)
            python, database = (
                (b - a) / CASES * 1e6 for a, b in zip(self.before, now, strict=True)
            )
            self.a_case = python, database
        elif " of " in text or (is_index and float(words[0]) < LEAST):
            return
        sys.stdout.write(text)

    def flush(self) -> None:
        """As of any stream."""


def spent(server: int) -> tuple[float, float]:
    """Seconds of processor of processes that have ended: of this one's, and of the database server's."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    fields = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
    return used.ru_utime + used.ru_stime, (int(fields[13]) + int(fields[14])) / _TICKS


def server_pid() -> int:
    """The process of the database server: the parent of the one that serves us."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.mark.django_db(transaction=True)
def test_load(settings) -> None:
    settings.DEMO = True
    waiting = os.getloadavg()[0]
    make_registry()
    server = server_pid()
    # What made the test database has ended before the counting begins.
    connection.close()
    sleep(1)
    said = _Slow(server)
    call_command("make_cases", str(CASES), stdout=said)
    assert Case.objects.count() == CASES
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(sum(pg_total_relation_size(oid))) FROM pg_class"
                       " WHERE relkind = 'r' AND relname LIKE 'complaints_%'")  # fmt: skip
        print(f"{cursor.fetchone()[0]} with indexes")
    python, database = said.a_case
    print(f"{python:.0f} µs Python and {database:.0f} µs PostgreSQL a case, which on {CORES} cores is"
          f" {CORES * 1e6 / (python + database):,.0f} cases a second at most")  # fmt: skip
    if waiting > QUIET:
        print(f"Not judged: the machine was busy ({waiting:.1f} programs waited when it began).")
        return
    print(f"The aim of {AIM:,} a second is {'reached' if said.rate >= AIM else 'not reached'}.")
    assert python + database < MOST_A_CASE
