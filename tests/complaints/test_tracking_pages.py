"""Following a case: the citizen reads all of it, moves it, and nobody else learns that it is there."""

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from complaints import limits
from complaints.models import Case
from complaints.selectors import CaseFile
from complaints.services import answering, casework, escalation, identity, publishing
from complaints.services.intake import Receipt
from tests.complaints.conftest import Scene
from tests.complaints.test_filing_pages import html, photo

TRACK = "/en/complaints/track/"


class Follower:
    """A citizen before their own case, and officers who move it behind the scene."""

    def __init__(self, client: Client, scene: Scene) -> None:
        self.client, self.scene = client, scene
        self.receipt: Receipt = scene.file_named()

    @property
    def url(self) -> str:
        return f"{TRACK}{self.receipt.number}/"

    def open(self, *, withdraws: bool = False) -> "Follower":
        secret = self.receipt.withdrawal_secret if withdraws else self.receipt.secret
        answer = self.client.post(TRACK, {"number": self.receipt.number, "secret": secret})
        assert answer.url == self.url
        return self

    def page(self) -> str:
        answer = self.client.get(self.url)
        assert answer.status_code == 200
        return html(answer)

    def move(self, move: str, **data):
        data.setdefault("seen", self.case.last_seq)
        return self.client.post(f"{self.url}{move}/", data)

    @property
    def case(self) -> Case:
        return Case.objects.get(number=self.receipt.number)

    def by(self, user: User, service: Callable, **what) -> None:
        service(actor=self.scene.actor(user), number=self.receipt.number, **what)

    def in_progress(self) -> "Follower":
        cast = self.scene.cast
        self.by(cast.desk, casework.forward, office=cast.department, reason="Power meters")
        self.by(cast.focal, casework.accept, case_officer=cast.case_officer)
        return self

    def asked(self) -> "Follower":
        self.in_progress()
        self.by(self.scene.cast.case_officer, casework.ask, text="What is the meter's number?")
        return self

    def answered(self) -> "Follower":
        self.in_progress()
        self.by(
            self.scene.cast.case_officer,
            answering.answer,
            outcome="resolved",
            text="The meter was changed on Sunday.",
            evidence="Photo number seven.",
            cause="system",
        )
        return self


@pytest.fixture
def follower(client: Client, scene: Scene) -> Follower:
    return Follower(client, scene)


# --- The door -------------------------------------------------------------------------------


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


# --- What is read ---------------------------------------------------------------------------


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


# --- What is moved --------------------------------------------------------------------------


def test_a_question_is_answered_with_words_and_files(follower):
    follower.asked().open()
    page = follower.page()
    assert "We asked you" in page
    assert "What is the meter&#x27;s number?" in page
    answer = follower.move("reply", text="It is 4711.", files=[photo()])
    assert answer.url == follower.url
    assert follower.case.status == "in_progress"
    page = follower.page()
    assert "Your reply is with them now." in page
    assert "It is 4711." in page
    link = re.search(r'href="(/en/files/[^"]+)"', page)
    assert link
    shown = follower.client.get(link.group(1))
    assert shown.status_code == 200
    assert b"".join(shown.streaming_content)
    assert Client().get(link.group(1)).status_code == 404


def test_a_message_while_we_wait_does_not_stand_in_the_way_of_the_reply(follower):
    follower.asked().open()
    follower.move("message", text="I am looking for it.")
    assert follower.move("reply", text="It is 4711.").status_code == 302
    assert follower.case.status == "in_progress"


def test_an_answer_is_confirmed_with_a_rating(follower):
    follower.answered().open()
    page = follower.page()
    assert "Yes, I am satisfied with the answer" in page
    assert "No, the problem is not solved" in page
    assert follower.move("confirm", rating="5", comment="Thank you").status_code == 302
    assert (follower.case.status, follower.case.ending) == ("closed", "confirmed")
    assert "Confirmed by the citizen" in follower.page()


def test_an_answer_is_disputed_and_goes_back(follower):
    follower.answered().open()
    follower.move("dispute", reason="The meter is the same as before.")
    assert follower.case.status == "in_progress"
    assert "You said that the problem is not solved" in follower.page()


def test_the_first_secret_does_not_withdraw_and_says_which_one_does(follower):
    follower.open()
    assert "Only the secret of part 2 of the receipt withdraws." in follower.page()
    answer = follower.move("withdraw")
    assert answer.status_code == 409
    assert not follower.case.withdrawal_pending


def test_the_withdrawal_secret_withdraws_and_either_calls_back(follower):
    follower.open(withdraws=True)
    follower.move("withdraw", pressured="on")
    assert follower.case.withdrawal_pending
    assert follower.case.pressured
    follower.open()
    page = follower.page()
    assert "You asked to withdraw" in page
    assert "The withdrawal takes effect" in page
    follower.move("call_back")
    assert not follower.case.withdrawal_pending


def test_an_appeal_and_a_message_after_the_end(follower):
    follower.answered().open()
    follower.move("confirm", rating="2")
    follower.move("message", text="One more thing.")
    assert "One more thing." in follower.page()
    follower.move("appeal", grounds="It broke again the day after.")
    assert follower.case.status == "appealed"


def test_a_case_is_marked_sensitive_and_its_publication_ends(follower, scene):
    Case.objects.filter(number=follower.receipt.number).update(publish_consent=True)
    follower.by(scene.cast.desk, publishing.publish, public_text="A meter shows a wrong number.")
    follower.open().move("mark_sensitive")
    case = follower.case
    assert case.sensitive
    assert case.published_at is None


