"""Filing a complaint page by page: the way through, and nothing typed is lost."""

import re

import pytest
from django.test import Client

from complaints.models import Attachment, Case, Contact, Event, Respondent
from complaints.services.identity import contact_of
from tests.complaints.conftest import Scene
from tests.complaints.filing import ANONYMOUS, NEW, TEXT, Walk, html, photo


@pytest.fixture
def walk(client: Client, scene: Scene) -> Walk:
    return Walk(client)


def test_the_first_page_asks_about_officials_and_says_what_that_changes(client, scene):
    page = html(client.get(NEW))
    assert "Is this about an official, or about corruption?" in page
    assert "Your name is sealed" in page
    assert not client.session.get("drafts")


def test_each_page_leads_to_the_next_and_the_last_gives_the_receipt(walk, scene):
    walk.begin()
    place = scene.cast.union.code
    you = {"who": "named", "name": "Rahima", "phone": "০১৭১২৩৪৫৬৭৮", "for_whom": "self"}
    for step, data, then in (
        ("what", {"kind": "complaint", "text": TEXT, "category": "roads"}, "place"),
        ("place", {"place": place, "note": "Beside the school"}, "you"),
        ("you", you, "files"),
        ("files", {}, "check"),
        ("check", {}, "receipt"),
    ):
        assert walk.get(step).status_code == 200
        answer = walk.post(step, data)
        assert answer.status_code == 302, html(answer)
        assert answer.url == walk.url(then)
    case = Case.objects.get()
    assert (case.text, case.place, case.place_note) == (TEXT, scene.cast.union, "Beside the school")
    assert (case.category, case.channel, case.language) == (scene.cast.roads, "web", "en")
    assert contact_of(case).phone == "+8801712345678"
    assert not case.share_contact
    assert not case.publish_consent


def test_the_check_page_shows_every_answer_with_a_way_to_change_it(walk, scene):
    walk.to_check({**ANONYMOUS, "publish": "on"})
    page = html(walk.get("check"))
    assert TEXT in page
    assert "I don’t know" in page
    assert "I’d rather not say" in page
    assert f'href="{walk.url("what", "?then=check")}"' in page
    changed = walk.post("what", {"kind": "suggestion", "text": TEXT + " Again."}, "?then=check")
    assert changed.url == walk.url("check")
    assert "Make a suggestion" in html(walk.get("check"))


def test_a_page_shows_again_what_was_answered(walk, scene):
    walk.to_check(
        {
            "who": "named",
            "name": "Rahima",
            "for_whom": "other",
            "for_name": "Karim",
            "consent": "spoken",
        }
    )
    assert TEXT in html(walk.get("what"))
    page = html(walk.get("you"))
    assert 'value="Rahima"' in page
    assert 'value="Karim"' in page


def test_the_check_page_sends_back_to_what_was_left_out(walk):
    walk.begin()
    assert walk.get("check").url == walk.url("what")
    assert walk.post("check").url == walk.url("what")
    assert not Case.objects.exists()


def test_a_page_that_there_is_not_is_not_found(walk):
    walk.begin()
    assert walk.get("nonsense").status_code == 404


def test_a_signed_in_citizen_owns_the_case(walk, scene):
    walk.client.force_login(scene.cast.alice)
    walk.to_check(you={"who": "named", "name": "Alice", "for_whom": "self"}).send()
    assert Case.objects.get().owner == scene.cast.alice


def test_who_would_rather_not_say_owns_nothing_though_signed_in(walk, scene):
    walk.client.force_login(scene.cast.focal)
    walk.to_check(about="yes")
    walk.post("files", {"files": photo(), "add": "1"})
    receipt = walk.client.get(walk.send().url)
    assert receipt.status_code == 200
    case, kept = Case.objects.get(), Attachment.objects.get()
    assert (case.owner, case.filed_by, kept.uploaded_by) == (None, None, None)
    assert kept.case == case
    assert not Event.objects.filter(actor_id__isnull=False).exists()


def test_a_complaint_about_an_official_is_sealed_and_its_respondent_barred(walk, scene):
    walk.begin("yes")
    assert walk.get("about").status_code == 200
    office = scene.cast.district_office
    kept = walk.post("whom", {"office": office.code, "role": "head"})
    assert kept.url == walk.url("what")
    walk.post("what", {"kind": "complaint", "text": TEXT})
    walk.post("place", {"unknown": "1"})
    page = html(walk.get("you"))
    assert 'name="publish"' not in page
    assert 'name="share"' not in page
    walk.post("you", {**ANONYMOUS, "publish": "on", "share": "on"})
    check = html(walk.get("check"))
    assert office.name in check
    assert "The head of the office" in check
    walk.send()
    case = Case.objects.get()
    assert case.sensitive
    assert not case.publish_consent
    assert not case.share_contact
    respondent = Respondent.objects.get(case=case)
    assert (respondent.office, respondent.role) == (office, "head")


