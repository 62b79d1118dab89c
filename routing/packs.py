"""Rule sets and registries read from a country pack's files, without a database."""

import csv
import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import agencies
from routing.compiled import CompiledRuleset, MistakenSettings, compile_ruleset, read_speller
from routing.conditions import read_rule_leniently
from routing.registry_index import OfficeEntry, RegistryIndex, TypeEntry

RULES = Path(__file__).parent / "packs"
REGISTRY = Path(agencies.__file__).parent / "packs"

LANGUAGES = ("en", "bn", "id")


def read_settings_file(country: str, folder: Path = RULES) -> dict[str, object]:
    """`settings.json` of a rule pack. Raises FileNotFoundError, `MistakenSettings`."""
    path = folder / country / "settings.json"
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise MistakenSettings(f"{path.name}: {error}") from error
    if not isinstance(settings, dict):
        raise MistakenSettings(f"{path.name}: must be an object")
    return settings


def read_rule_rows(country: str, folder: Path = RULES) -> list[dict[str, str]]:
    """The rows of a pack's `rules.csv` (and of further `rules-*.csv` beside it)."""
    rows = []
    for path in sorted((folder / country).glob("rules*.csv")):
        rows += list(_rows(path))
    return rows


def load_ruleset(country: str, index: RegistryIndex | None = None) -> CompiledRuleset:
    """A pack's rule set, ready to run; the registry from the files too, if none is given.

    Raises `MistakenSettings`; mistaken rules are kept (`CompiledRuleset.mistakes`).
    """
    settings = read_settings_file(country)
    speller = read_speller(settings)
    rules = [read_rule_leniently(row, speller) for row in read_rule_rows(country)]
    return compile_ruleset(rules, settings, index or read_registry(country), version=1)


def read_registry(country: str, folder: Path = REGISTRY) -> RegistryIndex:
    """The registry of a country pack. Files that are not there yet are read as empty."""
    pack = folder / country
    about = json.loads(_text(pack / "country.json") or "{}")
    index = RegistryIndex(country=country, languages=languages_of(about))
    index.add_places(
        (row["code"], row["parent"], row["level"], tuple(dict.fromkeys(_names(row).values())))
        for row in _rows(pack / "places.csv.gz")
    )
    for row in _rows(pack / "office_types.csv"):
        names = tuple(dict.fromkeys(_names(row).values()))
        index.types[row["code"]] = TypeEntry(row["code"], row["level"], row["body"], names)
    for row in _rows(pack / "categories.csv"):
        index.categories[row["code"]] = row["parent"]
    listed = {row["code"]: _listed_office(row) for row in _rows(pack / "offices.csv")}
    index.add_offices([*listed.values(), *_expanded(pack, index, listed)])
    index.name_types()
    return index


def languages_of(about: Mapping[str, object]) -> tuple[str, ...]:
    """The languages of `country.json`, the default one first."""
    languages = about.get("languages")
    named = [
        str(about.get("default_language") or ""),
        *(languages if isinstance(languages, list) else LANGUAGES),
    ]
    return tuple(dict.fromkeys(language for language in named if language))


def _listed_office(row: Mapping[str, str]) -> OfficeEntry:
    aliases = [*_several(row, "aliases"), *_several(row, "short")]
    return OfficeEntry(
        code=row["code"],
        parent=row["parent"],
        type=row["type"],
        names=_names(row),
        aliases=tuple(dict.fromkeys(aliases)),
        places=tuple(_several(row, "place")),
    )


def _expanded(
    pack: Path, index: RegistryIndex, listed: Mapping[str, OfficeEntry]
) -> Iterator[OfficeEntry]:
    """One office of each pattern for each place of its level that has none listed."""
    by_level: dict[str, list[str]] = {}
    for code, entry in index.places.items():
        by_level.setdefault(entry.level, []).append(code)
    taken = {(office.type, place) for office in listed.values() for place in office.places}
    covering = set(taken)
    patterns = list(_rows(pack / "office_patterns.csv"))
    for row in patterns:
        covering.update((row["type"], code) for code in by_level.get(row["for_level"], ()))
    names_of = {row["code"]: _names(row) for row in _rows(pack / "places.csv.gz")}
    codes = {
        (office.type, place): office.code for office in listed.values() for place in office.places
    }
    for row in patterns:
        for place in by_level.get(row["for_level"], ()):
            code = f"{row['type']}-{place}"
            if (row["type"], place) in taken or code in listed:
                continue
            parent = row["parent"]
            if parent.startswith("type:"):
                parent = _nearest(parent[5:], place, index, covering, codes)
            yield OfficeEntry(
                code=code,
                parent=parent,
                type=row["type"],
                names=_filled(_names(row), names_of[place]),
                aliases=tuple(
                    alias.replace("{place}", name)
                    for alias in _several(row, "aliases")
                    for name in dict.fromkeys(names_of[place].values())
                ),
                places=(place,),
            )


def _nearest(
    type_code: str,
    place: str,
    index: RegistryIndex,
    covering: set[tuple[str, str]],
    codes: Mapping[tuple[str, str], str],
) -> str:
    for code in index.line(place):
        if (type_code, code) in covering:
            return codes.get((type_code, code), f"{type_code}-{code}")
    return ""


def _filled(names: Mapping[str, str], place: Mapping[str, str]) -> dict[str, str]:
    return {
        language: name.replace("{place}", place.get(language) or next(iter(place.values()), ""))
        for language, name in names.items()
    }


def _names(row: Mapping[str, str]) -> dict[str, str]:
    return {language: row[language] for language in LANGUAGES if row.get(language)}


def _several(row: Mapping[str, str], field: str) -> list[str]:
    return [value.strip() for value in (row.get(field) or "").split("|") if value.strip()]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if not path.exists():
        return
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)
    else:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)
