"""How fast a big load is written: `python -m pytest -q -s tests/bench_load.py` (part of `make bench`).

A tiny country, a database without fsync and two processes: `make_cases` prints the rate of its COPY, and
how long each index took. On a machine with other work the rate says little; nothing fails here.
"""

import sys

import pytest
from django.core.management import call_command
from django.db import connection

from complaints.models import Case
from tests.factories.agencies import make_registry

CASES = 100_000
#: Indexes that took less are not shown, in seconds.
LEAST = 0.3


class _Slow:
    """Lets through what the command says, but for quick indexes and most of the progress."""

    def write(self, text: str) -> None:
        """One line."""
        words = text.split()
        is_index = len(words) > 2 and words[1] == "s"
        if " of " in text or (is_index and float(words[0]) < LEAST):
            return
        sys.stdout.write(text)

    def flush(self) -> None:
        """As of any stream."""


@pytest.mark.django_db(transaction=True)
def test_load(settings) -> None:
    settings.DEMO = True
    make_registry()
    call_command("make_cases", str(CASES), stdout=_Slow())
    assert Case.objects.count() == CASES
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(sum(pg_total_relation_size(oid))) FROM pg_class"
                       " WHERE relkind = 'r' AND relname LIKE 'complaints_%'")  # fmt: skip
        print(f"{cursor.fetchone()[0]} with indexes")
