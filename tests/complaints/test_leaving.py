"""Sensitive filings and cases leave nothing in a browser, and can be left at once."""

import re
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from accounts.actors import Actor
from complaints.models import Case
from complaints.services import files
from grs import env
from tests.complaints.conftest import Scene
from tests.complaints.filing import TEXT, Walk, html, photo, secrets_in
from tests.complaints.following import TRACK

LEAVE = "/en/leave/"
BUTTON = "govuk-exit-this-page__button"
STEPS = ("about", "whom", "what", "place", "you", "files", "check")
NAMED = {"who": "named", "name": "Rahima", "phone": "01712345678", "for_whom": "self"}


def filed(scene: Scene, client: Client, about: str = "yes") -> str:
    """File on the pages; gives the address of the receipt."""
    return Walk(client).to_check(about=about).send().url


def opened(scene: Scene, client: Client, **filing: Any) -> Case:
    receipt = scene.file(**filing)
    client.post(TRACK, {"number": receipt.number, "secret": receipt.secret})
    return scene.case(receipt)


def is_kept_by_nobody(answer: Any) -> bool:
    return "no-store" in answer.headers.get("Cache-Control", "")


def looked_at(client: Client, address: str, **more: Any) -> Any:
    answer = client.get(address, **more)
    if answer.streaming:
        # Read to its end, the file behind it is closed.
        assert b"".join(answer.streaming_content)
    return answer


# --- Every page -------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
def test_each_page_of_a_sensitive_filing_has_the_way_out_and_is_kept_by_no_browser(
    scene: Scene, client: Client, step: str
) -> None:
    answer = Walk(client).to_check(about="yes").get(step)
    assert answer.status_code == 200
    assert BUTTON in html(answer)
    assert is_kept_by_nobody(answer)


@pytest.mark.parametrize("step", [step for step in STEPS if step != "whom"])
def test_other_filings_have_none(scene: Scene, client: Client, step: str) -> None:
    answer = Walk(client).to_check().get(step)
    assert answer.status_code == 200
    assert BUTTON not in html(answer)


def test_a_page_that_was_refused_has_it_too(scene: Scene, client: Client) -> None:
    answer = Walk(client).begin("yes").post("what", {"kind": "complaint", "text": ""})
    assert answer.status_code == 422
    assert BUTTON in html(answer)
    assert is_kept_by_nobody(answer)


@pytest.mark.parametrize(("about", "there"), [("yes", True), ("no", False)])
def test_the_receipt_of_a_sensitive_filing_has_it(
    scene: Scene, client: Client, about: str, there: bool
) -> None:
    answer = client.get(filed(scene, client, about))
    assert secrets_in(html(answer))
    assert (BUTTON in html(answer)) is there
    assert is_kept_by_nobody(answer)


@pytest.mark.parametrize("page", ["withdraw", "data", "data/erase/person"])
@pytest.mark.parametrize("sensitive", [True, False])
def test_so_have_the_pages_beside_it(
    scene: Scene, client: Client, page: str, sensitive: bool
) -> None:
    case = opened(scene, client, about_official=sensitive)
    answer = client.get(f"{TRACK}{case.number}/{page}/")
    assert answer.status_code == 200
    assert (BUTTON in html(answer)) is sensitive
    assert is_kept_by_nobody(answer)


@pytest.mark.parametrize("sensitive", [True, False])
def test_the_page_of_a_sensitive_case_has_it_and_names_no_case_in_the_history(
    scene: Scene, client: Client, sensitive: bool
) -> None:
    case = opened(scene, client, about_official=sensitive)
    for address in (f"{TRACK}{case.number}/", f"{TRACK}{case.number}/link_respondent/"):
        answer = client.get(address)
        assert (BUTTON in html(answer)) is sensitive
        assert is_kept_by_nobody(answer)
    title = re.search(
        r"<title>(.*?)</title>", html(client.get(f"{TRACK}{case.number}/")), re.DOTALL
    )
    assert title is not None
    assert (case.number in title[1]) is not sensitive


def test_a_refused_move_and_the_part_that_is_asked_for_each_minute_are_not_kept_either(
    scene: Scene, client: Client
) -> None:
    case = opened(scene, client, about_official=True)
    url = f"{TRACK}{case.number}/"
    refused = client.post(f"{url}message/", {"seen": case.last_seq, "text": ""})
    assert refused.status_code == 422
    assert BUTTON in html(refused)
    assert is_kept_by_nobody(refused)
    assert is_kept_by_nobody(client.get(f"{url}live/"))


