"""Numbers and dates in the reader's language."""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from grs import reading

DHAKA, JAKARTA, MAKASSAR = map(ZoneInfo, ("Asia/Dhaka", "Asia/Jakarta", "Asia/Makassar"))
SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("language", "written"), [("en", "1,234,567"), ("id", "1.234.567"), ("bn", "১২,৩৪,৫৬৭")]
)
def test_a_number_has_the_grouping_and_digits_of_the_language(language, written):
    assert reading.number(1234567, language) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("সবচেয়ে বেশি 80 অক্ষর।", "সবচেয়ে বেশি ৮০ অক্ষর।"),
        ("Codes: grid-district-3.47 (Grid, 2)", "Codes: grid-district-3.47 (Grid, ২)"),
        ("Case 4821-9530-7716-K has 3 files", "Case 4821-9530-7716-K has ৩ files"),
        ("“IMG 20.jpg” এবং “১ বা 2” 2 বার", "“IMG 20.jpg” এবং “১ বা 2” ২ বার"),
        ("a–z, 0–9 আর 12", "a–z, 0–9 আর ১২"),
        ("৩ (ক3a) “ক 2”ক4b “5", "৩ (ক3a) “ক 2”ক4b “৫"),
        ("", ""),
    ],
)
def test_in_a_sentence_numbers_have_the_digits_of_the_language_and_codes_their_own(text, written):
    assert reading.sentence(text, "bn") == written
    assert reading.sentence(text, "en") == reading.sentence(text, "id") == text


@pytest.mark.parametrize("letter", ["ক", "1", "“", "ক“", "a"])
def test_a_long_sentence_takes_no_long_time(letter):
    began = time.perf_counter()
    reading.sentence(letter * 40_000, "bn")
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "22 November 2026"), ("id", "22 November 2026"), ("bn", "২২ নভেম্বর ২০২৬")],
)
def test_a_date_is_written_in_words(language, written):
    assert reading.day(SUNDAY, language) == written


def test_a_weekday_is_named_in_each_language():
    assert reading.day(SUNDAY, "en", weekday=True) == "Sun 22 Nov 2026"
    assert reading.day(SUNDAY, "id", weekday=True) == "Minggu, 22 Nov 2026"
    assert reading.day(SUNDAY, "bn", weekday=True) == "রবি ২২ নভেম্বর ২০২৬"


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        (DHAKA, "22 November 2026, 10:00 BST"),
        (JAKARTA, "22 November 2026, 11:00 WIB"),
        (MAKASSAR, "22 November 2026, 12:00 WITA"),
        (ZoneInfo("Asia/Dubai"), "22 November 2026, 08:00 UTC+4"),
    ],
)
def test_a_moment_names_its_zone(zone, written):
    assert reading.moment(datetime(2026, 11, 22, 4, tzinfo=UTC), "en", zone) == written


def test_an_indonesian_hour_has_a_point_before_its_minutes():
    written = reading.moment(datetime(2026, 11, 22, 4, tzinfo=UTC), "id", JAKARTA)
    assert written == "22 November 2026, 11.00 WIB"


def test_bangla_moments_have_bangla_digits():
    written = reading.moment(datetime(2026, 11, 22, 4, tzinfo=UTC), "bn", DHAKA)
    assert written == "২২ নভেম্বর ২০২৬, ১০:০০ বাংলাদেশ সময়"


def test_midnight_is_the_end_of_the_day_before():
    due = datetime(2026, 11, 25, 18, tzinfo=UTC)  # 26 November, 00:00 in Dhaka
    assert reading.at_end_of_day(due, DHAKA)
    assert reading.last_day(due, DHAKA) == date(2026, 11, 25)
    assert reading.days_until(due, datetime(2026, 11, 22, 4, tzinfo=UTC), DHAKA) == 3


def test_a_moment_in_the_day_is_due_on_that_day():
    due = datetime(2026, 11, 25, 8, tzinfo=UTC)
    assert not reading.at_end_of_day(due, DHAKA)
    assert reading.last_day(due, DHAKA) == date(2026, 11, 25)


def test_ago_never_speaks_of_the_future():
    now = datetime(2026, 11, 22, 4, tzinfo=UTC)
    assert reading.ago(now - timedelta(days=3), now, "en") == "3 days ago"
    assert reading.ago(now - timedelta(days=3), now, "bn") == "৩ দিন আগে"
    assert "in" not in reading.ago(now + timedelta(days=3), now, "en").split()
