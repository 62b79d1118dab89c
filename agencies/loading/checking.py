"""Checks that a pack holds together: codes once, links that lead somewhere, names, units."""

import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agencies.loading.mistakes import Mistakes
from agencies.loading.rows import Names, OfficeRow, Pack
from agencies.models.offices import Body
from agencies.models.policies import Unit
from agencies.policies import DEFAULTS

CODE = re.compile(r"^[a-z0-9]+(?:[.-][a-z0-9]+)*$")
LONGEST_CODE, LONGEST_PLACE_CODE, LONGEST_ALIAS = 60, 32, 120


def check_pack(pack: Pack, offices: list[OfficeRow], mistakes: Mistakes) -> None:
    """Note every mistake found. `offices` are all of them, those of the patterns included."""
    _check_country(pack, mistakes)
    places = _check_places(pack, mistakes)
    types = _check_types(pack, mistakes)
    _check_patterns(pack, types, mistakes)
    codes = _check_offices(offices, types, places, mistakes)
    categories = _check_tree(
        "categories.csv", [(row.code, row.parent, row.names) for row in pack.categories], mistakes
    )
    _check_services(pack, codes, types, categories, mistakes)
    _check_policies(pack, codes, mistakes)
    for holiday in pack.holidays:
        _check_names("holidays.csv", str(holiday.date), holiday.names, mistakes)


def _check_country(pack: Pack, mistakes: Mistakes) -> None:
    if pack.info.code != mistakes.country:
        mistakes.add("country.json", f"is the pack of “{pack.info.code}”")
    if not set(pack.info.weekend) <= set(range(1, 8)):
        mistakes.add("country.json", "weekend days are numbers from 1 (Monday) to 7")
    try:
        ZoneInfo(pack.info.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        mistakes.add("country.json", f"there is no time zone “{pack.info.time_zone}”")


def _check_places(pack: Pack, mistakes: Mistakes) -> set[str]:
    if not pack.places:
        mistakes.add("places.csv.gz", "holds no place")
    known: set[str] = set()
    for place in pack.places:
        if not place.code or len(place.code) > LONGEST_PLACE_CODE or place.code in known:
            mistakes.add("places.csv.gz", f"code “{place.code}” is empty, too long or there twice")
        if place.parent and place.parent not in known:
            mistakes.add("places.csv.gz", f"{place.code} stands before its parent {place.parent}")
        if not place.level:
            mistakes.add("places.csv.gz", f"{place.code} has no level")
        _check_names("places.csv.gz", place.code, place.names, mistakes)
        known.add(place.code)
    return known


def _check_types(pack: Pack, mistakes: Mistakes) -> set[str]:
    levels = {place.level for place in pack.places}
    known: set[str] = set()
    for row in pack.office_types:
        _check_code("office_types.csv", row.code, known, mistakes)
        if row.body not in Body.values:
            mistakes.add("office_types.csv", f"{row.code}: there is no body “{row.body}”")
        if row.level and row.level not in levels:
            mistakes.add("office_types.csv", f"{row.code}: no place has the level “{row.level}”")
        _check_names("office_types.csv", row.code, row.names, mistakes)
    return known


def _check_patterns(pack: Pack, types: set[str], mistakes: Mistakes) -> None:
    levels = {place.level for place in pack.places}
    codes = {place.code for place in pack.places}
    for row in pack.patterns:
        if row.type not in types:
            mistakes.add(row.where, f"there is no office type “{row.type}”")
        if row.for_level not in levels:
            mistakes.add(row.where, f"no place has the level “{row.for_level}”")
        _check_names(row.where, row.type, row.names, mistakes)
        for place in (*row.under, *row.not_under):
            if place not in codes:
                mistakes.add(row.where, f"there is no place “{place}”")
        if not all("{place}" in name for name in row.names.values()):
            mistakes.add(row.where, "each name must hold {place}")


def _check_offices(
    offices: list[OfficeRow], types: set[str], places: set[str], mistakes: Mistakes
) -> set[str]:
    known: set[str] = set()
    for office in offices:
        _check_code(office.where, office.code, known, mistakes)
        _check_names(office.where, office.code, office.names, mistakes)
        if office.type not in types:
            mistakes.add(office.where, f"there is no office type “{office.type}”")
        for place in office.places:
            if place not in places:
                mistakes.add(office.where, f"{office.code} covers an unknown place “{place}”")
        if any(len(alias) > LONGEST_ALIAS for alias in office.aliases):
            mistakes.add(office.where, f"an alias is longer than {LONGEST_ALIAS} letters")
        if office.email and "@" not in office.email:
            mistakes.add(office.where, f"“{office.email}” is not an e-mail address")
    return known


def _check_tree(file: str, rows: Iterable[tuple[str, str, Names]], mistakes: Mistakes) -> set[str]:
    known: set[str] = set()
    rows = list(rows)
    all_codes = {code for code, _parent, _names in rows}
    for code, parent, names in rows:
        _check_code(file, code, known, mistakes)
        _check_names(file, code, names, mistakes)
        if parent and parent not in all_codes:
            mistakes.add(file, f"there is no “{parent}” above {code}")
    return known


def _check_services(
    pack: Pack, offices: set[str], types: set[str], categories: set[str], mistakes: Mistakes
) -> None:
    known: set[str] = set()
    for row in pack.services:
        _check_code(row.where, row.code, known, mistakes)
        _check_names(row.where, row.code, row.names, mistakes)
        if bool(row.office) == bool(row.office_type):
            mistakes.add(row.where, "is promised by an office or by an office type, one of them")
        if row.office and row.office not in offices:
            mistakes.add(row.where, f"there is no office “{row.office}”")
        if row.office_type and row.office_type not in types:
            mistakes.add(row.where, f"there is no office type “{row.office_type}”")
        if row.category not in categories:
            mistakes.add(row.where, f"there is no category “{row.category}”")


def _check_policies(pack: Pack, offices: set[str], mistakes: Mistakes) -> None:
    known: set[str] = set()
    for row in pack.policies:
        if row.key in known:
            mistakes.add(row.where, f"{row.name} is there twice")
        known.add(row.key)
        if row.name not in DEFAULTS:
            mistakes.add(row.where, f"there is no number “{row.name}”")
        if row.unit not in Unit.values:
            mistakes.add(row.where, f"there is no unit “{row.unit}”")
        if row.agency and row.agency not in offices:
            mistakes.add(row.where, f"there is no office “{row.agency}”")


def _check_code(where: str, code: str, known: set[str], mistakes: Mistakes) -> None:
    if not CODE.match(code) or len(code) > LONGEST_CODE:
        mistakes.add(where, f"“{code}” is not a code (a–z, 0–9, dashes, dots)")
    if code in known:
        mistakes.add(where, f"“{code}” is there twice")
    known.add(code)


def _check_names(where: str, code: str, names: Names, mistakes: Mistakes) -> None:
    if not names:
        mistakes.add(where, f"{code} has no name")
