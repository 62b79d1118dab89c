"""Rule sets and registries read from a country pack's files, without a database."""

import csv
import json
from pathlib import Path

from agencies.loading.mistakes import Mistakes
from agencies.loading.patterns import expand, find_parents
from agencies.loading.reading import PACKS as REGISTRY
from agencies.loading.reading import read_pack
from agencies.loading.rows import CountryInfo, OfficeRow
from routing.compiled import CompiledRuleset, MistakenSettings, compile_ruleset, read_speller
from routing.conditions import read_rule_leniently
from routing.registry_index import OfficeEntry, RegistryIndex, TypeEntry

RULES = Path(__file__).resolve().parent / "packs"


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
    rows: list[dict[str, str]] = []
    for path in sorted((folder / country).glob("rules*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows += list(csv.DictReader(file))
    return rows


def load_ruleset(country: str, index: RegistryIndex | None = None) -> CompiledRuleset:
    """A pack's rule set, ready to run; the registry from the files too, if none is given.

    Raises `MistakenSettings` and `agencies.loading.PackError`; mistaken rules are kept
    (`CompiledRuleset.mistakes`).
    """
    settings = read_settings_file(country)
    speller = read_speller(settings)
    rules = [read_rule_leniently(row, speller) for row in read_rule_rows(country)]
    return compile_ruleset(rules, settings, index or read_registry(country), version=1)


def read_registry(country: str, folder: Path = REGISTRY) -> RegistryIndex:
    """The registry of a country pack. Raises `agencies.loading.PackError` if it can't be read."""
    mistakes = Mistakes(country)
    pack = read_pack(folder / country, "", mistakes)
    mistakes.stop_if_any()
    offices = find_parents(expand(pack.offices, pack.patterns, pack.places), pack.places, mistakes)
    mistakes.stop_if_any()
    index = RegistryIndex(country=country, languages=languages_of(pack.info))
    index.add_places(
        (row.code, row.parent, row.level, tuple(dict.fromkeys(row.names.values())))
        for row in pack.places
    )
    for kind in pack.office_types:
        names = tuple(dict.fromkeys(kind.names.values()))
        index.types[kind.code] = TypeEntry(kind.code, kind.level, kind.body, names)
    index.categories.update((row.code, row.parent) for row in pack.categories)
    index.add_offices(map(_entry, offices))
    index.name_types()
    return index


def languages_of(info: CountryInfo) -> tuple[str, ...]:
    """The country's languages, the default one first."""
    return tuple(dict.fromkeys((info.default_language, *info.languages)))


def _entry(row: OfficeRow) -> OfficeEntry:
    names = (*row.aliases, row.short)
    return OfficeEntry(
        code=row.code,
        parent=row.parent,
        type=row.type,
        names=row.names,
        aliases=tuple(dict.fromkeys(name for name in names if name)),
        places=row.places,
    )
