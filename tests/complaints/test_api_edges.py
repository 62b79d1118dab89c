"""The API at its edges: what no form would send, one's own case, reading too much."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.settings import api_settings

from accounts.actors import Actor
from complaints import limits
from complaints.models import Attachment, Case, Statement
from complaints.services import intake
from complaints.submission import Submission
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.complaints.uploads import PLAIN_PDF, upload

OWN_TEXT = "My own supervisor does not answer my letters."


def test_half_a_letter_in_a_move_is_left_out(scene: Scene, client: Client) -> None:
    receipt = scene.file()
    url = f"/api/v1/complaints/{receipt.number}/moves/message/"
    body = json.dumps({"secret": receipt.secret, "text": "Still dark here \ud800 at night"})
    assert client.post(url, body, content_type="application/json").status_code == 200
    assert Statement.objects.get().body == {"text": "Still dark here  at night"}


@pytest.mark.parametrize("words", [{"a": "b"}, ["Still dark here"], [["Still"]], {}, []])
def test_what_is_no_text_is_not_taken_for_one(scene: Scene, client: Client, words: Any) -> None:
    receipt = scene.file()
    url = f"/api/v1/complaints/{receipt.number}/moves/message/"
    body = json.dumps({"secret": receipt.secret, "text": words})
    answer = client.post(url, body, content_type="application/json")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["text"])
    assert not Statement.objects.exists()


@pytest.mark.parametrize("at", [7, True, 1e300, {"day": 7}, ["2026-12-01T10:00"], None, "\0"])
def test_what_is_no_moment_is_refused_as_such(scene: Scene, client: Client, at: Any) -> None:
    case = Play(scene).forward()
    client.force_login(scene.cast.focal)
    body = json.dumps({"at": at, "invited": [["citizen"], {}], "place": 5, "unknown": {}})
    url = f"/api/v1/cases/{case.number}/moves/set_hearing/"
    answer = client.post(url, body, content_type="application/json")
    assert answer.status_code == 422
    assert "invited" in answer.json()["errors"] or "at" in answer.json()["errors"]


@pytest.mark.parametrize("asked", ["parent=%00", "q=%00", "parent=3%00.47"])
@pytest.mark.parametrize("what", ["agencies", "categories", "places"])
def test_null_bytes_in_the_address_find_nothing_more(
    scene: Scene, client: Client, what: str, asked: str
) -> None:
    assert client.get(f"/api/v1/{what}/?{asked}").status_code == 200


@pytest.mark.parametrize("who", ["desk", "focal", "overseer", "alice"])
def test_ones_own_case_is_not_read_or_moved_as_officers_do(
    scene: Scene, client: Client, who: str
) -> None:
    person = getattr(scene.cast, who)
    own = intake.submit(
        actor=Actor(kind="user", user_id=person.pk),
        submission=Submission(text=OWN_TEXT, language="en"),
    )
    client.force_login(person)
    url = f"/api/v1/cases/{own.number}/"
    assert client.get(url).status_code == 404
    moved = client.post(f"{url}moves/message/", {"text": "Hello there"})
    assert moved.status_code == 404
    assert Case.objects.get().last_seq == 1


def test_a_repeat_in_another_language_is_the_same_filing(scene: Scene, client: Client) -> None:
    answers = [
        client.post(
            "/api/v1/complaints/",
            json.dumps({"text": OWN_TEXT}),
            content_type="application/json",
            headers={"Idempotency-Key": "call-17", "Accept-Language": language},
        )
        for language in ("en", "bn")
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert Case.objects.get().language == "en"


def test_another_person_with_the_same_key_and_words_gets_no_receipt_of_the_first(
    scene: Scene, client: Client
) -> None:
    secrets = set()
    for person in (scene.cast.alice, scene.cast.charlie):
        client.force_login(person)
        answer = client.post(
            "/api/v1/complaints/",
            json.dumps({"text": OWN_TEXT}),
            content_type="application/json",
            headers={"Idempotency-Key": "1"},
        )
        secrets.add(answer.json()["secret"])
    assert len(secrets) == Case.objects.count() == 2


def test_who_reads_too_much_is_stopped_and_kept_nowhere_by_address(
    scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "read", "2/hour")
    answers: list[Any] = [client.get("/api/v1/categories/") for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    before = limits.read_counter("203.0.113.9")
    assert "203.0.113.9" not in before
    cache.clear()
    assert limits.read_counter("203.0.113.9") != before, "the key is not made for the hour"


def test_files_without_end_from_one_address_are_stopped(
    scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FILES_AN_HOUR_FROM_ADDRESS", 1)
    answers = [client.post("/api/v1/files/", {"file": upload(PLAIN_PDF)}) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [201, 429]
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize("token", ["\0", "a b", "x" * 65, "../../etc", "\u00e9" * 32, "'; --"])
def test_a_token_that_can_be_none_is_refused_unasked(
    client: Client, token: str, db: None, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/api/v1/me/complaints/", headers={"X-Session-Token": token})
        signed = client.post("/api/v1/me/session/", headers={"X-Session-Token": token})
    assert (answer.status_code, signed.status_code) == (401, 401)
    assert answer["Content-Type"] == "application/problem+json"
