"""Rows written by kept statements: what Django's own `bulk_create` and `save` would have written."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.db.models import F, Model, Value
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils.functional import lazystr

from accounts import written
from accounts.models import User
from agencies.models import Calendar, Holiday, RegistryVersion
from complaints.models import Case, Clock, Contact, DataKey, Event, Handling, Notice
from complaints.workflow import State
from tests.complaints.conftest import Scene, cast, clock, scene
from tests.complaints.play import Play

__all__ = ["cast", "clock", "scene"]
NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


def notice(case: Case, key: str, **more: Any) -> Notice:
    """A notice with a value of each kind, none of them the field's default."""
    told = {"number": case.number, "nested": {"of": ["a", 1, None, "‘’"]}}
    made = {"template": "news", "language": "bn", "channel": "email", "values": told, **more}
    told_to = User.objects.order_by("pk").first()
    return Notice(case=case, user=told_to, key=key, created_at=NOW, next_at=NOW, **made)


def as_kept(row: Any) -> dict[str, Any]:
    """The row as the database has it, without what is its own."""
    kept = type(row).objects.filter(pk=row.pk).values().get()
    return {name: value for name, value in kept.items() if name not in ("id", "key")}


@pytest.fixture
def case(scene: Scene) -> Case:
    return Case.objects.get(number=Play(scene).number)


def test_a_new_row_is_the_one_that_django_would_have_written(case: Case) -> None:
    ours, djangos = notice(case, "ours"), notice(case, "djangos")
    written.insert([ours])
    djangos.save(force_insert=True)
    assert as_kept(ours) == as_kept(djangos)
    assert as_kept(ours)["values"]["nested"] == {"of": ["a", 1, None, "‘’"]}
    assert not ours._state.adding


def test_of_many_rows_each_is_told_its_own_id_by_one_statement(case: Case) -> None:
    rows = [notice(case, f"of-{number}") for number in range(5)]
    with CaptureQueriesContext(connection) as asked:
        written.insert(rows)
    assert len(asked) == 1
    kept = dict(Notice.objects.filter(key__startswith="of-").values_list("key", "pk"))
    assert kept == {row.key: row.pk for row in rows}


@pytest.mark.parametrize("first_has_id", [True, False])
def test_rows_with_an_id_and_rows_without_are_refused_together(
    case: Case, *, first_has_id: bool
) -> None:
    rows = [notice(case, "new"), notice(case, "numbered", pk=900_000)]
    if first_has_id:
        rows.reverse()
    writes: list[Callable[[], None]] = [
        lambda: written.insert(rows),
        lambda: written.insert(rows, or_nothing=True),
        lambda: written.insert_or_change(rows, unique=("id",), change=("attempts",)),
    ]
    for write in writes:
        with CaptureQueriesContext(connection) as asked, pytest.raises(ValueError, match="an id"):
            write()
        assert not asked.captured_queries
    assert not Notice.objects.filter(key__in=["new", "numbered"]).exists()
    assert [row.pk for row in rows if row.key == "new"] == [None]


def test_rows_of_two_tables_are_refused_together(case: Case) -> None:
    with pytest.raises(ValueError, match="of one table"):
        written.insert([notice(case, "new"), DataKey(wrapped=b"x", created_at=NOW)])
    assert not Notice.objects.filter(key="new").exists()


def test_rows_that_all_have_an_id_keep_it(case: Case) -> None:
    rows = [notice(case, f"numbered-{pk}", pk=pk) for pk in (900_001, 900_002)]
    written.insert(rows)
    kept = Notice.objects.filter(key__startswith="numbered-").values_list("key", "pk")
    assert dict(kept) == {"numbered-900001": 900_001, "numbered-900002": 900_002}


def test_of_no_rows_nothing_is_asked(db: None) -> None:
    with CaptureQueriesContext(connection) as asked:
        written.insert([])
        written.insert_or_change([], unique=("id",), change=("level",))
    assert not asked.captured_queries


def test_a_row_points_to_one_that_was_written_after_it_was_made(db: None) -> None:
    calendar = Calendar(country="bd", code="own", names={"en": "Own"}, time_zone="Asia/Dhaka")
    holiday = Holiday(calendar=calendar, date=NOW.date(), names={"en": "A day"})
    written.insert([calendar])
    written.insert([holiday])
    kept = Holiday.objects.get(pk=holiday.pk)
    assert (kept.calendar, kept.date, kept.names) == (calendar, NOW.date(), {"en": "A day"})


def test_a_row_that_points_to_one_that_is_not_there_is_refused(db: None) -> None:
    with pytest.raises(ValueError, match="unsaved related object"):
        written.insert([Holiday(calendar=Calendar(), date=NOW.date())])


def test_bytes_and_keys_of_other_kinds_are_written_as_their_fields_say(db: None) -> None:
    key = DataKey(wrapped=b"\x00\xff'\\", created_at=NOW)
    written.insert([key])
    assert bytes(DataKey.objects.get(pk=key.pk).wrapped) == b"\x00\xff'\\"


