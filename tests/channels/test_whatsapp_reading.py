"""What a WhatsApp message says, whoever wrote it, in the shapes of the vendor's reference."""

from datetime import UTC, datetime
from typing import Any

import pytest

from channels.inbound import Incoming, NotUnderstood, Receipt
from channels.whatsapp.inbound import WhatsAppIn, who_wrote
from complaints.models import Handle
from complaints.services import correspondence
from complaints.services.correspondence import Sender
from tests.channels.graph import status

WAY = WhatsAppIn()
USER = "BD.13491208655302741918"


def message(kind: str, **content: Any) -> dict[str, Any]:
    return {
        "from": "8801712345678",
        "id": "wamid.1",
        "timestamp": "1749416383",
        "type": kind,
    } | content


def read(kind: str, **content: Any) -> Incoming:
    found = WAY.read({"message": message(kind, **content), "contact": {}})
    assert isinstance(found, Incoming)
    return found


# --- Words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("text", {"body": "The road is broken"}, "The road is broken"),
        ("button", {"payload": "no-button", "text": "No"}, "No"),
        (
            "interactive",
            {"type": "button_reply", "button_reply": {"id": "1", "title": "Yes"}},
            "Yes",
        ),
        (
            "interactive",
            {"type": "list_reply", "list_reply": {"id": "x", "title": "Dhaka", "description": "d"}},
            "Dhaka",
        ),
    ],
)
def test_words_stand_where_the_type_says(kind: str, content: dict[str, Any], words: str) -> None:
    assert read(kind, **{kind: content}).text == words


def test_a_reply_says_to_which_message_and_when() -> None:
    context = {"from": "15550783881", "id": "wamid.out1"}
    found = read("text", text={"body": "The left one."}, context=context)
    assert found.reply_to == "wamid.out1"
    assert found.sent_at == datetime(2025, 6, 8, 20, 59, 43, tzinfo=UTC)


@pytest.mark.parametrize("written", [None, "", "soon", "-5", "99999999999999999999", [], "১২৩"])
def test_a_time_that_is_none_costs_no_words(written: Any) -> None:
    found = read("text", text={"body": "road"}, timestamp=written)
    assert (found.text, found.sent_at) == ("road", None)


def test_a_photo_is_fetched_by_its_id_and_its_caption_is_the_text() -> None:
    image = {
        "caption": "The meter",
        "mime_type": "image/jpeg",
        "sha256": "xGiN0=",
        "id": "1003383421",
    }
    found = read("image", image=image)
    assert found.text == "The meter"
    [file] = found.files
    assert file.ref == {"id": "1003383421", "type": "image/jpeg", "sha256": "xGiN0="}
    assert file.name == "image"


def test_a_document_keeps_its_name() -> None:
    document = {"filename": "bill.pdf", "mime_type": "application/pdf", "id": "2"}
    found = read("document", document=document)
    assert (found.text, found.files[0].name) == ("", "bill.pdf")


def test_a_film_with_words_is_its_words_and_a_file_that_is_left() -> None:
    found = read("video", video={"caption": "See the water", "id": "3"})
    assert (found.text, found.files[0].ref["type"]) == ("See the water", "video/")


def test_a_photo_that_came_without_its_id_is_its_caption() -> None:
    assert read("image", image={"caption": "The meter"}).text == "The meter"


def test_a_place_has_its_position_and_its_name() -> None:
    place = {"latitude": 23.7, "longitude": "90.4", "name": "Market", "address": "Mirpur"}
    found = read("location", location=place)
    assert (found.latitude, found.longitude, found.text) == (23.7, 90.4, "Market, Mirpur")


@pytest.mark.parametrize(
    "content",
    [
        message("reaction", reaction={"message_id": "wamid.out1", "emoji": "👍"}),
        message("sticker", sticker={"id": "4", "mime_type": "image/webp", "animated": False}),
        message("request_welcome"),
        message("revoke", revoke={"original_message_id": "wamid.1"}),
        message("system", system={"type": "user_changed_number", "wa_id": "8801812345678"}),
        message("system", system={"type": "user_changed_user_id", "user_id": USER}),
    ],
)
def test_what_asks_for_nothing_is_nothing(content: dict[str, Any]) -> None:
    found = WAY.read({"message": content, "contact": {}})
    assert isinstance(found, Incoming)
    assert found.nothing


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (message("audio", audio={"id": "5", "voice": True}), "audio"),
        (message("video", video={"id": "6", "mime_type": "video/mp4"}), "video"),
        (message("contacts", contacts=[{"name": {"formatted_name": "A"}}]), "contacts"),
        (message("order", order={"product_items": []}), "order"),
        (message("edit", edit={"message": {"type": "text"}}), "edit"),
        (message("unsupported", errors=[{"code": 131051}]), "unsupported"),
        (message("poll"), "unknown_type"),
        (message("interactive", interactive={"type": "nfm_reply", "nfm_reply": {}}), "no_words"),
        (message("text"), "no_words"),
        (message("text", text="words"), "no_words"),
        (message("text", text={"body": ["words"]}), "no_words"),
        (message("image"), "no_file"),
        (message("image", image={"id": None}), "no_file"),
        (message("location", location={"latitude": "north", "longitude": 90}), "no_place"),
        (message("location", location={"latitude": 91, "longitude": 90}), "no_place"),
        (message("location", location={"latitude": "nan", "longitude": 90}), "no_place"),
        ({"type": ["text"]}, "unknown_type"),
        ({}, "unknown_type"),
        (None, "unknown_type"),
        ("text", "unknown_type"),
    ],
)
def test_what_cannot_be_used_waits_for_the_desk(content: Any, why: str) -> None:
    with pytest.raises(NotUnderstood) as error:
        WAY.read({"message": content, "contact": {}})
    assert error.value.why == why


