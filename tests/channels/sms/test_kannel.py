"""Kannel: GET in and out, charsets of operators, and the bits of its reports."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.test import Client

from channels import intake, relay
from channels.models import Message
from channels.outbound import CannotSend
from channels.registry import INBOUND
from complaints.models import Notice
from complaints.services import correspondence, sealing
from tests.channels.sms.conftest import PATH, send
from tests.channels.sms.gateway import Answer, Gateway
from tests.complaints.conftest import Scene

ADDRESS = f"/channels/sms/kannel/{PATH}/"
BANGLA = "বিদ্যুৎ নেই, ৩ দিন ধরে কেউ আসে না"
ACCEPTED = Answer(202, "0: Accepted for delivery")


@pytest.fixture
def api(configured: Callable[..., Gateway]) -> Gateway:
    gateway = configured("kannel")
    gateway.usual = lambda asked: ACCEPTED
    return gateway


def bring(client: Client, query: str) -> int:
    return client.get(f"{ADDRESS}?{query}").status_code


def sms(message: bytes, more: str = "") -> str:
    """The query of an incoming SMS whose bytes are those."""
    base = "id=0b6a2d9d&sender=%2B8801712345678&to=16333&ts=1795320000"
    return f"{base}&message={quote(message, safe='')}{more}"


def payload() -> dict[str, Any]:
    found: dict[str, Any] = sealing.unseal(Message.objects.get().sealed)["payload"]
    return found


# --- In ---------------------------------------------------------------------------------------


def test_an_sms_comes_by_get(api: Gateway, cast: Any, client: Client) -> None:
    assert bring(client, sms(BANGLA.encode())) == 200
    kept = Message.objects.get()
    assert (kept.account, kept.external_id) == ("16333", "0b6a2d9d")
    assert correspondence.names_of(kept.handle)[0] == "+8801712345678"
    incoming = INBOUND["kannel"].read(payload())
    assert incoming.text == BANGLA
    assert incoming.sent_at == datetime.fromtimestamp(1795320000, UTC)


@pytest.mark.parametrize(
    ("raw", "more", "text"),
    [
        (BANGLA.encode("utf-16-be"), "&charset=UTF-16BE", BANGLA),
        (BANGLA.encode("utf-16-be"), "&charset=UTF16-BE", BANGLA),
        (BANGLA.encode("utf-16-be"), "&coding=2", BANGLA),
        (BANGLA.encode("utf-16-be"), "&coding=2&charset=UCS-2", BANGLA),
        # The gateway has made UTF-8 of it, and still says what it was.
        (BANGLA.encode(), "&coding=2&charset=UTF-16BE", BANGLA),
        ("Meter broken".encode("utf-16-be"), "&charset=UTF-16BE", "Meter broken"),
        ("café £5".encode("latin-1"), "&charset=ISO-8859-1", "café £5"),
        ("“quoted”".encode("cp1252"), "&charset=WINDOWS-1252", "“quoted”"),
        ("café".encode("latin-1"), "", "café"),
        ("café".encode("latin-1"), "&charset=GSM", "café"),
        (b"caf\xe9!", "&charset=UTF-16BE", "café!"),
        (b"plain", "&charset=rot13&coding=0", "plain"),
        # Half a letter at the end of a part: the rest stays as it is.
        ("দিন".encode()[:-1], "", "দি\\xe0\\xa6"),
    ],
)
def test_no_charset_loses_a_byte(
    api: Gateway, cast: Any, client: Client, raw: bytes, more: str, text: str
) -> None:
    assert bring(client, sms(raw, more)) == 200
    assert INBOUND["kannel"].read(payload()).text == text


def test_an_empty_sms_is_a_message(api: Gateway, scene: Scene, client: Client) -> None:
    assert bring(client, sms(b"")) == 200
    intake.take_messages()
    assert Message.objects.get().state == "done"


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("sender=%2B8801712345678&to=16333&id=1", "no_text"),
        ("sender=%2B8801712345678&message=Hello", "no_id"),
        ("type=1", "no_text"),
        ("", "no_text"),
    ],
)
def test_what_is_no_message_is_kept_for_the_desk_although_it_has_no_body(
    api: Gateway, cast: Any, client: Client, query: str, why: str
) -> None:
    assert bring(client, query) == 200
    assert bring(client, f"{query}&x=2") == 200
    assert set(Message.objects.values_list("state", "why")) == {("unreadable", why)}
    raws = [sealing.unseal(row.sealed)["raw"] for row in Message.objects.order_by("id")]
    assert raws == [query, f"{query}&x=2"]


# --- Out, and what became of it ---------------------------------------------------------------


def test_an_answer_goes_out_and_its_report_comes_back(
    api: Gateway, scene: Scene, client: Client
) -> None:
    bring(client, sms(b"The electricity meter shows a wrong number."))
    intake.take_messages()
    assert relay.deliver_notices() == 1
    notice = Notice.objects.get()
    asked = api.last.query
    assert (api.last.method, api.last.path) == ("GET", "/cgi-bin/sendsms")
    assert (asked["username"], asked["password"]) == ("u", "p")
    assert (asked["to"], asked["from"]) == ("+8801712345678", "16333")
    report = urlsplit(asked["dlr-url"].replace("%d", "8"))
    assert f"{report.scheme}://{report.netloc}{report.path}" == f"https://grs.example{ADDRESS}"
    assert parse_qs(report.query) == {"type": ["8"], "ref": [notice.provider_id]}
    # Kannel puts the kind of report where %d stands, and asks for that address.
    for kind in (1, 8):
        query = urlsplit(asked["dlr-url"].replace("%d", str(kind))).query
        assert bring(client, query) == 200
    intake.take_messages()
    notice.refresh_from_db()
    assert (notice.status, notice.delivery) == ("sent", "delivered")
    receipts = Message.objects.filter(kind="receipt")
    assert {(row.handle, row.state) for row in receipts} == {(None, "done")}


@pytest.mark.parametrize(
    ("text", "coding"), [("Your complaint is with us. €", "0"), (BANGLA, "2"), ("‘Hello’", "2")]
)
def test_what_the_gsm_alphabet_lacks_goes_as_ucs_2(
    api: Gateway, db: None, text: str, coding: str
) -> None:
    send(text)
    asked = api.last.query
    assert (asked["text"], asked["coding"], asked["charset"]) == (text, coding, "UTF-8")
    assert asked["dlr-mask"] == "27"


def test_each_try_has_an_id_of_its_own(api: Gateway, db: None) -> None:
    ids = {send(reference="77") for _ in range(3)}
    assert len(ids) == 3
    assert all(provider_id.startswith("77-") for provider_id in ids)


def test_without_a_way_in_no_report_is_wanted(configured: Callable[..., Gateway], db: None) -> None:
    api = configured("kannel", path="", **{"from": ""})
    api.usual = lambda asked: ACCEPTED
    send()
    assert {"dlr-url", "dlr-mask", "from"}.isdisjoint(api.last.query)


@pytest.mark.parametrize(
    ("mask", "delivery", "error"),
    [
        ("1", "delivered", ""),
        ("2", "failed", "kannel_failed"),
        ("4", "sent", ""),
        ("8", "sent", ""),
        ("16", "failed", "kannel_rejected"),
        ("9", "delivered", ""),
        ("12", "sent", ""),
    ],
)
def test_bits_say_what_became_of_it(api: Gateway, mask: str, delivery: str, error: str) -> None:
    receipt = INBOUND["kannel"].read({"type": mask, "ref": "77-ab"})
    assert (receipt.provider_id, receipt.delivery, receipt.error) == ("77-ab", delivery, error)


@pytest.mark.parametrize("mask", ["0", "32", "x", "", "-1"])
def test_bits_that_nobody_knows_wait_for_the_desk(
    api: Gateway, cast: Any, client: Client, mask: str
) -> None:
    bring(client, f"type={mask}&ref=77-ab")
    intake.take_messages()
    assert (Message.objects.get().state, Message.objects.get().why) == (
        "unreadable",
        "unknown_status",
    )


@pytest.mark.parametrize(
    ("answer", "taken"),
    [(ACCEPTED, True), (Answer(202, "3: Queued for later delivery"), True), (Answer(200), False)],
)
def test_what_it_takes_has_left(api: Gateway, db: None, answer: Answer, taken: bool) -> None:
    api.answers.append(answer)
    if taken:
        assert send().startswith("77-")
    else:
        with pytest.raises(CannotSend):
            send()


DENIED = "Number(s) has/have been denied by white- and/or black-lists."


@pytest.mark.parametrize(
    ("answer", "kind", "for_good", "is_outage"),
    [
        (Answer(400, DENIED), "kannel_http_400", True, False),
        (Answer(400, "Missing receiver number, rejected"), "kannel_http_400", False, False),
        (Answer(404, "Unknown request."), "kannel_http_404", False, False),
        (Answer(403, "Authorization failed for sendsms"), "http_403", False, True),
        (Answer(503, "Temporal failure, try again later."), "http_503", False, True),
    ],
)
def test_errors_are_told_apart(
    api: Gateway, db: None, answer: Answer, kind: str, for_good: bool, is_outage: bool
) -> None:
    api.answers.append(answer)
    with pytest.raises(CannotSend) as failure:
        send()
    found = failure.value
    assert (found.kind, found.for_good, found.is_outage) == (kind, for_good, is_outage)