def test_what_is_not_of_its_columns_type_is_made_so_by_its_field(case: Case) -> None:
    row = notice(case, str(uuid4()), template=lazystr("news"), channel=State.WAITING)
    row.case_id = str(case.pk)
    written.insert([row])
    kept = Notice.objects.get(pk=row.pk)
    assert (kept.template, kept.channel, kept.case_id) == ("news", "waiting", case.pk)


def test_a_time_without_a_zone_is_warned_of_as_by_django(case: Case) -> None:
    row = notice(case, "naive")
    row.next_at = datetime(2026, 3, 1)
    with pytest.warns(RuntimeWarning, match="naive datetime"):
        written.insert([row])


@pytest.mark.parametrize("expression", [F("attempts") + 1, Value(3), Now()])
def test_an_expression_is_refused_and_never_taken_for_a_value(case: Case, expression: Any) -> None:
    row = notice(case, "expression")
    written.insert([row])
    row.attempts = expression
    with pytest.raises((TypeError, ProgrammingError)), transaction.atomic():
        written.update(row, ("attempts",))
    row.pk = None
    with pytest.raises((TypeError, ProgrammingError)), transaction.atomic():
        written.insert([row])
    assert Notice.objects.get(key="expression").attempts == 0


def test_a_time_that_sets_itself_is_set(db: None) -> None:
    version = RegistryVersion(country="id", version=3)
    written.insert([version])
    kept = RegistryVersion.objects.get(pk="id")
    assert (kept.version, kept.changed_at) == (3, version.changed_at)
    assert kept.changed_at is not None


def test_one_that_is_there_already_is_refused(case: Case) -> None:
    written.insert([notice(case, "once")])
    with pytest.raises(IntegrityError), transaction.atomic():
        written.insert([notice(case, "more"), notice(case, "once")])
    assert not Notice.objects.filter(key="more").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "refused",
    [
        lambda: written.insert([RegistryVersion(country="bd", version=2)]),
        lambda: written.update(RegistryVersion(country="id", version=2), ("version",)),
    ],
)
def test_of_a_transaction_in_which_one_was_refused_nothing_follows(
    refused: Callable[[], None],
) -> None:
    """Whoever catches the refusal within it has not saved it, and is not told that it was."""
    followed: list[str] = []
    with transaction.atomic():
        transaction.on_commit(lambda: followed.append("it was kept"))
        written.insert([RegistryVersion(country="bd", version=1)])
        with pytest.raises(DatabaseError):
            refused()
    assert not followed
    assert not RegistryVersion.objects.exists()


def test_or_passed_over_and_the_others_are_written(case: Case) -> None:
    written.insert([notice(case, "once", language="id")])
    written.insert([notice(case, "once"), notice(case, "more")], or_nothing=True)
    kept = dict(Notice.objects.filter(key__in=["once", "more"]).values_list("key", "language"))
    assert kept == {"once": "id", "more": "bn"}


def test_or_changed_in_what_is_named_and_nothing_else(case: Case) -> None:
    first, _second = Clock.objects.filter(case=case).order_by("pk")[:2]
    before = as_kept(first)
    first.level, first.asks = 2, 7
    with CaptureQueriesContext(connection) as asked:
        written.insert_or_change([first], unique=("id",), change=("level",))
    assert len(asked) == 1
    assert as_kept(first) == {**before, "level": 2}
    assert Clock.objects.filter(level=2).count() == 1


def test_an_update_writes_the_fields_that_are_named(case: Case, scene: Scene) -> None:
    case.status, case.hops, case.text = "answered", 3, "not to be written"
    case.holder = scene.cast.ministry
    with CaptureQueriesContext(connection) as asked:
        written.update(case, ("status", "hops", "holder"))
    assert len(asked) == 1
    kept = Case.objects.get(pk=case.pk)
    assert (kept.status, kept.hops, kept.holder_id) == ("answered", 3, scene.cast.ministry.pk)
    assert kept.text != "not to be written"


def test_an_update_of_a_row_that_is_gone_is_refused(db: None) -> None:
    user = User.objects.create_user("gone@example.org")
    User.objects.filter(pk=user.pk).delete()
    user.name = "Somebody"
    with pytest.raises(DatabaseError, match="not there"):
        written.update(user, ("name",))


def test_words_that_mean_something_to_sql_are_words(db: None) -> None:
    words = "%s %(a)s '; DROP TABLE accounts_user; --"
    user = User(email="a@example.org", name=words)
    written.insert([user])
    assert User.objects.get(pk=user.pk).name == words
    user.name = words * 2
    written.update(user, ("name",))
    assert User.objects.get(pk=user.pk).name == words * 2


@pytest.mark.parametrize("table", [Case, Clock, Contact, DataKey, Event, Handling, Notice])
def test_no_field_that_is_written_so_makes_sql_of_its_own(table: type[Model], db: None) -> None:
    """It would be lost."""
    for field in table._meta.concrete_fields:
        place = getattr(field, "get_placeholder", lambda *_given: "%s")
        assert place(None, None, connection) == "%s", field
        assert not field.generated, field
