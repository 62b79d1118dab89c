"""The row of telephones, a talk on one of them, and the wire behind it."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from complaints.models import Handle, Notice
from tests.channels.demonstration import KARIM, phone, set_up, show

ROW = "/en/simulator/"
CHANNELS = ("sms", "whatsapp", "messenger", "x", "email")


@pytest.fixture(autouse=True)
def demonstration(settings: Any, db: None, tmp_path: Path) -> None:
    """Pages alone: nothing is brought anywhere."""
    set_up(settings, "http://127.0.0.1:8000", tmp_path)


@pytest.mark.parametrize("language", ["en", "bn", "id"])
def test_the_row_shows_a_telephone_for_each_channel(client: Client, language: str) -> None:
    page = client.get(f"/{language}/simulator/").text
    for channel in CHANNELS:
        assert f"/{language}/simulator/phones/{channel}/rahima/" in page


def test_the_row_is_somebodys(client: Client) -> None:
    show("sms", "For Karim", person="karim")
    page = client.get(f"{ROW}?person=karim").text
    assert "For Karim" in page
    assert KARIM.user_id in page
    assert "For Karim" not in client.get(ROW).text


def test_it_is_said_that_nothing_leaves(client: Client) -> None:
    assert "nothing leaves this machine" in client.get(ROW).text


def test_a_talk_shows_both_sides(client: Client) -> None:
    exchange = {"what": "words", "request": {}, "status": 200, "answer": ""}
    show("sms", "No light here", from_us=False, exchanges=[exchange])
    show("sms", "Is this about an official?")
    page = client.get(phone("sms")).text
    assert page.index("No light here") < page.index("Is this about an official?")
    assert "Taken by the portal" in page


def test_what_people_write_is_only_words(client: Client) -> None:
    show("sms", "<script>alert(1)</script>", from_us=False)
    assert "<script>alert" not in client.get(phone("sms")).text


def test_numbers_that_the_portal_wrote_to_have_telephones_too(client: Client) -> None:
    show("sms", "Your code", person="+8801911111111")
    assert phone("sms", "+8801911111111") in client.get(phone("sms")).text
    assert "Your code" in client.get(phone("sms", "+8801911111111")).text


@pytest.mark.parametrize(
    "path",
    [
        phone("sms", "nobody"),
        phone("whatsapp", "+8801911111111"),
        phone("fax"),
        phone("push"),
        "/en/simulator/pictures/x.jpg",
        f"{phone('sms')}raw/?id=none",
    ],
)
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_real_provider_is_not_played(client: Client, settings: Any) -> None:
    settings.PROVIDERS["twilio"]["simulated"] = ""
    assert "real provider" in client.get(ROW).text
    assert client.get(phone("sms")).status_code == 404
    assert client.post(f"{phone('sms')}send/", {"text": "x", "do": "say"}).status_code == 404


def test_a_photo_is_shown(client: Client) -> None:
    show("sms", "", from_us=False, photo="123456789012345")
    assert "/pictures/123456789012345.jpg" in client.get(phone("sms")).text
    response = client.get("/en/simulator/pictures/123456789012345.jpg")
    assert response["Content-Type"] == "image/jpeg"


def test_the_wire_is_shown(client: Client) -> None:
    request = {
        "method": "POST",
        "url": "http://127.0.0.1/",
        "headers": {"X-Proof": "abc"},
        "body": '{"a":{"b":"আ"}}',
    }
    one = {"what": "words", "request": request, "status": 200, "answer": "<Response/>"}
    row = show("sms", "x", from_us=False, exchanges=[one])
    page = client.get(f"{phone('sms')}raw/", {"id": row.external_id}).text
    assert "X-Proof: abc" in page
    assert "&quot;b&quot;: &quot;আ&quot;" in page
    assert "&lt;Response/&gt;" in page


def test_public_posts_are_for_everybody(client: Client) -> None:
    show("x", "@complaint_portal no light", person="public", from_us=False, author="rahima")
    row = show("x", "Case published", person="public")
    page = client.get("/en/simulator/public/").text
    assert "@rahima_demo" in page
    assert page.index("Case published") < page.index("no light"), "the newest first"
    assert client.get("/en/simulator/phones/x/public/").status_code == 404
    assert row.external_id in page


# --- Parts that ask for themselves ------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/en/simulator/live/?person=rahima",
        "/en/simulator/live/sms/rahima/",
        "/en/simulator/public/?live=1",
    ],
)
def test_nothing_new_costs_nothing(client: Client, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"if-none-match": first["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    show("sms", "Something new")
    show("x", "Something new", person="public")
    third = client.get(path, headers={"if-none-match": first["ETag"]})
    assert third.status_code == 200
    assert "Something new" in third.text


def test_a_tick_is_something_new(client: Client) -> None:
    row = show("sms", "Your case")
    first = client.get("/en/simulator/live/sms/rahima/")
    play_notice(row.external_id, "delivered")
    again = client.get("/en/simulator/live/sms/rahima/", headers={"if-none-match": first["ETag"]})
    assert "Delivered" in again.text


def play_notice(provider_id: str, delivery: str) -> None:
    """The portal knows what became of a message."""
    now = timezone.now()
    handle = Handle.objects.create(
        channel="sms", index="x", sealed=b"", language="en", created_at=now
    )
    Notice.objects.create(
        handle=handle,
        template="chat_help",
        channel="sms",
        status=Notice.Status.SENT,
        key="x",
        created_at=now,
        next_at=now,
        provider_id=provider_id,
        delivery=delivery,
    )