def test_the_citizen_says_whom_it_is_about(follower, scene):
    follower.in_progress().open()
    url = f"{follower.url}link_respondent/"
    assert follower.client.get(url).status_code == 200
    found = follower.client.post(url, {"q": "grid", "find": "1"})
    assert f'value="{scene.cast.department.code}"' in html(found)
    wrong = follower.client.post(url, {"q": "grid", "office": "", "role": "head"})
    assert wrong.status_code == 422
    done = follower.client.post(url, {"office": scene.cast.department.code, "role": "head"})
    assert done.status_code == 302
    assert follower.case.holder != scene.cast.department


def test_a_move_that_is_not_the_citizens_is_no_page(follower):
    follower.open()
    for move in ("forward", "answer", "note", "break_seal", "nonsense"):
        assert follower.move(move, text="x").status_code == 404


def test_the_address_of_a_move_leads_to_its_form(follower):
    follower.asked().open()
    assert follower.client.get(f"{follower.url}reply/").url == f"{follower.url}#reply"


# --- What goes wrong ------------------------------------------------------------------------


def test_a_mistake_is_told_and_what_was_typed_stays(follower):
    follower.answered().open()
    answer = follower.move("confirm", comment="Nearly good")
    assert answer.status_code == 422
    page = html(answer)
    assert "Please correct this" in page
    assert "Nearly good</textarea>" in page
    assert re.search(r'<details class="app-move" id="confirm" open>', page)


def test_a_stale_form_shows_the_new_state_keeps_the_words_and_can_be_sent_again(follower):
    follower.asked().open()
    seen = follower.case.last_seq
    follower.move("message", text="By the way: it hums.")
    answer = follower.move("reply", text="It is 4711.", seen=seen)
    page = html(answer)
    assert answer.status_code == 409
    assert "Someone else has changed this case since you opened it." in page
    assert "By the way: it hums." in page
    assert "It is 4711.</textarea>" in page
    again = re.search(r'name="seen" value="(\d+)" id="reply_seen"', page).group(1)
    assert follower.move("reply", text="It is 4711.", seen=again).status_code == 302


def test_words_for_a_step_that_is_over_are_not_lost(follower):
    follower.asked().open()
    follower.move("reply", text="It is 4711.")
    answer = follower.move("reply", text="And it hums at night.")
    page = html(answer)
    assert answer.status_code == 409
    assert "This was not sent" in page
    assert "And it hums at night." in page


def test_a_wrong_file_is_refused_by_name(follower):
    follower.asked().open()
    bad = SimpleUploadedFile("virus.exe", b"MZ nonsense")
    answer = follower.move("reply", text="It is 4711.", files=[bad])
    assert answer.status_code == 422
    assert "is not a photo" in html(answer)
    assert "It is 4711.</textarea>" in html(answer)
    assert follower.case.status == "waiting"


@pytest.mark.parametrize("text", ["", "\0\0", "\u200b" * 20])
def test_empty_words_are_refused(follower, text):
    follower.open()
    assert follower.move("message", text=text).status_code == 422


# --- Asked for each minute ------------------------------------------------------------------


def live(follower: Follower, page: str) -> tuple[str, str]:
    """Address and tag that the page polls with."""
    url = re.search(r'hx-get="([^"]+/live/\?seen=\d+)"', page).group(1)
    tag = re.search(r'If-None-Match": "\\"(\w+)\\""', page).group(1)
    return url, f'"{tag}"'


def test_while_nothing_changes_the_answer_is_304(follower, django_assert_max_num_queries):
    follower.in_progress().open()
    url, tag = live(follower, follower.page())
    with django_assert_max_num_queries(6):
        answer = follower.client.get(url, headers={"if-none-match": tag})
    assert answer.status_code == 304
    assert "no-store" in answer["Cache-Control"]


def test_a_change_comes_with_the_next_minute(follower, clock):
    follower.in_progress().open()
    url, tag = live(follower, follower.page())
    follower.by(follower.scene.cast.case_officer, casework.message, text="We come on Monday.")
    answer = follower.client.get(url, headers={"if-none-match": tag})
    assert answer.status_code == 200
    assert "We come on Monday." in html(answer)
    assert "There is something new." in html(answer)
    assert answer["ETag"] != tag
    assert live(follower, html(answer)) == (url, answer["ETag"])


def test_another_day_or_language_is_a_change_too(follower, clock):
    follower.in_progress().open()
    url, tag = live(follower, follower.page())
    bangla = follower.client.get(url.replace("/en/", "/bn/"), headers={"if-none-match": tag})
    assert bangla.status_code == 200
    clock.shift(24 * 3600 / 48)
    assert follower.client.get(url, headers={"if-none-match": tag}).status_code == 304
    clock.shift(24 * 3600)
    follower.open()
    assert follower.client.get(url, headers={"if-none-match": tag}).status_code == 200


def test_asking_ends_with_the_session(follower):
    follower.open()
    url, _tag = live(follower, follower.page())
    follower.client.post(f"{follower.url}close/")
    assert follower.client.get(url).status_code == 286


def test_a_case_file_for_a_citizen_holds_no_officers(follower, scene):
    follower.in_progress()
    file = CaseFile(follower.case, scene.citizen(follower.receipt))
    assert all(not entry.who for entry in file.timeline)
