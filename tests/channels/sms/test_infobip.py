"""Infobip: batches of messages and reports, and its statuses."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from channels import intake, relay
from channels.models import Message
from channels.outbound import CannotSend
from channels.registry import INBOUND
from complaints.models import Handle, Notice
from complaints.services import correspondence, sealing
from tests.channels.sms.conftest import PATH, send
from tests.channels.sms.gateway import Answer, Gateway
from tests.complaints.conftest import Scene

ADDRESS = f"/channels/sms/infobip/{PATH}/"
WORDS = "The electricity meter shows a wrong number and nobody comes."


def message(number: int = 1, **changed: Any) -> dict[str, Any]:
    """One of `results`, as Infobip's documents show it."""
    return {
        "messageId": f"81779031323506{number:04d}",
        "from": f"88017{number:08d}",
        "to": "16333",
        "text": f"QUIZ {WORDS}",
        "cleanText": WORDS,
        "keyword": "QUIZ",
        "receivedAt": "2026-11-22T03:59:39.220+0000",
        "smsCount": 1,
        "price": {"pricePerMessage": 0, "currency": "EUR"},
        "callbackData": "callbackData",
        **changed,
    }


def report(message_id: str, group: str, error: str = "NO_ERROR") -> dict[str, Any]:
    """One of `results` of a delivery report."""
    return {
        "bulkId": "BULK-ID-123-xyz",
        "messageId": message_id,
        "to": "8801712345678",
        "sentAt": "2026-11-22T04:00:00.000+0000",
        "doneAt": "2026-11-22T04:00:02.000+0000",
        "smsCount": 1,
        "price": {"pricePerMessage": 0.01, "currency": "EUR"},
        "status": {"groupId": 3, "groupName": group, "id": 5, "name": "X", "description": "Y"},
        "error": {"groupId": 0, "groupName": "OK", "id": 0, "name": error, "permanent": False},
    }


def told(group: str, name: str) -> Answer:
    """What it answers to a message that is sent to it."""
    status = {"groupId": 1, "groupName": group, "id": 26, "name": name, "description": "…"}
    one = {"messageId": "echoed", "status": status, "destination": "8801712345678"}
    return Answer(200, {"bulkId": "b", "messages": [one]})


@pytest.fixture
def api(configured: Callable[..., Gateway]) -> Gateway:
    gateway = configured("infobip")
    gateway.usual = lambda asked: told("PENDING", "PENDING_ACCEPTED")
    return gateway


def post(client: Client, body: Any) -> int:
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return client.post(ADDRESS, content, content_type="application/json").status_code


# --- In ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["results", "message"])
def test_a_batch_of_a_hundred_is_kept_whole(
    api: Gateway, cast: Any, client: Client, field: str
) -> None:
    batch = [message(number) for number in range(100)]
    assert post(client, {field: batch, "messageCount": 100, "pendingMessageCount": 7}) == 200
    assert Message.objects.filter(kind="words", state="new").count() == 100
    assert Handle.objects.count() == 100
    assert post(client, {field: [*batch[50:], message(100)]}) == 200
    assert Message.objects.count() == 101


def test_a_hundred_messages_cost_no_more_statements_than_two(
    api: Gateway, cast: Any, client: Client
) -> None:
    counts = []
    for numbers in (range(2), range(10, 12), range(100, 200)):
        with CaptureQueriesContext(connection) as captured:
            post(client, {"results": [message(number) for number in numbers]})
        counts.append(len(captured))
    # The first one finds some caches cold.
    assert counts[1] == counts[2] <= 10
    assert Message.objects.count() == 104


def test_the_whole_text_is_read_and_the_sender_gets_a_plus(
    api: Gateway, cast: Any, client: Client
) -> None:
    post(client, {"results": [message(12345678)]})
    kept = Message.objects.get()
    incoming = INBOUND["infobip"].read(sealing.unseal(kept.sealed)["payload"])
    assert incoming.text == f"QUIZ {WORDS}"
    assert incoming.sent_at == datetime(2026, 11, 22, 3, 59, 39, 220000, tzinfo=UTC)
    assert correspondence.names_of(kept.handle)[0] == "+8801712345678"


@pytest.mark.parametrize(
    "odd",
    [
        "a word",
        None,
        ["list"],
        {"from": "8801712345678", "text": "no id"},
        {"messageId": "77", "from": "8801712345678", "text": None},
        {"messageId": "78", "from": None, "text": "no sender"},
        {"messageId": "79", "status": {"groupName": "TELEPORTED"}},
        {"messageId": "80", "status": {}},
    ],
)
def test_one_that_nobody_understands_holds_up_no_other(
    api: Gateway, scene: Scene, client: Client, odd: Any
) -> None:
    assert post(client, {"results": [message(1), odd, message(2)]}) == 200
    assert post(client, {"results": [odd]}) == 200
    intake.take_messages()
    states = sorted(Message.objects.values_list("state", flat=True))
    assert states == ["done", "done", "unreadable"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no_json"),
        (b"<results/>", "no_json"),
        (b"[]", "no_object"),
        (b'{"results": "none"}', "no_results"),
        (b'{"messages": []}', "no_results"),
        (b'{"results": [{"text": "caf\xe9"}]}', "no_json"),
    ],
)
def test_what_is_no_batch_is_kept_for_the_desk_byte_for_byte(
    api: Gateway, cast: Any, client: Client, body: bytes, why: str
) -> None:
    assert post(client, body) == 200
    kept = Message.objects.get()
    assert (kept.state, kept.why) == ("unreadable", why)
    raw = sealing.unseal(kept.sealed)["raw"]
    assert raw == body.decode("utf-8", "backslashreplace")


