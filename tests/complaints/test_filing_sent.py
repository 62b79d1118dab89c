"""Filing: what was sent is filed once, its receipt is seen by nobody else; what is shown while typing."""

from datetime import timedelta

import pytest
from django.test import Client

from agencies.models import DeadlinePolicy
from complaints import drafts
from complaints.models import Case
from tests.complaints.conftest import Scene
from tests.complaints.filing import NEW, TEXT, Walk, html, photo, secrets_in
from tests.factories.agencies import make_policy


@pytest.fixture
def walk(client: Client, scene: Scene) -> Walk:
    return Walk(client)


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
