"""Rule sets made ready to run, kept in the process while neither rules nor registry change."""

import threading
from dataclasses import dataclass
from uuid import UUID

from routing.compiled import CompiledRuleset, MistakenSettings, compile_ruleset, read_speller
from routing.conditions import Rule, read_rule_leniently
from routing.models import RuleSet
from routing.registry_index import RegistryIndex
from routing.selectors import last_change, published, registry_index, rule_rows


@dataclass(slots=True)
class _Kept:
    """The rule set in force, and the state of the registry that it was compiled against."""

    ruleset_id: int
    stamp: UUID | None
    change: int
    compiled: CompiledRuleset


_KEPT: dict[str, _Kept] = {}
_LOCK = threading.Lock()


def current(country: str) -> CompiledRuleset:
    """The rule set in force, ready to run: one query when nothing has changed.

    It is compiled again (some seconds for Indonesia's 90,000 places) when another set is published
    or the registry's offices, places or categories change. Without a set in force an empty one is
    given, by which everything goes to the desk.
    """
    found = published(country)
    if found is None:
        return compile_ruleset([], {"name": ""}, RegistryIndex(country=country))
    ruleset, stamp = found
    kept = _KEPT.get(country)
    if kept and kept.ruleset_id == ruleset.pk and kept.stamp == stamp:
        return kept.compiled
    with _LOCK:
        kept = _KEPT.get(country)
        if kept and kept.ruleset_id == ruleset.pk:
            if kept.stamp == stamp:
                return kept.compiled
            if kept.change == last_change(country):
                kept.stamp = stamp
                return kept.compiled
        # Read before the rest: if a change slips in between, the next call reads again.
        change = last_change(country)
        index = _index(country, change, kept)
        _KEPT[country] = _Kept(ruleset.pk, stamp, change, compiled(ruleset, index))
        return _KEPT[country].compiled


def _index(country: str, change: int, kept: _Kept | None) -> RegistryIndex:
    if kept and kept.change == change:
        return kept.compiled.index
    return registry_index(country)


def compiled(ruleset: RuleSet, index: RegistryIndex | None = None) -> CompiledRuleset:
    """Any rule set ready to run, a draft too; against the registry as it is, if none is given.

    A rule with a mistake is kept, and sends each case that meets it to the desk. Settings that
    can't be read do so for every case.
    """
    country = ruleset.country
    if index is None:
        kept = _KEPT.get(country)
        same = kept and kept.change == last_change(country)
        index = kept.compiled.index if kept and same else registry_index(country)
    settings = dict(ruleset.settings)
    name = ruleset.name
    try:
        speller = read_speller(settings)
        rules: list[Rule] = [read_rule_leniently(row, speller) for row in rule_rows(ruleset)]
        return compile_ruleset(rules, settings, index, name=name, version=ruleset.version)
    except MistakenSettings as error:
        broken = compile_ruleset([], {}, index, name=name, version=ruleset.version)
        broken.broken = f"settings: {error}"
        return broken


def forget(country: str | None = None) -> None:
    """Drop what is kept in this process (for tests, and after a load)."""
    if country is None:
        _KEPT.clear()
    else:
        _KEPT.pop(country, None)