def test_half_an_emoji_at_the_end_of_a_part_loses_nothing_else(
    api: Gateway, scene: Scene, client: Client
) -> None:
    torn = json.dumps({"results": [message(1, text="The meter is broken X")]})
    assert post(client, torn.replace("X", "\\ud83d").encode()) == 200
    intake.take_messages()
    kept = Message.objects.get()
    assert kept.state == "done"
    assert sealing.unseal(kept.sealed)["payload"]["text"].startswith("The meter is broken")


def test_null_characters_are_no_obstacle(api: Gateway, scene: Scene, client: Client) -> None:
    odd = message(
        1, messageId="7\0", to="16\0333", text=f"{WORDS}\0", **{"from": "8801712\0345678"}
    )
    assert post(client, {"results": [odd]}) == 200
    intake.take_messages()
    kept = Message.objects.get()
    assert (kept.external_id, kept.state) == ("7", "done")


# --- What became of it ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group", "delivery"),
    [
        ("PENDING", "sent"),
        ("DELIVERED", "delivered"),
        ("UNDELIVERABLE", "failed"),
        ("EXPIRED", "failed"),
        ("REJECTED", "failed"),
    ],
)
def test_a_report_says_what_became_of_it(api: Gateway, group: str, delivery: str) -> None:
    receipt = INBOUND["infobip"].read(report("m-1", group, "EC_ABSENT_SUBSCRIBER"))
    assert (receipt.provider_id, receipt.delivery) == ("m-1", delivery)
    assert receipt.error == "EC_ABSENT_SUBSCRIBER"


def test_a_number_or_a_sentence_is_no_name_of_an_error(api: Gateway) -> None:
    for error in ("8801712345678", "Number 8801712345678 is off"):
        assert INBOUND["infobip"].read(report("m-1", "REJECTED", error)).error == ""


def test_an_answer_goes_out_and_its_report_comes_back(
    api: Gateway, scene: Scene, client: Client
) -> None:
    post(client, {"results": [message(12345678)]})
    intake.take_messages()
    assert relay.deliver_notices() == 1
    notice = Notice.objects.get()
    [asked] = api.last.json["messages"]
    [destination] = asked["destinations"]
    assert destination == {"to": "8801712345678", "messageId": notice.provider_id}
    batch = [report(notice.provider_id, group) for group in ("DELIVERED", "PENDING")]
    assert post(client, {"results": batch}) == 200
    assert set(Message.objects.filter(kind="receipt").values_list("external_id", flat=True)) == {
        f"{notice.provider_id}:DELIVERED",
        f"{notice.provider_id}:PENDING",
    }
    intake.take_messages()
    notice.refresh_from_db()
    assert (notice.status, notice.delivery) == ("sent", "delivered")


# --- Out --------------------------------------------------------------------------------------


def test_an_sms_says_where_its_report_is_wanted(api: Gateway, db: None, clock: Any) -> None:
    provider_id = send("আপনার অভিযোগ পৌঁছেছে")
    assert provider_id == "grs.example-77-261122"
    assert (api.last.method, api.last.path) == ("POST", "/sms/3/messages")
    assert api.last.headers["Authorization"] == "App ib-key"
    assert api.last.json == {
        "messages": [
            {
                "sender": "GRS",
                "destinations": [{"to": "8801712345678", "messageId": provider_id}],
                "content": {"text": "আপনার অভিযোগ পৌঁছেছে"},
                "webhooks": {
                    "delivery": {"url": f"https://grs.example{ADDRESS}"},
                    "contentType": "application/json",
                },
            }
        ]
    }


def test_without_a_way_in_no_report_is_wanted(configured: Callable[..., Gateway], db: None) -> None:
    api = configured("infobip", path="")
    api.usual = lambda asked: told("PENDING", "PENDING_ACCEPTED")
    send()
    assert "webhooks" not in api.last.json["messages"][0]


def test_a_repeat_that_it_refuses_is_out_already(api: Gateway, db: None) -> None:
    first = send()
    api.answers.append(told("REJECTED", "REJECTED_DUPLICATE_MESSAGE_ID"))
    assert send() == first


@pytest.mark.parametrize(
    ("answer", "kind", "for_good", "wait"),
    [
        (told("REJECTED", "REJECTED_PREFIX_MISSING"), "REJECTED_PREFIX_MISSING", True, 0),
        (told("REJECTED", "REJECTED_DND"), "REJECTED_DND", True, 0),
        (
            told("REJECTED", "REJECTED_NOT_ENOUGH_CREDITS"),
            "REJECTED_NOT_ENOUGH_CREDITS",
            False,
            600,
        ),
        (told("REJECTED", "REJECTED_FLOODING_FILTER"), "REJECTED_FLOODING_FILTER", False, 0),
        (told("REJECTED", "No route to 8801712345678"), "infobip_refused", False, 0),
        (Answer(200, {"messages": []}), "infobip_no_status", False, 0),
        (Answer(200, "<html>"), "infobip_no_status", False, 0),
        (Answer(400, {"requestError": {"serviceException": {}}}), "infobip_http_400", False, 0),
        (Answer(429, ""), "too_many", False, 60),
        (Answer(500, ""), "http_500", False, 0),
    ],
)
def test_errors_are_told_apart_and_hold_no_address(
    api: Gateway, db: None, answer: Answer, kind: str, for_good: bool, wait: int
) -> None:
    api.answers.append(answer)
    with pytest.raises(CannotSend) as failure:
        send()
    assert (failure.value.kind, failure.value.for_good) == (kind, for_good)
    assert failure.value.wait == wait
    assert failure.value.is_outage == (wait > 0 or kind == "http_500")
