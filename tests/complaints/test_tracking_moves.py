"""Following a case: the citizen moves it, and what goes wrong loses nothing."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from complaints.models import Case
from complaints.selectors import CaseFile
from complaints.services import casework, publishing
from tests.complaints.conftest import Scene
from tests.complaints.filing import html, photo
from tests.complaints.following import Follower, live


@pytest.fixture
def follower(client: Client, scene: Scene) -> Follower:
    return Follower(client, scene)


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


def test_a_mistake_is_told_and_what_was_typed_stays(follower):
    follower.answered().open()
    answer = follower.move("confirm", comment="Nearly good")
    assert answer.status_code == 422
    page = html(answer)
    assert "Please correct this" in page
    assert "Nearly good</textarea>" in page
    assert 'href="#confirm_rating_0"' in page
    assert 'id="confirm_rating_0"' in page


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
