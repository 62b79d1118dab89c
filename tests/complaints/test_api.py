"""The API as an app and as an officer's program use it."""

import json
from typing import Any

import pytest
from django.test import Client

from complaints.models import Case, FilingKey
from tests.complaints.conftest import Scene

FILE = "/api/v1/complaints/"
TEXT = "The electricity meter in our house shows a wrong number since May."


def post(client: Client, url: str, body: Any = None, **headers: str) -> Any:
    return client.post(
        url, json.dumps(body or {}), content_type="application/json", headers=headers
    )


def test_filing_answers_201_with_number_two_secrets_and_both_dates(
    scene: Scene, client: Client
) -> None:
    response = post(client, FILE, {"text": TEXT, "kind": "complaint"})
    body = response.json()
    assert response.status_code == 201
    assert set(body) >= {
        "number",
        "secret",
        "withdrawal_secret",
        "status",
        "forward_due",
        "answer_due",
        "agency",
        "track_url",
    }
    assert body["status"] == "received"
    assert body["secret"] != body["withdrawal_secret"]
    assert body["secret"] not in body["track_url"]


def test_the_same_key_and_body_get_the_same_receipt_and_one_case(
    scene: Scene, client: Client
) -> None:
    first = post(client, FILE, {"text": TEXT}, **{"Idempotency-Key": "k1"})
    again = post(client, FILE, {"text": TEXT}, **{"Idempotency-Key": "k1"})
    assert (again.status_code, again.json()) == (201, first.json())
    assert Case.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(scene: Scene, client: Client) -> None:
    post(client, FILE, {"text": TEXT}, **{"Idempotency-Key": "k1"})
    response = post(client, FILE, {"text": TEXT + " Help!"}, **{"Idempotency-Key": "k1"})
    assert response.status_code == 409
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "key_reused"


def test_the_kept_receipt_holds_no_secret_in_clear(scene: Scene, client: Client) -> None:
    body = post(client, FILE, {"text": TEXT}, **{"Idempotency-Key": "k1"}).json()
    kept = bytes(FilingKey.objects.get().sealed_receipt)
    assert body["secret"].encode() not in kept


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": "short"}, "text"),
        ({"text": "x" * 1_000_000}, "text"),
        ({"text": "1234567890 !!"}, "text"),
        ({"text": TEXT, "kind": "nonsense"}, "kind"),
        ({"text": TEXT, "place": "no-such-place"}, "place"),
        ({"text": TEXT, "category": "none"}, "category"),
        ({"text": TEXT, "phone": "hello"}, "phone"),
        ({"text": TEXT, "email": "nobody"}, "email"),
    ],
)
def test_bad_input_is_named_field_by_field(
    scene: Scene, client: Client, body: Any, field: str
) -> None:
    response = post(client, FILE, body)
    assert response.status_code == 422
    assert field in response.json()["errors"]
    assert not Case.objects.exists()


def test_bangla_digits_are_a_phone_number_and_odd_letters_are_kept(
    scene: Scene, client: Client
) -> None:
    text = "আমার বাসায় বিদ্যুৎ নেই 😡 \u200d since ১২ মে"
    body = post(client, FILE, {"text": text, "phone": "০১৭১২৩৪৫৬৭৮"}).json()
    assert Case.objects.get(number=body["number"]).text == text


def test_following_needs_the_secret_and_says_no_more_otherwise(
    scene: Scene, client: Client
) -> None:
    receipt = scene.file()
    url = f"/api/v1/complaints/{receipt.number}/follow/"
    followed = post(client, url, {"secret": receipt.secret})
    assert followed.json()["status"] == "received"
    wrong = post(client, url, {"secret": "1111 2222 3333 4444"})
    unknown = post(client, "/api/v1/complaints/0000-0000-0000-T/follow/", {"secret": "1" * 16})
    assert wrong.status_code == unknown.status_code == 404
    assert wrong.json() == unknown.json()


