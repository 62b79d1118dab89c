"""A big load: indexes and keys go and come back, also when it is killed half way; several processes."""

import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from complaints.load import making, mending
from complaints.load.signals import cases_made
from complaints.management.commands import make_cases
from complaints.models import Case, Event
from record.models import Waiting
from tests.complaints.conftest import SUNDAY
from tests.complaints.verifying import codes
from tests.factories.agencies import make_registry


@pytest.fixture
def _small(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEMO = True
    monkeypatch.setattr(make_cases, "SMALL", 10)


@pytest.fixture
def _country(transactional_db: None, _small: None) -> Iterator[None]:
    with time_machine.travel(SUNDAY, tick=True):
        make_registry()
        yield
        connection.close()


CASTS = re.compile(r"::character varying|::text|\[\]|[()]")


def schema() -> set[tuple[Any, ...]]:
    """Indexes, constraints, triggers and sequences of all tables, by name and definition."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
                WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT relname, COALESCE(reloptions::text, '') FROM pg_class WHERE relkind = 'r'
            UNION ALL SELECT tgname, tgenabled::text || pg_get_triggerdef(oid) FROM pg_trigger
                WHERE NOT tgisinternal
            UNION ALL SELECT seqrelid::regclass::text, format('%s %s', seqincrement, seqcache)
                FROM pg_sequence
        """)
        # The database writes the same condition in several ways.
        return {(name, CASTS.sub("", definition)) for name, definition in cursor.fetchall()}


def make(number: int, *options: str) -> str:
    out = StringIO()
    call_command("make_cases", str(number), *options, stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("_country")
def test_two_processes_write_it_and_everything_comes_back() -> None:
    before = schema()
    said = make(120, "--processes", "2")
    assert schema() == before
    assert not mending.is_to_be_mended()
    assert Case.objects.count() == 120
    assert "no record" in said
    assert "case_text_trgm_idx" in said
    assert codes() == {"unlogged"}
    assert not Waiting.objects.exists()


@pytest.mark.usefixtures("_country")
def test_events_written_afterwards_go_into_the_log_again() -> None:
    make(20, "--processes", "1")
    Event.objects.filter(pk=Event.objects.latest("pk").pk)
    make_cases.SMALL = 1000
    make(5)
    assert (
        Waiting.objects.count()
        == Event.objects.filter(case__in=Case.objects.order_by("-pk")[:5]).count()
    )


@pytest.mark.usefixtures("_country")
def test_a_load_that_was_killed_is_mended_by_the_next_one() -> None:
    before = schema()
    mending.take_away()
    assert schema() != before
    assert mending.is_to_be_mended()
    said = make(4)
    assert "was not finished" in said
    assert schema() == before


@pytest.mark.usefixtures("_country")
def test_a_mending_that_was_killed_goes_on_where_it_stopped() -> None:
    before = schema()
    gone = mending.take_away()

    def stop(mended: mending.Mended) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mending.mend(stop)
    done: list[str] = []
    # The trigger came first, and was made before the stop. Each table has a sequence and is vacuumed.
    assert mending.mend(lambda mended: done.append(mended.what)) == gone + 2 * len(mending.tables())
    assert not any("trigger" in what for what in done)
    assert schema() == before
    assert mending.mend(lambda mended: None) == 0


@pytest.mark.usefixtures("_country")
def test_a_process_that_fails_ends_the_load_and_indexes_come_back(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    before = schema()

    def fail(*args: object) -> None:
        raise SystemExit(3)

    monkeypatch.setattr(making, "write", fail)
    with pytest.raises(CommandError, match="ended early"):
        make(30)
    assert schema() == before
    capfd.readouterr()


@pytest.fixture
def told_of() -> Iterator[list[tuple[int, int]]]:
    """The cases that other rooms were told of, by their first and last ids."""
    heard: list[tuple[int, int]] = []

    def hear(*, first: int, last: int, **_signal: Any) -> None:
        heard.append((first, last))

    cases_made.connect(hear)
    yield heard
    cases_made.disconnect(hear)


@pytest.mark.usefixtures("_country")
def test_what_a_failed_load_had_written_is_told_of(
    monkeypatch: pytest.MonkeyPatch, told_of: list[tuple[int, int]]
) -> None:
    real, calls = making.copy, []

    def fail_later(lines: Any) -> None:
        if calls:
            raise RuntimeError("the disk is full")
        calls.append(1)
        real(lines)

    monkeypatch.setattr(make_cases, "SMALL", 1000)
    monkeypatch.setattr(making, "copy", fail_later)
    monkeypatch.setattr(making, "CHUNK", 10)
    with pytest.raises(RuntimeError, match="disk is full"):
        make(30)
    ids = set(Case.objects.values_list("pk", flat=True))
    assert ids
    assert any(ids <= set(range(first, last + 1)) for first, last in told_of)


@pytest.mark.usefixtures("_country")
def test_what_a_killed_load_had_written_is_told_of_when_it_is_mended(
    told_of: list[tuple[int, int]],
) -> None:
    make(4)
    told_of.clear()
    mending.take_away()
    call_command("make_cases", "--mend", stdout=StringIO())
    ids = set(Case.objects.values_list("pk", flat=True))
    assert any(ids <= set(range(first, last + 1)) for first, last in told_of)
