"""What a draft would do to past cases, before it is published.

Cases lie in a room above: it registers where facts of past ones come from, when it starts.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from routing.engine import decide
from routing.facts import Decision, Facts
from routing.models import RuleSet
from routing.services.running import compiled, current

#: Takes a country and the most cases wanted; gives the facts of the latest ones.
PastFacts = Callable[[str, int], Iterable[Facts]]

_SOURCES: list[PastFacts] = []


def register_past_facts(source: PastFacts) -> None:
    """Say where dry runs take past cases from (in `AppConfig.ready` of the cases' room)."""
    _SOURCES[:] = [source]


def past_facts(country: str, limit: int = 2000) -> Iterable[Facts] | None:
    """Facts of the latest cases; None where nobody has registered a source."""
    return _SOURCES[0](country, limit) if _SOURCES else None


@dataclass(frozen=True, slots=True)
class Moved:
    """So many cases would go from one office to another; "" is the desk."""

    before: str
    after: str
    count: int


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would change among the cases looked at."""

    total: int
    moves: tuple[Moved, ...]
    to_desk_before: int
    to_desk_after: int

    @property
    def moved(self) -> int:
        """How many would go elsewhere."""
        return sum(move.count for move in self.moves)


def dry_run(draft: RuleSet, facts: Iterable[Facts]) -> DryRun:
    """Decide each case by the set in force and by the draft, and count what differs.

    Nothing is written, and nothing of a case is kept but where it would go.
    """
    in_force, ready = current(draft.country), compiled(draft)
    moves: Counter[tuple[str, str]] = Counter()
    total = desk_before = desk_after = 0
    for case in facts:
        before, after = decide(case, in_force), decide(case, ready)
        total += 1
        desk_before += not before.target
        desk_after += not after.target
        if _where(before) != _where(after):
            moves[_where(before), _where(after)] += 1
    ordered = sorted(moves.items(), key=lambda item: (-item[1], item[0]))
    return DryRun(
        total=total,
        moves=tuple(Moved(*pair, count) for pair, count in ordered),
        to_desk_before=desk_before,
        to_desk_after=desk_after,
    )


def _where(decision: Decision) -> str:
    return decision.target
