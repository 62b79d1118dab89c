"""Updates, the extension of FixMyStreet: what became of published cases, and words from outside."""

from datetime import timedelta
from typing import Any

import pytest

from channels.models import Message
from channels.open311 import keys
from complaints.models import Case, Event, Notice, Statement
from complaints.services import answering
from complaints.tracking import new_number
from tests.channels.open311 import Program, case_of, new_key, published
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

ANY = Program()
UPDATES = "servicerequestupdates"


def days(clock: Any, count: int) -> None:
    clock.shift(timedelta(days=count))


# --- Reading --------------------------------------------------------------------------------


@pytest.fixture
def told(scene: Scene, clock: Any) -> Play:
    """A case that was published, answered a day later, and confirmed the day after that."""
    play = published(scene)
    days(clock, 1)
    play.forward().accept().answer()
    days(clock, 1)
    answering.confirm(actor=play.actor("citizen"), number=play.number, rating=4)
    return play


def test_each_public_step_is_an_update_the_oldest_first(told: Play):
    rows = ANY.get(UPDATES)
    assert [(row["status"], row["updated_datetime"], row["description"]) for row in rows] == [
        ("OPEN", "2026-11-22T04:00:00Z", "Received"),
        ("OPEN", "2026-11-23T04:00:00Z", "with Grid Department"),
        ("OPEN", "2026-11-23T04:00:00Z", "Answered: Resolved"),
        ("CLOSED", "2026-11-24T04:00:00Z", "Confirmed by the citizen"),
    ]
    assert {row["service_request_id"] for row in rows} == {told.number}
    assert len({row["update_id"] for row in rows}) == 4


@pytest.mark.parametrize(
    ("put", "said"),
    [
        (lambda play: play.decline(), ["CLOSED Not for this portal"]),
        (
            lambda play: play.forward(to=play.cast.district_office).send_back(by="district_focal"),
            ["OPEN with Grid Department"],
        ),
        (
            lambda play: play.forward().accept().answer().dispute(),
            ["OPEN with Grid Department", "OPEN Answered: Resolved", "OPEN In progress"],
        ),
    ],
)
def test_a_step_is_told_without_who_made_it_or_why(scene: Scene, put, said):
    put(published(scene))
    rows = [f"{row['status']} {row['description']}" for row in ANY.get(UPDATES)]
    assert rows == ["OPEN Received", *said]


def test_what_was_before_the_publication_is_not_told(scene: Scene):
    play = Play(scene, publish_consent=True).forward().send_back().forward().send_back()
    assert play.publish().case.status == "disputed_owner"
    assert [row["description"] for row in ANY.get(UPDATES)] == ["Received"]


def test_xml_has_the_same_rows(told: Play):
    xml, rows = ANY.get(UPDATES, "xml"), ANY.get(UPDATES)
    assert xml.tag == "service_request_updates"
    assert {child.tag for child in xml} == {"request_update"}
    assert [{part.tag: part.text for part in child} for child in xml] == rows


def test_a_window_narrows_them(told: Play):
    query = {"start_date": "2026-11-23T04:00:00Z", "end_date": "2026-11-23T04:00:00Z"}
    rows = ANY.get(UPDATES, **query)
    assert [row["description"] for row in rows] == ["with Grid Department", "Answered: Resolved"]
    assert ANY.get(UPDATES, start_date="2026-11-25") == []
    [error] = ANY.get(UPDATES, expect=400, start_date="2026-01-01", end_date="2026-11-25")
    assert "90 days" in error["description"]


def test_an_update_keeps_its_id_and_its_words(scene: Scene, clock):
    play = published(scene).forward().accept().answer()
    first = ANY.get(UPDATES)
    days(clock, 1)
    play.dispute().answer()
    assert ANY.get(UPDATES)[: len(first)] == first


def test_what_an_office_wrote_is_not_told(scene: Scene):
    play = published(scene).forward().accept().answer().message(by="case_officer")
    said = Statement.objects.filter(case=play.case).values_list("body", flat=True)
    body = ANY.raw(UPDATES).content.decode()
    words = [text for part in said for text in part.values()]
    assert words
    assert not [text for text in words if text in body]


# --- Writing --------------------------------------------------------------------------------


@pytest.fixture
def app(scene: Scene) -> Program:
    return Program(new_key(scene)[1])


@pytest.fixture
def filed(app: Program) -> Case:
    """A case that the program filed; nobody has published it."""
    return case_of(app.file(email="rahima@example.org"))


def update(app: Program, case: Case, expect: int = 200, **given: Any) -> Any:
    form = {
        "service_request_id": case.number,
        "update_id": "u1",
        "status": "OPEN",
        "updated_datetime": "2026-11-22T04:00:00Z",
        "description": "The meter has been taken away since.",
        **given,
    }
    form = {name: value for name, value in form.items() if value is not None}
    rows = app.post(UPDATES, expect=expect, **form)
    return rows[0] if expect == 200 else [row["description"] for row in rows]


