"""WhatsApp's webhook: who may ask and bring, and what is kept of a batch."""

import json
from contextlib import suppress
from typing import Any

import pytest
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from channels import intake
from channels.inbound import NotUnderstood
from channels.models import Message
from channels.whatsapp.inbound import WhatsAppIn
from complaints.models import Handle
from tests.channels.graph import (
    NUMBER_ID,
    VERIFY_TOKEN,
    bring,
    meta,
    signed,
    status,
    values,
    whatsapp_batch,
)

__all__ = ["meta"]
pytestmark = pytest.mark.usefixtures("meta")


def text(number: int = 1, *, sender: str = "8801712345678", **parts: Any) -> dict[str, Any]:
    return {
        "from": sender,
        "id": f"wamid.HBgL{number}",
        "timestamp": "1749416383",
        "type": "text",
        "text": {"body": f"The road is broken, message {number}"},
        **parts,
    }


CONTACT = {"profile": {"name": "Sheena Nelson"}, "wa_id": "8801712345678"}


# --- The handshake ----------------------------------------------------------------------------


def ask(client: Client, **query: str) -> Any:
    asked = {
        "hub.mode": "subscribe",
        "hub.verify_token": VERIFY_TOKEN,
        "hub.challenge": "1158201444",
    }
    return client.get("/channels/whatsapp/", {**asked, **query})


def test_the_challenge_is_given_back_to_whoever_knows_our_word(client: Client) -> None:
    answer = ask(client)
    assert (answer.status_code, answer.content) == (200, b"1158201444")
    assert answer["Content-Type"] == "text/plain"


@pytest.mark.parametrize(
    "query",
    [
        {"hub.verify_token": "another"},
        {"hub.verify_token": ""},
        {"hub.verify_token": "ü"},
        {"hub.mode": "unsubscribe"},
    ],
)
def test_anybody_else_gets_none(client: Client, query: dict[str, str]) -> None:
    answer = ask(client, **query)
    assert answer.status_code == 403
    assert b"1158201444" not in answer.content


def test_a_browser_that_passes_by_is_refused(client: Client) -> None:
    assert client.get("/channels/whatsapp/").status_code == 403


@pytest.mark.parametrize("missing", ["phone_id", "token", "app_secret", "verify_token"])
def test_what_is_not_set_up_is_not_there(client: Client, settings: Any, missing: str) -> None:
    settings.PROVIDERS["whatsapp"] = {**values()["whatsapp"], missing: ""}
    assert ask(client).status_code == 404
    assert bring(client, "whatsapp", whatsapp_batch(text())).status_code == 404


# --- The signature ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "signature", ["", "sha256=", "sha256=" + "0" * 64, "sha1=abc", "ü", "sha256=" + "ä" * 64]
)
def test_a_forged_batch_is_refused_and_nothing_of_it_is_kept(
    db: None, client: Client, signature: str
) -> None:
    headers = {"X-Hub-Signature-256": signature}
    with capture_logs() as logs:
        answer = bring(client, "whatsapp", whatsapp_batch(text()), **headers)
    assert answer.status_code == 403
    assert not Message.objects.exists()
    assert not Handle.objects.exists()
    assert [line["event"] for line in logs if line["event"] != "request"] == ["forged"]


def test_the_signature_of_another_body_is_refused(db: None, client: Client) -> None:
    headers = {"X-Hub-Signature-256": signed(json.dumps(whatsapp_batch(text(1))).encode())}
    assert bring(client, "whatsapp", whatsapp_batch(text(2)), **headers).status_code == 403


def test_the_signature_is_over_the_raw_bytes(db: None, client: Client) -> None:
    """Meta escapes what is not ASCII; others who relay it may put blanks in."""
    raw = json.dumps(whatsapp_batch(text(text={"body": "রাস্তা ভাঙা"})), indent=3).encode()
    assert b"\\u09b0" in raw
    assert bring(client, "whatsapp", raw).status_code == 200
    assert Message.objects.count() == 1


# --- What is kept -----------------------------------------------------------------------------


def test_a_message_is_kept_once_and_encrypted(db: None, client: Client) -> None:
    body = whatsapp_batch(text(), contacts=[CONTACT])
    for _ in range(3):
        assert bring(client, "whatsapp", body).status_code == 200
    row = Message.objects.get()
    assert (row.channel, row.account, row.external_id) == ("whatsapp", NUMBER_ID, "wamid.HBgL1")
    assert (row.kind, row.state) == ("words", "new")
    assert row.handle is not None
    kept = bytes(row.sealed) + bytes(row.handle.sealed) + row.handle.index.encode()
    assert b"1712345678" not in kept
    assert b"road" not in kept


