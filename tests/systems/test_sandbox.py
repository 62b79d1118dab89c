"""A sandbox: what an engineer plays there happens as it would in earnest, and nothing leaves it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from agencies.selectors import actor_for
from complaints.models import Case, Contact, Event
from complaints.moment import NotNow
from complaints.services import answering, casework
from complaints.services.escalation import sweep_case
from grs import providers
from grs.middleware import SandboxMiddleware
from systems.models import System
from systems.services import joining
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play
from tests.factories.agencies import RegistryCast
from tests.factories.routing import publish_rules
from tests.systems.conftest import Join, Joined

PLAY = "/api/v1/sandbox/play/"


@pytest.fixture
def sandbox(settings: Any) -> Any:
    settings.SANDBOX = settings.DEMO = True
    return settings


def play(joined: Joined, act: str, **given: Any) -> Any:
    return joined.client().post(PLAY, {"act": act, **given})


def filed(joined: Joined, **given: Any) -> Case:
    answer = play(joined, "file", **given)
    assert answer.status_code == 201, answer.content
    return Case.objects.get(number=answer.json()["number"])


def worked(scene: Scene, number: str) -> None:
    """The office takes the case and answers it."""
    focal, officer = scene.actor(scene.cast.focal), scene.cast.case_officer
    casework.accept(actor=focal, number=number, case_officer=officer)
    answering.answer(
        actor=actor_for(officer),
        number=number,
        outcome="resolved",
        text="The meter was changed.",
        evidence="A photo of the new one",
        cause="system",
    )


def test_elsewhere_there_is_no_such_address(joined: Joined) -> None:
    answer = play(joined, "file")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert Client().post(PLAY).status_code == 404
    assert not Case.objects.exists()


def test_a_citizen_files_and_the_desk_forwards_it_to_the_agency(
    sandbox: Any, joined: Joined, scene: Scene
) -> None:
    answer = play(joined, "file", text="The bill is for another house, every month.")
    case = Case.objects.get()
    assert answer.json() == {
        "number": case.number,
        "status": "forwarded",
        "agency": "grid",
        "steps": [],
    }
    assert case.holder == scene.cast.department
    moves = Event.objects.filter(case=case).order_by("seq").values_list("move", flat=True)
    assert list(moves) == ["submit", "forward"]
    assert Contact.objects.filter(case=case).exists()


def test_it_may_go_to_an_office_below_and_without_a_name(
    sandbox: Any, joined: Joined, scene: Scene
) -> None:
    case = filed(joined, office="grid-district-3.47", anonymous=True)
    assert case.holder == scene.cast.district_office
    assert not Contact.objects.filter(case=case).exists()
    refused = play(joined, "file", office="roads")
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["office"])


def test_what_the_rules_send_elsewhere_is_not_kept(sandbox: Any, joined: Joined) -> None:
    publish_rules({"words": "pothole*", "target": "roads"})
    answer = play(joined, "file", text="A pothole as deep as a well in our street.")
    assert (answer.status_code, answer.json()["code"]) == (409, "went_elsewhere")
    assert not Case.objects.exists()


def test_without_a_desk_the_refusal_says_what_is_missing(
    sandbox: Any, joined: Joined, scene: Scene
) -> None:
    scene.cast.desk.posts.update(held_to=timezone.now())
    answer = play(joined, "file")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_desk")
    assert not Case.objects.exists()


def test_a_question_is_answered_and_words_are_made_up(
    sandbox: Any, joined: Joined, scene: Scene
) -> None:
    case = filed(joined)
    casework.accept(
        actor=scene.actor(scene.cast.focal),
        number=case.number,
        case_officer=scene.cast.case_officer,
    )
    casework.ask(actor=scene.actor(scene.cast.case_officer), number=case.number, text="Which?")
    assert play(joined, "reply", number=case.number).json()["status"] == "in_progress"
    assert play(joined, "message", number=case.number, text="And now?").status_code == 200
    moves = list(Event.objects.filter(case=case).order_by("seq").values_list("move", flat=True))
    assert moves[-2:] == ["reply", "message"]


@pytest.mark.parametrize(
    ("act", "given", "status"),
    [
        ("confirm", {"rating": 2}, "closed"),
        ("dispute", {}, "in_progress"),
        # It takes a while: the citizen may still think better of it.
        ("withdraw", {}, "answered"),
    ],
)
def test_the_citizen_makes_of_an_answer_what_they_will(
    sandbox: Any, joined: Joined, scene: Scene, act: str, given: dict[str, Any], status: str
) -> None:
    case = filed(joined)
    worked(scene, case.number)
    answer = play(joined, act, number=case.number, **given)
    assert answer.status_code == 200, answer.content
    case.refresh_from_db()
    assert answer.json()["status"] == case.status == status
    assert Event.objects.filter(case=case).latest("seq").move == act


def test_what_the_table_does_not_allow_is_refused_as_in_earnest(
    sandbox: Any, joined: Joined
) -> None:
    case = filed(joined)
    for act in ("confirm", "dispute", "reply"):
        assert play(joined, act, number=case.number).status_code == 409


def test_days_pass_for_one_case_and_what_is_due_is_done(
    sandbox: Any, joined: Joined, scene: Scene
) -> None:
    case, other = filed(joined), filed(joined, text="The pole before our house is leaning.")
    steps = play(joined, "time", number=case.number, days=100).json()["steps"]
    assert steps
    assert all(case.number in line for line in steps)
    case.refresh_from_db()
    other.refresh_from_db()
    assert case.last_seq > other.last_seq == 2


def test_silence_about_an_answer_closes_the_case(
    sandbox: Any, joined: Joined, scene: Scene, clock: time_machine.Traveller
) -> None:
    case = filed(joined)
    worked(scene, case.number)
    assert play(joined, "time", number=case.number, days=60).json()["status"] == "closed"
    again = play(joined, "time", number=case.number, days=1).json()
    assert (again["status"], again["steps"]) == ("closed", [])


def test_what_is_played_after_days_have_passed_comes_after_them(
    sandbox: Any, joined: Joined, scene: Scene
) -> None:
    case = filed(joined)
    play(joined, "time", number=case.number, days=100)
    play(joined, "message", number=case.number)
    times = Event.objects.filter(case=case).order_by("seq").values_list("happened_at", flat=True)
    assert list(times) == sorted(times)


def test_nobody_plays_with_the_case_of_another(sandbox: Any, joined: Joined, scene: Scene) -> None:
    theirs = Play(scene).forward(to=scene.cast.rival_ministry)
    for act in ("reply", "message", "confirm", "dispute", "withdraw", "time"):
        answer = play(joined, act, number=theirs.number)
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_case")
    assert theirs.moves == ["submit", "forward"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"act": "bribe"}, "act"),
        ({}, "act"),
        ({"act": "confirm"}, "number"),
        ({"act": "time", "number": "x", "days": 0}, "days"),
        ({"act": "time", "number": "x", "days": 9999}, "days"),
        ({"act": "confirm", "number": "x", "rating": 9}, "rating"),
        ({"act": "file", "text": "short"}, "text"),
    ],
)
def test_what_does_not_do_is_said_at_its_field(
    sandbox: Any, joined: Joined, given: dict[str, Any], field: str
) -> None:
    answer = joined.client().post(PLAY, given)
    assert answer.status_code == 422, answer.content
    assert field in answer.json()["errors"]


def test_on_a_real_installation_no_case_is_moved_into_the_future(
    scene: Scene, settings: Any
) -> None:
    settings.DEMO = settings.DEBUG = False
    case = Play(scene).forward().case
    with pytest.raises(NotNow):
        sweep_case(case.pk, at=SUNDAY + timedelta(days=40))
    assert Event.objects.filter(case=case).count() == 2


# --- What it says of itself, and what leaves it ----------------------------------------------------


def test_every_page_says_that_it_is_a_sandbox(sandbox: Any, db: None) -> None:
    page = Client().get("/en/").content.decode()
    assert "Here agencies try their systems." in page
    assert "Nothing here reaches a real office" not in page


def test_every_answer_to_a_program_says_so_too(db: None, rf: Any) -> None:
    answered = SandboxMiddleware(lambda request: Client().get("/healthz/live"))  # type: ignore
    for path, expected in (("/api/v1/system/", "1"), ("/oauth/token/", "1"), ("/office/", None)):
        assert answered(rf.get(path)).get("X-Sandbox") == expected


def test_of_what_the_environment_says_of_providers_nothing_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GRS_TWILIO_SID", "AC1")
    monkeypatch.setenv("GRS_TWILIO_TOKEN", "token")
    monkeypatch.setenv("GRS_TWILIO_FROM", "+8801")
    monkeypatch.setenv("GRS_SMS_GATEWAY", "twilio")
    real = providers.providers(public_url="https://x.example", simulate=False)
    assert providers.sms_gateway(real) == "twilio"
    found = providers.providers(public_url="https://x.example", simulate=False, real=False)
    assert found["twilio"]["sid"] == ""
    assert providers.sms_gateway(found, real=False) == "log"


def test_a_system_is_ready_and_its_secret_is_printed_each_time(
    sandbox: Any, scene: Scene, cast: RegistryCast, join: Join, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = []
    for _ in range(2):
        call_command("sandbox_system", "grid")
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    system = System.objects.get()
    words = printed[0].split()
    assert system.client_id in words
    secret = next(word for word in words if word.startswith("grs_"))
    assert Joined(system, secret).ask_token().status_code == 200


def test_a_secret_that_a_registrar_changed_is_not_printed(
    sandbox: Any, scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("sandbox_system", "grid")
    joining.rotate_secret(scene.actor(scene.cast.registrar), System.objects.get())
    capsys.readouterr()
    call_command("sandbox_system", "grid")
    assert "grs_" not in capsys.readouterr().out


def test_outside_a_sandbox_no_secret_is_printed(scene: Scene) -> None:
    with pytest.raises(CommandError, match="sandbox"):
        call_command("sandbox_system", "grid")
    assert not System.objects.exists()


def test_for_an_office_that_there_is_not_none_joins(sandbox: Any, scene: Scene) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("sandbox_system", "nowhere")


def test_a_sandbox_that_others_can_reach_gets_no_people_with_the_usual_password(
    sandbox: Any, db: None
) -> None:
    sandbox.DEMO_PASSWORD = ""
    with pytest.raises(CommandError, match="GRS_DEMO_PASSWORD"):
        call_command("load_demo")
