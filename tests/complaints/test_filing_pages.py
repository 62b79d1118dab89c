"""Filing a complaint page by page: nothing typed is lost, nothing is filed twice."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from agencies.models import DeadlinePolicy
from complaints import drafts
from complaints.models import Attachment, Case, Contact, Respondent
from complaints.services.identity import contact_of
from tests.complaints.conftest import Scene
from tests.factories.agencies import make_policy

NEW = "/en/complaints/new/"
TEXT = "The electricity meter shows a wrong number since October."
ANONYMOUS = {"who": "nobody", "for_whom": "self"}


class Walk:
    """A visitor on the pages of a filing."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.token = ""

    def begin(self, about: str = "no") -> "Walk":
        answer = self.client.post(NEW, {"about": about})
        assert answer.status_code == 302
        self.token = answer.url.split("/")[-3]
        return self

    def url(self, step: str, query: str = "") -> str:
        return f"{NEW}{self.token}/{step}/{query}"

    def get(self, step: str, query: str = "", **more):
        return self.client.get(self.url(step, query), **more)

    def post(self, step: str, data: dict | None = None, query: str = "", **more):
        return self.client.post(self.url(step, query), data or {}, **more)

    def to_check(self, you: dict | None = None, text: str = TEXT, about: str = "no") -> "Walk":
        """Everything answered, nothing sent."""
        self.begin(about)
        self.post("what", {"kind": "complaint", "text": text})
        self.post("place", {"unknown": "1"})
        self.post("you", you or ANONYMOUS)
        return self

    def send(self):
        return self.post("check")


@pytest.fixture
def walk(client: Client, scene: Scene) -> Walk:
    return Walk(client)


def html(answer) -> str:
    return answer.content.decode()


def photo(name: str = "meter.jpg", kind: str = "JPEG") -> SimpleUploadedFile:
    """A small picture."""
    out = BytesIO()
    Image.new("RGB", (20, 20), "#884422").save(out, kind)
    return SimpleUploadedFile(name, out.getvalue())


# --- The way through ------------------------------------------------------------------------


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
    walk.to_check().send()
    assert Case.objects.get().owner == scene.cast.alice


# --- About an official ----------------------------------------------------------------------


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
    assert office.name in html(walk.get("check"))
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


# --- Mistakes and odd input -----------------------------------------------------------------


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


# --- The place ------------------------------------------------------------------------------


def test_a_place_is_found_by_its_name_in_any_language(walk, scene):
    walk.begin()
    page = html(walk.post("place", {"q": "কালিয়াকৈর", "find": "1", "note": "Near the bridge"}))
    assert f'value="{scene.cast.upazila.code}"' in page
    assert "Gazipur, Dhaka" in page
    assert 'value="Near the bridge"' in page


def test_a_name_without_a_choice_asks_to_choose(walk):
    walk.begin()
    answer = walk.post("place", {"q": "Gazipur"})
    assert answer.status_code == 422
    assert "Choose a place from the list below." in html(answer)
    assert 'type="radio" name="place"' in html(answer)


def test_a_place_that_is_not_found_says_so(walk):
    walk.begin()
    assert "We found no place called “Atlantis”" in html(
        walk.post("place", {"q": "Atlantis", "find": "1"})
    )


def test_an_empty_place_asks_for_one_or_to_say_that_it_is_unknown(walk):
    walk.begin()
    assert "Give a place, or say that you don’t know it." in html(walk.post("place", {}))
    assert walk.post("place", {"unknown": "1"}).status_code == 302


def test_words_alone_are_a_place_too(walk):
    walk.begin()
    assert walk.post("place", {"note": "On the train to Tangail"}).status_code == 302


def test_an_unknown_code_is_refused(walk):
    walk.begin()
    assert walk.post("place", {"place": "9.9.9"}).status_code == 422
    assert walk.post("place", {"place": "9\0"}).status_code == 422


def test_the_lists_lead_down_level_by_level_without_a_script(walk, scene):
    cast = scene.cast
    walk.begin()
    page = html(walk.get("place", "?lists=1"))
    assert "Division" in page
    page = html(walk.post("place", {"under": cast.division.code, "below": "1"}, "?lists=1"))
    assert f'<option value="{cast.division.code}" selected>' in page
    assert f'<option value="{cast.district.code}">' in page
    codes = [cast.division.code, cast.district.code, ""]
    assert walk.post("place", {"under": codes}, "?lists=1").url == walk.url("you")
    walk.post("what", {"kind": "complaint", "text": TEXT})
    walk.post("you", ANONYMOUS)
    walk.send()
    assert Case.objects.get().place == cast.district


