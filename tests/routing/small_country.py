"""A small made-up country, with rules, that needs no database."""

from collections.abc import Mapping
from typing import Any

from routing.compiled import CompiledRuleset, compile_ruleset, read_speller
from routing.conditions import Rule, read_rule, read_rule_leniently
from routing.facts import Facts
from routing.registry_index import OfficeEntry, RegistryIndex, TypeEntry

PLACES = (
    ("1", "", "province", ("Utara",)),
    ("2", "", "province", ("Selatan",)),
    ("1.1", "1", "regency", ("Kota Melati",)),
    ("1.2", "1", "regency", ("Kabupaten Melati",)),
    ("1.3", "1", "regency", ("Kota Kenanga",)),
    ("2.1", "2", "regency", ("Kabupaten Anggrek",)),
    ("1.1.1", "1.1", "subdistrict", ("Sukarame",)),
    ("1.1.2", "1.1", "subdistrict", ("Pasar Baru",)),
    ("1.2.1", "1.2", "subdistrict", ("Sukarame",)),
    ("2.1.1", "2.1", "subdistrict", ("Tanjungsari",)),
    ("1.1.1.1", "1.1.1", "village", ("Sukamaju",)),
    ("1.2.1.1", "1.2.1", "village", ("Sukamaju",)),
    ("2.1.1.1", "2.1.1", "village", ("Tanjungsari",)),
    ("2.1.1.2", "2.1.1", "village", ("Pasar Baru",)),
    ("2.1.1.3", "2.1.1", "village", ("Gek",)),
    ("2.1.2", "2.1", "subdistrict", ("Deket",)),
)
SETTINGS: dict[str, object] = {
    "name": "small",
    "threshold": 0.5,
    "spelling": {"jl": "jalan", "jln": "jalan", "kec": "kecamatan", "kab": "kabupaten",
                 "gk": "tidak", "e ktp": "ektp", "deket": "dekat"},
    "place_prefixes": {"kota": "regency", "kabupaten": "regency", "kecamatan": "subdistrict",
                       "desa": "village", "provinsi": "province"},
    "not_place_after": ["jalan"],
    "place_stopwords": ["utara", "selatan"],
    "misconduct_words": ["pungli", "korupsi*", "minta uang"],
    "official_titles": ["lurah", "kepala dinas"],
    "doubling": True,
}  # fmt: skip


def small_index() -> RegistryIndex:
    """Two provinces; a power company, a ministry with a department, city offices by type."""
    index = RegistryIndex(country="id", version=1, languages=("id",))
    index.add_places(PLACES)
    index.types = {
        "ministry": TypeEntry("ministry", "", "ministry", ("Kementerian",)),
        "company": TypeEntry("company", "", "state_company", ("Perusahaan",)),
        "dishub": TypeEntry("dishub", "regency", "local_government", ("Dinas Perhubungan",)),
        "camat": TypeEntry("camat", "subdistrict", "local_government", ("Kecamatan",)),
    }
    index.categories = {"power": "", "power-bill": "power", "roads": ""}
    offices = [
        OfficeEntry("listrik", "energi", "company", {"id": "Perusahaan Listrik", "en": "Power"},
                    ("PLN",)),
        OfficeEntry("energi", "", "ministry", {"id": "Kementerian Energi"}),
        OfficeEntry("jalan", "", "ministry", {"id": "Kementerian Jalan"}),
    ]  # fmt: skip
    for code, _parent, level, (name,) in PLACES:
        if level == "regency" and code != "2.1":
            offices.append(
                OfficeEntry(f"dishub-{code}", "", "dishub", {"id": f"Dinas Perhubungan {name}"},
                            (f"dishub {name}",), (code,))
            )  # fmt: skip
        if level == "subdistrict":
            offices.append(
                OfficeEntry(f"camat-{code}", "", "camat", {"id": f"Kecamatan {name}"}, (), (code,))
            )
    index.add_offices(offices)
    index.name_types()
    return index


INDEX = small_index()


def row(code: str = "r", **columns: str) -> dict[str, str]:
    """A rule's row: strength 80 and a note unless told otherwise; to the power company."""
    given = {"code": code, "strength": "80", "note": "Because.", **columns}
    if not ({"target", "target_type"} & given.keys() or given.get("named") == "1"):
        given["target"] = "listrik"
    return given


def rule(code: str = "r", **columns: str) -> Rule:
    """A rule read from its row."""
    return read_rule(row(code, **columns), read_speller(SETTINGS))


def lenient(code: str = "r", **columns: str) -> Rule:
    """A rule with whatever mistakes it has."""
    return read_rule_leniently(row(code, **columns), read_speller(SETTINGS))


def ruleset(*rules: Rule, settings: Mapping[str, Any] | None = None) -> CompiledRuleset:
    """A rule set over the small country."""
    return compile_ruleset(rules, {**SETTINGS, **(settings or {})}, INDEX, version=3)


def facts(text: str, **others: Any) -> Facts:
    """Facts in the small country."""
    return Facts(text=text, country="id", **others)
