"""Days off from the `holidays` library, for the years around now.

Bangladesh: public holidays. Indonesia: public holidays and cuti bersama (the days that the
government joins to them, in the library's category "government"). The dates of feasts that hang
on the moon are estimates until announced: the registrar corrects them.
"""

from collections.abc import Iterator

import holidays
from holidays import GOVERNMENT, PUBLIC

from agencies.loading.rows import HolidayRow

CATEGORIES = {"bd": (PUBLIC,), "id": (PUBLIC, GOVERNMENT)}
#: Our languages and the library's, where it has them.
LANGUAGES = {"bd": {"bn": "bn", "en": "en_US"}, "id": {"id": "id", "en": "en_US"}}
YEARS_BACK, YEARS_AHEAD = 2, 2


def years_around(year: int) -> range:
    """The years whose holidays are loaded: two back, for old cases, and two ahead."""
    return range(year - YEARS_BACK, year + YEARS_AHEAD + 1)


def library_version() -> str:
    """The version of the library, part of what a load hangs on."""
    return holidays.__version__


def library_holidays(country: str, years: range) -> Iterator[HolidayRow]:
    """Each day off once, named in every language the library has for the country."""
    by_language = {
        ours: holidays.country_holidays(
            country.upper(), years=years, categories=CATEGORIES[country], language=theirs
        )
        for ours, theirs in LANGUAGES[country].items()
    }
    days = sorted({day for found in by_language.values() for day in found})
    for day in days:
        names = {ours: found[day] for ours, found in by_language.items() if day in found}
        yield HolidayRow(day, names, "library")
