"""Rule sets made ready to run, kept in the process while neither rules nor registry change."""

import threading
from dataclasses import dataclass
from uuid import UUID

from routing.compiled import CompiledRuleset, MistakenSettings, compile_ruleset, read_speller
from routing.conditions import Rule, read_rule_leniently
from routing.models import RuleSet
from routing.registry_index import RegistryIndex
from routing.selectors import (
    PEOPLE,
    last_change,
    official_names,
    published,
    registry_index,
    rule_rows,
)


@dataclass(slots=True)
class _Kept:
    """The rule set in force, compiled, and the state of the registry when that was last asked."""

    ruleset_id: int
    stamp: UUID | None
    people_change: int
    compiled: CompiledRuleset


_KEPT: dict[str, _Kept] = {}
#: Country → the registry as the engine needs it, and its last change that routing has to know of.
_INDEXES: dict[str, tuple[int, RegistryIndex]] = {}
_LOCK = threading.RLock()


def current(country: str) -> CompiledRuleset:
    """The rule set in force, ready to run: one query when nothing has changed.

    It is compiled again (some seconds for Indonesia's 90,000 places) when another set is published
    or the registry's offices, places or categories change. Without a set in force an empty one is
    given, by which everything goes to the desk.
    """
    found = published(country)
    if found is None:
        return compile_ruleset([], {"name": ""}, RegistryIndex(country=country))
    ruleset_id, stamp = found
    kept = _KEPT.get(country)
    if kept and kept.ruleset_id == ruleset_id and kept.stamp == stamp:
        return kept.compiled
    with _LOCK:
        index = index_of(country)
        people = last_change(country, PEOPLE)
        kept = _KEPT.get(country)
        if kept is None or kept.ruleset_id != ruleset_id or kept.compiled.index is not index:
            ready = compiled(RuleSet.objects.get(pk=ruleset_id), index)
            kept = _KEPT[country] = _Kept(ruleset_id, stamp, people, ready)
        elif kept.people_change != people:
            kept.compiled = kept.compiled.with_people(official_names(country))
            kept.people_change = people
        kept.stamp = stamp
        return kept.compiled


def index_of(country: str) -> RegistryIndex:
    """The registry as the engine needs it: one query when its places, offices, types and
    categories have not changed."""
    with _LOCK:
        # Asked before the rest is read: if a change slips in between, the next call reads again.
        change = last_change(country)
        known = _INDEXES.get(country)
        if known is None or known[0] != change:
            _INDEXES[country] = known = (change, registry_index(country))
        return known[1]


def compiled(ruleset: RuleSet, index: RegistryIndex | None = None) -> CompiledRuleset:
    """Any rule set ready to run, a draft too; against the registry as it is, if none is given.

    A rule with a mistake is kept, and sends each case that meets it to the desk. Settings that
    can't be read do so for every case.
    """
    if index is None:
        index = index_of(ruleset.country)
    settings = dict(ruleset.settings)
    name = ruleset.name
    try:
        speller = read_speller(settings)
        rules: list[Rule] = [read_rule_leniently(row, speller) for row in rule_rows(ruleset)]
        made = compile_ruleset(rules, settings, index, name=name, version=ruleset.version)
        return made.with_people(official_names(ruleset.country))
    except MistakenSettings as error:
        broken = compile_ruleset([], {}, index, name=name, version=ruleset.version)
        broken.broken = f"settings: {error}"
        return broken


def forget(country: str | None = None) -> None:
    """Drop what is kept in this process (for tests, and after a load)."""
    for kept in (_KEPT, _INDEXES):
        if country is None:
            kept.clear()
        else:
            kept.pop(country, None)
