"""Whether a text tells who filed a case: what is known of them is found however it is written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints.identifying import Known, tells, without

RAHIMA = Known(
    names=("Rahima Begum", "রহিমা বেগম"),
    numbers=("+8801712345678", "4821-9530-7716-K"),
    addresses=("rahima.b@example.org",),
)
TELL = [
    "Rahima came to us.",
    "RAHIMA’S meter was read wrongly.",
    "Rahima's meter was read wrongly.",
    "meternya Rahimanya salah",
    "রহিমার মিটার ভুল দেখায়",
    "রহিমাকে বলা হয়েছে",
    "Call 01712345678.",
    "Call 01712-345 678.",
    "Call +880 1712 345678.",
    "ফোন ০১৭১২-৩৪৫৬৭৮",
    "Mail Rahima.B@Example.org",
    "the account rahima.b wrote",
    "In case 4821-9530-7716-K it was read wrongly",
    "In case 482195307716 it was read wrongly",
]
TELL_NOTHING = [
    "On 3 November 2026 a meter was read wrongly in ward 7.",
    "Mrs Begum, who heads the office, was asked about 12 meters.",
    "The amount of 1,712 taka was paid twice.",
    "Rahimaganj is the name of the place.",
    "Karim read meter 45678.",
    "",
]


@pytest.mark.parametrize("text", TELL)
def test_it_is_found_and_can_be_masked(text: str) -> None:
    assert tells(text, RAHIMA)
    assert not tells(without(text, RAHIMA, "en"), RAHIMA)


@pytest.mark.parametrize("text", TELL_NOTHING)
def test_what_tells_nothing_is_left_as_it_is(text: str) -> None:
    assert not tells(text, RAHIMA)
    assert without(text, RAHIMA, "en") == text


def test_a_name_that_half_a_country_shares_tells_only_as_a_whole() -> None:
    known = Known(names=("Md Islam",))
    assert not tells("Mr Islam of the office read it.", known)
    assert tells("It was md. islam who wrote.", known)


@pytest.mark.parametrize(
    ("language", "mask"), [("en", "[name]"), ("bn", "[নাম]"), ("id", "[nama]"), ("xx", "[name]")]
)
def test_masks_are_those_of_the_language(language: str, mask: str) -> None:
    assert without("Rahima came.", RAHIMA, language) == f"{mask} came."


def test_a_whole_name_is_masked_once() -> None:
    assert without("Rahima Begum came.", RAHIMA, "en") == "[name] came."


def test_of_whom_nothing_is_known_nothing_is_found() -> None:
    assert not tells("Rahima, 01712345678, rahima@example.org", Known())
    assert not tells("Rahima", Known(names=("", "Al"), numbers=("12",), addresses=("",)))


@settings(max_examples=150, deadline=None)
@given(
    before=st.text(max_size=40),
    after=st.text(max_size=40),
    what=st.sampled_from(["Rahima", "01712345678", "rahima.b@example.org"]),
)
def test_among_any_letters_it_is_masked_for_good(before: str, after: str, what: str) -> None:
    masked = without(f"{before} {what} {after}", RAHIMA, "en")
    assert not tells(masked, RAHIMA)
    assert what not in masked
