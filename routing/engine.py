"""Whose case is this? `decide` is pure: the same facts and rule set always give the same decision.

Those who write rules (`routing/packs/<cc>/`) run them from the files by `tests/tryout.py`.
All the conditions of a rule must hold (words AND named AND category ...). A rule with `named` = 1
and neither target nor target_type sends to whichever office is named. Optional settings:

- `place_prefixes`: word of level → level or [levels] of places.csv.gz; in Bangla, and in English in
  a pack with Bangla words of level, it may stand after the name;
- `place_aliases`: name → place code or [codes], what a bare name means ("semarang": "33.74");
- `place_stopwords`: names that are ordinary words too: places only with a word of level beside;
- `never_places`: ["yang", ...], words that are no place even beside a word of level;
- `not_place_after`: ["jalan", "gang", ...], the name after it is a street's;
- `beside`: most words between an official's title and a word of misconduct (8);
- `doubling`: true reads Indonesian "jalan2" as "jalan jalan";
- `calibration`: [[score, share right], ...];
- `opening`: {letters, far, least}: rules whose words come late in the text count less.

Scores: the strengths of the rules that fire for an office are joined as chances (the strongest in
full, the others at a part). Confidence falls as the runner-up comes near.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from routing.compiled import CompiledRule, CompiledRuleset, TermIds
from routing.facts import Decision, DeskBecause, Facts, Reason
from routing.matcher import Found
from routing.misconduct import misconduct_in

#: How much of a further rule's strength counts beside the strongest one's.
FURTHER = 0.4
#: Share of the confidence that an equal runner-up takes away; half for one above or below.
RIVALRY = 0.6
#: How quickly a weaker runner-up stops to matter.
DISTANCE = 3
MOST_RUNNERS_UP = 3

#: A candidate: (office code, "") or, where the place is not known, ("", type code).
Candidate = tuple[str, str]


class _Fired(NamedTuple):
    """A rule that fired, by which alternatives of its words, and the words that name its target."""

    compiled: CompiledRule
    met: list[tuple[int, ...]]
    named: str


@dataclass(slots=True)
class _Reading:
    """What is known of one case while it is decided."""

    facts: Facts
    found: Found
    place: str
    line: frozenset[str]
    categories: frozenset[str]
    offices: dict[str, str]
    types: dict[str, str]
    #: Candidate → the rules that fired for it.
    fired: dict[Candidate, list[_Fired]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    is_wrong: bool = False


def decide(facts: Facts, ruleset: CompiledRuleset) -> Decision:
    """Where the case goes, with reasons; to the desk when in doubt, never to a default."""
    reading = _read(facts, ruleset)
    for position, met in sorted(_waiting(reading, ruleset).items()):
        _try_rule(ruleset.rules[position], met, reading, ruleset)
    _settle_by_name(reading, ruleset)
    scores = {
        candidate: _joined(fired, reading, ruleset)
        for candidate, fired in reading.fired.items()
        if not _stands_in(candidate, reading, ruleset)
    }
    # An office that does not exist at the place comes last: another's rule may answer for it.
    order = sorted(
        scores,
        key=lambda candidate: (
            _is_uncovered(candidate, reading.place, ruleset), -scores[candidate], candidate
        ),
    )  # fmt: skip
    misconduct = misconduct_in(reading.found, ruleset)
    best = order[0] if order else None
    confidence = _confidence(order, scores, reading.place, ruleset)
    if best and _is_uncovered(best, reading.place, ruleset):
        reading.errors.append(f"no office of the type {best[1]} covers {reading.place}")
    because = _desk_because(facts, reading, ruleset, misconduct, best, confidence)
    reasons = _reasons(reading, best)
    if misconduct:
        reasons = (misconduct, *reasons)
    office = best[0] if best else ""
    return Decision(
        target="" if because else office,
        suggested=office,
        confidence=round(confidence, 3),
        reasons=reasons,
        runners_up=tuple(
            (candidate[0], round(scores[candidate], 3)) for candidate in order[1:] if candidate[0]
        )[:MOST_RUNNERS_UP],
        place=reading.place,
        desk_because=because,
        ruleset=ruleset.name,
        version=ruleset.version,
        errors=tuple(dict.fromkeys(reading.errors)),
        words_found=tuple(dict.fromkeys(word for reason in reasons for word in reason.found)),
    )


def _read(facts: Facts, ruleset: CompiledRuleset) -> _Reading:
    """One pass over the text, and what follows from it."""
    text = ruleset.speller.comparable(facts.text)
    if facts.agency_named:
        # The line break keeps phrases from running over into what was typed elsewhere.
        text = f"{text}\n{ruleset.speller.comparable(facts.agency_named)}"
    found = ruleset.matcher.scan(text)
    index = ruleset.index
    place = ruleset.gazetteer.find(found, facts.place)
    reading = _Reading(
        facts=facts,
        found=found,
        place=place,
        line=frozenset(index.line(place)),
        categories=frozenset(index.category_line(facts.category)),
        offices={},
        types={},
    )
    if facts.place and facts.place not in index.places:
        reading.errors.append(f"place {facts.place!r} is not in the registry")
    if ruleset.broken:
        reading.errors.append(ruleset.broken)
        reading.is_wrong = True
    if facts.category and facts.category not in index.categories:
        reading.errors.append(f"category {facts.category!r} is not in the registry")
    if facts.agency_named in index.offices:
        reading.offices[facts.agency_named] = facts.agency_named
    for start, end, name in _longest(found.offices):
        offices, types = ruleset.office_names[name]
        words = found.words((start, end))
        for code in offices:
            reading.offices.setdefault(code, words)
        for code in types:
            reading.types.setdefault(code, words)
    return reading


def _longest(hits: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Names that are not part of a longer name."""
    kept: list[tuple[int, int, int]] = []
    reach = -1
    for start, end, name in sorted(set(hits), key=lambda hit: (hit[0], -hit[1], hit[2])):
        if end > reach or (kept and kept[-1][:2] == (start, end)):
            kept.append((start, end, name))
            reach = max(reach, end)
    return kept


