"""A load and others: who writes and who changes the tables, who may change them, who ends its session."""

import threading
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from complaints.load import making, mending
from complaints.management.commands import make_cases
from complaints.models import Case
from tests.complaints.test_make_cases_big import _country as _country
from tests.complaints.test_make_cases_big import _small as _small
from tests.complaints.test_make_cases_big import make, schema

pytestmark = pytest.mark.usefixtures("_country")


@pytest.fixture
def other() -> Iterator[BaseDatabaseWrapper]:
    """The connection of somebody else."""
    theirs = connection.copy()
    theirs.inc_thread_sharing()
    yield theirs
    theirs.close()


def holds(theirs: BaseDatabaseWrapper, how: str) -> bool:
    """Have them try for the lock; says whether they got it."""
    with theirs.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock{how}(%s)", [mending.WRITING])
        return bool(cursor.fetchone()[0])


def free(theirs: BaseDatabaseWrapper) -> None:
    with theirs.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")


def mend() -> str:
    out = StringIO()
    call_command("make_cases", "--mend", stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("options", [("--mend",), ("4",), ("120",)])
def test_nothing_is_made_again_beside_a_load_that_writes(
    other: BaseDatabaseWrapper, options: tuple[str, ...]
) -> None:
    before = schema()
    mending.take_away()
    without = schema()
    assert holds(other, "_shared")
    with pytest.raises(CommandError, match="A load is writing"):
        call_command("make_cases", *options, stdout=StringIO())
    assert schema() == without
    assert not Case.objects.exists()
    free(other)
    assert "Everything is in its place" in mend()
    assert schema() == before


def test_nothing_is_taken_away_beside_a_load_that_writes(other: BaseDatabaseWrapper) -> None:
    before = schema()
    assert holds(other, "_shared")
    with pytest.raises(CommandError, match="A load is writing"):
        make(120)
    assert schema() == before
    assert not mending.is_to_be_mended()
    assert not Case.objects.exists()
    # Two small ones write side by side.
    make(4)
    assert Case.objects.count() == 4


def test_of_two_who_make_it_again_one_is_refused(other: BaseDatabaseWrapper) -> None:
    mending.take_away()
    assert holds(other, "")
    with pytest.raises(CommandError, match="is making its indexes and keys again"):
        mend()
    assert mending.is_to_be_mended()
    free(other)
    mend()


def test_a_load_waits_for_its_own_processes_before_it_makes_it_again(
    other: BaseDatabaseWrapper,
) -> None:
    before = schema()
    mending.take_away()
    assert holds(other, "_shared")
    timer = threading.Timer(0.5, free, [other])
    timer.start()
    assert mending.mend(lambda mended: None, waiting=True) > 10
    timer.join()
    assert schema() == before


@pytest.mark.parametrize("fails", [False, True])
def test_whoever_writes_holds_it_and_gives_it_back(
    other: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    real, had = making.copy, []

    def copy(lines: Any) -> None:
        had.append(holds(other, ""))
        if fails:
            raise RuntimeError("the disk is full")
        real(lines)

    monkeypatch.setattr(making, "copy", copy)
    monkeypatch.setattr(make_cases, "SMALL", 1000)
    if fails:
        with pytest.raises(RuntimeError, match="disk is full"):
            make(30)
    else:
        make(30)
    assert had
    assert not any(had)
    assert holds(other, "")


def test_tables_of_somebody_else_may_not_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert mending.is_owner()
    monkeypatch.setattr(mending, "tables", lambda: ["complaints_case", "pg_class"])
    assert not mending.is_owner()


def end_our_session(theirs: BaseDatabaseWrapper) -> None:
    """As an administrator or a restart does it."""
    with connection.cursor() as ours, theirs.cursor() as cursor:
        ours.execute("SELECT pg_backend_pid()")
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", ours.fetchone())


@pytest.mark.parametrize("is_committed", [False, True])
def test_a_lost_connection_costs_no_case_and_doubles_none(
    other: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch, is_committed: bool
) -> None:
    real, written = making.write, []

    def write(planner: Any, plans: Any) -> None:
        written.append(plans[0].first)
        is_second = len(written) == 2
        if is_second and not is_committed:
            end_our_session(other)
        real(planner, plans)
        if is_second and is_committed:
            # The answer to a COMMIT is lost.
            end_our_session(other)
            Case.objects.exists()

    monkeypatch.setattr(making, "write", write)
    monkeypatch.setattr(making, "WAIT", 0)
    monkeypatch.setattr(making, "CHUNK", 10)
    monkeypatch.setattr(make_cases, "SMALL", 1000)
    make(30)
    assert len(written) == (3 if is_committed else 4)
    assert Case.objects.count() == 30


def test_what_a_lost_session_still_writes_is_waited_for(
    other: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, chunks, freed = making.copy, list[int](), list[bool]()
    taking = "SELECT pg_try_advisory_lock(%s, %s)"

    def taken_by_other(first: int) -> bool:
        with other.cursor() as cursor:
            cursor.execute(taking, [making.OF_CHUNK, first])
            return bool(cursor.fetchone()[0])

    def copy(lines: Any) -> None:
        real(lines)
        chunks.append(Case.objects.order_by("pk")[0].pk)
        assert not taken_by_other(chunks[0])

    def let_go() -> None:
        freed.append(True)
        free(other)

    monkeypatch.setattr(making, "copy", copy)
    make(4)
    assert taken_by_other(chunks[0])
    timer = threading.Timer(0.3, let_go)
    timer.start()
    assert making.is_there(chunks[0])
    assert freed
    timer.join()


def test_a_connection_that_is_lost_again_and_again_ends_the_load(
    other: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, lost = making.write, []

    def write(planner: Any, plans: Any) -> None:
        lost.append(plans[0].first)
        end_our_session(other)
        real(planner, plans)

    monkeypatch.setattr(making, "write", write)
    monkeypatch.setattr(making, "WAIT", 0)
    monkeypatch.setattr(make_cases, "SMALL", 1000)
    with pytest.raises(OperationalError):
        make(30)
    assert len(lost) == making.LOSSES + 1
    assert not Case.objects.exists()
