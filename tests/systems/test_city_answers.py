"""Answers of cities, as they come: both formats, odd shapes, things that are no answer."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from systems.cities.answers import BadAnswer, is_done, moment, rows_of

DHAKA = ZoneInfo("Asia/Dhaka")
XML = b"""<?xml version="1.0" encoding="utf-8"?>
<service_requests><request><service_request_id> 638344 </service_request_id><status>closed</status>
<status_notes/></request><request><service_request_id>2</service_request_id></request></service_requests>"""


def test_a_list_in_xml_is_read_by_its_rows() -> None:
    first, second = rows_of(XML, "xml")
    assert first == {"service_request_id": "638344", "status": "closed", "status_notes": ""}
    assert second == {"service_request_id": "2"}


@pytest.mark.parametrize(
    "written",
    [
        b'[{"service_request_id": 7, "token": null}]',
        b'{"service_requests": [{"service_request_id": "7", "token": ""}]}',
        b'{"service_request_id": "7", "token": null}',
    ],
)
def test_a_list_in_json_is_read_however_it_is_wrapped(written: bytes) -> None:
    assert rows_of(written, "json") == [{"service_request_id": "7", "token": ""}]


def test_an_empty_list_is_an_answer() -> None:
    assert rows_of(b"[]", "json") == []
    assert rows_of(b"<service_requests/>", "xml") == []


@pytest.mark.parametrize(
    ("written", "form"),
    [
        (b"", "json"),
        (b'"closed"', "json"),
        (b"<html>", "json"),
        (b"[" * 100_000, "json"),
        (b'[{"service_request_id": "7"', "json"),
        (b"", "xml"),
        (b"<html><body>Sorry</body></html>", "xml"),
        (b"<service_requests><request></service_requests>", "xml"),
        (b'<?xml version="1.0" encoding="no-such"?><services/>', "xml"),
        (b'[{"service_request_id": 7}]', "xml"),
    ],
)
def test_what_is_no_answer_is_said_to_be_none(written: bytes, form: str) -> None:
    with pytest.raises(BadAnswer):
        rows_of(written, form)


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE s SYSTEM "http://127.0.0.1:9/s.dtd">',
    ],
)
def test_a_document_with_entities_of_its_own_is_refused(declared: str) -> None:
    written = f"{declared}<services><service><service_name>x</service_name></service></services>"
    with pytest.raises(BadAnswer):
        rows_of(written.encode(), "xml")
    assert rows_of(written.removeprefix(declared).encode(), "xml") == [{"service_name": "x"}]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-22T10:00:00+06:00", datetime(2026, 11, 22, 4, tzinfo=UTC)),
        ("2026-11-22T04:00:00Z", datetime(2026, 11, 22, 4, tzinfo=UTC)),
        ("2026-11-22T10:00:00", datetime(2026, 11, 22, 4, tzinfo=UTC)),
        ("2026-11-22 10:00", datetime(2026, 11, 22, 4, tzinfo=UTC)),
        ("2026-11-22", datetime(2026, 11, 21, 18, tzinfo=UTC)),
        ("2026-13-45T10:00:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_come_with_and_without_a_zone(text: str, at: datetime | None) -> None:
    assert moment(text, DHAKA) == at


def test_a_city_says_in_many_words_that_it_is_done() -> None:
    assert all(map(is_done, ("closed", "CLOSED", "Fixed", "NO_FURTHER_ACTION", "fixed - council")))
    assert not any(map(is_done, ("open", "INVESTIGATING", "", "not closed")))
