"""What visitors press on a pretended telephone, and what the portal does then."""

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from channels.models import Message, Played, Provider
from channels.simulator import mailbox, trouble
from tests.channels.demonstration import RAHIMA, Player, phone, set_up, show
from tests.complaints.conftest import Scene
from tests.factories.agencies import RegistryCast, make_registry

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "The electricity meter shows a wrong number and nobody comes."


@pytest.fixture
def cast(live_server: Any) -> RegistryCast:
    """The tiny country, written where the live server sees it."""
    return make_registry()


@pytest.fixture
def scene(cast: RegistryCast) -> Scene:
    return Scene(cast)


@pytest.fixture(autouse=True)
def demonstration(settings: Any, live_server: Any, scene: Scene, tmp_path: Path) -> None:
    """A portal that answers."""
    set_up(settings, live_server.url, tmp_path)


@pytest.mark.parametrize(
    ("channel", "do"),
    [
        ("sms", "say"),
        ("sms", "photo"),
        ("sms", "example"),
        ("whatsapp", "place"),
        ("messenger", "say"),
        ("x", "say"),
        ("x", "public"),
        ("email", "say"),
        ("email", "photo"),
    ],
)
def test_something_is_sent(client: Client, channel: str, do: str) -> None:
    given = {"text": WORDS, "subject": "Our meter", "do": do}
    response = client.post(f"{phone(channel)}send/", given)
    assert response.status_code == 302
    assert Message.objects.get().channel == channel
    row = Played.objects.get()
    assert row.raw["exchanges"][0]["status"] == 200
    assert row.person == ("public" if do == "public" else "rahima")
    assert client.get(response["Location"]).status_code == 200


def test_with_htmx_the_talk_comes_back_with_an_empty_field(client: Client) -> None:
    given = {"text": WORDS, "do": "say"}
    page = client.post(f"{phone('sms')}send/", given, headers={"hx-request": "true"}).text
    assert WORDS in page
    assert 'id="say" hx-swap-oob="true"' in page
    assert f'value="{WORDS}"' not in page


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"do": "public", "text": WORDS}, "/en/simulator/public/"),
        ({"do": "say"}, f"{phone('x')}#say"),
    ],
)
def test_htmx_is_told_of_another_page(client: Client, given: dict[str, str], where: str) -> None:
    response = client.post(f"{phone('x')}send/", given, headers={"hx-request": "true"})
    assert response["HX-Redirect"] == where
    shown = Played.objects.values_list("text", flat=True)
    assert all(text.startswith("@complaint_portal ") for text in shown)


@pytest.mark.parametrize(
    ("channel", "given"),
    [
        ("sms", {"do": "say", "text": " "}),
        ("sms", {"do": "place"}),
        ("messenger", {"do": "public", "text": WORDS}),
        ("sms", {"do": "nonsense", "text": WORDS}),
        ("sms", {"text": WORDS}),
        ("sms", {"do": "say", "text": "x" * 4001}),
    ],
)
def test_what_cannot_be_sent_is_not(client: Client, channel: str, given: dict[str, str]) -> None:
    response = client.post(f"{phone(channel)}send/", given, follow=True)
    assert response.status_code == 200
    assert not Played.objects.exists()


def test_a_form_of_another_site_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(f"{phone('sms')}send/", {"text": WORDS, "do": "say"})
    assert response.status_code == 403
    assert not Played.objects.exists()


def test_a_repeat_is_answered_and_counted(client: Client) -> None:
    assert "nothing to send again" in tried(client, "repeat")
    Player("sms").send(WORDS)
    page = tried(client, "repeat")
    assert "the portal answered 200" in page
    assert "sent 2 times" in page
    assert Message.objects.count() == 1


def test_a_forged_signature_is_refused(client: Client) -> None:
    page = tried(client, "forge")
    assert "answered 403" in page
    assert "Refused by the portal (403)" in page
    assert not Message.objects.exists()


def test_hands_are_shaken(client: Client) -> None:
    page = tried(client, "handshake", "whatsapp")
    assert "proved that the address is its own" in page


def test_a_portal_without_the_word_does_not_shake_hands(client: Client, settings: Any) -> None:
    settings.PROVIDERS["whatsapp"]["token"] = ""
    assert "did not prove" in tried(client, "handshake", "whatsapp")


def test_a_telephone_is_emptied(client: Client) -> None:
    Player("sms").send(WORDS)
    show("sms", "For Karim", person="karim")
    assert WORDS not in tried(client, "empty")
    assert Played.objects.get().person == "karim"
    assert Message.objects.exists(), "what the portal has, it keeps"


def tried(client: Client, do: str, channel: str = "sms") -> str:
    response = client.post(f"{phone(channel)}try/", {"do": do}, follow=True)
    assert response.status_code == 200
    return response.text


def test_trouble_begins_and_ends(client: Client) -> None:
    page = client.post(f"{phone('sms')}trouble/", {"kind": "503"}, follow=True).text
    assert "The provider answers 503: out of order, until" in page
    Player("sms").write(WORDS)
    Provider.objects.update(failures=5, open_until=timezone.now() + timezone.timedelta(minutes=1))
    page = client.get(phone("sms")).text
    assert "1 message of the portal waits" in page
    assert "After 5 failures in a row the portal leaves it alone" in page
    client.post(f"{phone('sms')}trouble/", {"kind": ""})
    assert trouble.of("twilio") is None


def test_trouble_ends_by_itself(client: Client) -> None:
    trouble.begin("twilio", "503")
    name = "simulator:trouble:twilio"
    left = cache._cache.get_client(name).ttl(cache.make_key(name))
    assert 0 < left <= 600


def test_a_letter_can_be_answered(client: Client) -> None:
    EmailMessage("Your case", "Is it solved?", to=[RAHIMA.email]).send()
    page = client.get(phone("email")).text
    assert "Is it solved?" in page
    [letter] = mailbox.letters(RAHIMA.email)
    message_id = letter.message_id
    page = client.get(phone("email"), {"answers": message_id}).text
    assert "An answer to: Your case" in page
    raw = client.get(f"{phone('email')}raw/", {"id": message_id}).text
    assert "Subject: Your case" in raw
    given = {"do": "say", "text": "Yes", "answers": message_id}
    client.post(f"{phone('email')}send/", given)
    row = Played.objects.get()
    assert message_id in row.raw["exchanges"][0]["request"]["body"]