def test_browsers_are_told_not_to_offer_again_what_was_typed(scene: Scene, client: Client) -> None:
    walk = Walk(client).to_check(about="yes")
    walk.post("you", NAMED)
    you = html(walk.get("you"))
    assert 'autocomplete="tel"' not in you
    assert 'autocomplete="email"' not in you
    assert you.count('autocomplete="off"') >= 4
    case = opened(scene, client, about_official=True)
    form = re.search(r'<textarea[^>]*name="text"[^>]*>', html(client.get(f"{TRACK}{case.number}/")))
    assert form is not None
    assert 'autocomplete="off"' in form[0]


def test_a_draft_about_an_official_is_not_offered_to_whoever_comes_next(
    scene: Scene, client: Client
) -> None:
    Walk(client).to_check(about="yes")
    assert TEXT not in html(client.get("/en/complaints/new/"))


@pytest.mark.parametrize(("sensitive", "said"), [(True, "no-store"), (False, "private, no-cache")])
def test_a_file_of_a_sensitive_case_is_kept_by_no_browser(
    scene: Scene, client: Client, sensitive: bool, said: str
) -> None:
    stored = files.store(actor=Actor(kind="citizen"), upload=photo())
    opened(scene, client, about_official=sensitive, files=(str(stored.key),))
    address = f"/files/{stored.key}/"
    answer = looked_at(client, address)
    assert answer.headers["Cache-Control"] == said
    again = looked_at(client, address, headers={"If-None-Match": f'"{stored.sha256}"'})
    assert again.status_code == (200 if sensitive else 304)
    # The case is sealed afterwards: from then on.
    Case.objects.update(sensitive=True)
    answer = looked_at(client, address)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


# --- Leaving ----------------------------------------------------------------------------------


def test_leaving_closes_the_case_the_draft_and_the_receipt_and_goes_elsewhere(
    scene: Scene, client: Client, settings: Any
) -> None:
    case = opened(scene, client, about_official=True)
    receipt = filed(scene, client)
    walk = Walk(client).to_check(about="yes")
    session = client.session.session_key
    answer = client.post(LEAVE)
    assert answer.status_code == 303
    assert answer.headers["Location"] == settings.EXIT_URL
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert is_kept_by_nobody(answer)
    assert client.get(f"{TRACK}{case.number}/").status_code == 302
    assert client.get(receipt).status_code == 410
    assert walk.get("check").status_code == 302
    assert not client.session.exists(session)


def test_leaving_signs_out_too(scene: Scene, client: Client) -> None:
    client.force_login(scene.cast.charlie)
    client.post(LEAVE)
    assert "_auth_user_id" not in client.session


def test_no_old_token_holds_anybody_up(scene: Scene) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(LEAVE).status_code == 303


def test_a_link_alone_closes_nothing(scene: Scene, client: Client) -> None:
    case = opened(scene, client, about_official=True)
    assert client.get(LEAVE).status_code == 405
    assert client.get(f"{TRACK}{case.number}/").status_code == 200


def test_the_content_policy_lets_the_form_lead_there(scene: Scene, client: Client) -> None:
    policy = client.get("/en/").headers["Content-Security-Policy"]
    assert re.search(r"form-action 'self' https://bn\.wikipedia\.org(;|$)", policy)


@pytest.mark.parametrize("url", ["https://weather.example.org/", "/", "/en/cases/"])
def test_where_it_leads_can_be_set(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("GRS_EXIT_URL", url)
    assert env.harmless_page("GRS_EXIT_URL", "https://other.example.org/") == url
    assert env.origin(url) == (["https://weather.example.org"] if url[0] == "h" else [])


@pytest.mark.parametrize(
    "url",
    ["http://weather.example.org/", "//evil.example.org", "/\\evil", "javascript:1", "https:"],
)
def test_but_not_to_what_others_could_read_or_take_for_theirs(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("GRS_EXIT_URL", url)
    with pytest.raises(ImproperlyConfigured, match="GRS_EXIT_URL"):
        env.harmless_page("GRS_EXIT_URL", "/")
