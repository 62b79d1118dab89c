"""The APIs of the pretended providers: whom they let in, and in what shape they answer."""

import base64
import hashlib
import hmac
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from django.utils import timezone

from channels.models import Played
from channels.simulator import pictures, trouble
from tests.channels.demonstration import KARIM, RAHIMA, set_up

pytestmark = pytest.mark.django_db
ACCOUNT = "/simulator/twilio/2010-04-01/Accounts/AC-simulated"
WHATSAPP = "/simulator/whatsapp/100000000000333/messages"
MESSENGER = "/simulator/messenger/200000000000333/messages"
DIRECT = f"/simulator/x/2/dm_conversations/with/{RAHIMA.x_id}/messages"
POSTS = "/simulator/x/2/tweets"
KEY = "simulated"


@pytest.fixture(autouse=True)
def demonstration(settings: Any, tmp_path: Path, broker: Any) -> None:
    set_up(settings, "http://127.0.0.1", tmp_path)


@pytest.fixture
def portal() -> Client:
    """Who asks as the portal does: from this machine."""
    return Client(headers={"host": "127.0.0.1"})


def wrote(channel: str, person: str = "rahima", hours: float = 0) -> None:
    """Somebody wrote to the portal so many hours ago."""
    at = timezone.now() - timezone.timedelta(hours=hours)
    Played.objects.create(
        channel=channel, person=person, from_us=False, text="x", external_id=f"in-{channel}", at=at
    )


def only_played() -> Played:
    return Played.objects.get(from_us=True)


# --- Twilio -----------------------------------------------------------------------------------


def basic(account: str = "AC-simulated", token: str = KEY) -> dict[str, str]:
    proof = base64.b64encode(f"{account}:{token}".encode()).decode()
    return {"authorization": f"Basic {proof}"}


def sms(portal: Client, *, headers: dict[str, str] | None = None, **changes: str) -> Any:
    form = {"To": RAHIMA.phone, "From": "+8809600000333", "Body": "Your case", **changes}
    return portal.post(
        f"{ACCOUNT}/Messages.json",
        urlencode(form),
        "application/x-www-form-urlencoded",
        headers=headers or basic(),
    )


def test_twilio_takes_an_sms(portal: Client) -> None:
    response = sms(portal, StatusCallback="http://127.0.0.1/channels/sms/twilio/")
    body = response.json()
    assert response.status_code == 201
    assert (body["status"], body["to"], body["error_code"]) == ("queued", RAHIMA.phone, None)
    row = only_played()
    assert (row.external_id, row.person, row.text) == (body["sid"], "rahima", "Your case")
    assert [report["status"] for report in row.raw["due"]] == ["sent", "delivered"]


def test_twilio_reports_nothing_without_a_callback(portal: Client) -> None:
    sms(portal)
    assert "due" not in only_played().raw


def test_twilio_takes_an_sms_for_anybody(portal: Client) -> None:
    assert sms(portal, To="+8801911111111").status_code == 201
    assert only_played().person == "+8801911111111"


@pytest.mark.parametrize(
    "headers",
    [basic(token="wrong"), basic(account="AC1"), {"authorization": "Basic ?"}, {"x": "y"}],
)
def test_twilio_refuses_wrong_credentials(portal: Client, headers: dict[str, str]) -> None:
    response = sms(portal, headers=headers)
    assert (response.status_code, response.json()["code"]) == (401, 20003)
    assert not Played.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"To": "01712"}, 21211),
        ({"From": "+15005550006"}, 21606),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
        ({"StatusCallback": "https://elsewhere.example/"}, 21609),
    ],
)
def test_twilio_says_what_is_wrong(portal: Client, changes: dict[str, str], code: int) -> None:
    response = sms(portal, **changes)
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert not Played.objects.exists()


def test_twilio_knows_no_other_account(portal: Client) -> None:
    other = f"{ACCOUNT}-other/Messages.json"
    assert portal.post(other, {}, headers=basic()).status_code == 404


def test_twilio_gives_a_photo_to_the_account_alone(portal: Client) -> None:
    url = f"{ACCOUNT}/Messages/SM1/Media/ME123"
    response = portal.get(url, headers=basic())
    assert response["Content-Type"] == "image/jpeg"
    assert response.content == pictures.picture("123")
    assert portal.get(url).status_code == 401
    assert portal.get(f"{ACCOUNT}/Messages/SM1/Media/MEx", headers=basic()).status_code == 404


# --- WhatsApp ---------------------------------------------------------------------------------

BEARER = {"authorization": "Bearer simulated"}


