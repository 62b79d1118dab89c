"""The pages of appeals: the list, the section of a case, the forms of moves, the citizen's own view."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints import moment
from complaints.models import Hearing, Investigation, Recommendation
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day
from tests.factories.agencies import make_officer


def appealed(scene: Scene, **filing: Any) -> Play:
    return Play(scene, **filing).forward().accept().answer().appeal()


def page(scene: Scene, client: Client, who: str, address: str) -> str:
    client.force_login(getattr(scene.cast, who))
    answer = client.get(f"/en{address}")
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def case_page(scene: Scene, client: Client, who: str, play: Play) -> str:
    return page(scene, client, who, f"/office/cases/{play.number}/")


def send(scene: Scene, client: Client, who: str, play: Play, move: str, **data: Any) -> Any:
    client.force_login(getattr(scene.cast, who))
    data.setdefault("seen", play.case.last_seq)
    return client.post(f"/en/office/cases/{play.number}/{move}/", data)


def follow_page(play: Play, client: Client) -> str:
    """The citizen's page, opened by the secret."""
    client.logout()
    opened = {"number": play.number, "secret": play.receipt.secret}
    assert client.post("/en/complaints/track/", opened).status_code == 302
    return str(client.get(f"/en/complaints/track/{play.number}/").content.decode())


# --- The list ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("ministry_focal", True),
        ("ministry_head", True),
        ("overseer", True),
        ("auditor", True),
        ("focal", False),
        ("head", False),
        ("rival_focal", False),
    ],
)
def test_an_appeal_stands_in_the_list_of_those_who_decide_it(
    scene: Scene, client: Client, who: str, sees: bool
) -> None:
    play = appealed(scene)
    shown = page(scene, client, who, "/office/appeals/")
    assert (play.number in shown) == sees
    assert ("No appeal waits for a decision." in shown) != sees


@pytest.mark.parametrize("who", ["case_officer", "desk", "operator", "registrar", "alice"])
def test_the_list_is_not_for_others(scene: Scene, client: Client, who: str) -> None:
    client.force_login(getattr(scene.cast, who))
    assert client.get("/en/office/appeals/").status_code == 403
    client.logout()
    assert client.get("/en/office/appeals/").status_code == 302


def test_it_is_in_the_navigation_of_those_it_is_for(scene: Scene, client: Client) -> None:
    assert 'href="/en/office/appeals/"' in page(scene, client, "head", "/office/")
    assert 'href="/en/office/appeals/"' not in page(scene, client, "case_officer", "/office/")


@pytest.mark.parametrize(
    ("show", "empty"),
    [
        ("decide", "No appeal waits for a decision."),
        ("hearings", "No hearing is set."),
        ("investigations", "Nothing is being investigated."),
        ("recommendations", "No recommendation waits for an answer."),
        ("nonsense", "No appeal waits for a decision."),
    ],
)
def test_an_empty_list_says_so(scene: Scene, client: Client, show: str, empty: str) -> None:
    assert empty in page(scene, client, "ministry_focal", f"/office/appeals/?show={show}")


def test_hearings_investigations_and_recommendations_have_lists_of_their_own(
    scene: Scene, client: Client
) -> None:
    play = appealed(scene).set_hearing(day(7)).investigate().recommend()
    other = appealed(scene)
    for show in ("hearings", "investigations", "recommendations"):
        shown = page(scene, client, "ministry_focal", f"/office/appeals/?show={show}")
        assert play.number in shown, show
        assert other.number not in shown, show
    # The office concerned: where it is asked to come, and what it has to answer.
    assert play.number in page(scene, client, "head", "/office/appeals/?show=hearings")
    assert play.number in page(scene, client, "head", "/office/appeals/?show=recommendations")
    assert play.number not in page(scene, client, "head", "/office/appeals/?show=investigations")
    # Of the team: what they investigate.
    assert play.number in page(scene, client, "rival_focal", "/office/appeals/?show=investigations")


def test_what_is_over_stands_in_no_list(scene: Scene, client: Client, clock: Any) -> None:
    play = appealed(scene).set_hearing(day(7)).investigate().recommend()
    play.report().follow().dismiss()
    for show in ("decide", "hearings", "investigations", "recommendations"):
        shown = page(scene, client, "overseer", f"/office/appeals/?show={show}")
        assert play.number not in shown, show


