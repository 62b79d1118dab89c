"""What a system may do with a case: what a focal officer of its office may, of the moves that are listed.

The table of moves is asked, for system and officer alike; these tests hold the two side by side.
"""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.roles import Role
from complaints import workflow
from complaints.forms import MOVE_FORMS
from complaints.models import Attachment, Event, IdentityLook
from complaints.parties import standing
from complaints.selectors.access import case_for
from complaints.selectors.casefile import CaseFile
from complaints.services import casework
from complaints.situations import situation_of
from complaints.workflow import Party, State
from systems.models import Reference
from systems.scopes import MOVES
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.complaints.uploads import closed
from tests.complaints.verifying import codes
from tests.systems.conftest import Join, Joined
from tests.systems.working import ANSWER, Works, below, taken

#: How a case comes into each state with the department, by the verbs of a play.
INTO: dict[str, Callable[[Play], Play]] = {
    "received": lambda play: play,
    "waiting at the desk": lambda play: play.ask(by="desk"),
    "forwarded": lambda play: play.forward(),
    "returned": lambda play: play.forward().send_back(),
    "in_progress": lambda play: play.forward().accept(),
    "waiting": lambda play: play.forward().accept().ask(),
    "passed down": lambda play: play.forward().pass_down(),
    "disputed_owner": lambda play: play.forward().send_back().forward().send_back(),
    "ruled": lambda play: play.forward().send_back().forward().send_back().rule(),
    "answered": lambda play: play.forward().accept().answer(),
    "disputed": lambda play: play.forward().accept().answer().dispute(),
    "appealed": lambda play: play.forward().accept().answer().appeal(),
    "closed": lambda play: play.forward().accept().answer().confirm(),
    "declined": lambda play: play.decline(),
    "withdrawing": lambda play: play.forward().withdraw(),
    "with others": lambda play: play.forward(to=play.cast.rival_ministry),
}


@pytest.fixture
def works(joined: Joined) -> Works:
    return Works(joined)


def open_to(play: Play, actor: Any) -> set[str]:
    """The moves that somebody is offered; none of a case that they do not see."""
    case = case_for(actor, play.number)
    return set(CaseFile(case, actor).moves) if case is not None else set()


@pytest.mark.parametrize("state", INTO)
def test_in_each_state_a_system_may_what_its_offices_focal_officer_may_of_the_listed_moves(
    scene: Scene, joined: Joined, state: str
) -> None:
    play = INTO[state](Play(scene))
    officer = open_to(play, scene.actor(scene.cast.focal))
    if state == "passed down":
        # Below its office it stands where the focal officer there does.
        officer = open_to(play, scene.actor(scene.cast.district_focal))
    assert open_to(play, joined.actor) == officer & MOVES


@pytest.mark.parametrize("state", INTO)
def test_every_move_that_is_not_listed_is_refused_in_each_state_and_leaves_nothing(
    scene: Scene, works: Works, state: str
) -> None:
    play = INTO[state](Play(scene))
    before = Event.objects.count()
    for move in sorted({*workflow.MOVES, "nonsense"} - MOVES):
        answer = works.move(play.number, move, {"reason": "To see who it is", "text": "Some words"})
        assert answer.status_code in (403, 404, 409, 422), (move, answer.json())
    assert Event.objects.count() == before
    assert not IdentityLook.objects.exists()


def test_the_list_leaves_out_whatever_decides_publishes_or_opens_a_seal() -> None:
    kept_for_people = {"break_seal", "uphold", "dismiss", "merge", "publish", "link_respondent"}
    assert not MOVES & kept_for_people
    assert not any(
        edge.target(workflow.Situation(state=state)) == State.CLOSED
        for move in MOVES
        for state in State
        for edge in workflow.MOVES[move].edges
        if edge.source == state != State.CLOSED
    )


def test_a_system_is_the_focal_officer_of_what_is_held_in_its_tree_and_of_nothing_else(
    scene: Scene, joined: Joined
) -> None:
    here, under = Play(scene).forward(), Play(scene).forward().pass_down()
    elsewhere = Play(scene).forward(to=scene.cast.ministry)
    assert Party.FOCAL in standing(here.case, joined.actor).parties
    assert Party.FOCAL in standing(under.case, joined.actor).parties
    assert not standing(elsewhere.case, joined.actor).parties