def test_a_list_that_no_longer_fits_the_one_above_is_left_out(walk, scene):
    cast = scene.cast
    walk.begin()
    codes = [cast.division.code, cast.other_district.code, cast.upazila.code]
    walk.post("place", {"under": codes}, "?lists=1")
    walk.post("what", {"kind": "complaint", "text": TEXT})
    walk.post("you", ANONYMOUS)
    walk.send()
    assert Case.objects.get().place == cast.other_district


# --- Files ----------------------------------------------------------------------------------


def test_good_files_are_kept_beside_a_bad_one_and_can_be_removed(walk):
    walk.to_check()
    bad = SimpleUploadedFile("virus.exe", b"MZ nonsense")
    answer = walk.post("files", {"files": [photo(), bad, photo("bill.png", "PNG")], "add": "1"})
    page = html(answer)
    assert answer.status_code == 422
    assert "is not a photo" in page
    assert "meter.jpg" in page
    assert "bill.png" in page
    key = Attachment.objects.get(name="meter.jpg").key
    assert walk.post("files", {"remove": str(key)}).url == walk.url("files")
    assert "meter.jpg" not in html(walk.get("files"))
    walk.send()
    assert [f.name for f in Case.objects.get().attachments.all()] == ["bill.png"]


def test_more_files_than_a_move_may_bring_are_refused_one_by_one(walk, settings):
    settings.FILES_A_MOVE = 2
    walk.to_check()
    answer = walk.post("files", {"files": [photo(f"{n}.jpg") for n in range(3)]})
    assert answer.status_code == 422
    assert "At most 2 files" in html(answer)
    assert Attachment.objects.count() == 2


def test_a_file_that_is_gone_is_said_on_the_check_page(walk):
    walk.to_check()
    walk.post("files", {"files": [photo()]})
    Attachment.objects.all().delete()
    answer = walk.send()
    assert answer.status_code == 422
    assert "A file is no longer there." in html(answer)
    assert walk.url("files", "?then=check") in html(answer)
    assert not Case.objects.exists()


# --- Sent -----------------------------------------------------------------------------------


def secrets_in(page: str) -> list[str]:
    return re.findall(r"\d{4} \d{4} \d{4} \d{4}", page)


def test_sent_twice_it_is_filed_once_with_one_receipt(walk):
    walk.to_check()
    first = walk.send()
    again = walk.send()
    assert first.url == again.url == walk.url("receipt")
    assert Case.objects.count() == 1


def test_sent_twice_at_once_it_is_filed_once_with_one_receipt(walk):
    walk.to_check()
    walk.post("files", {"files": [photo()]})
    draft_before = dict(walk.client.session["drafts"])
    walk.send()
    one = secrets_in(html(walk.get("receipt")))
    session = walk.client.session
    # The other request read the session before this one wrote it.
    session["drafts"], session["receipts"] = draft_before, {}
    session.save()
    again = walk.send()
    assert again.status_code == 302, html(again)
    assert again.url == walk.url("receipt")
    assert secrets_in(html(walk.get("receipt"))) == one
    assert Case.objects.count() == 1


def test_the_receipt_shows_number_secrets_and_dates_and_keeps_them_from_caches(walk):
    walk.to_check().send()
    answer = walk.get("receipt")
    page = html(answer)
    case = Case.objects.get()
    assert case.number in page
    assert len(set(secrets_in(page))) == 2
    assert "by the end of Wed 25 Nov 2026" in page
    assert "by the end of Sat 5 Dec 2026" in page
    assert "a lost secret can’t be replaced" in page
    assert "no-store" in answer["Cache-Control"]


def test_the_receipt_is_gone_after_ten_minutes_or_when_it_was_taken_off(walk, clock):
    walk.to_check().send()
    clock.shift(timedelta(minutes=9))
    assert walk.get("receipt").status_code == 200
    clock.shift(timedelta(minutes=2))
    gone = walk.get("receipt")
    assert gone.status_code == 410
    assert not secrets_in(html(gone))
    walk.to_check().send()
    walk.post("receipt")
    assert walk.get("receipt").status_code == 410


def test_another_visitor_sees_neither_draft_nor_receipt(walk, scene):
    walk.to_check()
    other = Client()
    assert other.get(walk.url("what")).url == NEW
    walk.send()
    assert other.get(walk.url("receipt")).status_code == 410


