"""An agency's own statuses: the table that it keeps, what one that is sent does, and the rehearsal."""

import unicodedata
from typing import Any

import pytest

from agencies.models import RegistryChange
from complaints.models import Case, Event
from complaints.services import erasing
from complaints.workflow import State
from systems.inward import meaning
from systems.inward.meaning import Row, body_for, cleaned, mistakes, needs, same
from systems.models import Meaning, Reference
from systems.scopes import MOVES
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.systems.conftest import Join, Joined
from tests.systems.test_moves import INTO
from tests.systems.working import TABLE, Works, below, taken

WORDS = {"text": "The meter was changed on Sunday.", "evidence": "Work order 77"}


@pytest.fixture
def works(joined: Joined, scene: Scene) -> Works:
    """The department's system, with a table for every move that a status may stand for."""
    works = Works(joined)
    rows = [
        {**row, "office": scene.cast.district_office.code} if "office" in row else row
        for row in TABLE
    ]
    assert works.table(rows).status_code == 200
    return works


# --- The table --------------------------------------------------------------------------------


def test_a_status_may_stand_for_every_move_of_systems_but_giving_a_case_to_somebody() -> None:
    assert set(meaning.MAPPED) == MOVES - {"assign"}


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ("Selesai", "  SELESAI ", True),
        ("In  Progress", "in progress", True),
        ("সম্পন্ন", unicodedata.normalize("NFD", "সম্পন্ন"), True),
        ("Café", "Cafe\u0301", True),
        ("Straße", "STRASSE", True),
        ("Selesai", "Selesai!", False),
        ("1", "2", False),
    ],
)
def test_case_blanks_and_composition_are_no_difference(
    one: str, other: str, are_same: bool
) -> None:
    assert (same(one) == same(other)) is are_same


def test_the_table_is_kept_in_its_order_and_read_again(works: Works, scene: Scene) -> None:
    rows = works.api.get("/api/v1/system/statuses/").json()["statuses"]
    assert [row["status"] for row in rows] == [row["status"] for row in TABLE]
    assert rows[1] == {
        "status": "Selesai",
        "move": "answer",
        "outcome": "resolved",
        "cause": "system",
    }
    assert rows[-1] == {"status": "Menunggu suku cadang", "move": ""}


def test_another_table_takes_its_place_and_the_same_again_changes_nothing(works: Works) -> None:
    recorded = RegistryChange.objects.filter(key__endswith="/statuses").count()
    for _time in range(2):
        assert works.table([{"status": "Diterima", "move": "accept"}]).status_code == 200
    assert Meaning.objects.count() == 1
    changes = RegistryChange.objects.filter(key__endswith="/statuses").order_by("id")
    assert changes.count() == recorded + 1
    last: Any = changes.last()
    assert len(last.before["statuses"]) == len(TABLE)
    assert last.user == works.system.user


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"status": "Selesai", "move": "answer"}, "outcome"),
        ({"status": "Selesai", "move": "answer", "outcome": "resolved"}, "cause"),
        ({"status": "Selesai", "move": "answer", "outcome": "maybe", "cause": "system"}, "outcome"),
        ({"status": "", "move": "accept"}, "status"),
        ({"status": "x" * 81, "move": "accept"}, "status"),
        ({"status": " diterima ", "move": "note"}, "status"),
        ({"status": "Ke bawah", "move": "pass_down"}, "office"),
        ({"status": "Ke bawah", "move": "pass_down", "office": "nowhere"}, "office"),
        ({"status": "Ke bawah", "move": "pass_down", "office": "grid"}, "office"),
        ({"status": "Tutup", "move": "confirm"}, "move"),
        ({"status": "Tutup", "move": "break_seal"}, "move"),
        ({"status": "Tutup", "move": "assign"}, "move"),
    ],
)
def test_what_is_wrong_with_a_table_is_named_and_nothing_of_it_kept(
    works: Works, row: Any, field: str
) -> None:
    answer = works.table([{"status": "Diterima", "move": "accept"}, row])
    assert answer.status_code == 422
    assert field in str(answer.json()["errors"])
    assert Meaning.objects.count() == len(TABLE)


def test_a_table_has_an_end(works: Works) -> None:
    answer = works.table([{"status": str(n)} for n in range(meaning.MOST + 1)])
    assert (answer.status_code, Meaning.objects.count()) == (422, len(TABLE))


def test_a_table_is_its_systems_own(works: Works, join: Join, scene: Scene) -> None:
    rival = Works(join(scene.cast.rival_ministry))
    assert rival.api.get("/api/v1/system/statuses/").json() == {"statuses": []}


