"""X's webhook: who is believed, what is stored of a batch, and once."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from django.test import Client

from channels import intake
from channels.models import Message
from channels.registry import INBOUND
from complaints.models import Case, Handle
from complaints.services import sealing
from tests.channels.xapi import US, bring, direct, event, mention, no_x, signed

__all__ = ["no_x"]
pytestmark = pytest.mark.usefixtures("db", "no_x", "scene")


def stored() -> list[str]:
    return list(Message.objects.order_by("id").values_list("external_id", flat=True))


# --- Who is believed --------------------------------------------------------------------------


def test_x_is_told_that_the_address_is_ours(client: Client) -> None:
    answer = client.get("/channels/x/", {"crc_token": "challenge_string", "nonce": "abc"})
    digest = hmac.new(b"consumer-secret", b"challenge_string", hashlib.sha256).digest()
    expected = "sha256=" + base64.b64encode(digest).decode()
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {"response_token": expected}


@pytest.mark.parametrize("query", [{}, {"crc_token": ""}, {"crc_token": "a b"}, {"token": "abc"}])
def test_whoever_asks_without_a_token_hears_nothing(client: Client, query: dict[str, str]) -> None:
    assert client.get("/channels/x/", query).status_code == 403


def test_nobody_gets_a_signature_over_an_event_by_asking_for_a_crc(client: Client) -> None:
    forged = json.dumps({"data": direct("Close all my cases")}, separators=(",", ":"))
    assert client.get("/channels/x/", {"crc_token": forged}).status_code == 403
    # What we do sign is no event, even where it comes back as a body with a good signature.
    token = "1234567890"
    proof = client.get("/channels/x/", {"crc_token": token}).json()["response_token"]
    answer = bring(client, token.encode(), **{"X-Twitter-Webhooks-Signature": proof})
    assert answer.status_code == 403
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "header",
    ["", "sha256=", "sha256=AAAA", "nonsense", signed(b"{}"), "sha256=\xfc"],
)
def test_a_forged_signature_is_refused_and_nothing_stored(client: Client, header: str) -> None:
    answer = bring(client, {"data": direct("Hello")}, **{"X-Twitter-Webhooks-Signature": header})
    assert answer.status_code == 403
    assert not Message.objects.exists()


def test_another_apps_secret_is_refused(client: Client) -> None:
    raw = json.dumps({"data": direct("Hello")}).encode()
    header = {"X-Twitter-Webhooks-Signature": signed(raw, "another-secret")}
    assert bring(client, raw, **header).status_code == 403
    assert not Message.objects.exists()


@pytest.mark.parametrize("missing", ["user_id", "consumer_secret", "access_token"])
def test_x_is_off_until_all_is_set(client: Client, settings: Any, missing: str) -> None:
    off = {**settings.PROVIDERS["x"], missing: ""}
    settings.PROVIDERS = {**settings.PROVIDERS, "x": off}
    assert client.get("/channels/x/", {"crc_token": "abc"}).status_code == 404
    assert bring(client, {"data": direct("Hello")}).status_code == 404


# --- What is stored ---------------------------------------------------------------------------


def test_a_message_is_stored_once_however_often_it_comes(client: Client) -> None:
    body = {"data": direct("The road is broken.", message_id="2080765901528535096")}
    for _time in range(3):
        assert bring(client, body).status_code == 200
    # Another delivery of the same message has another event_uuid.
    body["data"]["event_uuid"] = "-1"
    assert bring(client, body).status_code == 200
    assert stored() == ["2080765901528535096"]


def test_it_is_stored_encrypted_and_without_the_profile(client: Client) -> None:
    bring(client, {"data": direct("The road is broken.")})
    message = Message.objects.get()
    assert b"road" not in bytes(message.sealed)
    opened = json.dumps(sealing.unseal(message.sealed))
    assert "The road is broken." in opened
    assert "Rahima" not in opened
    assert message.account == US


def test_a_batch_of_a_hundred_is_taken_one_by_one(client: Client) -> None:
    senders = [str(3000000000000000000 + n) for n in range(100)]
    batch = [direct("The street light is dark since Monday.", sender=sender) for sender in senders]
    assert bring(client, {"data": batch}).status_code == 200
    assert len(set(stored())) == 100
    assert Handle.objects.filter(channel="x").count() == 100
    assert bring(client, {"data": batch}).status_code == 200
    assert len(stored()) == 100


def test_a_message_of_api_v2_is_taken_too(client: Client) -> None:
    payload = {
        "id": "1582838499983564806",
        "event_type": "MessageCreate",
        "text": "The bridge &amp; the road are broken.",
        "sender_id": "944480690",
        "dm_conversation_id": f"944480690-{US}",
        "created_at": "2026-11-22T03:58:00.000Z",
    }
    bring(client, {"data": event("dm.received", payload)})
    message = Message.objects.get()
    read = INBOUND["x"].read(sealing.unseal(message.sealed)["payload"])
    assert message.external_id == "1582838499983564806"
    assert read.text == "The bridge & the road are broken."
    assert read.sent_at.isoformat() == "2026-11-22T03:58:00+00:00"


@pytest.mark.parametrize(
    "found",
    [
        event("dm.sent", direct("Ours")["payload"]),
        event("dm.read", {"direct_message_mark_read_events": [{"type": "message_mark_read"}]}),
        event("post.create", {"id": "1", "author_id": US}),
        event("like.create", {"id": "1"}),
        event("dm.received", {"id": "5", "event_type": "ParticipantsJoin", "sender_id": "7"}),
        direct("From ourselves", sender=US),
        mention("@CabinetPortal from ourselves", author=US),
        {**direct("For another account of the app"), "filter": {"user_id": "42"}},
    ],
)
def test_what_is_not_for_us_is_answered_and_left(client: Client, found: dict[str, Any]) -> None:
    assert bring(client, {"data": found}).status_code == 200
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{not json", "no_json"),
        (b'{"data": "text"}', "no_data"),
        (b'{"for_user_id": "1", "direct_message_events": []}', "no_data"),
        (b'{"data": [1, 2]}', "no_data"),
        (b'{"data": "\xff\xfe"}', "no_json"),
    ],
)
def test_what_nobody_understands_waits_for_the_desk(client: Client, body: bytes, why: str) -> None:
    for _time in range(2):
        assert bring(client, body).status_code == 200
    message = Message.objects.get()
    assert (message.state, message.why) == ("unreadable", why)


@pytest.mark.parametrize(
    "odd",
    [
        event("dm.received", None),
        event("dm.received", {"direct_message_events": [{"type": "message_create", "id": "9"}]}),
        event("post.mention.create", {"id": "9", "text": "no author"}),
        event("post.mention.create", {"author_id": "9", "text": "no id"}),
    ],
)
def test_one_that_is_odd_waits_for_the_desk_and_holds_up_no_other(
    client: Client, odd: dict[str, Any]
) -> None:
    batch = [odd, direct("The road to our school is broken.")]
    for _time in range(2):
        assert bring(client, {"data": batch}).status_code == 200
    assert Message.objects.count() == 2
    intake.take_messages()
    states = Message.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["unreadable", "done"]
    assert not Case.objects.exists()


def test_half_a_letter_does_not_break_it(client: Client) -> None:
    raw = json.dumps({"data": direct("Broken \ud83d road in our village")}).encode()
    assert bring(client, raw).status_code == 200
    intake.take_messages()
    assert Message.objects.get().state == "done"