def chat(portal: Client, url: str = WHATSAPP, *, headers: Any = BEARER, **body: Any) -> Any:
    given = {"messaging_product": "whatsapp", "type": "text", "text": {"body": "Your case"}}
    return portal.post(url, {**given, **body}, "application/json", headers=headers)


def test_whatsapp_takes_a_text_for_an_id(portal: Client) -> None:
    wrote("whatsapp")
    response = chat(portal, recipient=RAHIMA.user_id)
    [message] = response.json()["messages"]
    assert response.json()["contacts"] == [
        {"input": RAHIMA.user_id, "user_id": RAHIMA.user_id},
    ]
    row = only_played()
    assert (row.external_id, row.person) == (message["id"], "rahima")
    statuses = [report["status"] for report in row.raw["due"]]
    assert statuses == ["delivered", "sent", "read"]


def test_whatsapp_takes_a_text_for_a_number(portal: Client) -> None:
    wrote("whatsapp")
    response = chat(portal, to="8801712000001")
    assert response.json()["contacts"][0]["wa_id"] == "8801712000001"


def test_whatsapp_lets_free_words_through_for_a_day(portal: Client) -> None:
    wrote("whatsapp", hours=25)
    assert chat(portal, to="8801712000001").status_code == 200
    [report] = only_played().raw["due"]
    assert (report["status"], report["error"]) == ("failed", "131047")


def test_whatsapp_lets_templates_through_at_any_time(portal: Client) -> None:
    parameters = [{"type": "text", "text": "47 1234"}]
    template = {
        "name": "case_news",
        "language": {"code": "bn"},
        "components": [{"type": "body", "parameters": parameters}],
    }
    chat(portal, to="8801712000001", type="template", template=template)
    row = only_played()
    assert row.text == "[case_news]\n47 1234"
    assert len(row.raw["due"]) == 3


def test_whatsapp_reports_that_there_is_no_such_account(portal: Client) -> None:
    chat(portal, to="8801999999999")
    [report] = only_played().raw["due"]
    assert (report["status"], report["error"]) == ("failed", "131026")


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}])
def test_whatsapp_refuses_a_wrong_token(portal: Client, headers: dict[str, str]) -> None:
    media = "/simulator/whatsapp/123"
    answers = [chat(portal, to="1", headers=headers), portal.get(media, headers=headers)]
    for answer in answers:
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == 190
    attachment = portal.get("/simulator/whatsapp/attachments/?mid=123", headers=headers)
    assert attachment.status_code == 401
    assert not Played.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"to": "1", "messaging_product": "sms"},
        {"to": "1", "text": {"body": ""}},
        {"to": "1", "text": "x"},
        {"to": "1", "type": "template", "template": {"name": "case_news"}},
        {"to": "1", "type": "sticker"},
    ],
)
def test_whatsapp_refuses_what_it_does_not_know(portal: Client, body: dict[str, Any]) -> None:
    assert chat(portal, **body).json()["error"]["code"] == 100
    assert not Played.objects.exists()


def test_whatsapp_knows_no_other_number(portal: Client) -> None:
    answer = chat(portal, "/simulator/whatsapp/1/messages", to="1")
    assert answer.json()["error"]["error_subcode"] == 33


def test_whatsapp_says_where_a_photo_is_and_gives_it(portal: Client) -> None:
    found = portal.get("/simulator/whatsapp/123", headers=BEARER).json()
    path = found["url"].removeprefix("http://127.0.0.1")
    content = portal.get(path, headers=BEARER).content
    assert hashlib.sha256(content).hexdigest() == found["sha256"]
    assert len(content) == found["file_size"]
    assert portal.get("/simulator/whatsapp/abc", headers=BEARER).status_code == 400


# --- Messenger --------------------------------------------------------------------------------


def page_says(portal: Client, *, headers: Any = BEARER, **changes: Any) -> Any:
    body = {
        "recipient": {"id": RAHIMA.page_id},
        "messaging_type": "RESPONSE",
        "message": {"text": "Your case"},
        **changes,
    }
    return portal.post(MESSENGER, body, "application/json", headers=headers)


def test_messenger_takes_an_answer(portal: Client) -> None:
    wrote("messenger")
    body = page_says(portal).json()
    assert body["recipient_id"] == RAHIMA.page_id
    assert only_played().external_id == body["message_id"]


def test_messenger_knows_the_token_in_the_address_too(portal: Client) -> None:
    wrote("messenger")
    body = {"recipient": {"id": RAHIMA.page_id}, "message": {"text": "x"}}
    url = f"{MESSENGER}?access_token=simulated"
    assert portal.post(url, body, "application/json").status_code == 200