# --- Taking over ------------------------------------------------------------------------------


def test_a_system_takes_a_case_over_for_itself(scene: Scene, works: Works) -> None:
    play = Play(scene).forward()
    answer = works.accept(play.number, external_ref=" GW 77 ")
    case, event = play.case, play.last
    assert (answer.status_code, answer.json()["status"]) == (200, "in_progress")
    assert case.assigned == works.system.user
    assert (event.move, event.party, event.actor_id) == ("accept", "focal", works.system.user_id)
    assert (event.actor_kind, event.channel) == ("user", "api")
    reference = Reference.objects.get()
    assert (reference.external_id, reference.system, reference.case) == (
        *("GW 77", works.system, case),
    )
    assert play.heard()[-1] == "accepted"
    assert codes() == set()


def test_without_a_number_of_its_own_it_knows_the_case_by_ours(scene: Scene, works: Works) -> None:
    play = taken(Play(scene), works)
    assert Reference.objects.get().external_id == play.number


def test_it_may_give_a_case_to_an_officer_of_the_office(scene: Scene, works: Works) -> None:
    play = Play(scene).forward()
    officer = scene.cast.case_officer.pk
    assert works.accept(play.number, case_officer=officer).status_code == 200
    assert play.case.assigned_id == officer
    assert not Reference.objects.exists()
    assigned = works.move(play.number, "assign", {"case_officer": works.system.user_id})
    assert assigned.status_code == 200
    assert play.case.assigned == works.system.user


def test_it_may_give_no_case_to_somebody_of_another_office(scene: Scene, works: Works) -> None:
    play = Play(scene).forward()
    answer = works.accept(play.number, case_officer=scene.cast.rival_case_officer.pk)
    assert (answer.status_code, play.case.status) == (422, "forwarded")


def test_officers_take_a_case_back_from_a_system(scene: Scene, works: Works) -> None:
    play = taken(Play(scene), works)
    play.assign("case_officer").answer()
    assert play.case.status == "answered"


def test_an_officer_still_has_to_say_who_works_on_a_case(scene: Scene, client: Any) -> None:
    play = Play(scene).forward()
    client.force_login(scene.cast.focal)
    answer = client.post(f"/api/v1/cases/{play.number}/moves/accept/", {})
    assert "case_officer" in answer.json()["errors"]


def test_a_number_that_another_case_has_refuses_the_whole_move(scene: Scene, works: Works) -> None:
    taken(Play(scene), works, "GW-1")
    second = Play(scene).forward()
    answer = works.accept(second.number, external_ref="GW-1")
    assert (answer.status_code, answer.json()["code"]) == (409, "reference_taken")
    assert second.case.status == "forwarded"
    assert works.accept(second.number, external_ref="x" * 201).status_code == 422


def test_a_case_that_it_filed_keeps_its_number_when_it_takes_it(works: Works) -> None:
    number = works.file(take=True).json()["number"]
    assert works.accept(number).status_code == 200
    assert Reference.objects.get().external_id == "GW-1"


# --- Numbers ----------------------------------------------------------------------------------


def test_a_number_is_given_and_given_anew(scene: Scene, works: Works) -> None:
    play = Play(scene).forward()
    for ref in ("A-1", "A-1", "A-2"):
        answer = works.refer(play.number, ref)
        assert (answer.status_code, answer.json()) == (200, {"external_ref": ref})
    assert Reference.objects.get().external_id == "A-2"
    assert works.find("A-2").json()["number"] == play.number
    assert play.moves == ["submit", "forward"]


def test_a_number_is_for_cases_that_the_agency_has(scene: Scene, works: Works) -> None:
    gone, strange = Play(scene).forward().send_back(), Play(scene)
    assert works.refer(gone.number, "A").json()["code"] == "not_yours"
    assert works.refer(strange.number, "A").status_code == 404
    assert works.refer("no number", "A").status_code == 404
    assert not Reference.objects.exists()


