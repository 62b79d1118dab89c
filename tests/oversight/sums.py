"""Sums as the worker would keep them, written by hand: what rises, and what alarms, takes many cases."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.core.cache import cache
from django.utils import timezone

from agencies.models import Category, Office, Place
from oversight.figures.periods import today
from oversight.measures import ALL, ALL_CODES, CUTS
from oversight.models import Backlog, Kept, Tally
from oversight.rising import DAYS


def kept(**parts: object) -> Kept:
    """Figures are kept by the day since long ago, and the open cases were just counted."""
    now = timezone.now()
    given = {"country": "bd", "days_since": date(2020, 1, 1), "kept_at": now, "backlog_at": now}
    found, _made = Kept.objects.update_or_create(pk=1, defaults={**given, **parts})
    return found


def _keys(cut: tuple[str, ...], node: Office | None, **parts: object) -> dict[str, object]:
    alls = {"category": ALL, "district": ALL, "channel": ALL_CODES, "kind": ALL_CODES}
    return {"node": node.pk if node else 0, "cut": CUTS.index(cut), "side": 0, **alls, **parts}


def received(
    counts: Sequence[int],
    category: Category | None = None,
    *,
    at: Office | None = None,
    district: Place | None = None,
    end: date | None = None,
) -> None:
    """So many cases on each of the days before today (or `end`), the last one yesterday."""
    parts: dict[str, object] = {}
    if category is not None:
        parts["category"] = category.pk
    if district is not None:
        parts["district"] = district.pk
    keys = _keys(tuple(parts), at, **parts)
    first = (end or today()) - timedelta(days=len(counts))
    Tally.objects.bulk_create(
        Tally(grain="d", on=first + timedelta(days=number), received=count, **keys)
        for number, count in enumerate(counts)
        if count
    )
    cache.clear()


def backlog(open_: int, late: int, at: Office | None = None, **parts: object) -> None:
    """So many open cases, of which so many are late; what was there before is gone."""
    keys = _keys(tuple(parts), at, **parts)
    Backlog.objects.filter(**keys).delete()
    counts = {"open": open_, "late": late, "today": 0, "level1": 0, "level2": 0, "level3": 0}
    Backlog.objects.create(
        **keys, **counts, stage="resolve", waiting=0, ages=[open_, 0, 0, 0, 0, 0],
        late_ages=[late, 0, 0, 0, 0, 0],
    )  # fmt: skip


def quiet_others(*categories: Category, a_day: int = 10) -> None:
    """Subjects that are as ever, beside the one that is looked at."""
    for category in categories:
        received([a_day] * DAYS, category)
