"""Messenger's webhook: who may bring, what is kept, and what an event says, in the reference's shapes."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from channels import intake
from channels.inbound import CannotFetch, File, Incoming, NotUnderstood, Receipt
from channels.messenger.inbound import MessengerIn
from channels.models import Message
from complaints.models import Handle
from tests.channels.graph import (
    PAGE_ID,
    VERIFY_TOKEN,
    Graph,
    bring,
    error,
    graph,
    messenger_batch,
    meta,
    signed,
    values,
)

__all__ = ["graph", "meta"]
pytestmark = pytest.mark.usefixtures("meta")
WAY = MessengerIn()
CDN = "https://scontent.xx.fbcdn.net/v/t1.15752-9/photo.jpg?_nc_cat=1&oh=00_A"


def event(number: int = 1, *, sender: str = "7123456789012345", **parts: Any) -> dict[str, Any]:
    said = {"mid": f"m_{number}", "text": f"The road is broken, message {number}"}
    return {
        "sender": {"id": sender},
        "recipient": {"id": PAGE_ID},
        "timestamp": 1458692752478,
        **(parts or {"message": said}),
    }


def kept() -> list[str]:
    return list(Message.objects.order_by("id").values_list("external_id", flat=True))


# --- Who may bring ----------------------------------------------------------------------------


def test_the_challenge_is_given_back_to_whoever_knows_our_word(client: Client) -> None:
    asked = {
        "hub.mode": "subscribe",
        "hub.verify_token": VERIFY_TOKEN,
        "hub.challenge": "1158201444",
    }
    answer = client.get("/channels/messenger/", asked)
    assert (answer.status_code, answer.content) == (200, b"1158201444")
    assert client.get("/channels/messenger/", {**asked, "hub.verify_token": "x"}).status_code == 403


@pytest.mark.parametrize("signature", ["", "sha256=", signed(b"another body"), signed(b"", "x")])
def test_a_forged_batch_is_refused_and_nothing_of_it_is_kept(
    db: None, client: Client, signature: str
) -> None:
    headers = {"X-Hub-Signature-256": signature}
    assert bring(client, "messenger", messenger_batch(event()), **headers).status_code == 403
    assert not Message.objects.exists()


def test_what_is_not_set_up_is_not_there(client: Client, settings: Any) -> None:
    settings.PROVIDERS["messenger"] = {**values()["messenger"], "page_id": ""}
    assert bring(client, "messenger", messenger_batch(event())).status_code == 404


# --- What is kept -----------------------------------------------------------------------------


def test_a_batch_of_a_hundred_is_kept_once(
    db: None, client: Client, django_assert_max_num_queries: Any
) -> None:
    body = messenger_batch(*(event(number, sender=f"70000{number}") for number in range(100)))
    with django_assert_max_num_queries(12):
        assert bring(client, "messenger", body).status_code == 200
    bring(client, "messenger", body)
    assert Message.objects.count() == Handle.objects.count() == 100
    row = Message.objects.get(external_id="m_7")
    assert (row.channel, row.account, row.kind) == ("messenger", PAGE_ID, "words")
    assert b"700007" not in bytes(row.sealed) + bytes(row.handle.sealed)


ECHO = event(message={"is_echo": True, "mid": "m_9", "text": "ours", "app_id": 15175})


@pytest.mark.parametrize(
    "body",
    [
        messenger_batch(event(), under="standby"),
        messenger_batch(ECHO),
        messenger_batch({**event(), "sender": {"id": PAGE_ID}, "recipient": {"id": "7"}}),
        messenger_batch(event(), page="999"),
        messenger_batch({**event(), "recipient": {"id": "999"}}),
        messenger_batch(event(read={"watermark": 1458668856253})),
        messenger_batch(event(delivery={"watermark": 1458668856253})),
        messenger_batch(event(reaction={"reaction": "love", "action": "react", "mid": "m_1"})),
        {"object": "page", "entry": []},
    ],
)
def test_what_is_not_ours_to_answer_is_not_kept(
    db: None, client: Client, body: dict[str, Any]
) -> None:
    assert bring(client, "messenger", body).status_code == 200
    assert not Message.objects.exists()


def test_each_message_that_was_delivered_is_a_report(db: None, client: Client) -> None:
    delivery = {"mids": ["m_out1", "m_out2", None], "watermark": 1458668856253}
    bring(client, "messenger", messenger_batch(event(delivery=delivery)))
    assert kept() == ["m_out1:delivered", "m_out2:delivered"]
    assert set(Message.objects.values_list("kind", "handle")) == {("receipt", None)}
    assert WAY.read({"delivered": "m_out1"}) == Receipt("m_out1", "delivered")


def test_a_button_has_an_id_of_its_own_or_of_its_time(db: None, client: Client) -> None:
    pressed = {"title": "Get started", "payload": "START"}
    both = (event(postback={**pressed, "mid": "m_5"}), event(postback=pressed))
    bring(client, "messenger", messenger_batch(*both))
    bring(client, "messenger", messenger_batch(*both))
    assert len(kept()) == 2
    assert kept()[0] == "m_5"
    assert "7123456789012345" not in kept()[1]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"{", "no_json"),
        (b"\xff\xfe", "no_json"),
        (b"[]", "no_object"),
        (b'{"object": "whatsapp_business_account"}', "wrong_object"),
    ],
)
def test_what_cannot_be_taken_apart_waits_for_the_desk(
    db: None, client: Client, raw: bytes, why: str
) -> None:
    assert bring(client, "messenger", raw).status_code == 200
    row = Message.objects.get()
    assert (row.state, row.why) == ("unreadable", why)


def test_what_is_odd_in_a_batch_stops_none_of_the_others(db: None, client: Client) -> None:
    body = messenger_batch(event(1), "odd", event(message={"text": "no id"}), event(2))
    body["entry"].append("odd")
    assert bring(client, "messenger", body).status_code == 200
    intake.take_messages()
    rows = Message.objects.filter(external_id__startswith="odd:")
    # The same word in two places is one.
    assert rows.count() == 2
    assert set(rows.values_list("state", flat=True)) == {"unreadable"}
    assert {"m_1", "m_2"} <= set(kept())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "mid", "mids", "text", "attachments", "payload", "type"]), inner
        )
    ),
    max_leaves=8,
)


@given(JSON, st.sampled_from(["message", "postback", "delivery", "message_edit", "sender"]), JSON)
def test_whatever_stands_where_it_stands_a_batch_is_taken_apart(
    found: Any, name: str, events: Any
) -> None:
    for body in (messenger_batch(event(**{name: found}), found), messenger_batch()):
        body["entry"].append({"id": PAGE_ID, "messaging": events})
        request = RequestFactory().post("/", json.dumps(body), content_type="application/json")
        for envelope in WAY.envelopes(request):
            assert envelope.external_id
            with suppress(NotUnderstood):
                WAY.read(envelope.payload)


# --- What an event says -----------------------------------------------------------------------


def read(**message: Any) -> Incoming:
    found = WAY.read({"event": event(message={"mid": "m_1", **message})})
    assert isinstance(found, Incoming)
    return found


def attached(kind: str, **payload: Any) -> dict[str, Any]:
    return {"type": kind, "payload": payload}


def test_words_and_what_they_answer() -> None:
    found = read(text="The left one.", reply_to={"mid": "m_out1"})
    assert (found.text, found.reply_to) == ("The left one.", "m_out1")


@pytest.mark.parametrize("stamp", [1458692752478, 1458692752, "1458692752"])
def test_times_are_milliseconds_or_seconds(stamp: Any) -> None:
    found = WAY.read({"event": {**event(), "timestamp": stamp}})
    assert isinstance(found, Incoming)
    assert found.sent_at is not None
    assert found.sent_at.replace(microsecond=0) == datetime(2016, 3, 23, 0, 25, 52, tzinfo=UTC)


def test_a_quick_reply_is_its_words_and_else_its_payload() -> None:
    assert read(text="Yes", quick_reply={"payload": "YES"}).text == "Yes"
    assert read(quick_reply={"payload": "YES"}).text == "YES"


@pytest.mark.parametrize(
    ("pressed", "words"),
    [({"title": "Status", "payload": "STATUS"}, "Status"), ({"payload": "STATUS"}, "STATUS")],
)
def test_a_button_is_its_title_and_else_its_payload(pressed: dict[str, str], words: str) -> None:
    assert WAY.read({"event": event(postback=pressed)}).text == words


def test_photos_and_papers_are_files() -> None:
    paper = attached("file", url="https://cdn.fbsbx.com/v/t59/bill%20of%20May.pdf?_nc=1")
    found = read(text="Look", attachments=[attached("image", url=CDN), paper])
    assert [(file.name, file.ref["url"][:16]) for file in found.files] == [
        ("image", "https://scontent"),
        ("bill of May.pdf", "https://cdn.fbsb"),
    ]
    assert found.text == "Look"


def test_a_place_is_a_position() -> None:
    here = {"lat": 23.8, "long": 90.4}
    found = read(attachments=[attached("location", coordinates=here)])
    assert (found.latitude, found.longitude, found.text) == (23.8, 90.4, "")


def test_what_was_passed_on_is_its_title_and_address_once() -> None:
    link = {"type": "fallback", "title": "News", "url": "https://n.example/1", "payload": None}
    assert read(attachments=[link]).text == "News\nhttps://n.example/1"
    both = read(text="See https://n.example/1", attachments=[link])
    assert both.text == "See https://n.example/1\nNews"
    assert read(attachments=[attached("template", title="A", url="u")]).text == "A\nu"


@pytest.mark.parametrize(
    "attachments",
    [
        [attached("image", url=CDN, sticker_id=369239263222822)],
        [attached("sticker", sticker_id=369239263222822)],
        [attached("image", url=CDN, sticker_id=1), attached("sticker", sticker_id=1)],
    ],
)
def test_a_thumb_is_nothing_unless_words_stand_by_it(attachments: list[Any]) -> None:
    assert read(sticker_id=369239263222822, attachments=attachments).nothing
    assert read(text="Thanks", attachments=attachments) == read(text="Thanks")


def test_a_film_with_words_is_its_words_and_a_file_that_is_left() -> None:
    found = read(text="See the water", attachments=[attached("video", url=CDN)])
    assert (found.text, found.files[0].ref["type"]) == ("See the water", "video")
    with pytest.raises(CannotFetch) as caught:
        WAY.fetch(found.files[0])
    assert (caught.value.why, caught.value.for_good) == ("type", True)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (event(message={"mid": "m", "attachments": [attached("audio", url=CDN)]}), "audio"),
        (event(message={"mid": "m", "attachments": [attached("video", url=CDN)]}), "video"),
        (event(message={"mid": "m", "attachments": [attached("appointment")]}), "unknown_type"),
        (event(message={"mid": "m", "attachments": ["image"]}), "unknown_type"),
        (event(message={"mid": "m", "attachments": [attached("image")]}), "unknown_type"),
        (event(message={"mid": "m"}), "no_words"),
        (event(message={"mid": "m", "text": {"body": "x"}}), "no_words"),
        (event(message_edit={"mid": "m", "text": "x", "num_edit": 1}), "edit"),
        (event(postback={}), "no_words"),
        (event(message="words"), "unknown_type"),
        ({}, "unknown_type"),
        (None, "unknown_type"),
    ],
)
def test_what_cannot_be_used_waits_for_the_desk(found: Any, why: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        WAY.read({"event": found})
    assert caught.value.why == why


def test_the_desk_is_not_shown_who_wrote() -> None:
    shown = WAY.shown({"event": event(message_edit={"mid": "m_1", "text": "The road"})})
    assert "The road" in shown
    assert "7123456789012345" not in shown


# --- Files ------------------------------------------------------------------------------------


def test_a_file_is_fetched_from_the_address_that_came_with_it(graph: Graph) -> None:
    graph.keep("photo.jpg", b"a photo")
    url = f"{graph.origin}/cdn/photo.jpg"
    assert WAY.fetch(File({"url": url, "type": "image"}, "image")) == ("image", b"a photo")
    # Its address is a secret of its own: our token stays at home.
    assert "Authorization" not in graph.last.headers


@pytest.mark.parametrize(
    ("url", "answer", "why", "for_good"),
    [
        ("https://l.evil.example/x", None, "strange_address", True),
        ("/cdn/x", (302, b""), "http_302", False),
        ("/cdn/x", (403, error(1)), "http_403", False),
        ("/cdn/x", (404, b""), "gone", True),
        ("/cdn/x", (200, b"x" * 20 * 1024 * 1024), "large", True),
    ],
)
def test_why_a_file_cannot_be_had(
    graph: Graph, url: str, answer: Any, why: str, for_good: bool
) -> None:
    graph.answers.extend([answer] if answer else [])
    address = url if url.startswith("https:") else graph.origin + url
    with capture_logs() as logs, pytest.raises(CannotFetch) as caught:
        WAY.fetch(File({"url": address, "type": "image"}, "image"))
    assert (caught.value.why, caught.value.for_good) == (why, for_good)
    assert not logs
