"""The signed receipt: saved after filing, saved again later, by the page and by the API."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from complaints import drafts
from complaints.models import Case, Event, FilingKey
from complaints.services import receipts
from record import chain, merkle, signing
from tests.complaints.conftest import Scene
from tests.complaints.filing import TEXT, Walk, html, photo
from tests.factories.routing import publish_rules

FILE = "/api/v1/complaints/"


def assert_true(receipt: dict[str, Any]) -> None:
    """It is signed, and its leaf is that of the event in the database."""
    body = {name: value for name, value in receipt.items() if name != "signature"}
    signature = base64.b64decode(receipt["signature"])
    assert signing.verify(signing.public_key(), chain.canonical(body), signature)
    event = Event.objects.get(case__number=receipt["number"], seq=1)
    assert receipt["leaf_hash"] == merkle.leaf_hash(bytes.fromhex(event.hash)).hex()


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"{FILE}{path}", json.dumps(body), content_type="application/json")


class TestPages:
    @pytest.fixture
    def walk(self, client: Client, scene: Scene) -> Walk:
        return Walk(client)

    def test_the_receipts_page_offers_it_and_it_is_saved_as_a_file(self, walk: Walk) -> None:
        walk.to_check()
        walk.send()
        url = walk.url("receipt").rstrip("/") + ".json"
        assert f'href="{url}"' in html(walk.get("receipt"))
        response = walk.client.get(url)
        number = Case.objects.get().number
        assert response["Content-Disposition"] == f'attachment; filename="receipt-{number}.json"'
        assert "no-store" in response["Cache-Control"]
        assert_true(response.json())

    def test_on_paper_the_receipt_has_its_fingerprint(self, walk: Walk) -> None:
        walk.to_check()
        walk.send()
        url = walk.url("receipt").rstrip("/") + ".json"
        assert walk.client.get(url).json()["leaf_hash"] in html(walk.get("receipt"))

    def test_it_is_gone_with_the_receipt(self, walk: Walk) -> None:
        walk.to_check()
        walk.send()
        walk.post("receipt")
        assert walk.client.get(walk.url("receipt").rstrip("/") + ".json").status_code == 410

    def test_a_receipt_kept_before_there_were_signed_ones_is_shown_without(
        self, walk: Walk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        walk.to_check()
        walk.send()
        given = drafts.receipt_of

        def without(request: Any, token: str) -> Any:
            receipt = given(request, token)
            return replace(receipt, proof={}) if receipt else None

        monkeypatch.setattr(drafts, "receipt_of", without)
        assert "receipt.json" not in html(walk.get("receipt"))
        assert walk.client.get(walk.url("receipt").rstrip("/") + ".json").status_code == 410

    def test_the_citizen_saves_it_again_from_the_case(self, scene: Scene, client: Client) -> None:
        receipt = scene.file_named()
        given = {"number": receipt.number, "secret": receipt.secret}
        client.post("/complaints/track/", given)
        url = f"/en/complaints/track/{receipt.number}/receipt.json"
        assert url in client.get(f"/en/complaints/track/{receipt.number}/").content.decode()
        assert client.get(url).json() == receipt.proof

    def test_nobody_else_gets_it(self, scene: Scene, client: Client) -> None:
        receipt = scene.file_named()
        for number in (receipt.number, "0000-0000-0000-T", "rubbish"):
            response = client.get(f"/complaints/track/{number}/receipt.json")
            assert (response.status_code, "/complaints/track/?number=" in response.url) == (
                302,
                True,
            )


class TestApi:
    def test_filing_answers_with_it_and_a_repeat_with_the_same(
        self, scene: Scene, client: Client
    ) -> None:
        headers = {"Idempotency-Key": "once"}
        ask = {"content_type": "application/json", "headers": headers}
        first = client.post(FILE, json.dumps({"text": TEXT}), **ask).json()
        assert_true(first["proof"])
        assert client.post(FILE, json.dumps({"text": TEXT}), **ask).json() == first
        assert FilingKey.objects.count() == 1

    def test_whoever_has_the_secret_gets_it_again(self, scene: Scene, client: Client) -> None:
        receipt = scene.file_named()
        response = post(client, f"{receipt.number}/receipt/", {"secret": receipt.secret})
        assert response.json() == receipt.proof
        assert response["Cache-Control"] == "no-store"

    def test_with_a_wrong_secret_there_is_no_such_case(self, scene: Scene, client: Client) -> None:
        receipt = scene.file_named()
        response = post(client, f"{receipt.number}/receipt/", {"secret": "1234 5678"})
        assert response.status_code == 404


class TestWhatItHolds:
    def test_the_dates_of_the_receipt_are_fixed_by_the_filings_event(self, scene: Scene) -> None:
        receipt = scene.file()
        event = Event.objects.get(seq=1)
        assert event.fixed["promised"] == {
            "forward_due": receipt.proof["forward_due"],
            "answer_due": receipt.proof["answer_due"],
        }
        assert receipt.proof["event"]["fixed"] == event.fixed

    def test_of_a_routed_case_the_date_is_its_clocks(self, scene: Scene) -> None:
        publish_rules({"words": "meter*", "target": scene.cast.department.code})
        receipt = scene.file()
        due = scene.case(receipt).clocks.get(kind="resolve").due_at
        assert receipt.proof["answer_due"] == chain.moment(due)
        assert_true(receipt.proof)

    def test_it_holds_neither_secrets_nor_names_nor_contact(self, scene: Scene) -> None:
        receipt = scene.file_named()
        text = json.dumps(receipt.proof)
        for secret in (receipt.secret, receipt.withdrawal_secret, "Rahima", "1712345678", "@"):
            assert secret not in text

    def test_its_words_are_proved_by_salt_and_text(self, scene: Scene) -> None:
        receipt = scene.file(text=TEXT)
        salt, event = receipt.proof["text_salt"], receipt.proof["event"]
        assert chain.commitment(salt, {"text": TEXT}) == event["commitment"]

    def test_files_that_came_with_it_are_in_it_by_their_hash(
        self, scene: Scene, client: Client
    ) -> None:
        key = client.post("/api/v1/files/", {"file": photo()}).json()["key"]
        receipt = scene.file(files=(key,))
        (file,) = scene.case(receipt).attachments.all()
        assert receipt.proof["event"]["fixed"]["files"] == [file.sha256]

    def test_a_case_from_before_has_one_without_dates(self, scene: Scene) -> None:
        receipt = scene.file()
        case = scene.case(receipt)
        event = Event.objects.get(case=case)
        event.version, event.case = 1, case
        made = receipts.signed_receipt(event)
        assert (made["forward_due"], made["answer_due"]) == (None, None)
        assert "fixed" not in made["event"]
