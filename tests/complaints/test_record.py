"""The record: chained, committed to, and closed to every change."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from complaints.models import Event, Statement
from complaints.services import casework
from complaints.services.work import hashed_fields
from record import chain
from tests.complaints.conftest import Scene


def _work(scene: Scene) -> str:
    receipt = scene.file_named(text="My neighbour Karim took the meter at 01712345678.")
    casework.forward(
        actor=scene.actor(scene.cast.desk),
        number=receipt.number,
        office=scene.cast.department,
        reason="Rahima says so",
    )
    return receipt.number


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE complaints_event SET move = 'x'",
        "UPDATE complaints_event SET move = 'x' WHERE false",
        "DELETE FROM complaints_event",
        "TRUNCATE complaints_event CASCADE",
    ],
)
def test_the_database_refuses_to_change_the_record(scene: Scene, statement: str) -> None:
    _work(scene)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with (
        pytest.raises(DatabaseError, match="The record is never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Event.objects.count() == 2


def test_each_event_holds_the_hash_of_the_one_before(scene: Scene) -> None:
    number = _work(scene)
    first, second = Event.objects.filter(case__number=number).order_by("seq")
    assert first.prev_hash == ""
    assert second.prev_hash == first.hash
    for event in (first, second):
        assert chain.event_hash(hashed_fields(event), event.prev_hash) == event.hash
    assert second.case.last_hash == second.hash


def test_events_hold_no_word_name_or_contact(scene: Scene) -> None:
    _work(scene)
    rows = str(list(Event.objects.values()))
    for secret in ("Karim", "neighbour", "01712345678", "Rahima", "rahima@", "says so"):
        assert secret not in rows


def test_what_was_said_can_be_erased_and_the_chain_still_holds(scene: Scene) -> None:
    number = _work(scene)
    statement = Statement.objects.get(case__number=number)
    assert chain.commitment(statement.salt, statement.body) == statement.event.commitment
    Statement.objects.filter(pk=statement.pk).update(body={}, salt="")
    for event in Event.objects.filter(case__number=number):
        assert chain.event_hash(hashed_fields(event), event.prev_hash) == event.hash


def test_two_commitments_to_the_same_words_differ() -> None:
    said = {"text": "yes"}
    assert chain.commitment(chain.new_salt(), said) != chain.commitment(chain.new_salt(), said)


@pytest.mark.parametrize("value", [object(), {1, 2}, b"x"])
def test_an_event_cannot_hold_what_json_cannot(value: Any) -> None:
    with pytest.raises(TypeError):
        chain.canonical({"data": value})


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    assert chain.canonical({"b": 1, "a": "ক"}) == chain.canonical({"a": "ক", "b": 1})