def test_the_desk_is_not_shown_who_wrote() -> None:
    names = {"from_user_id": USER, "context": {"from": "15550783881", "id": "wamid.out1"}}
    said = message("poll", poll={"question": "Which road?", "by": [{"wa_id": "8801912345678"}]})
    contact = {"profile": {"name": "Rahima"}, "wa_id": "8801712345678", "user_id": USER}
    shown = WAY.shown({"message": {**said, **names}, "contact": contact})
    assert "Which road?" in shown
    assert not any(name in shown for name in ("880", USER, "Rahima", "1555"))


# --- Reports ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "codes", "receipt"),
    [
        ("sent", (), Receipt("wamid.out1", "sent")),
        ("delivered", (), Receipt("wamid.out1", "delivered")),
        ("read", (), Receipt("wamid.out1", "read")),
        ("played", (), Receipt("wamid.out1", "read")),
        ("failed", (131026,), Receipt("wamid.out1", "failed", "131026")),
        ("failed", (131047,), Receipt("wamid.out1", "failed", "window_closed")),
        ("failed", (), Receipt("wamid.out1", "failed")),
    ],
)
def test_a_report_says_how_far_a_message_came(
    said: str, codes: tuple[int, ...], receipt: Receipt
) -> None:
    assert WAY.read({"status": status("wamid.out1", said, *codes)}) == receipt


@pytest.mark.parametrize(
    "odd", [None, "read", {}, {"id": "wamid.1"}, {"id": 5, "status": "gone"}, {"status": "read"}]
)
def test_an_odd_report_is_not_understood(odd: Any) -> None:
    with pytest.raises(NotUnderstood):
        WAY.read({"status": odd})


# --- Who writes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "contact", "names"),
    [
        ({"from": "8801712345678"}, {"wa_id": "8801712345678"}, ("8801712345678", "")),
        ({"from": "+8801712345678"}, {}, ("8801712345678", "")),
        ({}, {"wa_id": "8801712345678"}, ("8801712345678", "")),
        ({"from": "8801712345678"}, {"user_id": USER}, (USER, "8801712345678")),
        ({"from": "8801712345678", "from_user_id": USER}, {}, (USER, "8801712345678")),
        ({"from_user_id": USER}, {"wa_id": "8801712345678"}, (USER, "8801712345678")),
        ({"user_id": USER}, {}, (USER, "")),
        ({"from": USER}, {}, (USER, "")),
        ({"from": USER}, {"wa_id": "8801712345678"}, (USER, "8801712345678")),
        ({"from": USER}, {"user_id": USER, "wa_id": USER}, (USER, "")),
        ({"from_parent_user_id": "BD.ENT.118"}, {}, ("BD.ENT.118", "")),
        ({"from_parent_user_id": "BD.ENT.118", "from": USER}, {}, (USER, "")),
        ({"from": ["8801712345678"]}, None, ("", "")),
        (None, None, ("", "")),
    ],
)
def test_people_are_known_by_their_id_and_else_by_their_number(
    message: Any, contact: Any, names: tuple[str, str]
) -> None:
    assert who_wrote(message, contact) == names


def known(*names: tuple[str, str]) -> list[Handle]:
    """The handles of senders who come one after another."""
    found = []
    for sender in (Sender("whatsapp", *name) for name in names):
        found.append(correspondence.handles_of({sender})[sender])
    return found


def test_a_number_that_comes_with_an_id_later_is_one_person(db: None) -> None:
    number = "8801712345678"
    first, second, third, fourth = known((number, ""), (USER, number), (number, ""), (USER, ""))
    assert first == second == third == fourth
    assert Handle.objects.count() == 1
    assert correspondence.names_of(Handle.objects.get()) == (USER, number)


def test_a_number_that_was_given_on_is_somebody_new(db: None) -> None:
    """A telephone number goes to another person: what the first one filed stays the first one's."""
    number, other = "8801712345678", "BD.999"
    first, second, again, by_number = known(
        (USER, number), (other, number), (USER, ""), (number, "")
    )
    assert first == again
    assert second != first
    assert by_number == second


def test_an_id_with_a_new_number_is_the_same_person(db: None) -> None:
    first, second = known((USER, "8801712345678"), (USER, "8801812345678"))
    assert first == second
    assert correspondence.names_of(Handle.objects.get())[1] == "8801812345678"
