"""Africa's Talking: forms in, reports of delivery, and the codes of its answers."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from channels import intake, relay
from channels.models import Message
from channels.outbound import CannotSend
from channels.registry import INBOUND
from complaints.models import Notice
from complaints.services import correspondence, sealing
from tests.channels.sms.conftest import PATH, send
from tests.channels.sms.gateway import Answer, Gateway
from tests.complaints.conftest import Scene

ADDRESS = f"/channels/sms/africastalking/{PATH}/"
FORM = {
    "linkId": "SampleLinkId123",
    "text": "বিদ্যুৎ নেই, ৩ দিন ধরে কেউ আসে না",
    "to": "16333",
    "id": "b8a1c1d6-6b5c-4f2f-9a63-0b6a2d9d3a11",
    "date": "2026-11-22T03:59:00Z",
    "from": "+8801712345678",
}
REPORT = {
    "id": "ATXid_1",
    "status": "Success",
    "phoneNumber": "+8801712345678",
    "networkCode": "62120",
    "retryCount": "0",
}


def told(number: int, status: str = "Success", message_id: str = "ATXid_1") -> Answer:
    """What it answers to a message that is sent to it."""
    recipient = {
        "statusCode": number,
        "number": "+8801712345678",
        "status": status,
        "cost": "KES 0.8000",
        "messageId": message_id,
    }
    words = "Sent to 1/1 Total Cost: KES 0.8000"
    return Answer(201, {"SMSMessageData": {"Message": words, "Recipients": [recipient]}})


@pytest.fixture
def api(configured: Callable[..., Gateway]) -> Gateway:
    gateway = configured("africastalking")
    gateway.usual = lambda asked: told(101)
    return gateway


def post(client: Client, form: dict[str, str] | str) -> int:
    body = form if isinstance(form, str) else urlencode(form)
    kind = "application/x-www-form-urlencoded"
    return client.post(ADDRESS, body, content_type=kind).status_code


def payload() -> dict[str, Any]:
    found: dict[str, Any] = sealing.unseal(Message.objects.get().sealed)["payload"]
    return found


def test_a_message_is_kept_as_it_was_written(api: Gateway, cast: Any, client: Client) -> None:
    assert post(client, FORM) == 200
    kept = Message.objects.get()
    assert (kept.account, kept.external_id) == ("16333", FORM["id"])
    assert correspondence.names_of(kept.handle)[0] == "+8801712345678"
    incoming = INBOUND["africastalking"].read(payload())
    assert incoming.text == FORM["text"]
    assert incoming.sent_at == datetime(2026, 11, 22, 3, 59, tzinfo=UTC)


def test_an_answer_goes_out_and_its_report_comes_back(
    api: Gateway, scene: Scene, client: Client
) -> None:
    post(client, FORM)
    intake.take_messages()
    assert relay.deliver_notices() == 1
    assert api.last.headers["apiKey"] == "at-key"
    assert api.last.path == "/version1/messaging"
    notice = Notice.objects.get()
    assert api.last.form["username"] == "grs"
    assert (api.last.form["to"], api.last.form["from"]) == ("+8801712345678", "16333")
    assert notice.provider_id == "ATXid_1"
    assert [post(client, REPORT | {"status": s}) for s in ("Success", "Sent")] == [200, 200]
    intake.take_messages()
    notice.refresh_from_db()
    assert notice.delivery == "delivered"


@pytest.mark.parametrize(
    ("status", "delivery"),
    [
        *(("Sent", "sent"), ("Submitted", "sent"), ("Buffered", "sent"), ("Success", "delivered")),
        *(("Rejected", "failed"), ("Failed", "failed"), ("Expired", "failed")),
    ],
)
def test_a_report_says_what_became_of_it(api: Gateway, status: str, delivery: str) -> None:
    report = REPORT | {"status": status, "failureReason": "UserInBlackList"}
    receipt = INBOUND["africastalking"].read(report)
    assert (receipt.delivery, receipt.error) == (delivery, "UserInBlackList")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("phoneNumber=%2B8801712345678&senderId=GRS", "no_text"),
        ("text=Hello&from=%2B8801712345678", "no_id"),
        ("status=Success", "no_id"),
        ("", "no_text"),
        ("&".join(f"f{n}=" for n in range(201)), "too_many_fields"),
    ],
)
def test_what_is_no_message_waits_for_the_desk(
    api: Gateway, cast: Any, client: Client, body: str, why: str
) -> None:
    assert post(client, body) == 200
    kept = Message.objects.get()
    assert (kept.state, kept.why) == ("unreadable", why)
    assert sealing.unseal(kept.sealed)["raw"] == body


def test_bytes_that_are_no_utf_8_are_kept(api: Gateway, cast: Any, client: Client) -> None:
    post(client, "id=1&from=%2B8801712345678&text=caf%E9+%A3")
    assert payload()["text"] == "café £"


def test_without_a_sender_it_sends_under_its_own_name(
    configured: Callable[..., Gateway], db: None
) -> None:
    api = configured("africastalking", **{"from": ""})
    api.usual = lambda asked: told(100)
    assert send() == "ATXid_1"
    assert "from" not in api.last.form


@pytest.mark.parametrize(
    ("answer", "kind", "for_good", "is_outage", "wait"),
    [
        (told(403, "InvalidPhoneNumber", "None"), "africastalking_403", True, False, 0),
        (told(404, "UnsupportedNumberType", "None"), "africastalking_404", True, False, 0),
        (told(406, "UserInBlacklist", "None"), "africastalking_406", True, False, 0),
        (told(405, "InsufficientBalance", "None"), "africastalking_405", False, True, 600),
        (told(402, "InvalidSenderId", "None"), "africastalking_402", False, True, 600),
        (told(407, "CouldNotRoute", "None"), "africastalking_407", False, False, 0),
        (told(500, "InternalServerError", "None"), "africastalking_500", False, True, 0),
        (told(101, "Success", "None"), "africastalking_101", False, False, 0),
        (
            Answer(201, {"SMSMessageData": {"Message": "InvalidSenderId", "Recipients": []}}),
            "InvalidSenderId",
            False,
            True,
            600,
        ),
        (Answer(201, {"SMSMessageData": []}), "africastalking_refused", False, False, 0),
        (Answer(201, "None"), "africastalking_refused", False, False, 0),
        (Answer(400, "Must have to"), "africastalking_http_400", False, False, 0),
        (Answer(401, "The supplied authentication is invalid"), "http_401", False, True, 0),
    ],
)
def test_errors_are_told_apart(
    api: Gateway, db: None, answer: Answer, kind: str, for_good: bool, is_outage: bool, wait: int
) -> None:
    api.answers.append(answer)
    with pytest.raises(CannotSend) as failure:
        send()
    found = failure.value
    assert (found.kind, found.for_good, found.is_outage, found.wait) == (
        kind,
        for_good,
        is_outage,
        wait,
    )