def test_a_hearing_whose_minutes_are_missing_is_shown_as_such(
    scene: Scene, client: Client, clock: Any
) -> None:
    play = appealed(scene).set_hearing(day(7))
    address = "/office/appeals/?show=hearings"
    assert "Minutes are missing" not in page(scene, client, "ministry_focal", address)
    clock.move_to(day(7, 11))
    assert "Minutes are missing" in page(scene, client, "ministry_focal", address)
    assert "Minutes are missing" in case_page(scene, client, "ministry_focal", play)


def test_the_list_shows_nothing_that_somebody_is_barred_from(scene: Scene, client: Client) -> None:
    play = appealed(scene).set_hearing().investigate().recommend()
    play.about(user_id=scene.cast.overseer.pk)
    for show in ("decide", "hearings", "investigations", "recommendations"):
        shown = page(scene, client, "overseer", f"/office/appeals/?show={show}")
        assert play.number not in shown, show
        assert play.number in page(scene, client, "ministry_focal", f"/office/appeals/?show={show}")


def test_ones_own_complaint_is_in_no_list_of_ones_office(scene: Scene, client: Client) -> None:
    play = appealed(scene)
    case = play.case
    case.owner = scene.cast.ministry_focal
    case.save(update_fields=["owner"])
    assert play.number not in page(scene, client, "ministry_focal", "/office/appeals/")


def test_an_office_without_a_focal_officer_leaves_its_appeals_to_the_one_above(
    scene: Scene, client: Client
) -> None:
    play = Play(scene).forward(to=scene.cast.district_office)
    play.accept(officer="district_focal", by="district_focal").answer(by="district_focal").appeal()
    assert play.number in page(scene, client, "focal", "/office/appeals/")
    assert play.number not in page(scene, client, "ministry_focal", "/office/appeals/")
    scene.cast.focal.posts.update(held_to=moment.now())
    assert play.number in page(scene, client, "ministry_focal", "/office/appeals/")


def test_whoever_handled_the_case_reads_that_somebody_else_decides(
    scene: Scene, client: Client
) -> None:
    play = (
        Play(scene)
        .forward(to=scene.cast.ministry)
        .pass_down(to=scene.cast.department, by="ministry_focal")
    )
    make_officer("Second Focal", "focal", scene.cast.ministry)
    play.accept().answer().appeal()
    shown = page(scene, client, "ministry_focal", "/office/appeals/")
    assert "You handled the case: somebody else decides" in shown


