"""SSL Wireless: a map says which field is what; its key drops repeats of a day."""

import json
from collections.abc import Callable
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
from tests.channels.sms.conftest import PATH, VALUES, send
from tests.channels.sms.gateway import Answer, Gateway
from tests.complaints.conftest import Scene

ADDRESS = f"/channels/sms/sslwireless/{PATH}/"
FIELDS = VALUES["sslwireless"]["fields"]
MESSAGE = {
    "sms_id": "5da2f0b5ba3a2248110",
    "msisdn": "8801712345678",
    "shortcode": "16333",
    "sms": "বিদ্যুৎ নেই, ৩ দিন ধরে কেউ আসে না",
    "time": "1795320000",
}


def told(code: int = 200, status: str = "SUCCESS", sms_status: str = "SUCCESS") -> Answer:
    """What it answers to a message that is sent to it."""
    info = {
        "sms_status": sms_status,
        "status_message": "…",
        "msisdn": "8801712345678",
        "sms_type": "EN",
        "sms_body": "Message Body",
        "csms_id": "77",
        "reference_id": "5da2f0b5ba3a2248110",
    }
    told = {"status": status, "status_code": code, "error_message": "", "smsinfo": [info]}
    return Answer(200, told)


def failed(code: int, http: int = 200) -> Answer:
    words = "8801712345678 is invalid"
    body = {"status": "FAILED", "status_code": code, "error_message": words, "smsinfo": []}
    return Answer(http, body)


@pytest.fixture
def api(configured: Callable[..., Gateway]) -> Gateway:
    gateway = configured("sslwireless")
    gateway.usual = lambda asked: told()
    return gateway


def bring(client: Client, message: dict[str, Any], how: str) -> int:
    if how == "get":
        return client.get(ADDRESS, message).status_code
    body = json.dumps(message) if how == "json" else urlencode(message)
    kind = "application/json" if how == "json" else "application/x-www-form-urlencoded"
    return client.post(ADDRESS, body, content_type=kind).status_code


def payload() -> dict[str, Any]:
    found: dict[str, Any] = sealing.unseal(Message.objects.get().sealed)["payload"]
    return found


@pytest.mark.parametrize("how", ["json", "form", "get"])
def test_a_message_may_come_in_any_usual_form(
    api: Gateway, cast: Any, client: Client, how: str
) -> None:
    assert bring(client, MESSAGE, how) == 200
    kept = Message.objects.get()
    assert (kept.account, kept.external_id) == ("16333", MESSAGE["sms_id"])
    assert correspondence.names_of(kept.handle)[0] == "+8801712345678"
    incoming = INBOUND["sslwireless"].read(payload())
    assert incoming.text == MESSAGE["sms"]
    assert incoming.sent_at is not None
    assert incoming.sent_at.timestamp() == 1795320000


def test_other_names_are_a_matter_of_the_map(
    configured: Callable[..., Gateway], cast: Any, client: Client
) -> None:
    configured("sslwireless", fields="id=mobile+at,from=mobile,text=body")
    sent = {"mobile": "01712345678", "at": "20261122100000", "body": "Hello there"}
    assert bring(client, sent, "json") == 200
    assert bring(client, sent, "json") == 200
    assert bring(client, sent | {"at": "20261122100001"}, "json") == 200
    first, second = Message.objects.order_by("id").values_list("external_id", flat=True)
    assert first != second
    # A number of somebody is part of it: it must not lie there in clear.
    assert "1712345678" not in first + second