def test_a_hundred_messages_and_reports_come_at_once(
    db: None, client: Client, django_assert_max_num_queries: Any
) -> None:
    people = [f"88017{number:08}" for number in range(100)]
    messages = [text(number, sender=people[number]) for number in range(100)]
    contacts = [{"profile": {"name": "A"}, "wa_id": person} for person in people]
    reports = [status(f"wamid.out{number}", "delivered") for number in range(100)]
    body = whatsapp_batch(*messages, contacts=contacts, statuses=reports)
    with django_assert_max_num_queries(12):
        assert bring(client, "whatsapp", body).status_code == 200
    assert Message.objects.filter(kind="words").count() == 100
    assert Message.objects.filter(kind="receipt").count() == 100
    assert Handle.objects.count() == 100
    bring(client, "whatsapp", body)
    assert Message.objects.count() == 200


def test_reports_alone_are_no_words_and_have_no_sender(db: None, client: Client) -> None:
    reports = [status("wamid.out1", "sent"), status("wamid.out1", "delivered")]
    bring(client, "whatsapp", whatsapp_batch(statuses=reports))
    rows = Message.objects.order_by("id")
    assert [row.external_id for row in rows] == ["wamid.out1:sent", "wamid.out1:delivered"]
    assert {row.kind for row in rows} == {"receipt"}
    assert not Handle.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        whatsapp_batch(text(), number="999999999999999"),
        whatsapp_batch(statuses=[status("wamid.out1", "warning")]),
        whatsapp_batch(statuses=["read"]),
        {"object": "whatsapp_business_account", "entry": []},
        {"object": "whatsapp_business_account"},
        {
            "object": "whatsapp_business_account",
            "entry": [
                {
                    "id": "1",
                    "changes": [
                        {"field": "message_template_status_update", "value": {"event": "A"}}
                    ],
                }
            ],
        },
    ],
)
def test_what_is_not_for_us_is_answered_and_not_kept(
    db: None, client: Client, body: dict[str, Any]
) -> None:
    assert bring(client, "whatsapp", body).status_code == 200
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "no_json"),
        (b"{", "no_json"),
        (b"[" * 100_000, "no_json"),
        (b'{"object": "\xff\xfe"}', "no_json"),
        (b'["whatsapp_business_account"]', "no_object"),
        (json.dumps({"object": "page", "entry": []}).encode(), "wrong_object"),
        (b"{}", "wrong_object"),
    ],
)
def test_what_cannot_be_taken_apart_waits_for_the_desk(
    db: None, client: Client, raw: bytes, why: str
) -> None:
    assert bring(client, "whatsapp", raw).status_code == 200
    assert bring(client, "whatsapp", raw).status_code == 200
    row = Message.objects.get()
    assert (row.state, row.why, row.handle) == ("unreadable", why, None)


def test_what_is_odd_in_a_batch_stops_none_of_the_others(db: None, client: Client) -> None:
    body = whatsapp_batch(text(1), "a string", {"type": "text"}, text(2))
    body["entry"] += ["odd", {"changes": ["odd", {"field": "messages", "value": []}]}]
    assert bring(client, "whatsapp", body).status_code == 200
    intake.take_messages()
    odd = Message.objects.filter(external_id__startswith="odd:")
    assert odd.count() == 4
    assert {(row.state, row.why) for row in odd} == {("unreadable", "unknown_type")}
    others = Message.objects.exclude(external_id__startswith="odd:")
    assert sorted(others.values_list("external_id", flat=True)) == ["wamid.HBgL1", "wamid.HBgL2"]
    bring(client, "whatsapp", body)
    assert odd.count() == 4


def test_half_a_pair_and_a_zero_byte_are_no_reason_to_lose_words(db: None, client: Client) -> None:
    raw = json.dumps(whatsapp_batch(text(text={"body": "road \ud83d broken \x00 here"}))).encode()
    assert b"\\ud83d" in raw
    assert bring(client, "whatsapp", raw).status_code == 200
    inbound, payload = intake._opened(Message.objects.get())
    assert inbound.read(payload).text == "road ? broken  here"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "from", "type", "text", "image", "metadata", "status"]), inner
        )
    ),
    max_leaves=8,
)


@given(messages=JSON, contacts=JSON, statuses=JSON, metadata=JSON)
def test_whatever_stands_where_it_stands_a_batch_is_taken_apart(
    messages: Any, contacts: Any, statuses: Any, metadata: Any
) -> None:
    for about in (metadata, {"phone_number_id": NUMBER_ID}):
        parts = {"messages": messages, "contacts": contacts, "statuses": statuses}
        change = {"field": "messages", "value": {"metadata": about, **parts}}
        body = {"object": "whatsapp_business_account", "entry": [{"changes": [change]}]}
        way = WhatsAppIn()
        request = RequestFactory().post("/", data=json.dumps(body), content_type="application/json")
        for envelope in way.envelopes(request):
            assert envelope.external_id
            with suppress(NotUnderstood):
                way.read(envelope.payload)