def test_the_list_costs_the_same_for_one_row_and_for_many(scene: Scene, client: Client) -> None:
    appealed(scene).set_hearing().investigate().recommend()
    client.force_login(scene.cast.ministry_focal)

    def cost(show: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/en/office/appeals/?show={show}").status_code == 200
        return len(captured)

    shows = ("decide", "hearings", "investigations", "recommendations")
    [cost(show) for show in shows]
    once = {show: cost(show) for show in shows}
    for _case in range(3):
        appealed(scene).set_hearing().investigate().recommend()
    assert {show: cost(show) for show in shows} == once
    assert max(once.values()) <= 12


# --- The section of a case --------------------------------------------------------------------


def test_it_says_who_decides_and_the_way_up_to_them(scene: Scene, client: Client) -> None:
    shown = case_page(scene, client, "ministry_focal", appealed(scene))
    assert "Grid Department → Ministry of Power" in shown
    assert "Nobody came to look at it at all." in shown
    assert "First appeal" in shown


def test_a_case_without_an_appeal_has_no_such_section(scene: Scene, client: Client) -> None:
    play = Play(scene).forward().accept()
    assert 'id="appeal"' not in case_page(scene, client, "focal", play)


def test_moves_are_offered_to_whoever_may_make_them_and_lead_to_their_forms(
    scene: Scene, client: Client
) -> None:
    play = appealed(scene)
    offered = {"set_hearing", "testify", "investigate", "guide", "recommend"}
    shown = case_page(scene, client, "ministry_focal", play)
    for move in offered:
        assert f"/office/cases/{play.number}/{move}/" in shown
        answer = client.get(f"/en/office/cases/{play.number}/{move}/")
        assert answer.status_code == 200, move
    by_office = case_page(scene, client, "focal", play)
    assert f"/{play.number}/testify/" in by_office
    assert f"/{play.number}/set_hearing/" not in by_office


def test_everything_that_happened_in_it_stands_there(
    scene: Scene, client: Client, clock: Any
) -> None:
    play = appealed(scene).set_hearing(day(7)).testify().testify(by="focal")
    play.testify(by="ministry_focal", witness="Karim the grocer").investigate().guide().recommend()
    clock.move_to(day(8))
    play.hold_hearing().report().follow().uphold()
    shown = case_page(scene, client, "ministry_focal", play)
    for words in (
        "Room 12, Ministry of Power",
        "The citizen showed both bills.",
        "did not come",
        "Statement of: Karim the grocer",
        "Rival Focal",
        "Nobody read the meter in May.",
        "The complaint is true",
        "Read each meter before you bill it.",
        "Proceed against the reader.",
        "Proceedings have been opened.",
        "The office has to look at it again.",
    ):
        assert words in shown, words


def test_until_the_decision_the_office_reads_that_there_is_more_and_not_what(
    scene: Scene, client: Client, clock: Any
) -> None:
    play = appealed(scene).set_hearing(day(7)).testify()
    play.testify(by="ministry_focal", witness="Karim the grocer").investigate()
    clock.move_to(day(8))
    play.hold_hearing().report()
    shown = case_page(scene, client, "head", play)
    for words in (
        "I saw it myself.",
        "Karim",
        "both bills",
        "Nobody read the meter",
        "Rival Focal",
    ):
        assert words not in shown, words
    assert "It can be read once the appeal is decided." in shown
    assert "The minutes can be read once the appeal is decided." in shown
    live = client.get(f"/en/office/cases/{play.number}/live/").content.decode()
    assert "Karim" not in live
    play.dismiss()
    assert "both bills" in case_page(scene, client, "head", play)


# --- The forms --------------------------------------------------------------------------------


def test_a_hearing_is_set_by_its_form_in_the_countrys_time(scene: Scene, client: Client) -> None:
    play = appealed(scene)
    form = page(scene, client, "ministry_focal", f"/office/cases/{play.number}/set_hearing/")
    assert 'type="datetime-local"' in form
    assert "Asia/Dhaka" in form
    assert re.search(r"\d{1,2} [A-Z][a-z]+ 20\d\d or later", form)
    data = {
        "at": "2026-12-01T10:30",
        "place": "Room 12",
        "text": "Bring the bill, please.",
        "invited": ["citizen", "office"],
    }
    answer = send(scene, client, "ministry_focal", play, "set_hearing", **data)
    assert answer.status_code == 302
    assert Hearing.objects.get().at.isoformat() == "2026-12-01T04:30:00+00:00"


def test_a_refused_one_keeps_what_was_typed_and_says_what_is_wrong(
    scene: Scene, client: Client
) -> None:
    play = appealed(scene)
    data = {"at": "2026-11-23T10:30", "place": "Room 12", "text": "Bring the bill, please."}
    answer = send(scene, client, "ministry_focal", play, "set_hearing", **data)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Bring the bill, please." in shown
    answer = send(scene, client, "ministry_focal", play, "set_hearing", **data, invited=["citizen"])
    assert answer.status_code == 422
    assert "3 days" in answer.content.decode()
    assert not Hearing.objects.exists()


def test_minutes_ask_only_for_those_who_were_asked(
    scene: Scene, client: Client, clock: Any
) -> None:
    play = appealed(scene).set_hearing(day(7), invited=("citizen",))
    clock.move_to(day(7))
    form = page(scene, client, "ministry_focal", f"/office/cases/{play.number}/hold_hearing/")
    assert "The citizen</label>" in form.replace("\n", "")
    assert 'value="office"' not in form
    data = {"came": ["citizen"], "text": "The citizen showed both bills."}
    assert send(scene, client, "ministry_focal", play, "hold_hearing", **data).status_code == 302
    assert Hearing.objects.get().held_at is not None


def test_a_team_is_chosen_or_named_by_address(scene: Scene, client: Client) -> None:
    cast, play = scene.cast, appealed(scene)
    form = page(scene, client, "ministry_focal", f"/office/cases/{play.number}/investigate/")
    assert "Ministry Head" in form
    # Whoever handled the case is not offered.
    assert f'value="{cast.case_officer.pk}"' not in form
    data = {
        "text": "Find out who read the meter.",
        "lead": "",
        "others": f"{cast.rival_focal.email.upper()}\n{cast.rival_case_officer.email}",
        "team": [cast.ministry_head.pk],
    }
    assert send(scene, client, "ministry_focal", play, "investigate", **data).status_code == 302
    team = Investigation.objects.get().team
    assert team.get(leads=True).user == cast.rival_focal
    assert set(team.values_list("user__name", flat=True)) == {
        "Rival Focal",
        "Rival Case Officer",
        "Ministry Head",
    }


@pytest.mark.parametrize(
    ("others", "says"),
    [
        ("nobody@example.org", "Nobody signs in with this address: nobody@example.org"),
        ("", "Choose who leads the investigation."),
        ("case.officer@example.org", "not on this team"),
    ],
)
def test_a_team_that_cannot_be_is_refused_in_words(
    scene: Scene, client: Client, others: str, says: str
) -> None:
    play = appealed(scene)
    data = {"text": "Find out who read the meter.", "others": others}
    answer = send(scene, client, "ministry_focal", play, "investigate", **data)
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_the_team_reports_by_its_form_and_then_is_let_out(scene: Scene, client: Client) -> None:
    play = appealed(scene).investigate()
    assert f"/{play.number}/report/" in case_page(scene, client, "rival_focal", play)
    data = {"text": "Nobody read the meter in May.", "finding": "founded"}
    answer = send(scene, client, "rival_focal", play, "report", **data)
    assert answer.headers["Location"] == "/en/office/"
    assert client.get(f"/en/office/cases/{play.number}/").status_code == 404


def test_action_is_recommended_and_answered_by_forms(scene: Scene, client: Client) -> None:
    play = appealed(scene)
    form = page(scene, client, "ministry_focal", f"/office/cases/{play.number}/recommend/")
    assert "Ministry of Roads" not in form
    data = {"office": "grid", "text": "Proceed against the reader."}
    assert send(scene, client, "ministry_focal", play, "recommend", **data).status_code == 302
    form = page(scene, client, "head", f"/office/cases/{play.number}/follow/")
    assert "Which recommendation" not in form
    data = {"followed": "acted", "text": "Proceedings have been opened."}
    assert send(scene, client, "head", play, "follow", **data).status_code == 302
    assert Recommendation.objects.get().followed == "acted"


def test_where_there_are_several_it_is_asked_which_one(scene: Scene, client: Client) -> None:
    play = appealed(scene).recommend().recommend(to=scene.cast.ministry)
    form = page(scene, client, "overseer", f"/office/cases/{play.number}/follow/")
    assert "Which recommendation" in form
    last = Recommendation.objects.latest("id")
    data = {"recommendation": last.pk, "followed": "refused", "text": "There is no ground for it."}
    assert send(scene, client, "overseer", play, "follow", **data).status_code == 302
    last.refresh_from_db()
    assert last.followed == "refused"


def test_the_decision_is_made_beside_what_was_said(scene: Scene, client: Client) -> None:
    play = appealed(scene).testify().investigate().report()
    form = page(scene, client, "ministry_focal", f"/office/cases/{play.number}/uphold/")
    assert "I saw it myself." in form
    assert "Nobody read the meter in May." in form


def test_while_a_team_investigates_the_decision_says_why_it_waits(
    scene: Scene, client: Client
) -> None:
    play = appealed(scene).investigate()
    data = {"reason": "The office has to look at it again."}
    answer = send(scene, client, "ministry_focal", play, "uphold", **data)
    assert answer.status_code == 409
    assert "The investigation is still open." in answer.content.decode()


def test_the_same_moves_go_by_the_api(scene: Scene, client: Client) -> None:
    play = appealed(scene)
    client.force_login(scene.cast.ministry_focal)
    at = (moment.now() + timedelta(days=9)).isoformat()
    body = {"at": at, "place": "Room 12", "text": "Bring the bill.", "invited": ["citizen"]}
    moves = f"/api/v1/cases/{play.number}/moves"
    answer = client.post(f"{moves}/set_hearing/", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    answer = client.post(f"{moves}/set_hearing/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "hearing_set")
    body = {"text": "Find out who read it.", "lead": scene.cast.ministry_head.pk}
    answer = client.post(f"{moves}/investigate/", body, content_type="application/json")
    assert answer.status_code == 200, answer.content


def test_the_api_says_how_an_appeal_stands(scene: Scene, client: Client) -> None:
    play = appealed(scene).set_hearing(day(7), invited=("office",)).investigate()
    client.force_login(scene.cast.ministry_focal)
    (told,) = client.get(f"/api/v1/cases/{play.number}/").json()["appeals"]
    assert (told["level"], told["office"], told["decided_at"]) == (1, "power", None)
    assert (told["hearing_at"], told["investigated"]) == ("2026-11-29T04:00:00Z", True)
    client.logout()
    body = {"secret": play.receipt.secret}
    address = f"/api/v1/complaints/{play.number}/follow/"
    (own,) = client.post(address, body, content_type="application/json").json()["appeals"]
    # They are not asked to this hearing.
    assert (own["office_name"], own["hearing_at"]) == ("Ministry of Power", None)
    play.report().dismiss()
    (own,) = client.post(address, body, content_type="application/json").json()["appeals"]
    assert (own["upheld"], own["investigated"]) == (False, False)


# --- The citizen ------------------------------------------------------------------------------


def test_the_citizen_reads_how_it_stands_and_gives_a_statement(
    scene: Scene, client: Client
) -> None:
    play = appealed(scene).set_hearing(day(7))
    shown = follow_page(play, client)
    for words in ("Ministry of Power", "You are asked to a hearing", "Room 12", "Bring the bill"):
        assert words in shown, words
    assert "hearing.ics" in shown
    assert "Whose statement it is" not in shown
    data = {"text": "The bill is of another house.", "witness": "Not asked for"}
    answer = client.post(f"/en/complaints/track/{play.number}/testify/", data)
    assert answer.status_code == 302
    shown = client.get(f"/en/complaints/track/{play.number}/").content.decode()
    assert "Your statement is with those who decide." in shown
    assert "You gave a statement" in shown
    assert "The bill is of another house." in shown


def test_the_citizen_reads_nothing_of_what_others_said(
    scene: Scene, client: Client, clock: Any
) -> None:
    play = appealed(scene).set_hearing(day(7)).testify(by="focal").guide().recommend()
    play.testify(by="ministry_focal", witness="Karim the grocer").investigate()
    clock.move_to(day(8))
    play.hold_hearing().report().follow()
    for decided in (False, True):
        shown = follow_page(play, client)
        for words in ("I saw it myself.", "Karim", "Nobody read the meter", "Read each meter"):
            assert words not in shown, words
        assert "Rival Focal" not in shown
        assert "Proceed" not in shown
        assert ("both bills" in shown) == decided
        if not decided:
            play.dismiss()
    assert "The office did what it could do." in shown


def test_after_a_dismissal_it_is_said_until_when_once_more_is_possible(
    scene: Scene, client: Client
) -> None:
    play = appealed(scene).dismiss()
    shown = follow_page(play, client)
    assert "You can appeal once more" in shown
    assert "22 Dec 2026" in shown
    play.appeal()
    assert "The overseers of the government" in follow_page(play, client)
    play.dismiss(by="overseer")
    shown = follow_page(play, client)
    assert "This decision is final." in shown
    assert "You can appeal once more" not in shown


def test_the_citizen_of_a_joined_case_reads_nothing_of_the_leads_appeal(
    scene: Scene, client: Client
) -> None:
    lead = Play(scene)
    other = Play(scene).merge(lead)
    lead.forward().accept().answer().appeal().set_hearing()
    assert "Room 12" not in follow_page(other, client)


def test_an_operator_types_the_statement_of_whoever_calls(scene: Scene) -> None:
    play = appealed(scene)
    assert "testify" in play.may("citizen")
    play.testify(by="citizen")
    assert play.last.party == "citizen"


# --- The calendar -----------------------------------------------------------------------------


def test_a_hearing_is_an_entry_for_the_calendar(scene: Scene, client: Client) -> None:
    play = appealed(scene).set_hearing(day(7))
    client.force_login(scene.cast.ministry_focal)
    answer = client.get(f"/en/office/cases/{play.number}/hearing.ics")
    lines = answer.content.decode().split("\r\n")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "DTSTART:20261129T040000Z" in lines
    assert "LOCATION:Room 12\\, Ministry of Power" in lines
    assert all(len(line.encode()) <= 75 for line in lines)


def test_the_citizen_has_it_too_unless_the_case_is_sensitive(scene: Scene, client: Client) -> None:
    play, sealed = appealed(scene).set_hearing(), appealed(scene, about_official=True).set_hearing()
    follow_page(play, client)
    assert client.get(f"/en/complaints/track/{play.number}/hearing.ics").status_code == 200
    assert "hearing.ics" not in follow_page(sealed, client)
    assert client.get(f"/en/complaints/track/{sealed.number}/hearing.ics").status_code == 404


def test_no_calendar_without_a_hearing_or_for_a_stranger(scene: Scene, client: Client) -> None:
    play = appealed(scene)
    client.force_login(scene.cast.ministry_focal)
    assert client.get(f"/en/office/cases/{play.number}/hearing.ics").status_code == 404
    play.set_hearing(invited=("office",))
    client.force_login(scene.cast.rival_focal)
    assert client.get(f"/en/office/cases/{play.number}/hearing.ics").status_code == 404
    assert client.get(f"/en/complaints/track/{play.number}/hearing.ics").status_code == 404
    follow_page(play, client)
    assert client.get(f"/en/complaints/track/{play.number}/hearing.ics").status_code == 404