@pytest.mark.parametrize("ref", ["", "  ", None, 7.5, ["A"], "x" * 201, "a\x00b\x07"])
def test_what_is_no_number_is_refused_by_name(scene: Scene, works: Works, ref: Any) -> None:
    answer = works.refer(Play(scene).forward().number, ref)
    if answer.status_code == 200:
        assert ref == 7.5
    else:
        assert list(answer.json()["errors"]) == ["external_ref"]


# --- Working ----------------------------------------------------------------------------------


def test_a_system_asks_writes_notes_and_answers(scene: Scene, works: Works) -> None:
    play = taken(Play(scene), works)
    assert works.move(play.number, "ask", {"text": "Which meter is it?"}).status_code == 200
    play.reply()
    for move in ("message", "note"):
        assert works.move(play.number, move, {"text": "We come on Monday."}).status_code == 200
    answer = works.move(play.number, "answer", ANSWER)
    assert (answer.status_code, answer.json()["status"]) == (200, "answered")
    assert [entry["move"] for entry in works.case(play.number).json()["timeline"]] == play.moves
    assert play.heard()[-1] == "answered"


def test_an_answer_by_a_system_needs_what_an_officers_needs(scene: Scene, works: Works) -> None:
    play = taken(Play(scene), works)
    bare = works.move(play.number, "answer", {"text": "It is done, all of it."})
    assert set(bare.json()["errors"]) == {"outcome", "cause"}
    unseen = works.move(play.number, "answer", {**ANSWER, "evidence": ""})
    assert list(unseen.json()["errors"]) == ["evidence"]


def test_a_case_goes_down_and_comes_back(scene: Scene, works: Works) -> None:
    play = Play(scene).forward()
    down = {"office": below(play).code, "reason": "In their district"}
    assert works.move(play.number, "pass_down", down).json()["holder"] == below(play).code
    back = works.move(play.number, "return", {"reason": "Not in our district"})
    assert (back.status_code, play.holder) == (200, scene.cast.department.code)
    assert works.move(play.number, "return", {"reason": "Not ours either"}).status_code == 200
    assert play.case.status == "disputed_owner"


def test_the_tag_and_the_key_hold_for_systems_too(scene: Scene, works: Works) -> None:
    play = Play(scene).forward()
    tag = works.case(play.number)["ETag"]
    first = works.move(play.number, "accept", {"external_ref": "A"}, **{"Idempotency-Key": "k"})
    again = works.move(play.number, "accept", {"external_ref": "A"}, **{"Idempotency-Key": "k"})
    assert first.json() == again.json()
    late = works.move(play.number, "note", {"text": "Too late"}, **{"If-Match": tag})
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    assert play.moves.count("accept") == 1


# --- Files ------------------------------------------------------------------------------------


def test_files_go_with_a_message_and_are_read_by_the_key(scene: Scene, works: Works) -> None:
    play = taken(Play(scene), works)
    key = play.photo("focal")
    assert works.move(play.number, "message", {"text": "See", "files": [key]}).status_code == 200
    got = closed(works.api.get(f"/api/v1/cases/{play.number}/files/{key}/"))
    assert got["Content-Type"] == "image/jpeg"
    assert got.body[:2] == b"\xff\xd8"


def test_no_name_of_a_file_is_told_since_it_may_tell_who_filed(scene: Scene, works: Works) -> None:
    play = taken(Play(scene), works)
    key = play.photo("citizen")
    Attachment.objects.filter(key=key).update(name="Rahima Begum.jpg")
    casework.message(
        actor=play.actor("citizen"), number=play.number, text="This is it", files=[key]
    )
    shown = works.case(play.number).json()["timeline"][-1]["files"][0]
    assert shown["name"] == f"{key}.jpg"
    got = closed(works.api.get(f"/api/v1/cases/{play.number}/files/{key}/"))
    assert key in got["Content-Disposition"]
    assert "Rahima" not in str(got.headers)
    assert "Rahima" not in works.case(play.number).content.decode()


# --- Strangers and the barred -----------------------------------------------------------------


