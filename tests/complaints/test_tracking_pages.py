"""Following a case: the citizen reads all of it, and nobody else learns that it is there."""

import pytest
from django.test import Client

from complaints import limits
from complaints.models import Case
from complaints.services import casework, escalation, identity
from tests.complaints.conftest import Scene
from tests.complaints.filing import html
from tests.complaints.following import TRACK, Follower


@pytest.fixture
def follower(client: Client, scene: Scene) -> Follower:
    return Follower(client, scene)


def test_number_and_secret_open_a_case_however_they_are_typed(follower):
    number = follower.receipt.number.replace("-", " ").lower()
    secret = follower.receipt.secret.translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯"))
    answer = follower.client.post(TRACK, {"number": number, "secret": secret})
    assert answer.url == follower.url


def test_a_wrong_secret_and_an_unknown_number_get_the_same_answer(follower):
    wrong = follower.client.post(
        TRACK, {"number": follower.receipt.number, "secret": "1111 2222 3333 4444"}
    )
    unknown = follower.client.post(
        TRACK, {"number": "0000-0000-0000", "secret": follower.receipt.secret}
    )
    nonsense = follower.client.post(TRACK, {"number": "x", "secret": "y"})
    assert wrong.status_code == unknown.status_code == nonsense.status_code == 404
    for answer in (wrong, unknown, nonsense):
        assert "There is no such case, or the secret does not open it." in html(answer)


def test_the_number_stays_in_the_form_and_can_come_with_the_address(follower):
    page = html(follower.client.get(f"{TRACK}?number={follower.receipt.number}"))
    assert f'value="{follower.receipt.number}"' in page
    again = follower.client.post(TRACK, {"number": follower.receipt.number, "secret": ""})
    assert again.status_code == 422
    assert f'value="{follower.receipt.number}"' in html(again)
    assert "Write the secret. It stands on your receipt." in html(again)


def test_too_many_guesses_on_a_number_are_held_up_even_with_the_right_secret(follower):
    for _ in range(limits.GUESSES_AN_HOUR):
        follower.client.post(TRACK, {"number": follower.receipt.number, "secret": "1" * 16})
    answer = follower.client.post(
        TRACK, {"number": follower.receipt.number, "secret": follower.receipt.secret}
    )
    assert answer.status_code == 429
    assert "Too many tries" in html(answer)


@pytest.mark.parametrize("path", ["", "live/", "reply/", "message/"])
def test_without_a_proof_a_case_and_a_number_that_is_none_look_alike(follower, path):
    def asked(number: str):
        url = f"{TRACK}{number}/{path}"
        return (
            follower.client.post(url)
            if path in ("reply/", "message/")
            else follower.client.get(url)
        )

    real, other = asked(follower.receipt.number), asked("0000-0000-0000-T")
    assert real.status_code == other.status_code
    assert real.status_code in (302, 286)
    if real.status_code == 302:
        assert real.url == f"{TRACK}?number={follower.receipt.number}"
        assert other.url == f"{TRACK}?number=0000-0000-0000-T"


def test_a_proof_opens_its_own_case_alone(follower, scene):
    follower.open()
    other = scene.file()
    assert follower.client.get(f"{TRACK}{other.number}/").status_code == 302


@pytest.mark.parametrize(
    "who", ["charlie", "focal", "rival_focal", "desk", "overseer", "registrar"]
)
def test_signing_in_opens_nobody_elses_case_here(follower, scene, who):
    follower.client.force_login(getattr(scene.cast, who))
    assert follower.client.get(follower.url).status_code == 302


def test_a_citizen_with_an_account_needs_no_secret(client, scene):
    answer = scene.file()
    Case.objects.filter(number=answer.number).update(owner=scene.cast.alice)
    client.force_login(scene.cast.alice)
    assert client.get(f"{TRACK}{answer.number}/").status_code == 200


def test_a_case_is_closed_on_a_device(follower):
    follower.open()
    assert follower.client.post(f"{follower.url}close/").url == TRACK
    assert follower.client.get(follower.url).status_code == 302


def test_no_cache_keeps_a_case(follower):
    follower.open()
    for path in ("", "live/"):
        assert "no-store" in follower.client.get(follower.url + path)["Cache-Control"]


def test_a_received_case_says_what_is_due_and_how_it_was_counted(follower):
    page = follower.open().page()
    assert "Received" in page
    assert "The central desk" in page
    assert "by the end of Wed 25 Nov 2026" in page
    for day in ("Day 1: Mon 23 Nov 2026", "Day 2: Tue 24 Nov 2026", "Day 3: Wed 25 Nov 2026"):
        assert day in page
    assert "by the end of Sat 5 Dec 2026" in page
    assert "The electricity meter shows a wrong number." in page


def test_a_forwarded_case_says_who_has_it_and_why(follower):
    page = follower.in_progress().open().page()
    assert "Sent to Grid Department" in page
    assert "Power meters" in page
    assert "With Grid Department" in page


def test_no_officers_name_and_no_note_is_on_the_page(follower, scene):
    follower.in_progress()
    follower.by(scene.cast.case_officer, casework.note, text="He always complains.")
    page = follower.open().page()
    for user in (scene.cast.focal, scene.cast.case_officer, scene.cast.desk):
        assert user.name not in page
    assert "always complains" not in page


def test_a_late_case_says_who_was_told(follower, clock):
    clock.move_to("2026-11-29T04:00:00+00:00")
    escalation.sweep()
    page = follower.open().page()
    assert "Late. The head of the office was told." in page
    assert "app-clock--late" in page


def test_who_looked_at_the_identity_is_shown_with_reason_and_time(follower, scene):
    follower.in_progress()
    reason = "The meter cannot be found without the name."
    follower.by(scene.cast.case_officer, identity.break_seal, reason=reason)
    page = follower.open().page()
    assert reason in page
    assert "Somebody looked at who you are" in page
    assert scene.cast.case_officer.name not in page


def test_a_merged_case_shows_its_leads_stage_and_answer(follower, scene):
    lead = Follower(Client(), scene)
    follower.by(scene.cast.desk, casework.merge, lead=lead.receipt.number)
    lead.answered()
    page = follower.open().page()
    assert "The meter was changed on Sunday." in page
    assert "Joined with another case about the same" in page
    assert "Mine is another matter" in page
    assert lead.receipt.number not in page
    assert follower.move("separate").status_code == 302
    assert follower.case.status == "received"


@pytest.mark.parametrize("language", ["en", "bn", "id"])
def test_the_page_is_there_in_each_language(follower, language):
    follower.answered().open()
    answer = follower.client.get(follower.url.replace("/en/", f"/{language}/"))
    assert answer.status_code == 200
    if language == "bn":
        assert "২০২৬" in html(answer)


def test_the_page_is_read_with_few_queries(follower, django_assert_max_num_queries):
    follower.answered()
    follower.by(
        follower.scene.cast.case_officer,
        identity.break_seal,
        reason="The meter is not to be found.",
    )
    follower.open().page()
    with django_assert_max_num_queries(10):
        follower.page()
