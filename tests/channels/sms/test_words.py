"""Bytes become words without losing one, and senders numbers in one form."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.sms.forms import words
from channels.sms.inbound import code, when
from channels.sms.numbers import is_reachable, sender_of


@given(st.text())
def test_utf_8_is_read_whatever_is_declared(text: str) -> None:
    for charset in ("", "utf-8", "iso8859-1", "cp1252"):
        assert words(text.encode(), charset) == text


@given(st.text(st.characters(min_codepoint=0x0980, max_codepoint=0x09FF), min_size=1))
def test_bangla_in_ucs_2_is_read(text: str) -> None:
    assert words(text.encode("utf-16-be"), "utf-16-be") == text


@given(st.binary(), st.sampled_from(["", "utf-16-be", "cp1252", "iso8859-1"]))
def test_any_bytes_are_some_words(raw: bytes, charset: str) -> None:
    found = words(raw, charset)
    assert bool(found) == bool(raw)
    # Two different messages never become the same words where nothing is declared.
    if not charset and "\\" not in found:
        assert found in (raw.decode("utf-8", "ignore"), raw.decode("latin-1"))


@pytest.mark.parametrize(
    ("given", "number"),
    [
        ("8801712345678", "+8801712345678"),
        ("+8801712345678", "+8801712345678"),
        ("008801712345678", "+8801712345678"),
        ("01712345678", "+8801712345678"),
        ("1712345678", "+8801712345678"),
        ("০১৭১২৩৪৫৬৭৮", "+8801712345678"),
        ("6281234567890", "+6281234567890"),
        ("+6281234567890", "+6281234567890"),
        ("16222", "16222"),
        ("333", "333"),
        ("bKash", "bKash"),
        ("বিকাশ", "বিকাশ"),
        (" +8801712345678\0", "+8801712345678"),
        ("", ""),
        ("+", "+"),
        ("x" * 500, "x" * 100),
    ],
)
def test_a_sender_is_a_number_where_it_is_one(given: str, number: str) -> None:
    assert sender_of(given) == number
    assert is_reachable(number) == number.startswith("+8" if number[1:2] == "8" else "+6")


@pytest.mark.parametrize(
    ("given", "number"),
    [("081234567890", "+6281234567890"), ("8801712345678", "+8801712345678")],
)
def test_elsewhere_it_is_read_as_written_there(given: str, number: str, settings: Any) -> None:
    settings.COUNTRY = "id"
    assert sender_of(given) == number


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("EC_ABSENT_SUBSCRIBER", "EC_ABSENT_SUBSCRIBER"),
        ("30003", "30003"),
        ("8801712345678", ""),
        ("Number 017", ""),
        ("x" * 41, ""),
        ("", ""),
    ],
)
def test_a_code_is_never_a_number_of_somebody(text: str, found: str) -> None:
    assert code(text) == found


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-11-22T04:00:00Z", 1795320000),
        ("2026-11-22T10:00:00+0600", 1795320000),
        ("1795320000", 1795320000),
        ("2026-11-22 10:00:00", None),
        ("yesterday", None),
        ("99999999999999999999", None),
        ("", None),
    ],
)
def test_a_time_has_a_zone_or_is_none(text: str, seconds: int | None) -> None:
    found = when(text)
    assert (found.timestamp() if found else None) == seconds