def test_nobody_has_to_say_whom_it_is_about(walk):
    walk.begin("yes")
    assert walk.post("whom", {}).url == walk.url("what")


def test_what_was_left_out_is_said_on_the_check_page(walk):
    page = " ".join(html(walk.to_check(about="yes").get("check")).split())
    assert re.search(r"About whom.{0,200}I’d rather not say", page)
    assert re.search(r"Files.{0,200}None", page)


def test_an_office_is_found_by_its_name_without_a_script(walk, scene):
    walk.begin("yes")
    page = html(walk.post("whom", {"q": "gazipur", "find": "1"}))
    assert f'value="{scene.cast.district_office.code}"' in page
    assert "Grid Department" in page


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"q": "Grid"}, "Choose an office from the list, or empty the field."),
        ({"office": "no-such-office", "role": "head"}, "Choose an office from the list."),
        ({"office": "grid"}, "Say which post in the office it is about."),
        ({"office": "a\0b", "role": "head"}, "Null characters are not allowed."),
    ],
)
def test_half_a_respondent_is_refused_with_a_sentence(walk, sent, sentence):
    walk.begin("yes")
    answer = walk.post("whom", sent)
    assert answer.status_code == 422
    assert sentence in html(answer)


def test_a_begun_complaint_is_offered_again_unless_it_is_about_an_official(walk):
    walk.to_check()
    page = html(walk.client.get(NEW))
    assert "You have begun a complaint" in page
    assert walk.client.post(NEW, {"discard": walk.token}).status_code == 302
    assert "You have begun a complaint" not in html(walk.client.get(NEW))
    walk.to_check(about="yes")
    assert "You have begun a complaint" not in html(walk.client.get(NEW))


def test_a_mistake_is_told_in_a_summary_and_nothing_typed_is_lost(walk):
    walk.begin()
    answer = walk.post("what", {"kind": "complaint", "text": "Too few"})
    page = html(answer)
    assert answer.status_code == 422
    assert "Please correct this" in page
    assert "Write at least 10 letters" in page
    assert "Too few</textarea>" in page
    assert "<title>Error:" in page


@pytest.mark.parametrize("text", ["", "   \n ", "\u200b" * 50, "12345 67890 !!", "😡" * 40])
def test_what_holds_no_words_is_refused(walk, text):
    walk.begin()
    assert walk.post("what", {"kind": "complaint", "text": text}).status_code == 422


def test_a_megabyte_of_text_is_refused_and_shown_again(walk):
    walk.begin()
    text = "মিটার " * 60_000
    answer = walk.post("what", {"kind": "complaint", "text": text})
    page = html(answer)
    assert answer.status_code == 422
    assert "This is too long" in page
    assert page.count("মিটার") >= 60_000


def test_null_bytes_are_taken_out_and_emoji_and_mixed_scripts_stay(walk):
    walk.to_check(text="The \0meter মিটার 😡 is wrong")
    walk.send()
    assert Case.objects.get().text == "The meter মিটার 😡 is wrong"


def test_lines_are_kept_as_they_were_written(walk):
    walk.to_check(text="First the meter.\r\nThen the bill.\r\n")
    walk.send()
    assert Case.objects.get().text == "First the meter.\nThen the bill."


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose whether you give your name."),
        ({"who": "named"}, "Write a name, a phone or an e-mail"),
        ({"who": "named", "phone": "12"}, "This is not a telephone number."),
        ({"who": "named", "email": "nobody"}, "valid email"),
        ({"who": "nobody", "for_whom": "other"}, "Write for whom it is."),
        ({"who": "nobody", "for_whom": "other", "for_name": "Karim"}, "Say how they agreed."),
        ({"who": "named", "name": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_who_you_are_is_checked_and_what_was_typed_stays(walk, sent, sentence):
    walk.begin()
    answer = walk.post("you", {"for_whom": "self", **sent})
    assert answer.status_code == 422
    assert sentence in html(answer)
    for value in sent.values():
        assert value.replace("\0", "") in html(answer).replace("\0", "")


def test_who_would_rather_not_say_is_not_held_up_by_a_half_typed_phone(walk):
    walk.to_check({**ANONYMOUS, "name": "Rahima", "phone": "12"})
    walk.send()
    assert Case.objects.get().anonymous
    assert not Contact.objects.exists()


def test_somebody_files_for_somebody_else_with_their_consent(walk):
    you = {
        "who": "named",
        "name": "Rahima",
        "for_whom": "other",
        "for_name": "Karim",
        "consent": "spoken",
    }
    walk.to_check(you).send()
    case = Case.objects.get()
    assert case.on_behalf
    assert (contact_of(case).for_name, contact_of(case).consent) == ("Karim", "spoken")


def test_what_a_field_holds_is_never_run_as_markup(walk):
    walk.to_check({"who": "named", "name": "<script>x</script>", "for_whom": "self"})
    assert "<script>x" not in html(walk.get("check"))
