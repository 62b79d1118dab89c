"""A case that is open again, a city that tells half, words that are erased: what goes on being read."""

from typing import Any

import pytest
import time_machine

from complaints.services.erasing import ROOMS
from systems.cities import reading
from systems.models import Forwarding
from tests.systems.city import TheCity, failing, says
from tests.systems.handing_over import ANSWERS, Linked, at, words_of

Clock = time_machine.Traveller
OVER, SENT = Forwarding.State.OVER, Forwarding.State.SENT
DONE = "The meter was changed on Sunday."


@pytest.mark.parametrize("how", ["upheld", "reopened"])
def test_a_case_that_is_open_again_is_read_again_and_the_office_knows_that_the_city_does_not(
    linked: Linked, server: TheCity, later: Any, how: str
) -> None:
    linked.means(*ANSWERS)
    play = linked.handed()
    server.sets("closed", DONE, at(10))
    later()
    play.confirm()
    later()
    assert linked.row.state == OVER
    asked = len(server.asked)
    assert later() == 0
    assert len(server.asked) == asked
    if how == "upheld":
        play.appeal()
        later()
        assert linked.row.state == OVER
        play.uphold()
    else:
        play.reopen()
    later()
    assert linked.row.state == SENT
    [note] = words_of(play, "note")
    assert "open again" in note
    assert "C-1" in note
    assert play.told("city_news") == {"grid"}
    assert play.state == "in_progress"
    assert len(words_of(play, "answer")) == 1
    server.sets("open", "", at(300))
    later()
    server.sets("closed", "Now it is really done.", at(400))
    later()
    assert play.state == "answered"
    assert len(words_of(play, "answer")) == 2
    assert len([words for words in words_of(play, "note") if "open again" in words]) == 1


def test_a_case_that_is_open_again_with_its_officers_wakes_no_city(
    linked: Linked, server: TheCity, later: Any
) -> None:
    play = linked.handed()
    play.assign("case_officer").answer(by="case_officer").confirm()
    later()
    assert linked.row.state == OVER
    play.reopen()
    assert later() == 0
    assert linked.row.state == OVER
    assert words_of(play, "note") == []


@pytest.mark.parametrize("answer", [says(500), says(403), says(200, b"<html>"), says(200, b"{")])
def test_how_requests_stand_is_read_also_while_updates_fail_and_these_are_read_later(
    linked: Linked, server: TheCity, later: Any, answer: Any
) -> None:
    linked.means(*ANSWERS)
    play = linked.handed()
    server.updated("u1", "OPEN", "We have seen it.", at(5))
    server.instead = lambda asked: answer if "updates" in asked.what else None
    server.sets("planned", "", at(6))
    assert later() == 1
    assert linked.row.status == "planned"
    assert linked.city.error == reading.NO_UPDATES
    server.instead = failing()
    assert later() == 1
    assert words_of(play, "message") == ["Kaliakair City writes: We have seen it."]
    assert linked.city.error == ""


def test_what_a_city_said_of_a_case_goes_with_its_words(
    linked: Linked, server: TheCity, later: Any
) -> None:
    play = linked.handed()
    server.sets("waits for Rahima Khatun", "", at(5))
    later()
    assert (linked.row.status, linked.reference.status) == ("waits for Rahima Khatun",) * 2
    for erase in ROOMS.all_words:
        erase(play.case)
    assert (linked.row.status, linked.reference.status) == ("", "")
    assert linked.reference.external_id == "C-1"
