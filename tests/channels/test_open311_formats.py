"""XML and JSON of the answers, without a database: the same rows in both, by the Spark convention."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from channels.open311.asking import plain, read_date
from channels.open311.formats import rendered, w3c
from tests.channels.open311 import read_xml

DHAKA = timezone(timedelta(hours=6))


def test_a_list_is_an_array_in_json_and_a_container_in_xml():
    rows = [{"service_code": "roads", "metadata": True}, {"service_code": "water", "group": None}]
    assert json.loads(rendered("json", "services", rows)) == rows
    xml = read_xml(rendered("xml", "services", rows))
    assert [child.tag for child in xml] == ["service", "service"]
    assert xml.findtext("service/metadata") == "true"
    assert xml.findall("service/group")[0].text is None


def test_an_empty_list_is_an_empty_array_and_an_empty_element():
    assert rendered("json", "service_requests", []) == b"[]"
    assert read_xml(rendered("xml", "service_requests", [])).tag == "service_requests"


def test_lists_lie_in_rows_and_rows_in_lists():
    value = {"service_code": "x", "attributes": [{"values": [{"key": "true"}]}]}
    xml = read_xml(rendered("xml", "service_definition", value))
    assert xml.findtext("attributes/attribute/values/value/key") == "true"
    formats = {"formats": ["text/xml", "application/json"]}
    xml = read_xml(rendered("xml", "endpoint", formats))
    assert [element.text for element in xml.findall("formats/format")] == formats["formats"]


def test_the_document_says_that_it_is_utf_8_and_is():
    written = rendered("xml", "services", [{"service_name": "ভুল বিল"}])
    assert written.lower().startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    assert "ভুল বিল".encode() in written
    assert "ভুল বিল".encode() in rendered("json", "services", [{"service_name": "ভুল বিল"}])


@pytest.mark.parametrize(
    "words", ["<b>&amp; ]]>", "a\x00b\x0b", "a\ufffeb\uffff", "line\nline\ttab"]
)
def test_whatever_stands_in_a_text_the_document_can_be_read(words):
    xml = read_xml(rendered("xml", "services", [{"description": words}]))
    kept = "".join(c for c in words if c not in "\x00\x0b\ufffe\uffff")
    assert xml.findtext("service/description") == kept
    assert json.loads(rendered("json", "services", [words])) == [words]


def test_moments_are_in_utc_to_the_second():
    moment = datetime(2026, 11, 22, 10, 0, 59, 987654, tzinfo=DHAKA)
    assert w3c(moment) == "2026-11-22T04:00:59Z"
    assert w3c(None) is None


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("2026-11-22T04:00:00Z", datetime(2026, 11, 22, 4, tzinfo=UTC)),
        ("2026-11-22T10:00:00+06:00", datetime(2026, 11, 22, 4, tzinfo=UTC)),
        # A plus that was not escaped in the address.
        ("2026-11-22T10:00:00 06:00", datetime(2026, 11, 22, 4, tzinfo=UTC)),
        ("2026-11-22T04:00Z", datetime(2026, 11, 22, 4, tzinfo=UTC)),
        ("2026-11-22T04:00:00.25Z", datetime(2026, 11, 22, 4, 0, 0, 250000, tzinfo=UTC)),
        ("2026-11-22", datetime(2026, 11, 21, 18, tzinfo=UTC)),
    ],
)
def test_dates_are_read_as_the_w3c_writes_them(given, read):
    assert read_date(given) == read


def test_a_day_as_an_end_is_the_end_of_that_day_in_the_capital():
    end = read_date("2026-11-22", is_end=True)
    assert end == datetime(2026, 11, 22, 18, tzinfo=UTC) - timedelta(microseconds=1)


@pytest.mark.parametrize(
    "given",
    [
        "yesterday",
        "22.11.2026",
        "2026-13-01",
        "2026-02-30T00:00:00Z",
        "2026-11-22T25:00:00Z",
        "2026-11-22T04:00:00",
        "2026-11-22T04:00:00Zulu",
        "0001-01-01T00:00:00Z",
        "২০২৬-১১-২২",
        "20261122",
    ],
)
def test_other_dates_are_none(given):
    with pytest.raises(ValueError):
        read_date(given)


def test_words_lose_what_no_person_types():
    assert plain(" a\x00b\r\nc\x85\td ") == "ab\nc\td"