def test_a_row_keeps_only_what_its_move_needs() -> None:
    row = cleaned(Row("  In\u00a0work ", "accept", {"outcome": "resolved"}))
    assert row == Row("In work", "accept", {})
    assert mistakes([row]) == {}


def test_what_comes_with_a_status_counts_over_the_table() -> None:
    row = Row("Selesai", "answer", {"outcome": "resolved", "cause": "system"})
    body = body_for(row, {"status": "Selesai", "text": "Done", "outcome": "partly", "cause": ""})
    assert body == {"text": "Done", "outcome": "partly", "cause": "system"}
    assert body_for(Row("x", "return"), {"text": "Not ours"}) == {"reason": "Not ours"}


def test_what_has_still_to_be_sent_is_said() -> None:
    assert needs(Row("x", "answer", {"outcome": "resolved"})) == ["text", "cause", "evidence"]
    assert needs(Row("x", "accept")) == []
    assert needs(Row("x", "return")) == ["text"]


# --- One that is sent -------------------------------------------------------------------------


def test_a_status_makes_its_move(scene: Scene, works: Works) -> None:
    play = Play(scene).forward()
    body = works.status(play.number, " DITERIMA", external_ref="GW-9").json()
    assert (body["status"], body["meant"], body["made"]) == ("in_progress", "accept", True)
    assert (play.case.assigned, Reference.objects.get().external_id) == (
        *(works.system.user, "GW-9"),
    )
    done = works.status(play.number, "Selesai", **WORDS)
    assert (done.status_code, done.json()["status"]) == (200, "answered")
    assert done["ETag"] == works.case(play.number)["ETag"]
    assert play.case.outcome == "resolved"
    assert play.last.data == {"outcome": "resolved", "cause": "system"}


@pytest.mark.parametrize(
    ("status", "words", "state"),
    [
        ("Tanya", {"text": "Which meter is it?"}, "waiting"),
        ("Pesan", {"text": "We come on Monday."}, "in_progress"),
        ("Catatan", {"text": "Ask the store."}, "in_progress"),
        ("Ke bawah", {"text": "In their district"}, "forwarded"),
    ],
)
def test_each_move_is_reached_by_a_status(
    scene: Scene, works: Works, status: str, words: Any, state: str
) -> None:
    play = taken(Play(scene), works)
    answer = works.status(play.number, status, **words)
    assert (answer.status_code, play.case.status) == (200, state), answer.json()
    assert Reference.objects.get().status == status


def test_a_status_that_returns_a_case_says_why(scene: Scene, works: Works) -> None:
    play = Play(scene).forward()
    assert works.status(play.number, "Ditolak").json()["errors"].keys() == {"reason"}
    assert works.status(play.number, "Ditolak", text="Not ours at all").status_code == 200
    assert play.case.status == "received"


def test_a_status_without_a_move_is_only_kept(scene: Scene, works: Works) -> None:
    play = taken(Play(scene), works)
    body = works.status(play.number, "menunggu suku cadang").json()
    assert (body["meant"], body["made"], body["status"]) == ("", False, "in_progress")
    assert Reference.objects.get().status == "menunggu suku cadang"
    assert play.moves == ["submit", "forward", "accept"]
    assert works.case(play.number).json()["elsewhere"][0]["status"] == "menunggu suku cadang"


def test_the_status_of_a_case_that_the_system_has_already_is_no_mistake(
    scene: Scene, works: Works
) -> None:
    play = Play(scene).forward()
    made = [works.status(play.number, "Diterima").json()["made"] for _time in range(3)]
    assert made == [True, False, False]
    assert play.moves.count("accept") == 1


def test_the_repeat_of_the_status_that_took_a_case_over_gets_the_same_answer(
    scene: Scene, works: Works
) -> None:
    play = Play(scene).forward()
    headers = {"If-Match": '"2"', "Idempotency-Key": "one"}
    first = works.status(play.number, "Diterima", headers)
    again = works.status(play.number, "Diterima", headers)
    assert (first.status_code, again.status_code) == (200, 200), again.json()
    assert again.json() == first.json()
    other = works.status(play.number, "Diterima", {"Idempotency-Key": "two"})
    assert other.json()["made"] is False
    assert (
        works.status(play.number, "Diterima", {**headers, "Idempotency-Key": "3"}).status_code
        == 412
    )
    assert play.moves.count("accept") == 1


def test_an_unknown_status_is_refused_with_those_that_there_are(scene: Scene, works: Works) -> None:
    play = taken(Play(scene), works)
    answer = works.status(play.number, "Dilunasi")
    body = answer.json()
    assert (answer.status_code, body["code"]) == (422, "unknown_status")
    assert body["statuses"] == [row["status"] for row in TABLE]
    assert answer["Content-Type"] == "application/problem+json"
    assert Reference.objects.get().status == "Dilunasi"


