"""Rows written by COPY come back as they went, and what no table holds is refused."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from complaints.models import Case, Event, Handling
from complaints.models.case import Status
from complaints.services.copying import copy, take_ids
from tests.complaints.conftest import Scene

NOW = datetime(2019, 3, 1, 8, 30, 0, 7, tzinfo=UTC)
#: What makes trouble in COPY's text format, and letters of all planes.
AWKWARD = "a\tb\nc\r\nd\\e \\N \\. \\t '\" {} ক্ষ 🔥"


def case(number: str, **values: object) -> Case:
    """A case that is not written yet."""
    known = {"country": "bd", "kind": "complaint", "status": Status.CLOSED, "filed_at": NOW}
    return Case(number=number, language="en", channel="web", **{**known, **values})


class TestTexts(TestCase):
    """Any text that a database holds."""

    @settings(max_examples=60)
    @given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
    def test_any_text_comes_back(self, text: str) -> None:
        copy(Case, [case("1", text=text)])

        assert Case.objects.get().text == text


@pytest.mark.django_db
def test_values_of_each_kind_come_back() -> None:
    given = case("1", text=AWKWARD, latitude=-0.5, sensitive=True, closed_at=None, hops=3)

    copy(Case, [given])

    found = Case.objects.get()
    assert (found.text, found.latitude, found.sensitive) == (AWKWARD, -0.5, True)
    assert (found.status, found.filed_at, found.closed_at, found.hops) == ("closed", NOW, None, 3)


@pytest.mark.django_db
@pytest.mark.parametrize("value", [{}, [], [{}], "", 0, False, {"a": [None]}])
def test_whatever_json_holds_comes_back(value: object) -> None:
    (case_id,) = take_ids(Case, 1)
    copy(Case, [case("1", pk=case_id)])
    copy(Event, [Event(case_id=case_id, seq=1, happened_at=NOW, recorded_at=NOW, data=value)])

    found = Event.objects.get().data
    assert (type(found), found) == (type(value), value)


@pytest.mark.django_db
def test_codes_of_an_event_come_back_with_ids_that_were_taken_before() -> None:
    (case_id,), ids = take_ids(Case, 1), take_ids(Event, 2)
    copy(Case, [case("1", pk=case_id)])
    values = {"case_id": case_id, "happened_at": NOW, "recorded_at": NOW, "to_status": "closed"}
    data = {"word": AWKWARD, "what": ["x"], "ok": True, "none": None}

    copy(Event, [Event(pk=pk, seq=pk, data=data, move="x", **values) for pk in ids])

    assert list(Event.objects.values_list("pk", "data").order_by("pk")) == [
        (pk, data) for pk in ids
    ]
    assert Event.objects.first().fixed == {}  # type: ignore[union-attr]


@pytest.mark.django_db
def test_ids_that_were_taken_are_given_to_nobody_else(scene: Scene) -> None:
    (taken,) = take_ids(Case, 1)

    assert scene.case(scene.file()).pk > taken


@pytest.mark.django_db
def test_nothing_to_write_asks_nothing(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert take_ids(Case, 0) == []
        copy(Case, [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"text": "\0"}, DataError),
        ({"text": "\ud800"}, ValueError),
        ({"number": "x" * 21}, DataError),
        ({"hops": 40_000}, DataError),
        ({"country": None}, TypeError),
        ({"holder_id": b"1"}, TypeError),
    ],
)
def test_what_no_table_holds_is_refused(wrong: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error), transaction.atomic():
        copy(Case, [case(**{"number": "1", **wrong})])  # type: ignore[arg-type]

    assert not Case.objects.exists()


@pytest.mark.django_db
def test_constraints_hold(scene: Scene) -> None:
    known = scene.case(scene.file())

    with pytest.raises(IntegrityError), transaction.atomic():
        copy(Case, [case(known.number)])
    row = {"case": known, "office": scene.cast.department, "since": NOW}
    with pytest.raises(IntegrityError), transaction.atomic():
        copy(Handling, [Handling(**row), Handling(**row)])
