"""SMS: what a text costs, and that nothing of it is ever in a log."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from channels.outbound import CannotSend, Letter
from channels.sms.dialects.log import LogGateway
from channels.sms.outbound import SmsOut
from channels.sms.parts import count
from complaints.services.notice_words import Rendered
from complaints.services.notices import Address


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("", "gsm-7", 0, 0),
        ("a" * 160, "gsm-7", 160, 1),
        ("a" * 161, "gsm-7", 161, 2),
        ("a" * 306, "gsm-7", 306, 2),
        ("a" * 307, "gsm-7", 307, 3),
        ("€" * 80, "gsm-7", 160, 1),
        ("a" * 152 + "€" + "a" * 10, "gsm-7", 164, 2),
        ("অ" * 70, "ucs-2", 70, 1),
        ("অ" * 71, "ucs-2", 71, 2),
        ("অ" * 134, "ucs-2", 134, 2),
        ("অ" * 135, "ucs-2", 135, 3),
        ("a" * 69 + "অ", "ucs-2", 70, 1),
        ("😀" * 35, "ucs-2", 70, 1),
        # A pair is not torn: 33 emoji fit into a part of 67 units.
        ("😀" * 67, "ucs-2", 134, 3),
        ("’" + "a" * 70, "ucs-2", 71, 2),
    ],
)
def test_parts_are_counted_as_they_are_paid(
    text: str, encoding: str, units: int, parts: int
) -> None:
    counted = count(text)
    assert (counted.encoding, counted.units, counted.parts) == (encoding, units, parts)


@given(st.text(max_size=500), st.text(max_size=20))
def test_a_longer_text_never_takes_fewer_parts(text: str, more: str) -> None:
    assert count(text + more).parts >= count(text).parts


def letter(sms: str) -> Letter:
    words = Rendered(subject="s", body="b", sms=sms, language="bn")
    return Letter(Address("sms", "+8801712345678", "bn"), words, "7")


def test_the_log_gateway_logs_neither_number_nor_text() -> None:
    with capture_logs() as logs:
        provider_id = LogGateway().send("+8801712345678", "অভিযোগ ১২৩৪", "77")
    assert provider_id == "log-77"
    assert logs == [
        {"event": "sms", "reference": "77", "length": 11, "parts": 1, "log_level": "info"}
    ]


def test_the_gateway_is_chosen_by_a_setting(settings: Any) -> None:
    settings.SMS_GATEWAY = "log"
    with SmsOut() as way:
        assert isinstance(way.gateway, LogGateway)
        assert way.send(letter("short")) == "log-7"


@pytest.mark.parametrize("sms", ["", "অ" * 1000])
def test_a_text_that_is_missing_or_far_too_long_is_not_sent(sms: str) -> None:
    with SmsOut() as way, pytest.raises(CannotSend) as failure:
        way.send(letter(sms))
    assert failure.value.for_good
