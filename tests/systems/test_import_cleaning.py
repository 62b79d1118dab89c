"""Words and dates made whole: only where it is certain. No database."""

import unicodedata
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from systems.past.cleaning import clean, read_moment, with_line_breaks, without_mojibake

DHAKA, JAKARTA = ZoneInfo("Asia/Dhaka"), ZoneInfo("Asia/Jakarta")
SPEECH = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")),
    min_size=1,
    max_size=60,
)
BANGLA = st.text(st.characters(min_codepoint=0x0985, max_codepoint=0x09DD), min_size=2, max_size=40)


def misread(text: str) -> str:
    """UTF-8 read as Windows-1252, as browsers do it."""
    return "".join(
        chr(byte) if byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes([byte]).decode("cp1252")
        for byte in text.encode()
    )


@given(BANGLA)
def test_bangla_that_was_misread_comes_back_whole(text: str) -> None:
    assert without_mojibake(misread(text)) == (text, True)
    assert without_mojibake(text.encode().decode("latin-1")) == (text, True)


@given(BANGLA)
def test_bangla_that_is_right_is_left_alone(text: str) -> None:
    assert without_mojibake(text) == (text, False)


def test_what_was_misread_twice_comes_back_too() -> None:
    assert without_mojibake(misread(misread("বিদ্যুৎ"))) == ("বিদ্যুৎ", True)


def test_only_the_part_that_was_misread_is_put_right() -> None:
    assert without_mojibake("ঢাকা, " + misread("সাভার") + ", café") == ("ঢাকা, সাভার, café", True)


@pytest.mark.parametrize(
    "text", ["Café à la crème", "£5 – “so” he said", "Ãgua", "30 °C ± 1", "naïve"]
)
def test_letters_with_accents_are_no_mojibake(text: str) -> None:
    assert without_mojibake(text) == (text, False)


@given(SPEECH)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text).text

    assert "\0" not in once
    assert once == unicodedata.normalize("NFC", once)
    if "html" not in clean(once).done:
        assert clean(once).text == once


@given(st.text(st.characters(codec="ascii", categories=("L", "Nd", "Zs")), max_size=40))
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert clean(text).text == text.strip()


def test_blank_lines_are_kept_once() -> None:
    assert clean("one\r\n\r\n\r\n\r\ntwo  \rthree").text == "one\n\ntwo\nthree"


@pytest.mark.parametrize("path", [r"C:\new", r"\\server\nets"])
def test_a_path_is_left_alone(path: str) -> None:
    assert with_line_breaks(path) == path


def test_html_that_is_broken_loses_its_tags_alone() -> None:
    assert clean("<p>The <b>lamp<br>is</i> out").text == "The lamp\nis out"


# --- Dates -----------------------------------------------------------------------------------------------


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2026, 1, 1)),
    st.sampled_from(["%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%d %B %Y %H.%M.%S"]),
)
def test_a_moment_that_was_written_by_a_format_is_read_by_it(at: datetime, name: str) -> None:
    whole = at.replace(microsecond=0)

    read = read_moment(whole.strftime(name), (name,), DHAKA)

    assert read.at == whole.replace(tzinfo=DHAKA).astimezone(UTC)
    assert read.other is None


@given(st.dates(date(1990, 1, 1), date(2026, 1, 1)))
def test_a_day_that_reads_both_ways_is_doubtful_exactly_then(day: date) -> None:
    read = read_moment(day.strftime("%d/%m/%Y"), ("%d/%m/%Y", "%m/%d/%Y"), DHAKA)

    assert read.at.astimezone(DHAKA).date() == day
    assert (read.other is not None) == (day.day <= 12 and day.day != day.month)


@given(SPEECH)
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    try:
        at = read_moment(text, ("iso", "%d/%m/%Y", "spreadsheet"), DHAKA).at
    except (ValueError, OverflowError):
        return
    assert at.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("17 Agustus 2017", (2017, 8, 17)),
        ("17 agt 2017", (2017, 8, 17)),
        ("১৭ আগস্ট ২০১৭", (2017, 8, 17)),
        ("17 August 2017", (2017, 8, 17)),
        ("০৩ জানুয়ারি ২০১৮", (2018, 1, 3)),
        (unicodedata.normalize("NFD", "০৩ জানুয়ারি ২০১৮"), (2018, 1, 3)),
    ],
)
def test_months_have_names_in_three_languages(text: str, day: tuple[int, int, int]) -> None:
    read = read_moment(text, ("%d %B %Y", "%d %b %Y"), JAKARTA)

    assert read.at.astimezone(JAKARTA).date() == date(*day)


def test_days_of_a_spreadsheet_are_counted_from_its_first() -> None:
    assert read_moment("42769.5", ("spreadsheet",), DHAKA).at == datetime(
        2017, 2, 3, 6, 0, tzinfo=UTC
    )
    with pytest.raises(ValueError):
        read_moment("2017", ("spreadsheet",), DHAKA)


def test_a_cell_that_is_a_date_already_is_one_of_the_zone() -> None:
    assert read_moment(datetime(2017, 2, 3, 9, 0), (), JAKARTA).at.hour == 2
    assert read_moment(date(2017, 2, 3), (), JAKARTA).at == datetime(2017, 2, 2, 17, 0, tzinfo=UTC)


def test_a_zone_of_its_own_counts() -> None:
    assert read_moment("2017-02-03T09:00:00+02:00", ("iso",), DHAKA).at.hour == 7