def test_guessing_a_secret_is_stopped(scene: Scene, client: Client) -> None:
    receipt = scene.file()
    url = f"/api/v1/complaints/{receipt.number}/follow/"
    answers = [post(client, url, {"secret": f"{n:016d}"}).status_code for n in range(12)]
    assert answers[:10] == [404] * 10
    assert answers[10:] == [429] * 2


def test_an_officer_works_a_case_through_the_api(scene: Scene, client: Client) -> None:
    cast, receipt = scene.cast, scene.file()
    base = f"/api/v1/cases/{receipt.number}/"
    client.force_login(cast.desk)
    case = client.get(base).json()
    assert "forward" in case["moves"]
    moved = post(
        client,
        f"{base}moves/forward/",
        {"office": cast.department.code, "reason": "Meters are theirs", "seen": case["seen"]},
    )
    assert moved.json()["status"] == "forwarded"
    client.force_login(cast.focal)
    assert [row["number"] for row in client.get("/api/v1/cases/").json()["results"]] == [
        receipt.number
    ]
    accepted = post(client, f"{base}moves/accept/", {"case_officer": cast.case_officer.pk})
    assert accepted.json()["status"] == "in_progress"
    answered = post(
        client,
        f"{base}moves/answer/",
        {
            "outcome": "resolved",
            "text": "The meter was changed.",
            "evidence": "x",
            "cause": "delay",
        },
    )
    assert answered.json()["status"] == "answered"
    own = f"/api/v1/complaints/{receipt.number}/moves/confirm/"
    client.logout()
    confirmed = post(client, own, {"secret": receipt.secret, "rating": 4})
    assert confirmed.json()["status"] == "closed"


def test_breaking_the_seal_through_the_api_gives_the_contact_and_is_on_the_record(
    scene: Scene, client: Client
) -> None:
    cast, receipt = scene.cast, scene.file_named()
    client.force_login(cast.desk)
    url = f"/api/v1/cases/{receipt.number}/moves/break_seal/"
    assert post(client, url).status_code == 422
    body = post(client, url, {"reason": "The place is not clear; I have to call."}).json()
    assert body["contact"]["phone"] == "+8801712345678"
    own = post(
        client, f"/api/v1/complaints/{receipt.number}/follow/", {"secret": receipt.secret}
    ).json()
    assert "break_seal" in [entry["move"] for entry in own["timeline"]]


def test_a_stale_move_is_refused(scene: Scene, client: Client) -> None:
    cast, receipt = scene.cast, scene.file()
    client.force_login(cast.desk)
    url = f"/api/v1/cases/{receipt.number}/moves/forward/"
    body = {"office": cast.department.code, "reason": "theirs", "seen": 1}
    assert post(client, url, body).status_code == 200
    again = post(client, url, body)
    assert (again.status_code, again.json()["code"]) == (409, "stale")


def test_a_rival_sees_neither_the_case_nor_that_it_exists(scene: Scene, client: Client) -> None:
    receipt = scene.file()
    client.force_login(scene.cast.rival_focal)
    assert client.get(f"/api/v1/cases/{receipt.number}/").status_code == 404
    assert client.get("/api/v1/cases/0000-0000-0000-T/").status_code == 404
    assert client.get("/api/v1/cases/").json()["results"] == []


def test_a_visitor_cannot_list_cases(scene: Scene, client: Client) -> None:
    assert client.get("/api/v1/cases/").status_code == 403


def test_the_registry_can_be_read_by_anybody(scene: Scene, client: Client) -> None:
    agencies = client.get("/api/v1/agencies/?q=grid").json()["results"]
    assert "grid" in [agency["code"] for agency in agencies]
    assert client.get("/api/v1/categories/").json()["count"] == 3
    children = client.get("/api/v1/places/?parent=3").json()["results"]
    assert {place["code"] for place in children} == {"3.47", "3.48"}


def test_the_schema_is_openapi_3_1_and_the_docs_page_lists_it(client: Client, db: None) -> None:
    schema = client.get("/api/v1/schema/?format=json").json()
    assert schema["openapi"].startswith("3.1")
    assert "/api/v1/complaints/" in schema["paths"]
    page = client.get("/api/v1/docs/")
    assert "POST /api/v1/complaints/" in page.content.decode()