@pytest.mark.parametrize(("hours", "tagged", "status"), [(25, False, 400), (25, True, 200)])
def test_messenger_wants_a_tag_after_a_day(
    portal: Client, hours: float, tagged: bool, status: int
) -> None:
    wrote("messenger", hours=hours)
    tag = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"} if tagged else {}
    response = page_says(portal, **tag)
    assert response.status_code == status
    if status == 400:
        assert response.json()["error"]["error_subcode"] == 2018278


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"headers": {"authorization": "Bearer wrong"}}, 401, 190),
        ({"recipient": {"id": "1"}}, 400, 100),
        ({"message": {"text": "x" * 2001}}, 400, 100),
        ({"message": {}}, 400, 100),
    ],
)
def test_messenger_refuses(portal: Client, changes: Any, status: int, code: int) -> None:
    response = page_says(portal, **changes)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert not Played.objects.exists()


# --- X ----------------------------------------------------------------------------------------


def oauth(url: str, method: str = "POST", secret: str = KEY, age: int = 0) -> str:
    """A header as RFC 5849 wants it, made by hand."""
    given = {
        "oauth_consumer_key": "simulated",
        "oauth_nonce": "abc",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(int(time.time()) - age),
        "oauth_token": "simulated",
        "oauth_version": "1.0",
    }
    pairs = "&".join(f"{name}={given[name]}" for name in sorted(given))
    base = "&".join(quote(part, safe="") for part in (method, f"http://127.0.0.1{url}", pairs))
    digest = hmac.new(f"{secret}&{secret}".encode(), base.encode(), hashlib.sha1).digest()
    given["oauth_signature"] = base64.b64encode(digest).decode()
    return "OAuth " + ", ".join(f'{n}="{quote(v, safe="")}"' for n, v in given.items())


def x(portal: Client, url: str, body: Any, **how: Any) -> Any:
    return portal.post(url, body, "application/json", headers={"authorization": oauth(url, **how)})


def test_x_takes_a_direct_message(portal: Client) -> None:
    response = x(portal, DIRECT, {"text": "Your case"})
    data = response.json()["data"]
    assert response.status_code == 201
    assert data["dm_conversation_id"] == f"300000000000333-{RAHIMA.x_id}"
    assert only_played().external_id == data["dm_event_id"]


def test_x_takes_a_post_and_an_answer(portal: Client) -> None:
    first = x(portal, POSTS, {"text": "Case published"}).json()["data"]
    answer = {"text": "Thank you", "reply": {"in_reply_to_tweet_id": first["id"]}}
    assert x(portal, POSTS, answer).status_code == 201
    rows = Played.objects.order_by("id")
    assert [row.person for row in rows] == ["public", "public"]
    assert rows[1].raw["answers"] == first["id"]


@pytest.mark.parametrize("how", [{"secret": "wrong"}, {"age": 3600}, {"method": "GET"}])
def test_x_refuses_a_wrong_signature(portal: Client, how: Any) -> None:
    for url in (DIRECT, POSTS):
        assert x(portal, url, {"text": "x"}, **how).status_code == 401
    assert portal.post(POSTS, {"text": "x"}, "application/json").status_code == 401
    assert not Played.objects.exists()


@pytest.mark.parametrize("text", ["", "x" * 281])
def test_x_refuses_a_post_without_words_or_too_long(portal: Client, text: str) -> None:
    assert x(portal, POSTS, {"text": text}).status_code == 400


def test_x_knows_nobody_else(portal: Client) -> None:
    assert x(portal, DIRECT.replace(RAHIMA.x_id, "99"), {"text": "x"}).status_code == 400
    assert x(portal, DIRECT, {}).status_code == 400


def test_x_gives_a_photo_to_the_account_alone(portal: Client) -> None:
    url = "/simulator/x/1.1/ton/data/dm/1/123/photo.jpg"
    headers = {"authorization": oauth(url, "GET")}
    assert portal.get(url, headers=headers).content == pictures.picture("123")
    assert portal.get(url).status_code == 401


# --- Out of order -----------------------------------------------------------------------------


def test_a_provider_can_be_out_of_order(portal: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trouble, "SECONDS_OF_SILENCE", 0.01)
    trouble.begin("twilio", "503")
    assert sms(portal).status_code == 503
    trouble.begin("twilio", "429")
    assert sms(portal)["Retry-After"] == "20"
    trouble.begin("twilio", "timeout")
    assert sms(portal).status_code == 503
    assert chat(portal, to=KARIM.user_id).status_code == 200, "the others are well"
    trouble.end("twilio")
    assert sms(portal).status_code == 201


def test_nothing_is_pretended_where_the_real_provider_is_used(
    portal: Client, settings: Any
) -> None:
    settings.PROVIDERS["twilio"]["simulated"] = ""
    assert sms(portal).status_code == 404