def test_draft_and_receipt_lie_encrypted_in_the_session(walk):
    walk.to_check({"who": "named", "name": "Rahima Khatun", "for_whom": "self"})
    assert "Rahima" not in str(dict(walk.client.session))
    assert TEXT not in str(dict(walk.client.session))
    walk.send()
    shown = secrets_in(html(walk.get("receipt")))
    assert all(secret not in str(dict(walk.client.session)) for secret in shown)


def test_a_session_that_was_lost_keeps_what_was_sent_last(walk):
    walk.begin()
    walk.client.cookies.pop("sessionid")
    answer = walk.post("what", {"kind": "complaint", "text": TEXT})
    assert answer.status_code == 302
    page = html(walk.client.get(answer.url))
    assert "Too much time went by" in page
    token = answer.url.split("/")[-3]
    assert token != walk.token
    walk.token = token
    assert TEXT in html(walk.get("what"))


def test_a_mistake_after_a_lost_session_shows_what_was_sent(walk):
    walk.begin()
    walk.client.cookies.pop("sessionid")
    answer = walk.post("what", {"kind": "complaint", "text": "Too few"})
    assert answer.status_code == 422
    assert "Too few</textarea>" in html(answer)


def test_a_lost_session_on_a_page_leads_to_the_first_one(walk):
    walk.begin()
    walk.client.cookies.pop("sessionid")
    answer = walk.client.get(walk.url("you"), follow=True)
    assert "What you had written is no longer here" in html(answer)


def test_only_the_newest_drafts_of_a_session_are_kept(walk):
    for _ in range(drafts.MOST_DRAFTS + 2):
        walk.begin()
    assert len(walk.client.session["drafts"]) == drafts.MOST_DRAFTS


def test_too_many_from_one_address_are_taken_and_wait_in_the_tray(walk, scene):
    DeadlinePolicy.objects.filter(name="cases_per_address_an_hour").delete()
    make_policy("cases_per_address_an_hour", 2, "count")
    for _ in range(3):
        assert walk.to_check().send().url == walk.url("receipt")
    trays = [case.tray for case in Case.objects.order_by("pk")]
    assert [tray == "too_many" for tray in trays] == [False, False, True]


def test_filing_keeps_to_its_budget_of_queries(walk, django_assert_max_num_queries):
    walk.to_check({"who": "named", "name": "Rahima", "phone": "01712345678", "for_whom": "self"})
    walk.send()  # the registry and the rules are read once
    walk.to_check({"who": "named", "name": "Rahima", "phone": "01712345678", "for_whom": "self"})
    with django_assert_max_num_queries(40) as counted:
        walk.send()
    own = [q["sql"] for q in counted.captured_queries if "django_session" not in q["sql"]]
    own = [sql for sql in own if not sql.startswith(("SAVEPOINT", "RELEASE"))]
    assert len(own) <= 12, "\n".join(sql[:110] for sql in own)


# --- While typing ---------------------------------------------------------------------------


def test_while_typing_it_says_where_it_would_go_and_keeps_nothing(walk):
    walk.begin()
    before = walk.client.session["drafts"]
    answer = walk.post("look", {"text": TEXT, "kind": "complaint", "category": "\0x"})
    assert answer.status_code == 200
    assert walk.client.session["drafts"] == before
    assert not html(walk.post("look", {"text": "short"}))


def test_places_and_offices_are_found_while_typing(client, scene):
    page = client.get("/en/places/search/?q=gazi")
    assert scene.cast.district.code in html(page)
    assert page["Cache-Control"] == "public, max-age=600"
    assert "sessionid" not in page.cookies
    below = html(client.get(f"/en/places/children/?under={scene.cast.division.code}"))
    assert scene.cast.district.code in below
    assert scene.cast.upazila.code not in below
    found = client.get("/en/offices/search/?q=grid").json()["offices"]
    assert scene.cast.department.code in [row["code"] for row in found]
    assert "<option" in html(client.get("/en/offices/search/?q=grid&as=options"))
    assert 'type="radio"' in html(client.get("/en/offices/search/?q=grid&as=choices"))


@pytest.mark.parametrize(
    "path", ["places/search/?q=", "places/children/?under=", "offices/search/?q="]
)
@pytest.mark.parametrize("odd", ["", "%00", "%25", "%F0%9F%98%A1", "'--", "x" * 3000])
def test_odd_words_find_nothing_and_break_nothing(client, scene, path, odd):
    assert client.get(f"/en/{path}{odd}").status_code == 200
