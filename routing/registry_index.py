"""The registry as routing needs it: plain dicts, built once per registry version. No ORM.

It is filled from the database (`routing.selectors`) or from a country pack's files
(`routing.packs`), so that the engine runs, and is measured, without a database.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from routing.conditions import Mistake, Rule

#: How many offices of a type are read to learn what the type is called.
SAMPLE = 20


class PlaceEntry(NamedTuple):
    """A place: its parent's code ("" at the top), its level, how deep it lies (0 the top)."""

    parent: str
    level: str
    depth: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfficeEntry:
    """An office: names by language, other names people use, the codes of the places it covers."""

    code: str
    parent: str
    type: str
    names: dict[str, str]
    aliases: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """The name in a language, else in English, else in any."""
        return (
            self.names.get(language) or self.names.get("en") or next(iter(self.names.values()), "")
        )


@dataclass(frozen=True, slots=True)
class TypeEntry:
    """A type of office: the level of place it covers ("" for none) and how people call it."""

    code: str
    level: str
    body: str = ""
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class RegistryIndex:
    """Places, offices, types and categories of one country, by code.

    Parents come before children in `places`. `version` is the registry's.
    """

    country: str
    version: int = 0
    languages: tuple[str, ...] = ()
    places: dict[str, PlaceEntry] = field(default_factory=dict)
    offices: dict[str, OfficeEntry] = field(default_factory=dict)
    types: dict[str, TypeEntry] = field(default_factory=dict)
    #: Category code → its parent's code.
    categories: dict[str, str] = field(default_factory=dict)
    #: (type code, place code) → office code.
    covering: dict[tuple[str, str], str] = field(default_factory=dict)
    #: Level name → depth.
    depth_of_level: dict[str, int] = field(default_factory=dict)
    #: Type code → depth of the smallest area that one of its offices covers.
    area_depth: dict[str, int] = field(default_factory=dict)
    #: Type code → the office directly above all of its offices, "" if there are several.
    heads: dict[str, str] = field(default_factory=dict)

    def add_places(self, rows: Iterable[tuple[str, str, str, tuple[str, ...]]]) -> None:
        """Add (code, parent, level, names) rows, parents first."""
        places = self.places
        for code, parent, level, names in rows:
            depth = places[parent].depth + 1 if parent else 0
            places[code] = PlaceEntry(parent, level, depth, names)
            self.depth_of_level.setdefault(level, depth)

    def add_offices(self, offices: Iterable[OfficeEntry]) -> None:
        """Add offices. Of two of one type that cover a place, the first by code is taken."""
        for office in sorted(offices, key=lambda office: office.code):
            self.offices[office.code] = office
            if self.heads.setdefault(office.type, office.parent) != office.parent:
                self.heads[office.type] = ""
            for place in office.places:
                self.covering.setdefault((office.type, place), office.code)
                if entry := self.places.get(place):
                    depth = max(entry.depth, self.area_depth.get(office.type, 0))
                    self.area_depth[office.type] = depth

    def name_types(self) -> None:
        """Learn how people call each type with areas: its offices' names without the place's."""
        offices: dict[str, list[OfficeEntry]] = {}
        for office in self.offices.values():
            kind = self.types.get(office.type)
            if kind and kind.level and office.places:
                offices.setdefault(office.type, []).append(office)
        for code, all_of_type in offices.items():
            sample = all_of_type[:: max(1, len(all_of_type) // SAMPLE)]
            times: dict[str, int] = {}
            for office in sample:
                place = self.places.get(office.places[0])
                for rest in _without_place(office, place.names if place else ()):
                    times[rest] = times.get(rest, 0) + 1
            known = self.types[code].names
            usual = (rest for rest, count in times.items() if rest and count * 2 > len(sample))
            self.types[code] = replace(
                self.types[code], names=tuple(dict.fromkeys((*known, *sorted(usual))))
            )

    def line(self, place: str) -> Iterator[str]:
        """The place and those above it, nearest first; nothing for an unknown one."""
        while place and (entry := self.places.get(place)):
            yield place
            place = entry.parent

    def office_line(self, office: str) -> Iterator[str]:
        """The office and those above it, nearest first."""
        seen = set()
        while office and office not in seen and (entry := self.offices.get(office)):
            yield office
            seen.add(office)
            office = entry.parent

    def category_line(self, category: str) -> Iterator[str]:
        """The category and those above it, nearest first."""
        seen = set()
        while category in self.categories and category not in seen:
            yield category
            seen.add(category)
            category = self.categories[category]

    def office_covering(self, type_code: str, place: str) -> str:
        """The office of a type that covers the place, or the nearest place above it; "" if none."""
        for code in self.line(place):
            if office := self.covering.get((type_code, code)):
                return office
        return ""

    def is_deep_enough(self, type_code: str, place: str) -> bool:
        """Whether the place is as small as the areas that offices of the type cover."""
        entry = self.places.get(place)
        return entry is not None and entry.depth >= self.area_depth.get(type_code, 0)

    def head_of(self, type_code: str) -> str:
        """The one office that stands above all offices of a type; "" if several do."""
        return self.heads.get(type_code, "")

    def mistakes_in(self, rule: Rule) -> tuple[Mistake, ...]:
        """What a rule names that does not exist."""
        found = []
        if rule.target and rule.target not in self.offices:
            found.append(Mistake("target", "no_such_office", rule.target))
        if rule.target_type:
            kind = self.types.get(rule.target_type)
            if kind is None:
                found.append(Mistake("target_type", "no_such_type", rule.target_type))
            elif rule.target_type not in self.area_depth:
                found.append(Mistake("target_type", "type_without_area", rule.target_type))
        for code in rule.category:
            if code and code not in self.categories:
                found.append(Mistake("category", "no_such_category", code))
        for code in rule.place:
            if code and code not in self.places:
                found.append(Mistake("place", "no_such_place", code))
        return tuple(found)


def _without_place(office: OfficeEntry, place_names: tuple[str, ...]) -> set[str]:
    """What an office is called, less its place.

    One word left of an official name ("Pemerintah", government) says too little; of another name
    that people use ("Dishub") it does not.
    """
    rests = set()
    for name in {*office.names.values(), *office.aliases}:
        place_name = next(
            (place for place in place_names if place.casefold() in name.casefold()), ""
        )
        if place_name:
            at = name.casefold().index(place_name.casefold())
            rest = f"{name[:at]} {name[at + len(place_name) :]}".split()
            if len(rest) > 1 or name in office.aliases:
                rests.add(" ".join(rest).strip(" ,"))
    return rests
