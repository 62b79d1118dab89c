"""Twilio: what it signs is taken, what somebody else signs is not; and its errors."""

import io
import statistics
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from PIL import Image
from structlog.testing import capture_logs

from channels import intake, relay
from channels.inbound import CannotFetch, File
from channels.models import Message
from channels.outbound import CannotSend
from channels.registry import INBOUND
from complaints.models import Attachment, Handle, Notice
from complaints.services import correspondence, sealing
from tests.channels.sms import twilio
from tests.channels.sms.conftest import send
from tests.channels.sms.gateway import Answer, Gateway
from tests.channels.talking import Person
from tests.complaints.conftest import Scene
from tests.factories.agencies import make_policy

WORDS = "The electricity meter shows a wrong number and nobody comes."


@pytest.fixture
def api(configured: Callable[..., Gateway]) -> Gateway:
    gateway = configured("twilio")
    gateway.usual = twilio.takes
    return gateway


def payload() -> dict[str, Any]:
    found: dict[str, Any] = sealing.unseal(Message.objects.get().sealed)["payload"]
    return found


# --- In ---------------------------------------------------------------------------------------


def test_a_message_is_kept_and_answered_with_an_empty_response(
    api: Gateway, cast: Any, client: Client
) -> None:
    form = twilio.message(WORDS)
    response = twilio.post(client, form)
    assert (response.status_code, response.content) == (200, b"<Response/>")
    assert response["Content-Type"] == "text/xml"
    kept = Message.objects.get()
    assert (kept.channel, kept.account) == ("sms", twilio.OURS)
    assert (kept.external_id, kept.kind) == (form["MessageSid"], "words")
    assert correspondence.names_of(Handle.objects.get()) == (twilio.RAHIMA, "")
    assert payload() == form


def test_the_signature_is_the_one_of_twilios_own_example(
    configured: Callable[..., Gateway], settings: Any, rf: Any
) -> None:
    configured("twilio")
    settings.PUBLIC_URL = "https://mycompany.com"
    form = {
        "Digits": "1234",
        "To": "+18005551212",
        "From": "+14158675309",
        "Caller": "+14158675309",
        "CallSid": "CA1234567890ABCDE",
    }
    proof = {"X-Twilio-Signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}
    kind = "application/x-www-form-urlencoded"
    address = "/myapp.php?foo=1&bar=2"
    request = rf.post(address, urlencode(form), content_type=kind, headers=proof)
    INBOUND["twilio"].prove(request, "")


@pytest.mark.parametrize(
    "forged",
    [
        {"signed": ""},
        {"signed": "bm9uZQ=="},
        {"signed": "ü"},
        {"token": "another"},
        {"signed": twilio.signature("https://grs.example/channels/sms/infobip/", {})},
    ],
)
def test_what_somebody_else_signs_is_refused_and_not_kept(
    api: Gateway, cast: Any, client: Client, forged: dict[str, str]
) -> None:
    with capture_logs() as logs:
        assert twilio.post(client, twilio.message(WORDS), **forged).status_code == 403
    assert not Message.objects.exists()
    assert [line["event"] for line in logs] == ["forged", "request"]
    assert "1712345678" not in str(logs)


def test_a_signature_holds_for_its_address_alone(api: Gateway, cast: Any, client: Client) -> None:
    form = twilio.message(WORDS)
    other_country = twilio.signature(f"https://lapor.example{twilio.PATH}", form)
    assert twilio.post(client, form, signed=other_country).status_code == 403
    other_path = twilio.signature("https://grs.example/channels/sms/twilio/x/", form)
    assert twilio.post(client, form, signed=other_path).status_code == 403
    with_query = f"{twilio.PATH}?from=elsewhere"
    assert twilio.post(client, form, path=with_query).status_code == 200
    proof = twilio.signature(twilio.ORIGIN + twilio.PATH, form)
    assert twilio.post(client, form, path=with_query, signed=proof).status_code == 403


def test_messages_may_come_by_get_too(api: Gateway, cast: Any, client: Client) -> None:
    path = f"{twilio.PATH}?{urlencode(twilio.message(WORDS))}"
    proof = {"X-Twilio-Signature": twilio.signature(twilio.ORIGIN + path, {})}
    assert client.get(path, headers=proof).status_code == 200
    assert client.get(f"{path}&Body=Other", headers=proof).status_code == 403
    assert payload()["Body"] == WORDS


def test_a_changed_word_breaks_the_signature(api: Gateway, cast: Any, client: Client) -> None:
    form = twilio.message(WORDS)
    proof = twilio.signature(twilio.ORIGIN + twilio.PATH, form)
    changed = twilio.post(client, form | {"Body": "Close my case."}, signed=proof)
    added = twilio.post(client, form | {"NumMedia2": "1"}, signed=proof)
    assert (changed.status_code, added.status_code) == (403, 403)


def test_a_flood_of_fields_is_refused_before_it_is_read(api: Gateway, client: Client) -> None:
    form = {f"f{number}": "x" for number in range(300)}
    assert twilio.post(client, form).status_code == 403


def test_without_a_token_there_is_no_such_address(
    configured: Callable[..., Gateway], client: Client
) -> None:
    configured("twilio", token="")
    assert twilio.post(client, twilio.message(WORDS)).status_code == 404


def test_a_repeat_is_answered_alike_and_changes_nothing(
    api: Gateway, cast: Any, client: Client
) -> None:
    form = twilio.message(WORDS)
    assert twilio.post(client, form).status_code == 200
    assert twilio.post(client, form).status_code == 200
    assert Message.objects.count() == 1


def test_bangla_words_and_digits_come_as_they_were_written(
    api: Gateway, scene: Scene, client: Client
) -> None:
    words = "আমাদের এলাকায় ৩ দিন ধরে বিদ্যুৎ নেই 😀 + & = %"
    twilio.post(client, twilio.message(words))
    assert INBOUND["twilio"].read(payload()).text == words


@pytest.mark.parametrize("sender", ["16222", "bKash", "", "+1"])
def test_a_sender_that_cannot_be_answered_is_taken_and_not_written_to(
    api: Gateway, scene: Scene, client: Client, sender: str
) -> None:
    twilio.post(client, twilio.message(WORDS, sender=sender))
    intake.take_messages()
    kept = Message.objects.get()
    assert kept.state == ("done" if sender else "unreadable")
    relay.deliver_notices()
    assert api.asked == []
    answers = set(Notice.objects.values_list("status", "error"))
    assert answers == ({("unreachable", "no_number")} if sender else set())


def test_a_message_without_an_id_waits_for_the_desk(
    api: Gateway, cast: Any, client: Client
) -> None:
    form = twilio.message(WORDS) | {"MessageSid": "", "SmsSid": ""}
    assert twilio.post(client, form).status_code == 200
    kept = Message.objects.get()
    assert (kept.state, kept.why) == ("unreadable", "no_id")
    assert "electricity" in sealing.unseal(kept.sealed)["raw"]


def test_keeping_a_message_takes_less_than_50_ms(api: Gateway, cast: Any, client: Client) -> None:
    took = []
    for number in range(31):
        form = twilio.message(f"{WORDS} {number}", sender=f"+88017123456{number:02d}")
        start = time.perf_counter()
        response = twilio.post(client, form)
        took.append(time.perf_counter() - start)
        assert response.status_code == 200
    # Of the quicker ones: beside other tests the processor is often elsewhere.
    assert statistics.quantiles(took[1:], n=4)[0] < 0.05


# --- Media ------------------------------------------------------------------------------------


def photo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, "JPEG")
    return made.getvalue()


