"""Direct messages out at X: signed, once, and what each refusal means."""

import logging
import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from channels import breaker, relay
from channels.models import Provider
from channels.outbound import CannotSend, Letter
from channels.x.outbound import XOut
from complaints.models import Notice
from complaints.services.notice_words import Rendered
from complaints.services.notices import Address
from tests.channels.xapi import NO_MESSAGES, THEM, Somebody, X, is_signed, x
from tests.complaints.conftest import Scene

__all__ = ["x"]
WORDS = "The electricity meter shows a wrong number and nobody comes."


def letter(text: str = "Case 1234: answered.", to: str = THEM) -> Letter:
    words = Rendered(subject="s", body="b", sms="sms", language="en", chat=text)
    return Letter(Address("x", to, "en"), words, "7")


def send(written: Letter) -> str:
    with XOut() as way:
        return way.send(written)


def failure_of(written: Letter) -> CannotSend:
    with pytest.raises(CannotSend) as caught:
        send(written)
    return caught.value


def problem(kind: str, detail: str = "Told to Rahima") -> dict[str, Any]:
    return {"type": f"https://api.x.com/2/problems/{kind}", "title": "Forbidden", "detail": detail}


def test_a_message_is_sent_as_the_account(x: X) -> None:
    provider_id = send(letter("হ্যালো & <ok>"))
    [asked] = x.asked
    assert asked.method == "POST"
    assert asked.path == f"/2/dm_conversations/with/{THEM}/messages"
    assert asked.body == {"text": "হ্যালো & <ok>"}
    assert is_signed(asked)
    assert provider_id.isdecimal()


def test_another_secret_is_not_let_in(x: X, settings: Any) -> None:
    wrong = {**settings.PROVIDERS["x"], "access_secret": "another"}
    settings.PROVIDERS = {**settings.PROVIDERS, "x": wrong}
    failure = failure_of(letter())
    assert (failure.kind, failure.is_outage) == ("http_401", True)


def test_a_proof_that_is_stolen_is_good_for_one_address_only(x: X) -> None:
    send(letter())
    send(letter(to="333"))
    first, second = x.asked
    assert first.headers["Authorization"] != second.headers["Authorization"]


@pytest.mark.parametrize(
    ("status", "body", "kind", "is_ours", "for_good"),
    [
        (403, NO_MESSAGES, "http_403", False, True),
        (400, problem("invalid-request"), "http_400", False, True),
        (404, problem("resource-not-found"), "http_404", False, True),
        (403, problem("client-forbidden"), "client-forbidden", True, False),
        (403, problem("oauth1-permissions"), "oauth1-permissions", True, False),
        (429, problem("usage-capped"), "too_many", True, False),
        (402, {}, "unpaid", True, False),
        (401, {}, "http_401", True, False),
        (500, {}, "http_500", True, False),
        (503, b"<html>over capacity</html>", "http_503", True, False),
        (302, {}, "http_302", True, False),
        (409, {}, "http_409", False, False),
    ],
)
def test_what_a_refusal_means(
    x: X, status: int, body: Any, kind: str, is_ours: bool, for_good: bool
) -> None:
    x.always = status, body, {}
    failure = failure_of(letter())
    assert (failure.kind, failure.is_outage, failure.for_good) == (kind, is_ours, for_good)
    assert len(x.asked) == 1


@pytest.mark.parametrize(
    ("resets", "wait"), [("in_ten_minutes", 600), ("past", 60), ("soon", 60), ("9" * 30, 60)]
)
def test_it_waits_until_x_lets_it_ask_again(x: X, clock: Any, resets: str, wait: int) -> None:
    now = int(time.time())
    known = {"in_ten_minutes": str(now + 600), "past": str(now - 5)}
    x.always = 429, {}, {"x-rate-limit-reset": known.get(resets, resets)}
    assert failure_of(letter()).wait == wait


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        (letter(""), "no_chat_text"),
        (letter("a" * 10_001), "too_long"),
        (letter(to="../2/tweets"), "bad_address"),
        (letter(to="@rahima"), "bad_address"),
        (letter(to=""), "bad_address"),
    ],
)
def test_what_cannot_be_sent_is_not_tried(x: X, written: Letter, kind: str) -> None:
    failure = failure_of(written)
    assert (failure.kind, failure.for_good) == (kind, True)
    assert not x.asked


def test_nobody_is_there(x: X) -> None:
    x.close()
    failure = failure_of(letter())
    assert (failure.kind, failure.is_outage) == ("ConnectionError", True)


def test_even_the_most_talkative_log_holds_no_word_of_it(
    x: X, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        send(letter("A secret 1234 5678"))
    assert "1234 5678" not in caplog.text
    assert "consumer-secret" not in caplog.text
    assert "access-secret" not in caplog.text


# --- Through the relay ------------------------------------------------------------------------


@pytest.fixture
def rahima(client: Client, scene: Scene, x: X) -> Somebody:
    return Somebody(client, x)


def pending() -> int:
    return Notice.objects.filter(channel="x", status=Notice.Status.PENDING).count()


def test_an_hour_without_x_loses_nothing(rahima: Somebody, clock: Any) -> None:
    rahima.x.always = 503, {}, {}
    assert len(rahima.posts(f"@CabinetPortal {WORDS}")) > 0
    for _minute in range(60):
        clock.shift(timedelta(minutes=1))
        relay.deliver_notices()
    assert pending() == 2
    # While it is away it is asked now and then, not each time.
    assert len(rahima.x.asked) < 25
    rahima.heard()
    rahima.x.always = None
    for _minute in range(12):
        clock.shift(timedelta(minutes=10))
        relay.deliver_notices()
    sent = [asked.text for asked in rahima.x.messages[rahima.read :]]
    assert len(sent) == 2
    assert sum("Secret to follow it" in text for text in sent) == 1
    assert pending() == 0
    assert Provider.objects.get(pk="x").failures == 0


def test_too_many_messages_wait_until_the_window_ends(rahima: Somebody, clock: Any) -> None:
    ends = str(int(time.time()) + 840)
    rahima.x.always = 429, {}, {"x-rate-limit-reset": ends}
    rahima.posts(f"@CabinetPortal {WORDS}")
    asked = len(rahima.x.asked)
    assert asked <= relay.AT_ONCE
    clock.shift(timedelta(minutes=13))
    relay.deliver_notices()
    assert len(rahima.x.asked) == asked
    rahima.x.always = None
    clock.shift(timedelta(minutes=2))
    relay.deliver_notices()
    assert pending() == 0
    assert Notice.objects.filter(channel="x", status=Notice.Status.SENT).count() == 2


def test_who_takes_no_messages_shuts_out_nobody_else(rahima: Somebody) -> None:
    rahima.x.answers.extend([(403, NO_MESSAGES, {})] * 2)
    rahima.posts(f"@CabinetPortal {WORDS}")
    dead = Notice.objects.filter(channel="x", status=Notice.Status.FAILED)
    assert list(dead.values_list("error", flat=True)) == ["http_403", "http_403"]
    assert not breaker.is_open("x", dead[0].created_at)
    [answer] = rahima.write("HELP")
    assert "STATUS" in answer