def _waiting(reading: _Reading, ruleset: CompiledRuleset) -> dict[int, list[tuple[int, ...]]]:
    """Positions of the rules worth trying, each with the alternatives of its words that are met."""
    terms = reading.found.terms
    waiting: dict[int, list[tuple[int, ...]]] = {position: [] for position in ruleset.always}
    for category in reading.categories:
        for position in ruleset.by_category.get(category, ()):
            waiting[position] = []
    for term in terms:
        for position, needed in ruleset.by_term.get(term, ()):
            if len(needed) == 1 or all(other in terms for other in needed):
                waiting.setdefault(position, []).append(needed)
    return waiting


def _try_rule(
    compiled: CompiledRule,
    met: list[tuple[int, ...]],
    reading: _Reading,
    ruleset: CompiledRuleset,
) -> None:
    """Add the rule to its candidates if all its conditions hold."""
    if compiled.not_words and _any_of(compiled.not_words, reading.found.terms):
        return
    if compiled.is_plain and compiled.rule.target:
        reading.fired.setdefault((compiled.rule.target, ""), []).append(_Fired(compiled, met, ""))
        return
    if not (compiled.is_plain or _others_hold(compiled, reading)):
        return
    if compiled.errors:
        if compiled.rule.named and not compiled.rule.broken and not _named(compiled, reading):
            return
        reading.errors.extend(compiled.errors)
        reading.is_wrong = True
        return
    for candidate, named in _candidates(compiled, reading, ruleset):
        reading.fired.setdefault(candidate, []).append(_Fired(compiled, met, named))