def messages(case: Case) -> list[str]:
    rows = Statement.objects.filter(case=case, event__move="message").order_by("id")
    return [row.body["text"] for row in rows]


def test_words_of_the_program_that_filed_reach_whoever_has_the_case(app, filed):
    row = update(app, filed, media_url="https://x.example/1.jpg", account_id="42")
    assert row == {"update_id": Message.objects.get().key.hex, "account_id": "42"}
    assert messages(filed) == [
        "The meter has been taken away since.\n\nmedia_url: https://x.example/1.jpg"
    ]
    event = Event.objects.filter(case=filed).latest("seq")
    assert (event.move, event.party, event.channel) == ("message", "citizen", "open311")
    assert Notice.objects.filter(case=filed, template="citizen_wrote").exists()


def test_the_answer_in_xml_names_the_update(app, filed):
    xml = app.post(
        UPDATES,
        "xml",
        service_request_id=filed.number,
        update_id="7",
        description="The meter is still wrong.",
    )
    assert (xml.tag, xml[0].tag) == ("service_request_updates", "request_update")
    assert xml.findtext("request_update/update_id") == Message.objects.get().key.hex


def test_the_same_update_is_one_message_however_often_it_comes(app, filed):
    first = update(app, filed)
    assert update(app, filed) == first
    assert update(app, filed, description="Other words of the same one.") == first
    assert len(messages(filed)) == 1
    assert update(app, filed, update_id="u2") != first
    assert len(messages(filed)) == 2


def test_updates_of_two_cases_may_have_the_same_id(app, filed):
    other = case_of(app.file(description="A second meter shows a wrong number."))
    assert update(app, filed) != update(app, other)
    assert len(messages(other)) == 1


def test_an_idempotency_key_does_for_an_id(scene: Scene):
    app = Program(new_key(scene, "Keyed app")[1], **{"Idempotency-Key": "i1"})
    case = case_of(app.file())
    assert update(app, case, update_id=None) == update(app, case, update_id=None)
    assert len(messages(case)) == 1


def test_no_words_of_an_update_are_kept_beside_the_case(app, filed):
    update(app, filed)
    row = Message.objects.get()
    assert (row.sealed, row.state, row.case) == (None, Message.State.DONE, filed)


def test_a_case_of_others_is_not_there_not_even_a_published_one(app, scene: Scene):
    other = Program(new_key(scene, "Other app")[1])
    cases = [case_of(other.file()), published(scene).case, Case(number=new_number())]
    said = [update(app, case, 404) for case in cases]
    assert said == [["service_request_id was not found."]] * 3
    assert not Message.objects.exists()


def test_without_a_key_in_force_nothing_is_written(app, filed, scene: Scene):
    row, old = new_key(scene, "Old app")
    case = case_of(Program(old).file())
    keys.revoke(scene.actor(scene.cast.registrar), row.pk)
    for wrong in ("", "guess", old):
        assert len(update(Program(wrong), case, 403)) == 1
    assert messages(case) == []


@pytest.mark.parametrize("status", ["CLOSED", "FIXED", "closed"])
def test_outsiders_change_no_status(app, filed, status):
    [said] = update(app, filed, 400, status=status)
    assert said == "status: it is OPEN, and only whoever has the case can change it."
    filed.refresh_from_db()
    assert filed.status == "received"
    assert messages(filed) == []


@pytest.mark.parametrize("status", ["open", "OPEN", "", None])
def test_a_status_that_it_has_or_none_is_fine(app, filed, status):
    assert update(app, filed, status=status)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"service_request_id": None}, "service_request_id is missing."),
        ({"update_id": None}, "update_id is missing."),
        ({"description": "x" * 4001}, "description: at most 4000 characters."),
        ({"updated_datetime": "now"}, "updated_datetime: write it like 2026-01-31T00:00:00Z."),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(app, filed, given, said):
    assert update(app, filed, 400, **given) == [said]
    assert messages(filed) == []
    assert not Message.objects.exists()


@pytest.mark.parametrize("description", [None, "", "..."])
def test_an_update_needs_words(app, filed, description):
    [said] = update(app, filed, 400, description=description)
    assert said.startswith("description: Write at least 3 letters")
    assert not Message.objects.exists()


def test_on_a_closed_case_the_words_go_to_its_last_holder(app, filed, scene: Scene):
    play = Play(scene)
    play.number, play.receipt = filed.number, type(play.receipt)(filed.number, *[""] * 6)
    play.decline()
    assert update(app, filed, status="CLOSED")
    assert len(messages(filed)) == 1
