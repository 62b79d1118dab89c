"""The forms of what is done in an appeal, by page and API."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from complaints import moment
from complaints.models import Hearing, Investigation, Recommendation
from tests.complaints.appealing import appealed, case_page, page, send
from tests.complaints.conftest import Scene
from tests.complaints.play import day


def test_a_hearing_is_set_by_its_form_in_the_countrys_time(scene: Scene, client: Client) -> None:
    play = appealed(scene)
    form = page(scene, client, "ministry_focal", f"/office/cases/{play.number}/set_hearing/")
    assert 'type="datetime-local"' in form
    assert "(UTC+6)" in form
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
    offered = re.findall(r'<input[^>]*name="team"[^>]*>', form)
    assert any(f'value="{cast.ministry_head.pk}"' in one for one in offered)
    assert not any(f'value="{cast.case_officer.pk}"' in one for one in offered)
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