def _others_hold(compiled: CompiledRule, reading: _Reading) -> bool:
    """Whether the conditions beside the words hold; one that is broken is taken as holding."""
    rule, facts = compiled.rule, reading.facts
    broken = {mistake.field for mistake in rule.broken}
    for name, wanted, there in (
        ("category", compiled.category, reading.categories),
        ("place", compiled.place, reading.line),
    ):
        if wanted and name not in broken and wanted.isdisjoint(there):
            return False
    for name, values, value in (
        ("kind", rule.kind, facts.kind),
        ("channel", rule.channel, facts.channel),
        ("language", rule.language, facts.language),
    ):
        if values and name not in broken and value not in values:
            return False
    return not compiled.names or _any_of(compiled.names, reading.found.terms)


def _any_of(alternatives: TermIds, terms: dict[int, tuple[int, int]]) -> bool:
    return any(all(term in terms for term in needed) for needed in alternatives)


def _named(compiled: CompiledRule, reading: _Reading) -> str:
    """The words that name the target of the rule; "" if they are not there."""
    rule = compiled.rule
    if rule.target_type:
        return reading.types.get(rule.target_type, "")
    if rule.target:
        return reading.offices.get(rule.target, "")
    return next(iter((*reading.offices.values(), *reading.types.values())), "")


def _candidates(
    compiled: CompiledRule, reading: _Reading, ruleset: CompiledRuleset
) -> Iterable[tuple[Candidate, str]]:
    """Whom the rule is for, each with the words that name it (if it asks for a name)."""
    rule, index = compiled.rule, ruleset.index
    if not (rule.target or rule.target_type):
        yield from (((code, ""), words) for code, words in sorted(reading.offices.items()))
        for code, words in sorted(reading.types.items()):
            office = index.office_covering(code, reading.place)
            yield (office, "" if office else code), words
        return
    words = ""
    if rule.named:
        words = _named(compiled, reading)
        chosen = index.offices.get(reading.facts.agency_named)
        if rule.target_type and chosen and chosen.type == rule.target_type:
            yield (chosen.code, ""), chosen.code
            return
        if not words:
            return
    if rule.target:
        yield (rule.target, ""), words
        return
    office = index.office_covering(rule.target_type, reading.place)
    yield (office, "" if office else rule.target_type), words


def _reasons(reading: _Reading, best: Candidate | None) -> tuple[Reason, ...]:
    """Why the rules for the best candidate fired, the strongest first."""
    fired = reading.fired.get(best, []) if best else []
    reasons = [_reason(rule, reading) for rule in fired]
    return tuple(sorted(reasons, key=lambda reason: (-reason.strength, reason.rule)))


def _reason(fired: _Fired, reading: _Reading) -> Reason:
    compiled, named = fired.compiled, fired.named
    rule, terms = compiled.rule, reading.found.terms
    alternatives = (
        *fired.met,
        *(needed for needed in compiled.names if all(term in terms for term in needed)),
    )
    found = [reading.found.words(terms[term]) for needed in alternatives for term in needed]
    conditions = [
        *(f"category:{code}" for code in sorted(compiled.category & reading.categories)),
        *(f"place:{code}" for code in sorted(compiled.place & reading.line)),
        *([f"named:{named}"] if named else []),
        *([f"kind:{reading.facts.kind}"] if rule.kind else []),
        *([f"channel:{reading.facts.channel}"] if rule.channel else []),
        *([f"language:{reading.facts.language}"] if rule.language else []),
        *([f"covers:{reading.place}"] if rule.target_type and reading.place else []),
        *([f"type:{rule.target_type}"] if rule.target_type else []),
    ]
    if named:
        found.append(named)
    return Reason(
        rule=rule.code,
        note=rule.note,
        strength=rule.strength,
        found=tuple(dict.fromkeys(found)),
        conditions=tuple(conditions),
    )