def test_a_refusal_is_the_tables_own_and_what_was_said_is_kept_for_officers(
    scene: Scene, works: Works
) -> None:
    play = Play(scene).forward()
    answer = works.status(play.number, "Selesai", **WORDS)
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
    assert play.case.status == "forwarded"
    assert Reference.objects.get().status == "Selesai"


def test_a_status_comes_once_for_its_key_and_only_as_the_case_was_read(
    scene: Scene, works: Works
) -> None:
    play = taken(Play(scene), works)
    once = {"Idempotency-Key": "s-1"}
    first = works.status(play.number, "Pesan", once, text="We come on Monday.")
    again = works.status(play.number, "Pesan", once, text="We come on Monday.")
    assert first.json() == again.json()
    assert play.moves.count("message") == 1
    for status in ("Pesan", "Menunggu suku cadang"):
        late = works.status(play.number, status, {"If-Match": '"1"'}, text="We come on Monday.")
        assert (late.status_code, late.json()["code"]) == (412, "stale")
    assert Reference.objects.get().status == "Pesan"


@pytest.mark.parametrize("body", [{}, {"status": ""}, {"status": "x" * 81}, {"status": ["a"]}])
def test_what_is_no_status_is_refused_by_name(scene: Scene, works: Works, body: Any) -> None:
    play = Play(scene).forward()
    answer = works.api.post(f"/api/v1/cases/{play.number}/status/", body)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["status"])


@pytest.mark.parametrize("state", INTO)
def test_no_status_closes_a_case_in_any_state(scene: Scene, works: Works, state: str) -> None:
    play = INTO[state](Play(scene))
    was_closed = play.case.status == State.CLOSED
    for row in TABLE:
        works.status(play.number, row["status"], **WORDS)
        assert (play.case.status == State.CLOSED) is was_closed, row


def test_the_last_status_goes_with_the_words_of_the_case(scene: Scene, works: Works) -> None:
    play = taken(Play(scene), works, "GW-1")
    works.status(play.number, "Menunggu suku cadang")
    for step in erasing.ROOMS.all_words:
        step(play.case)
    assert (Reference.objects.get().status, Reference.objects.get().external_id) == ("", "GW-1")


# --- The rehearsal ----------------------------------------------------------------------------


def test_a_rehearsal_says_what_would_happen_and_changes_nothing(scene: Scene, works: Works) -> None:
    new, at_work = Play(scene).forward(), taken(Play(scene), works)
    events = Event.objects.count()
    answer = works.rehearse(
        (new.number, "diterima"),
        (at_work.number, "Selesai"),
        (at_work.number, "Diterima"),
        (new.number, "Selesai"),
        (new.number, "Menunggu suku cadang"),
        (new.number, "Dilunasi"),
        (Play(scene).number, "Diterima"),
        ("nonsense", "Diterima"),
    )
    rows = answer.json()
    told = [(r["move"], r["possible"], r["to"], r["code"]) for r in rows]
    assert told == [
        ("accept", True, "in_progress", ""),
        ("answer", True, "answered", ""),
        ("accept", True, "in_progress", ""),
        ("answer", False, "", "wrong_state"),
        ("", True, "forwarded", ""),
        ("", False, "", "unknown_status"),
        ("", False, "", "no_such_case"),
        ("", False, "", "no_such_case"),
    ]
    assert rows[1]["needs"] == ["text", "evidence"]
    assert rows[3]["why"]
    assert Event.objects.count() == events + 1  # the complaint that was filed in between
    assert Case.objects.filter(status="answered").count() == 0


@pytest.mark.parametrize("state", INTO)
def test_a_rehearsal_says_what_then_happens(scene: Scene, works: Works, state: str) -> None:
    for row in TABLE[:3]:
        play = INTO[state](Play(scene))
        (would,) = works.rehearse((play.number, row["status"])).json()
        answer = works.status(play.number, row["status"], **WORDS)
        assert would["possible"] == (answer.status_code == 200), (row, answer.json())
        if would["possible"]:
            assert would["to"] == play.case.status


def test_a_rehearsal_has_an_end(works: Works) -> None:
    assert works.rehearse(*[("1", "Selesai")] * 51).status_code == 422
    assert works.rehearse().json() == []


def test_the_office_below_is_one_below(works: Works, scene: Scene) -> None:
    play = Play(scene).forward()
    assert works.status(play.number, "Ke bawah", text="In their district").status_code == 200
    assert play.holder == below(play).code
