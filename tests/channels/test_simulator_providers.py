"""What the pretended providers send is what the portal proves, takes apart and reads: both were written
from the vendors' documents, each by itself."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from channels.inbound import Forged, Incoming, Receipt
from channels.registry import INBOUND
from channels.simulator import pictures
from channels.simulator.people import Person
from channels.simulator.providers.base import Report, Said
from channels.simulator.providers.twilio import signed
from channels.simulator.registry import PROVIDERS
from channels.simulator.wire import Answer
from tests.channels.demonstration import KARIM, RAHIMA, arrived, set_up

WORDS = "আমাদের এলাকায় তিন দিন ধরে বিদ্যুৎ নেই & nobody comes + 100%"
SIGNING = ("twilio", "whatsapp", "messenger", "x")
BY_PATH = ("infobip", "africastalking", "kannel", "sslwireless")


@pytest.fixture(autouse=True)
def demonstration(settings: Any, tmp_path: Path) -> None:
    set_up(settings, "http://127.0.0.1:8000", tmp_path)
    for name in BY_PATH:
        settings.PROVIDERS[name] |= {"path": "a-secret-path", "from": "16333"}
    settings.PROVIDERS["sslwireless"]["fields"] = "id=msg_id,from=msisdn,to=sid,text=sms,date=at"


def proved(provider: str, person: Person = RAHIMA, *, forged: bool = False, **parts: Any) -> Any:
    """The envelopes of a message, once its proof held."""
    played = PROVIDERS[provider]
    keys = played.strangers_keys if forged else played.keys
    request = played.words(person, Said(**parts), played.new_id(), keys)
    return opened(provider, request)


def opened(provider: str, request: Any) -> Any:
    came = arrived(request)
    secret = came.path.rstrip("/").rpartition("/")[2] if provider in BY_PATH else ""
    INBOUND[provider].prove(came, secret)
    return INBOUND[provider].envelopes(came)


def read(provider: str, envelope: Any) -> Any:
    return INBOUND[provider].read(json.loads(json.dumps(envelope.payload)))


@pytest.mark.parametrize("provider", [*SIGNING, *BY_PATH])
def test_the_portal_proves_and_reads_what_a_provider_brings(provider: str) -> None:
    [envelope] = proved(provider, text=WORDS)
    found = read(provider, envelope)
    assert isinstance(found, Incoming)
    assert found.text == WORDS
    assert envelope.sender


@pytest.mark.parametrize("provider", [*SIGNING, *BY_PATH])
def test_a_stranger_is_refused(provider: str) -> None:
    with pytest.raises(Forged):
        proved(provider, text=WORDS, forged=True)


@pytest.mark.parametrize("provider", SIGNING)
def test_a_changed_letter_breaks_the_proof(provider: str) -> None:
    played = PROVIDERS[provider]
    request = played.words(RAHIMA, Said("No light here"), played.new_id(), played.keys)
    changed = type(request)(request.url, request.body.replace("light", "night"), request.headers)
    with pytest.raises(Forged):
        opened(provider, changed)


@pytest.mark.parametrize("provider", [*SIGNING, *BY_PATH])
def test_each_message_has_an_id_of_its_own(provider: str) -> None:
    [first], [second] = proved(provider, text="One"), proved(provider, text="One")
    assert first.external_id != second.external_id


def test_sms_come_from_the_number(settings: Any) -> None:
    [envelope] = proved("twilio", text="Hello")
    assert (envelope.sender, envelope.account) == (RAHIMA.phone, "+8809600000333")


def test_whatsapp_names_the_id_and_beside_it_the_number() -> None:
    [envelope] = proved("whatsapp", text="Hello")
    assert (envelope.sender, envelope.other) == (RAHIMA.user_id, "8801712000001")


def test_whoever_hides_their_number_is_known_by_the_id_alone() -> None:
    [envelope] = proved("whatsapp", KARIM, text="Hello")
    assert (envelope.sender, envelope.other) == (KARIM.user_id, "")
    body = PROVIDERS["whatsapp"].words(KARIM, Said("x"), "wamid.1", PROVIDERS["whatsapp"].keys).body
    assert KARIM.phone.lstrip("+") not in body


@pytest.mark.parametrize(("provider", "account"), [("messenger", "page_id"), ("x", "x_id")])
def test_messengers_name_the_account(provider: str, account: str) -> None:
    [envelope] = proved(provider, text="Hello")
    assert envelope.sender == getattr(RAHIMA, account)


@pytest.mark.parametrize("provider", SIGNING)
def test_a_photo_comes_with_its_words(provider: str) -> None:
    [envelope] = proved(provider, text="Look at the meter", photo=pictures.new_number())
    found = read(provider, envelope)
    assert len(found.files) == 1
    assert found.text.startswith("Look at the meter")


def test_a_place_comes_as_a_place() -> None:
    [envelope] = proved("whatsapp", place=(23.7465, 90.376))
    found = read("whatsapp", envelope)
    assert (found.latitude, found.longitude) == (23.7465, 90.376)


@pytest.mark.parametrize("provider", ["whatsapp", "messenger"])
def test_an_answer_names_the_message(provider: str) -> None:
    [envelope] = proved(provider, text="Yes", answers="the-id-of-ours")
    assert read(provider, envelope).reply_to == "the-id-of-ours"


def test_a_mention_is_public() -> None:
    [envelope] = proved("x", text="the road is broken", is_public=True)
    found = read("x", envelope)
    assert found.is_public
    assert "the road is broken" in found.text


# --- Reports ----------------------------------------------------------------------------------


def reported(provider: str, status: str, error: str = "") -> Receipt | None:
    """What the portal reads of a report."""
    callback = "http://127.0.0.1:8000/channels/sms/twilio/"
    report = Report("our-message", RAHIMA, status, error, callback)
    request = PROVIDERS[provider].report(report)
    assert request is not None
    found = [read(provider, envelope) for envelope in opened(provider, request)]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("provider", "status"),
    [
        ("twilio", "sent"),
        ("twilio", "delivered"),
        ("whatsapp", "sent"),
        ("whatsapp", "delivered"),
        ("whatsapp", "read"),
        ("messenger", "delivered"),
    ],
)
def test_the_portal_proves_and_reads_reports(provider: str, status: str) -> None:
    assert reported(provider, status) == Receipt("our-message", status)


def test_a_failure_brings_its_code() -> None:
    assert reported("whatsapp", "failed", "131026") == Receipt("our-message", "failed", "131026")


def test_sms_without_a_callback_are_not_reported() -> None:
    assert PROVIDERS["twilio"].report(Report("our-message", RAHIMA, "sent")) is None


# --- Handshakes -------------------------------------------------------------------------------


def shaken(provider: str, *, forged: bool = False) -> bool:
    played = PROVIDERS[provider]
    request = played.handshake(played.strangers_keys if forged else played.keys)
    assert request is not None
    answer = INBOUND[provider].handshake(arrived(request))
    assert answer is not None
    return played.is_shaken(request, Answer(answer.status_code, answer.content.decode()))


@pytest.mark.parametrize("provider", ["whatsapp", "messenger", "x"])
def test_the_portal_proves_that_the_address_is_its_own(provider: str) -> None:
    assert shaken(provider)


@pytest.mark.parametrize("provider", ["whatsapp", "messenger"])
def test_it_proves_nothing_to_a_stranger(provider: str) -> None:
    with pytest.raises(Forged):
        shaken(provider, forged=True)


def test_another_answer_is_no_proof() -> None:
    for name in ("whatsapp", "messenger", "x"):
        played = PROVIDERS[name]
        request = played.handshake(played.keys)
        assert request is not None
        assert not played.is_shaken(request, Answer(200, "ok"))


# --- Shapes -----------------------------------------------------------------------------------


def test_twilio_signs_the_address_and_every_field() -> None:
    # The example of https://www.twilio.com/docs/usage/security#validating-requests
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    request = signed("https://mycompany.com/myapp.php?foo=1&bar=2", form, "12345")
    assert request.headers["X-Twilio-Signature"] == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert dict(parse_qsl(request.body)) == form


def test_the_same_photo_has_the_same_checksum() -> None:
    number = pictures.new_number()
    assert pictures.picture(number)[:3] == b"\xff\xd8\xff"
    assert len(pictures.sha256(number)) == 64
    assert pictures.picture(number) != pictures.picture(pictures.new_number())