def with_media(api: Gateway, *contents: Answer) -> dict[str, str]:
    """A message with media, which the API gives as told."""
    api.answers.extend(contents)
    media = {
        f"MediaUrl{n}": f"{api.url}/2010-04-01/Accounts/AC123/Messages/MM1/Media/ME{n}"
        for n in range(len(contents))
    }
    types = {f"MediaContentType{n}": "image/jpeg" for n in range(len(contents))}
    return twilio.message(WORDS, NumMedia=str(len(contents)), **media, **types)


def test_the_photos_of_an_mms_are_fetched_signed_in(
    api: Gateway, scene: Scene, client: Client
) -> None:
    twilio.post(client, with_media(api, Answer(200, photo()), Answer(200, photo())))
    intake.take_messages()
    assert [a.name for a in Attachment.objects.order_by("id")] == ["mms-1.jpg", "mms-2.jpg"]
    assert {asked.headers["Authorization"] for asked in api.asked} == {"Basic QUMxMjM6MTIzNDU="}


def test_a_medium_is_fetched_where_the_api_leads_without_our_password(
    api: Gateway, scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.sms.dialects.twilio.MEDIA_HOSTS", ("localhost",))
    there = {"Location": f"http://localhost:{api.port}/AC123/signed"}
    twilio.post(client, with_media(api, Answer(307, "", there)))
    api.answers.append(Answer(200, photo()))
    intake.take_messages()
    assert Attachment.objects.count() == 1
    assert api.last.path == "/AC123/signed"
    assert "Authorization" not in api.last.headers


@pytest.mark.parametrize(
    "location", ["http://localhost:1/x", "//169.254.169.254/latest", "file:///etc/passwd"]
)
def test_a_medium_is_not_fetched_from_just_anywhere(api: Gateway, location: str) -> None:
    api.answers.append(Answer(307, "", {"Location": location}))
    with pytest.raises(CannotFetch) as failure:
        INBOUND["twilio"].fetch(File({"url": f"{api.url}/m"}, "mms-1.jpg"))
    assert failure.value.for_good
    assert len(api.asked) == 1


def test_our_password_goes_to_the_api_alone(api: Gateway) -> None:
    with pytest.raises(CannotFetch) as failure:
        INBOUND["twilio"].fetch(File({"url": f"http://localhost:{api.port}/m"}, "mms-1.jpg"))
    assert (failure.value.why, api.asked) == ("strange_address", [])


def test_a_medium_that_is_too_large_is_left_and_the_words_are_taken(
    api: Gateway, scene: Scene, client: Client, settings: Any
) -> None:
    settings.FILES_MAX_BYTES = 100
    twilio.post(client, with_media(api, Answer(200, b"x" * 101)))
    intake.take_messages()
    kept = Message.objects.get()
    assert (kept.state, kept.fetched["left"]) == ("done", ["0"])
    assert not Attachment.objects.exists()


# --- Out --------------------------------------------------------------------------------------


def test_an_sms_goes_to_the_messages_resource_with_the_address_for_its_status(
    api: Gateway, db: None
) -> None:
    provider_id = send("আপনার অভিযোগ পৌঁছেছে")
    assert provider_id.startswith("SM")
    assert (api.last.method, api.last.path) == (
        "POST",
        "/2010-04-01/Accounts/AC123/Messages.json",
    )
    assert api.last.headers["Authorization"] == "Basic QUMxMjM6MTIzNDU="
    assert api.last.form == {
        "To": twilio.RAHIMA,
        "From": twilio.OURS,
        "Body": "আপনার অভিযোগ পৌঁছেছে",
        "StatusCallback": "https://grs.example/channels/sms/twilio/",
    }


def test_a_messaging_service_may_stand_for_the_sender(
    configured: Callable[..., Gateway], db: None
) -> None:
    api = configured("twilio", **{"from": "MG77"})
    api.usual = twilio.takes
    send()
    assert api.last.form["MessagingServiceSid"] == "MG77"
    assert "From" not in api.last.form


@pytest.mark.parametrize(
    ("answer", "kind", "for_good", "is_outage", "wait"),
    [
        (twilio.refuses(21211), "twilio_21211", True, False, 0),
        (twilio.refuses(21610), "twilio_21610", True, False, 0),
        (twilio.refuses(21614), "twilio_21614", True, False, 0),
        (twilio.refuses(21606), "twilio_21606", False, True, 600),
        (twilio.refuses(63038), "twilio_63038", False, True, 600),
        (twilio.refuses(99999), "twilio_99999", False, False, 0),
        (twilio.refuses(20404, 404), "twilio_20404", False, True, 600),
        (twilio.refuses(20003, 401), "http_401", False, True, 0),
        (Answer(429, "", {"Retry-After": "7"}), "too_many", False, True, 7),
        (Answer(503, "busy"), "http_503", False, True, 0),
        (Answer(302, "", {"Location": "http://localhost/"}), "http_302", False, True, 0),
        (Answer(400, "<html>"), "twilio_http_400", False, False, 0),
        (Answer(400, {"code": ["odd"]}), "twilio_http_400", False, False, 0),
        (Answer(201, {"sid": None}), "twilio_http_201", False, False, 0),
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
    assert "1712345678" not in repr(found)


def test_a_provider_that_is_not_there_is_an_outage(
    configured: Callable[..., Gateway], db: None
) -> None:
    configured("twilio", url="http://127.0.0.1:1")
    with pytest.raises(CannotSend) as failure:
        send()
    assert (failure.value.kind, failure.value.is_outage) == ("ConnectionError", True)


# --- What became of it ------------------------------------------------------------------------


def test_each_status_is_one_receipt_without_a_sender(
    api: Gateway, cast: Any, client: Client
) -> None:
    for state in ("queued", "sent", "delivered", "delivered"):
        assert twilio.post(client, twilio.status("SM9", state)).status_code == 200
    kept = Message.objects.order_by("id")
    assert [row.external_id for row in kept] == ["SM9:queued", "SM9:sent", "SM9:delivered"]
    assert {row.kind for row in kept} == {"receipt"}
    assert {(row.account, row.handle) for row in kept} == {("", None)}


@pytest.mark.parametrize(
    ("state", "delivery"),
    [
        *(("queued", "sent"), ("sent", "sent"), ("delivered", "delivered"), ("read", "read")),
        *(("undelivered", "failed"), ("failed", "failed")),
    ],
)
def test_a_status_says_what_became_of_it(api: Gateway, state: str, delivery: str) -> None:
    receipt = INBOUND["twilio"].read(twilio.status("SM9", state, ErrorCode="30003"))
    assert (receipt.provider_id, receipt.delivery) == ("SM9", delivery)
    assert receipt.error == "twilio_30003"


def test_a_status_that_nobody_knows_waits_for_the_desk(
    api: Gateway, cast: Any, client: Client
) -> None:
    twilio.post(client, twilio.status("SM9", "teleported"))
    intake.take_messages()
    kept = Message.objects.get()
    assert (kept.state, kept.why) == ("unreadable", "unknown_status")


def test_one_person_who_floods_us_is_held_for_the_desk(
    api: Gateway, scene: Scene, client: Client
) -> None:
    make_policy("messages_per_handle_an_hour", 3, "count")
    for number in range(5):
        twilio.post(client, twilio.message(f"{WORDS} {number}"))
    twilio.post(client, twilio.message(WORDS, sender="+8801812345678"))
    intake.take_messages()
    states = list(Message.objects.order_by("id").values_list("state", "why"))
    assert states == [("done", "")] * 3 + [("held", "too_many")] * 2 + [("done", "")]
    assert Person("sms", twilio.RAHIMA).templates()
