"""Figures counted here and now, from all events: inside one transaction too, where the log has none yet."""

from collections.abc import Sequence
from typing import Any

from oversight.figures import keeping, reading
from oversight.figures.asking import Counts, Question
from oversight.figures.periods import days_period


def made() -> None:
    """All figures anew."""
    keeping.rebuild()


def lately(days: int = 30, **parts: Any) -> Question:
    """The last so many days of some cases."""
    return Question(days_period(days), **parts)


def counted(days: int = 30, *, hidden: Sequence[int] = (), **parts: Any) -> Counts:
    """The figures of the last so many days."""
    made()
    return reading.totals(lately(days, **parts), hidden=hidden)