@pytest.mark.parametrize("fields", ["", "id=a,from=b", "text", "id=,from=b,text=c"])
def test_without_a_whole_map_there_is_no_such_address(
    configured: Callable[..., Gateway], client: Client, fields: str
) -> None:
    configured("sslwireless", fields=fields)
    assert bring(client, MESSAGE, "json") == 404


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ({"msisdn": "8801712345678", "sms": "no id"}, "no_id"),
        ({"sms_id": {"a": 1}, "msisdn": "8801712345678", "sms": "odd id"}, "no_id"),
        ({"sms_id": "1", "msisdn": "8801712345678"}, "no_text"),
        ({}, "no_text"),
    ],
)
def test_what_is_no_message_waits_for_the_desk(
    api: Gateway, cast: Any, client: Client, message: dict[str, Any], why: str
) -> None:
    assert bring(client, message, "json") == 200
    kept = Message.objects.get()
    assert (kept.state, kept.why) == ("unreadable", why)
    assert json.loads(sealing.unseal(kept.sealed)["raw"]) == message


def test_a_message_whose_map_has_changed_since_goes_to_the_desk(
    api: Gateway, configured: Callable[..., Gateway], scene: Scene, client: Client
) -> None:
    bring(client, MESSAGE, "json")
    configured("sslwireless", fields="id=a,from=b,text=c")
    intake.take_messages()
    assert (Message.objects.get().state, Message.objects.get().why) == ("unreadable", "no_text")


def test_an_answer_goes_out_and_its_receipt_comes_back(
    api: Gateway, scene: Scene, client: Client
) -> None:
    bring(client, MESSAGE, "json")
    intake.take_messages()
    assert relay.deliver_notices() == 1
    notice = Notice.objects.get()
    assert (api.last.method, api.last.path) == ("POST", "/api/v3/send-sms")
    assert api.last.json["csms_id"] == notice.provider_id == str(notice.pk)
    assert api.last.json["msisdn"] == "8801712345678"
    assert (api.last.json["api_token"], api.last.json["sid"]) == ("ssl-token", "GRSBRAND")
    bring(client, {"csms_id": notice.provider_id, "status": "Delivered"}, "form")
    kept = Message.objects.get(kind="receipt")
    assert (kept.external_id, kept.handle) == (f"{notice.provider_id}:Delivered", None)
    intake.take_messages()
    notice.refresh_from_db()
    assert notice.delivery == "delivered"


def test_a_receipt_with_an_unknown_word_waits_for_the_desk(
    api: Gateway, scene: Scene, client: Client
) -> None:
    bring(client, {"csms_id": "1", "status": "Teleported"}, "form")
    intake.take_messages()
    assert Message.objects.get().why == "unknown_status"


def test_the_key_is_never_longer_than_twenty(api: Gateway, db: None) -> None:
    assert send(reference="9" * 20) == "9" * 20
    first, second = (send(reference="9" * 21) for _ in range(2))
    assert first == second
    assert len(first) == 20
    assert send(reference="8" * 21) != first


@pytest.mark.parametrize(
    "answer", [failed(4023), failed(4023, 400), told(4028, "FAILED", "DUPLICATE")]
)
def test_a_repeat_that_it_refuses_is_out_already(api: Gateway, db: None, answer: Answer) -> None:
    api.answers.append(answer)
    assert send(reference="77") == "77"


@pytest.mark.parametrize(
    ("answer", "kind", "for_good", "is_outage", "wait"),
    [
        (failed(4025), "sslwireless_4025", True, False, 0),
        (failed(4026), "sslwireless_4026", True, False, 0),
        (told(4028, "FAILED", "INVALID"), "sslwireless_4028", True, False, 0),
        (failed(4001), "sslwireless_4001", False, True, 600),
        (failed(4003, 403), "sslwireless_4003", False, True, 600),
        (failed(4031), "sslwireless_4031", False, True, 60),
        (failed(5000), "sslwireless_5000", False, True, 0),
        (failed(4005), "sslwireless_http_200", False, False, 0),
        (Answer(200, "<html>"), "sslwireless_http_200", False, False, 0),
        (
            Answer(200, {"smsinfo": "none", "status_code": "x"}),
            "sslwireless_http_200",
            False,
            False,
            0,
        ),
        (Answer(503, ""), "http_503", False, True, 0),
        (Answer(403, ""), "http_403", False, True, 0),
    ],
)
def test_errors_are_told_apart_and_hold_no_address(
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