def _settle_by_name(reading: _Reading, ruleset: CompiledRuleset) -> None:
    """Rules that ask for an office of a type, without a place to tell which, speak for the one
    office of the type that is named: "electricity" and "DPDC" are no rivals."""
    index = ruleset.index
    for office, type_code in [candidate for candidate in reading.fired if not candidate[0]]:
        named = [code for code in reading.offices if index.offices[code].type == type_code]
        if len(named) == 1 and (named[0], "") in reading.fired:
            reading.fired[named[0], ""] += reading.fired.pop((office, type_code))


def _stands_in(candidate: Candidate, reading: _Reading, ruleset: CompiledRuleset) -> bool:
    """Whether a head office that was asked for as well takes what no branch can, for want of a
    place: an insurer's, but no city's office, since cities have no head office in common."""
    office, type_code = candidate
    head = "" if office else ruleset.index.head_of(type_code)
    return bool(head) and (head, "") in reading.fired


def _joined(fired: list[_Fired], reading: _Reading, ruleset: CompiledRuleset) -> float:
    """Strengths as chances: the strongest in full, each further one at a part."""
    opening = ruleset.settings.opening
    strengths = sorted(
        (
            rule.compiled.rule.strength * (opening.share(_start(rule, reading)) if opening else 1)
            for rule in fired
        ),
        reverse=True,
    )
    doubt = 1 - strengths[0] / 100
    for strength in strengths[1:]:
        doubt *= 1 - strength / 100 * FURTHER
    return 1 - doubt


def _start(fired: _Fired, reading: _Reading) -> int:
    """Where in the text the words of the rule are first all there; 0 for a rule without words."""
    terms = reading.found.terms
    return min(
        (max(terms[term][0] for term in needed) for needed in fired.met if needed), default=0
    )


def _is_uncovered(candidate: Candidate, place: str, ruleset: CompiledRuleset) -> bool:
    """Whether the place is known, but no office of the type asked for covers it."""
    return not candidate[0] and ruleset.index.is_deep_enough(candidate[1], place)


def _confidence(
    order: list[Candidate], scores: dict[Candidate, float], place: str, ruleset: CompiledRuleset
) -> float:
    """0–1: the best score, less as its nearest rival comes near, on the pack's calibration."""
    if not order:
        return 0.0
    best = scores[order[0]]
    line = set(ruleset.index.office_line(order[0][0]))
    loss = 0.0
    for rival in order[1:]:
        if _is_uncovered(rival, place, ruleset):
            # An office that does not exist there is nobody's rival.
            continue
        nearness = (scores[rival] / best) ** DISTANCE if best else 0.0
        if rival[0] in line or order[0][0] in ruleset.index.office_line(rival[0]):
            loss = max(loss, RIVALRY / 2 * nearness)
            continue
        loss = max(loss, RIVALRY * nearness)
        # Those that follow are weaker still.
        break
    return _calibrated(best * (1 - loss), ruleset.settings.calibration)


def _calibrated(score: float, points: tuple[tuple[float, float], ...]) -> float:
    """Along straight lines between the points; (0, 0) and (1, last) are there without saying."""
    if not points:
        return score
    before = (0.0, 0.0)
    for point in points:
        if score <= point[0]:
            width = point[0] - before[0]
            share = (score - before[0]) / width if width else 1.0
            return before[1] + share * (point[1] - before[1])
        before = point
    return before[1]


def _desk_because(
    facts: Facts,
    reading: _Reading,
    ruleset: CompiledRuleset,
    misconduct: Reason | None,
    best: Candidate | None,
    confidence: float,
) -> DeskBecause:
    """Why a person must look, most serious first; "" if none needs to."""
    if facts.sensitive:
        return "sensitive"
    if misconduct:
        return "misconduct"
    if reading.is_wrong:
        return "rule_error"
    if best is None:
        return "no_rule"
    if not best[0]:
        uncovered = _is_uncovered(best, reading.place, ruleset)
        return "rule_error" if uncovered else "place_needed"
    return "below_threshold" if confidence < ruleset.settings.threshold else ""