def test_a_strangers_case_is_none(scene: Scene, works: Works, join: Join) -> None:
    play = taken(Play(scene), works, "GW-1")
    key = play.photo("focal")
    works.move(play.number, "message", {"text": "See", "files": [key]})
    rival = Works(join(scene.cast.rival_ministry))
    asked = [
        rival.case(play.number),
        rival.move(play.number, "note", {"text": "Some words"}),
        rival.refer(play.number, "R-1"),
        rival.status(play.number, "Selesai"),
        rival.api.get(f"/api/v1/cases/{play.number}/files/{key}/"),
    ]
    assert [answer.status_code for answer in asked] == [404] * 5
    assert rival.api.get("/api/v1/cases/").json()["results"] == []


def test_the_list_holds_what_is_with_the_agency_now_and_scope_past_what_was(
    scene: Scene, works: Works
) -> None:
    here, gone = Play(scene).forward(), Play(scene).forward().send_back()
    Play(scene)
    now = works.api.get("/api/v1/cases/").json()["results"]
    past = works.api.get("/api/v1/cases/", {"scope": "past"}).json()["results"]
    assert [row["number"] for row in now] == [here.number]
    assert [row["number"] for row in past] == [gone.number]


@pytest.mark.parametrize("role", [Role.HEAD, Role.FOCAL, Role.CASE_OFFICER])
def test_a_case_about_somebody_of_its_office_is_none_for_its_system(
    scene: Scene, works: Works, role: Role
) -> None:
    play = taken(Play(scene), works)
    play.about(office_id=scene.cast.department.pk, role=role)
    is_barred = works.joined.actor.user_id in standing(play.case, works.joined.actor).barred
    answer = works.case(play.number)
    assert (answer.status_code == 404) == is_barred
    if role == Role.HEAD:
        assert is_barred
        assert works.move(play.number, "note", {"text": "Some words"}).status_code == 404
        assert works.status(play.number, "Selesai").status_code == 404


@pytest.mark.parametrize("scopes", [["cases:read", "cases:file", "events:read"]])
def test_moving_needs_its_scope(scene: Scene, join: Join, scopes: list[str]) -> None:
    works, play = Works(join(scopes=scopes)), Play(scene).forward()
    assert works.case(play.number).status_code == 200
    for answer in (works.accept(play.number), works.refer(play.number, "A")):
        assert (answer.status_code, answer.json()["code"]) == (403, "scope")
    assert play.case.status == "forwarded"


# --- Any sequence -----------------------------------------------------------------------------

BODIES: dict[str, dict[str, Any]] = {
    "accept": {},
    "assign": {},
    "ask": {"text": "Which meter is it?"},
    "answer": ANSWER,
    "return": {"reason": "Not ours at all"},
    "pass_down": {"reason": "In their district", "office": "grid-district"},
    "message": {"text": "We come on Monday."},
    "note": {"text": "Ask the store first."},
}


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    calls=st.lists(st.sampled_from(sorted({*MOVES, "merge", "break_seal", "uphold"})), max_size=8)
)
def test_whatever_a_system_sends_in_whatever_order_the_table_decides(
    scene: Scene, works: Works, calls: list[str]
) -> None:
    play = Play(scene).forward()
    actor = works.joined.actor
    for move in calls:
        body = dict(BODIES.get(move, {}))
        if move == "assign":
            body["case_officer"] = works.system.user_id
        if move == "pass_down":
            body["office"] = below(play).code
        case = case_for(actor, play.number)
        assert case is not None
        file = CaseFile(case, actor)
        expected = _decided(move, file)
        answer = works.move(play.number, move, body)
        is_made = answer.status_code == 200
        # What the table allows a service may still refuse for its words; the other way round never.
        assert not (is_made and not expected), (move, case.status)
        if (
            expected
            and move in BODIES
            and not (move == "pass_down" and case.holder != play.cast.department)
        ):
            assert is_made, (move, case.status, answer.json())
        assert play.case.status != State.CLOSED
    assert codes(play.number) == set()


def _decided(move: str, file: CaseFile) -> bool:
    try:
        workflow.edge_for(move, file.who.parties, situation_of(file.case, file))
    except workflow.NotAllowed:
        return False
    return move in MOVE_FORMS


@pytest.mark.parametrize("move", sorted(set(MOVE_FORMS) - MOVES))
def test_a_move_that_is_for_people_is_refused_before_its_fields_are_asked_for(
    scene: Scene, works: Works, move: str
) -> None:
    play = taken(Play(scene), works)
    answer = works.move(play.number, move)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_yours")
