"""Cases whose words were erased leave as what is left of them, and come back as that: steps and figures."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from complaints.models import Attachment, Case, Statement
from complaints.services import casework, erasing
from complaints.services.forgetting import by_retention
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play
from tests.systems.archives import PHOTO, a_row, archived, named
from tests.systems.bringing import Bench, codes, faults
from tests.systems.taking_out import brought, not_the_same, numbers, rows, written


def closed(scene: Scene, *, files: bool = True) -> Play:
    """A case that is over, with words of both sides, and files if wanted."""

    def photo(who: str) -> list[str]:
        return [play.photo(who)] if files else []

    play = Play(scene).forward().accept().ask().reply()
    casework.message(**play._as("citizen"), text="Look.", files=photo("citizen"))
    play.note().answer(files=photo("case_officer"))
    return play.confirm(rating=2)


def own_erased(play: Play, clock: time_machine.Traveller) -> Play:
    """Its citizen has erased what they wrote."""
    clock.move_to(SUNDAY + timedelta(days=40))
    erasing.erase(actor=play.actor("citizen"), number=play.number, words=True)
    return play


def all_erased(play: Play, clock: time_machine.Traveller) -> Play:
    """All words have been kept as long as they may be."""
    clock.move_to(SUNDAY + timedelta(days=5000))
    by_retention()
    return play


def erased_steps(row: dict[str, Any]) -> list[str]:
    """The steps of a row that say that their words were erased."""
    return [step["move"] for step in row["history"] if step.get("erased")]


@pytest.mark.parametrize("form", ["zip", "jsonl", "csv", "xlsx"])
def test_what_a_citizen_had_erased_comes_back_as_erased(
    scene: Scene, clock: time_machine.Traveller, tmp_path: Path, form: str
) -> None:
    play = own_erased(closed(scene, files=form == "zip"), clock)
    row = rows(scene.cast.department)[play.number]
    assert "text" not in row
    assert erased_steps(row) == ["submit", "reply", "message"]
    assert "The meter was changed." in json.dumps(row)

    assert not_the_same(tmp_path, scene.cast.department, form, source="back") == []
    again = Case.objects.get(number=numbers("back")[play.number])
    assert erasing.words_are_erased(again)
    assert again.words_erased_at is None
    marked = Statement.objects.filter(case=again).exclude(erased_at=None).order_by("id")
    assert [(one.kind, one.body, one.salt) for one in marked] == [
        ("reply", {}, ""),
        ("message", {}, ""),
    ]
    assert Attachment.objects.filter(case=again).count() == (form == "zip")
    assert faults() == []


@pytest.mark.parametrize("form", ["zip", "csv"])
def test_what_was_erased_at_the_end_of_its_time_comes_back_without_a_word_and_is_not_erased_again(
    scene: Scene, clock: time_machine.Traveller, tmp_path: Path, form: str
) -> None:
    play = all_erased(closed(scene), clock)
    row = rows(scene.cast.department)[play.number]
    assert not any(step.get("said") for step in row["history"])
    assert erased_steps(row) == ["submit", "forward", "ask", "reply", "message", "note", "answer"]
    assert "files" not in row
    assert (row["rating"], row["outcome"]) == (2, "resolved")

    assert not_the_same(tmp_path, scene.cast.department, form, source="back") == []
    again = Case.objects.get(number=numbers("back")[play.number])
    assert again.words_erased_at == play.case.words_erased_at
    assert again.feedback.get().rating == 2
    notes = Statement.objects.filter(case=again, kind="note")
    assert [(one.internal, one.body) for one in notes] == [(True, {})]
    assert faults() == []
    steps = again.last_seq
    by_retention()
    again.refresh_from_db()
    assert again.last_seq == steps


def test_words_that_were_said_afterwards_come_along(
    scene: Scene, clock: time_machine.Traveller, tmp_path: Path
) -> None:
    play = own_erased(closed(scene), clock)
    play.reopen()
    assert not_the_same(tmp_path, scene.cast.department, "zip", source="back") == []
    again = Case.objects.get(number=numbers("back")[play.number])
    assert again.is_open
    assert again.holder == scene.cast.department
    said = Statement.objects.filter(case=again, event__data__contains={"as": "reopen"})
    assert [one.body for one in said] == [{"text": "The audit found it unsolved."}]
    assert faults() == []


@pytest.mark.parametrize("left", ["words", "a file"])
def test_what_a_row_brings_that_calls_its_words_erased_has_an_end_as_well(
    scene: Scene, clock: time_machine.Traveller, tmp_path: Path, left: str
) -> None:
    message: dict[str, Any] = {"at": "2025-03-02T08:00:00Z", "move": "message", "to": "closed"}
    row: dict[str, Any] = {
        "status": "closed",
        "text": "",
        "closed_at": "2025-03-02T08:00:00Z",
        "words_erased_at": "2025-04-01T08:00:00Z",
        "history": [{"at": "2025-03-01T08:00:00Z", "move": "submit", "erased": True}, message],
    }
    if left == "words":
        message["said"] = {"text": "I am Rahim."}
        path = archived(tmp_path / "a.zip", a_row(**row))
    else:
        path = archived(tmp_path / "a.zip", a_row(named(PHOTO, step=1), **row), jpg=PHOTO)
    (outcome,) = brought(path, "back")
    assert (outcome.result, codes(outcome)) == ("made", set())
    assert Case.objects.get().words_erased_at is None
    assert Statement.objects.exists() is (left == "words")
    assert Attachment.objects.exists() is (left == "a file")

    clock.move_to(SUNDAY + timedelta(days=5000))
    by_retention()
    assert not Statement.objects.exclude(body={}).exists()
    assert not Attachment.objects.exclude(case=None).exists()
    assert Case.objects.get().words_erased_at is not None
    assert faults() == []


def test_the_pages_of_one_that_came_back_say_that_its_words_were_erased(
    scene: Scene, clock: time_machine.Traveller, tmp_path: Path, client: Client
) -> None:
    play = all_erased(closed(scene), clock)
    brought(written(tmp_path, scene.cast.department, "zip"), "back")
    client.force_login(scene.cast.head)
    shown = [
        client.get(f"/en/office/cases/{number}/?all=1").content.decode()
        for number in (play.number, numbers("back")[play.number])
    ]
    assert shown[0].count("These words were erased.") == shown[1].count("These words were erased.")
    assert "These words were erased." in shown[1]


def test_a_row_that_says_nothing_and_not_why_is_refused(scene: Scene, tmp_path: Path) -> None:
    step = {"at": "2025-03-01T08:00:00Z", "move": "submit"}
    path = archived(
        tmp_path / "a.zip",
        a_row(text="", external_id="1"),
        a_row(text="", external_id="2", history=[step]),
        a_row(text="", external_id="3", history=[step | {"erased": True}]),
        a_row(text="", external_id="4", words_erased_at="2025-09-01T08:00:00Z"),
        a_row(text="", external_id="5", words_erased_at="2125-09-01T08:00:00Z"),
        a_row(external_id="6", words_erased_at="2025-09-01T08:00:00Z"),
    )
    outcomes = brought(path, "odd")
    assert [one.result for one in outcomes] == [
        *("refused", "refused", "made", "made", "refused", "made"),
    ]
    assert [codes(one) >= {"no_text"} for one in outcomes[:2]] == [True, True]
    # Where words are, none can have been erased: retention comes to them in its time.
    assert Case.objects.exclude(text="").get().words_erased_at is None
    assert faults() == []


def test_a_step_that_says_something_is_not_erased(scene: Scene, tmp_path: Path) -> None:
    step = {"at": "2025-03-02T08:00:00Z", "move": "note", "erased": True, "said": {"text": "Hm."}}
    path = archived(tmp_path / "a.zip", a_row(history=[step], status="received"))
    brought(path, "odd")
    assert Statement.objects.get().erased_at is None
    assert faults() == []


def test_a_file_of_another_system_cannot_bring_a_case_without_words(
    scene: Scene, tmp_path: Path
) -> None:
    mapping = """
source = "old"
[columns]
external_id = "id"
text = "text"
status = "status"
filed_at = "filed"
words_erased_at = "erased"
"""
    bench = Bench(tmp_path, mapping)
    given = {"id": "1", "text": "", "status": "received", "filed": "2020-01-01"}
    (outcome,) = bench.bring(bench.lines(given | {"erased": "2021-01-01"}))
    assert codes(outcome) == {"no_text"}
