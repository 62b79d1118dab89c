"""Makes one office of a type for each place of a level, and finds every office's parent. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from agencies.loading.mistakes import Mistakes
from agencies.loading.rows import Names, OfficeRow, PatternRow, PlaceRow

#: A parent written so is the office of that type for the same place, or the nearest above it.
BY_TYPE = "type:"


def expand(
    offices: list[OfficeRow], patterns: list[PatternRow], places: list[PlaceRow]
) -> list[OfficeRow]:
    """All offices: those written out, then those of the patterns that aren't written out.

    An office's code is `<type>-<place code>`. An office of `offices.csv` with that code stands
    instead of the pattern's: so one of many gets its own name or parent.
    """
    by_level: dict[str, list[PlaceRow]] = {}
    for place in places:
        by_level.setdefault(place.level, []).append(place)
    by_code = {place.code: place for place in places}
    written = {office.code for office in offices}
    made = [
        _office(pattern, place, by_code.get(place.parent))
        for pattern in patterns
        for place in by_level.get(pattern.for_level, ())
        if f"{pattern.type}-{place.code}" not in written and _is_meant(pattern, place, by_code)
    ]
    return [*offices, *made]


def _is_meant(pattern: PatternRow, place: PlaceRow, by_code: dict[str, PlaceRow]) -> bool:
    """Whether the place lies under `under` (if any are given) and not under `not_under`."""
    if not (pattern.under or pattern.not_under):
        return True
    line = set()
    code = place.code
    while code and code in by_code:
        line.add(code)
        code = by_code[code].parent
    return (not pattern.under or not line.isdisjoint(pattern.under)) and line.isdisjoint(
        pattern.not_under
    )


def _office(pattern: PatternRow, place: PlaceRow, above: PlaceRow | None) -> OfficeRow:
    return OfficeRow(
        code=f"{pattern.type}-{place.code}",
        parent=pattern.parent,
        type=pattern.type,
        names={
            language: text.replace("{place}", _in_language(place.names, language)).replace(
                "{parent}", _in_language(above.names, language) if above else ""
            )
            for language, text in pattern.names.items()
        },
        aliases=tuple(
            dict.fromkeys(
                alias.replace("{place}", name)
                for alias in pattern.aliases
                for name in _in_script_of(alias, place.names)
            )
        ),
        places=(place.code,),
        where=f"{pattern.where} for {place.code}",
    )


def _in_language(names: Names, language: str) -> str:
    return names.get(language) or names.get("en") or next(iter(names.values()), "")


def _in_script_of(alias: str, names: Names) -> Iterable[str]:
    """The names of a place that go with an alias: Latin with Latin, Bangla with Bangla."""
    fitting = [name for name in names.values() if name.isascii() == alias.isascii()]
    return fitting or names.values()


def find_parents(
    offices: list[OfficeRow], places: list[PlaceRow], mistakes: Mistakes
) -> list[OfficeRow]:
    """The same offices with `type:T` replaced by the code of the office meant."""
    above = {place.code: place.parent for place in places}
    covering: dict[tuple[str, str], str] = {}
    for office in offices:
        for code in office.places:
            covering.setdefault((office.type, code), office.code)
    known = {office.code for office in offices}
    answer = []
    for office in offices:
        parent = office.parent
        if parent.startswith(BY_TYPE):
            wanted = parent.removeprefix(BY_TYPE)
            parent = _nearest(covering, above, wanted, office)
            if not parent:
                mistakes.add(office.where, f"no office of type “{wanted}” covers {office.places}")
        elif parent and parent not in known:
            mistakes.add(office.where, f"there is no office “{parent}” above {office.code}")
        answer.append(replace(office, parent=parent) if parent != office.parent else office)
    return answer


def _nearest(
    covering: dict[tuple[str, str], str], above: dict[str, str], wanted: str, office: OfficeRow
) -> str:
    for code in office.places:
        place = code
        while place:
            found = covering.get((wanted, place), "")
            if found and found != office.code:
                return found
            place = above.get(place, "")
    return ""
