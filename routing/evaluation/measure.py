"""Runs complaints with known agencies through a rule set, and counts.

A row is judged by sector and level (of the office chosen against the row's own) and, where the
registry knows one office for the agency that was addressed, by that office exactly.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from routing.batch import facts_for
from routing.compiled import CompiledRuleset
from routing.engine import decide
from routing.evaluation.labels import level_of, sector_of, sector_of_name
from routing.facts import Decision
from routing.place_names import place_code
from routing.text import plain

Row = Mapping[str, str]
BINS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)


@dataclass(frozen=True, slots=True)
class Judged:
    """One row: what was decided, and what about the office chosen (or suggested) is right.

    `exact` is None where the registry has no single office for the agency of the row.
    """

    decision: Decision
    sector: bool
    level: bool
    exact: bool | None
    in_line: bool | None
    addressed: str


@dataclass(frozen=True, slots=True)
class Share:
    """So many right of so many."""

    right: int
    of: int

    @property
    def share(self) -> float:
        """0–1; 0 of nothing is 0."""
        return self.right / self.of if self.of else 0.0

    def __str__(self) -> str:
        return f"{self.right} of {self.of} ({self.share:.1%})"


@dataclass(slots=True)
class Figures:
    """The figures of one run."""

    rows: int
    sent: int
    desk: dict[str, int]
    #: Name of the figure → all rows: what was sent, or else suggested.
    guess: dict[str, Share] = field(default_factory=dict)
    #: The same among the rows that were sent.
    when_sent: dict[str, Share] = field(default_factory=dict)
    #: (from, to) confidence → sector right.
    calibration: list[tuple[float, float, Share]] = field(default_factory=list)


def addressed_office(ruleset: CompiledRuleset, label: str, city: str) -> str:
    """Our office for the name of an agency and its city; "" if there is none, or several.

    Of several names in a label the first one counts, and of those the longest.
    """
    index = ruleset.index
    text = ruleset.speller.comparable(label)
    found = ruleset.matcher.scan(text)
    place = ruleset.gazetteer.find(found, place_code(ruleset, city))
    hits = [(start, -end, name) for start, end, name in found.offices]
    offices: set[str] = set()
    types: set[str] = set()
    if hits:
        first = min(hits)[:2]
        for start, end, name in hits:
            if (start, end) == first:
                offices |= ruleset.office_names[name][0]
                types |= ruleset.office_names[name][1]
    if not hits or min(hits)[0] > 0:
        # "Kecamatan" and "RSUD" say what a place is, too, so they are not looked for as names.
        types |= {
            kind.code
            for kind in index.types.values()
            if kind.level and any(text.startswith(plain(name)) for name in kind.names)
        }
    covering = {index.office_covering(code, place) for code in types} - {""}
    named = covering or offices
    return named.pop() if len(named) == 1 else ""


def judge(ruleset: CompiledRuleset, row: Row, *, with_place: bool) -> Judged:
    """Route one row, with its city as the place or by its text alone."""
    index = ruleset.index
    text = f"{row.get('subject', '')}\n{row['text']}"
    place = row.get("city", "") if with_place else ""
    decision = decide(facts_for(ruleset, text, place=place), ruleset)
    chosen = decision.target or decision.suggested
    office = index.offices.get(chosen)
    addressed = addressed_office(ruleset, row["agency_label"], row.get("city", ""))
    line = set(index.office_line(chosen)) if chosen else set()
    in_line = addressed in line or chosen in set(index.office_line(addressed))
    return Judged(
        decision=decision,
        sector=bool(office) and sector_of(index.offices[chosen], index) == row["sector"],
        level=bool(office) and level_of(index.offices[chosen], index) == row["agency_level_guess"],
        exact=chosen == addressed if addressed else None,
        in_line=bool(chosen) and in_line if addressed else None,
        addressed=addressed,
    )


def figures(judged: Iterable[Judged], threshold: float) -> Figures:
    """All figures, as if `threshold` were the rule set's."""
    rows = list(judged)
    sent = [row for row in rows if _is_sent(row, threshold)]
    desk = Counter(_why(row) for row in rows if not _is_sent(row, threshold))
    return Figures(
        rows=len(rows),
        sent=len(sent),
        desk=dict(sorted(desk.items())),
        guess=_shares(rows),
        when_sent=_shares(sent),
        calibration=_calibration(rows),
    )


def _is_sent(row: Judged, threshold: float) -> bool:
    decision = row.decision
    may = decision.desk_because in ("", "below_threshold")
    return may and bool(decision.suggested) and decision.confidence >= threshold


def _why(row: Judged) -> str:
    return row.decision.desk_because or "below_threshold"


def _shares(rows: list[Judged]) -> dict[str, Share]:
    known = [row for row in rows if row.exact is not None]
    return {
        "sector": _share(rows, lambda row: row.sector),
        "level": _share(rows, lambda row: row.level),
        "sector and level": _share(rows, lambda row: row.sector and row.level),
        "exact agency, where the registry has one": _share(known, lambda row: bool(row.exact)),
        "that agency, or one above or below it": _share(known, lambda row: bool(row.in_line)),
    }


def _share(rows: list[Judged], is_right: Callable[[Judged], bool]) -> Share:
    return Share(sum(map(is_right, rows)), len(rows))


def _calibration(rows: list[Judged]) -> list[tuple[float, float, Share]]:
    answer = []
    for low, high in pairwise(BINS):
        inside = [
            row for row in rows
            if row.decision.suggested and low <= row.decision.confidence < high
        ]  # fmt: skip
        answer.append((low, min(high, 1.0), _share(inside, lambda row: row.sector)))
    return answer


def threshold_for(judged: Iterable[Judged], precision: float) -> float | None:
    """The lowest threshold (in steps of 0.01) at which so many of the rows sent are of the right
    sector; None if there is none."""
    rows = list(judged)
    for step in range(1, 100):
        sent = [row for row in rows if _is_sent(row, step / 100)]
        if sent and _share(sent, lambda row: row.sector).share >= precision:
            return step / 100
    return None


def label_agreement(rows: Iterable[Row]) -> Share:
    """How often our guess of a sector from the agency's name is the sample's own sector."""
    found = list(rows)
    return Share(sum(sector_of_name(row["agency_label"]) == row["sector"] for row in found),
                 len(found))  # fmt: skip
