"""What a city says of cases comes back: updates to the citizen, a status by the table, nothing twice."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from complaints.models import Event
from complaints.models.case import AnsweredWith
from systems.cities import reading
from systems.inward.meaning import Row
from systems.models import Forwarding
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play
from tests.systems.city import TheCity, failing, says
from tests.systems.handing_over import ANSWERS, TEXT, Linked, at, words_of

Clock = time_machine.Traveller
OVER, SENT = Forwarding.State.OVER, Forwarding.State.SENT
DONE = "The meter was changed on Sunday."


def test_an_update_becomes_a_message_to_the_citizen_once(
    linked: Linked, server: TheCity, later: Any
) -> None:
    play = linked.handed()
    server.updated("u1", "OPEN", "We have seen it.", at(5))
    assert later() == 1
    assert words_of(play, "message") == ["Kaliakair City writes: We have seen it."]
    assert play.heard().count("message") == 1
    assert later() == later() == 0
    assert play.moves.count("message") == 1


def test_updates_out_of_order_are_told_in_order_and_an_old_status_counts_no_more(
    linked: Linked, server: TheCity, later: Any
) -> None:
    play = linked.handed()
    linked.means(Row("Investigating", "note"))
    server.updated("u2", "PLANNED", "Second.", at(20))
    server.updated("u1", "OPEN", "First.", at(10))
    later()
    assert [words[-7:] for words in words_of(play, "message")] == [" First.", "Second."]
    server.updated("u0", "INVESTIGATING", "Late.", at(5))
    later()
    assert linked.row.status == "PLANNED"
    assert words_of(play, "message")[-1].endswith("Late.")
    assert "note" not in play.moves


def test_a_closed_request_answers_nothing_without_a_table_and_asks_the_officers_to(
    linked: Linked, server: TheCity, later: Any
) -> None:
    play = linked.handed()
    server.sets("closed", DONE, at(10))
    assert later() == 1
    assert play.state == "in_progress"
    [note] = words_of(play, "note")
    assert DONE in note
    assert "no answer yet" in note
    assert play.told("city_news") == {"grid"}
    assert later() == 0
    assert play.moves.count("note") == 1


@pytest.mark.parametrize("word", ["closed", "CLOSED", " Closed "])
def test_by_the_table_a_closed_request_is_an_answer_that_says_where_it_is_from(
    linked: Linked, server: TheCity, later: Any, word: str
) -> None:
    linked.means(*ANSWERS)
    play = linked.handed()
    server.sets(word, DONE, at(10))
    later()
    assert play.state == "answered"
    assert play.case.outcome == AnsweredWith.RESOLVED
    [answer] = words_of(play, "answer")
    assert DONE in answer
    assert "answer of Kaliakair City" in answer
    assert "C-1" in answer
    assert play.heard()[-1] == "answered"
    play.confirm()
    later()
    assert linked.row.state == OVER
    assert linked.row.next_at is None


def test_a_status_of_an_update_counts_and_its_words_are_told_once(
    linked: Linked, server: TheCity, later: Any
) -> None:
    linked.means(Row("Fixed", "answer", {"outcome": "resolved", "cause": "system"}), *ANSWERS)
    play = linked.handed()
    server.updated("u1", "FIXED", DONE, at(10))
    server.sets("closed", "Case closed", at(11))
    later()
    assert play.state == "answered"
    assert words_of(play, "message") == []
    assert len(words_of(play, "answer")) == 1
    assert words_of(play, "note") == []
    assert linked.reference.status == "FIXED"


def test_a_closed_request_without_words_is_no_answer(
    linked: Linked, server: TheCity, later: Any
) -> None:
    linked.means(*ANSWERS)
    play = linked.handed()
    server.sets("closed", "", at(10))
    later()
    assert play.state == "in_progress"
    assert len(words_of(play, "note")) == 1


def test_words_too_short_for_an_answer_are_put_to_the_officers(
    linked: Linked, server: TheCity, later: Any
) -> None:
    linked.means(Row("closed", "return"))
    play = linked.handed()
    server.sets("closed", "Not ours", at(10))
    later()
    [note] = words_of(play, "note")
    assert "was refused" in note
    assert "Not ours" in note
    assert play.state == "in_progress"


def test_a_dispute_is_told_to_the_officers_and_the_city_s_old_word_answers_nothing(
    linked: Linked, server: TheCity, later: Any
) -> None:
    linked.means(*ANSWERS)
    play = linked.handed()
    server.sets("closed", DONE, at(10))
    later()
    play.dispute()
    assert play.told("disputed") == {"grid"}
    assert later() == 0
    assert play.state == "in_progress"
    assert "answer" in play.may("focal")


def test_closed_and_open_again_is_told_to_the_officers_and_a_second_answer_may_come(
    linked: Linked, server: TheCity, later: Any
) -> None:
    linked.means(*ANSWERS)
    play = linked.handed()
    server.sets("closed", DONE, at(10))
    later()
    server.sets("open", "The work was not good enough.", at(50))
    later()
    [note] = words_of(play, "note")
    assert "opened this again" in note
    assert play.state == "answered"
    play.dispute()
    server.sets("closed", "Now it is really done.", at(90))
    later()
    assert play.state == "answered"
    assert len(words_of(play, "answer")) == 2


def test_what_the_office_took_back_the_city_does_not_answer(
    linked: Linked, server: TheCity, later: Any, scene: Scene
) -> None:
    linked.means(*ANSWERS)
    play = linked.handed()
    play.assign("case_officer")
    server.sets("closed", DONE, at(10))
    later()
    assert play.state == "in_progress"
    assert DONE in words_of(play, "note")[0]


def test_a_case_that_went_elsewhere_hears_nothing_of_the_city(
    linked: Linked, server: TheCity, later: Any, scene: Scene
) -> None:
    linked.means(*ANSWERS)
    play = linked.handed()
    play.pass_down().send_back(by="district_focal").send_back()
    play.rule(to=scene.cast.rival_ministry)
    before = play.moves
    server.updated("u1", "OPEN", "We have seen it.", at(5))
    server.sets("closed", DONE, at(10))
    later()
    assert play.moves == before
    assert linked.send() == 0


def test_what_is_with_an_office_below_is_for_its_people_to_answer(
    linked: Linked, server: TheCity, later: Any
) -> None:
    linked.means(*ANSWERS)
    play = linked.handed()
    play.pass_down().accept(officer="district_focal", by="district_focal")
    server.sets("closed", DONE, at(10))
    later()
    assert play.state == "in_progress"
    assert play.told("city_news") == {linked.scene.cast.district_office.code}


def test_a_city_without_updates_tells_by_its_notes_once(
    linked: Linked, server: TheCity, later: Any
) -> None:
    server.has_updates = False
    play = linked.handed()
    server.sets("open", "A crew comes on Monday.", at(10))
    later()
    later()
    assert words_of(play, "message") == ["Kaliakair City writes: A crew comes on Monday."]


def test_a_city_in_xml_is_read_too(linked: Linked, server: TheCity, later: Any) -> None:
    server.forms = ("xml",)
    linked.means(*ANSWERS)
    play = linked.handed()
    server.updated("u1", "OPEN", "We have <seen> it & more.", "2026-11-22T10:05:00")
    server.sets("closed", DONE, at(10))
    later()
    assert words_of(play, "message") == ["Kaliakair City writes: We have <seen> it & more."]
    assert play.state == "answered"


def test_a_silent_city_stops_no_clock(
    linked: Linked, server: TheCity, later: Any, scene: Scene, clock: Clock
) -> None:
    play = linked.handed()
    due = play.clock("resolve").due_at
    clock.move_to(due + timedelta(days=1))
    play.sweep()
    linked.read()
    assert play.clock("resolve").due_at == due
    assert play.levels("resolve")
    assert Event.objects.filter(case=play.case, move="escalate").exists()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (says(200), "bad_answer"),
        (says(200, b"{"), "bad_answer"),
        (says(500), "http_500"),
        (says(429, retry_after="600"), "too_many"),
        ((0, b"", {}), "unreachable"),
    ],
)
def test_a_bad_day_of_the_city_loses_nothing(
    linked: Linked, server: TheCity, later: Any, answer: Any, error: str
) -> None:
    play = linked.handed()
    server.updated("u1", "OPEN", "We have seen it.", at(5))
    server.instead = lambda asked: None if "POST" in asked.what else answer
    assert later() == 0
    assert linked.city.error == error
    server.instead = failing()
    assert later() == 1
    assert linked.city.error == ""
    assert words_of(play, "message") == ["Kaliakair City writes: We have seen it."]


def test_a_request_that_the_city_does_not_show_and_strangers_are_left_alone(
    linked: Linked, server: TheCity, later: Any
) -> None:
    play = linked.handed()
    server.requests[0]["service_request_id"] = "another"
    server.updated("u1", "CLOSED", "Of a stranger's request.", at(5))
    assert later() == 0
    assert linked.row.state == SENT
    assert play.moves[-1] == "accept"


def test_updates_of_a_long_absence_are_read_in_windows(
    linked: Linked, server: TheCity, later: Any, clock: Clock
) -> None:
    linked.handed()
    later()
    clock.shift(timedelta(days=20))
    for _run in range(4):
        linked.read()
    windows = [a.given for a in server.of("GET servicerequestupdates")]
    assert windows[-1]["end_date"] > windows[-2]["end_date"]
    assert linked.city.read_until is not None
    assert linked.city.read_until >= SUNDAY + timedelta(days=20)
    starts = [given["start_date"] for given in windows]
    ends = [given["end_date"] for given in windows]
    assert all(start <= end for start, end in zip(starts[1:], ends, strict=False))


def test_many_requests_are_asked_for_in_batches(
    linked: Linked, server: TheCity, later: Any, monkeypatch: Any, scene: Scene
) -> None:
    monkeypatch.setattr(reading, "BATCH", 2)
    for _case in range(5):
        Play(scene, text=TEXT).forward()
    assert linked.send() == 5
    later()
    asked = [a.given["service_request_id"] for a in server.of("GET requests")]
    assert [len(ids.split(",")) for ids in asked] == [2, 2, 1]


def test_words_of_the_city_are_no_markup_and_end_somewhere(
    linked: Linked, server: TheCity, later: Any
) -> None:
    play = linked.handed()
    server.updated("u1", "OPEN", "x" * 50_000, at(5))
    server.updated("u2", "OPEN", "<script>alert(1)</script>", at(6))
    later()
    long, script = words_of(play, "message")
    assert len(long) < 5000
    assert script.endswith("<script>alert(1)</script>")
