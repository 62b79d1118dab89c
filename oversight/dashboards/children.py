"""The tables of a screen: offices below, how they stand and did; a period by subject, place, way in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.models import Office
from oversight.dashboards.asking import Asked, channel_name
from oversight.dashboards.counted import Counted
from oversight.dashboards.state import cases_of, list_url
from oversight.figures.asking import Counts
from oversight.figures.standing import Standing
from oversight.metrics import METRICS

#: Rows of a table on a screen; all of them are a page of their own, so many at a time.
TOP, AT_A_TIME = 10, 100
SHARES = ("answered_in_10_from_filing", "confirmed_resolved")


def children_of(office: Office | None) -> list[Office]:
    """The offices right below one (None: the tops of the tree), closed ones too, in their order."""
    below = Office.objects.filter(country=settings.COUNTRY, parent=office)
    fields = ("code", "names", "country", "path", "closed_at")
    return list(below.only(*fields).order_by("path"))


@dataclass(frozen=True, slots=True)
class Share:
    """A share in a table (0–1, None: nothing), its name, and the list of the cases that it counts."""

    value: float | None
    name: str
    url: str


def _shares(
    asked: Asked,
    office: Office | None,
    counts: Counts,
    *,
    has_list: bool = True,
    **which: object,
) -> tuple[Share, ...]:
    shares = []
    for metric in (METRICS[code] for code in SHARES):
        url = cases_of(asked, office, metric, counts, **which) if has_list else ""
        shares.append(Share(metric.of(counts), str(metric.name), url))
    return tuple(shares)


@dataclass(frozen=True, slots=True)
class ChildRow:
    """An office below with all below it: how it stands, and how its period went.

    `office` is None for what none of them has: it is with the office itself, or with the central desk;
    its period is not counted apart. `bar` is the length of its bar of late cases, 0–100, of the longest.
    `shares` are those of `SHARES`.
    """

    office: Office | None
    name: str
    url: str
    now: Standing
    late_url: str
    open_url: str
    today_url: str
    top_url: str
    bar: int
    received: int = 0
    received_url: str = ""
    shares: tuple["Share", ...] = ()


def bar_length(part: int, whole: int) -> int:
    """How long a bar is, 0–100; never nothing for something."""
    return min(100, max(1, round(100 * part / whole))) if part > 0 and whole > 0 else 0


def child_rows(asked: Asked, found: Counted, children: Sequence[Office]) -> list[ChildRow]:
    """The offices that are shown, those with most late cases first."""
    by_id = {office.pk: office for office in children}
    most = _most(found)
    rows = []
    for pk in found.shown:
        now = found.children_now.get(pk, Standing())
        counts = found.children.get(pk, Counts())
        rows.append(_child(asked, by_id[pk], now, counts, most))
    return rows


def _most(found: Counted) -> int:
    standing = [*found.children_now.values(), left_over(found)]
    return max((now.late for now in standing), default=0)


def _child(asked: Asked, office: Office, now: Standing, counts: Counts, most: int) -> ChildRow:
    received = max(0, counts["received"])
    late, open_, today, top = _urls_now(asked, office, now)
    return ChildRow(
        office=office,
        name=office.name,
        url=reverse("oversight-agency", args=[office.code]) + asked.query,
        now=now,
        late_url=late,
        open_url=open_,
        today_url=today,
        top_url=top,
        bar=bar_length(now.late, most),
        received=received,
        received_url=list_url(asked, office, measure="received") if received else "",
        shares=_shares(asked, office, counts),
    )


def _urls_now(
    asked: Asked, office: Office | None, now: Standing, **which: object
) -> tuple[str, str, str, str]:
    """The lists of what is late, open, due today and at the top level; empty where there is nothing."""

    def url(number: int, **what: object) -> str:
        return list_url(asked, office, **what, **which) if number > 0 else ""

    return (
        url(now.late, state="late"),
        url(now.open, state="open"),
        url(now.today, state="today"),
        url(now.level3, state="late", level=3),
    )


def left_over(found: Counted) -> Standing:
    """What no office below has: at the top of the tree with the desk, else with the office itself."""
    rest = found.now
    for now in found.children_now.values():
        rest.add(now, -1)
    return rest


def rest_row(asked: Asked, office: Office | None, found: Counted) -> ChildRow | None:
    """The same as a row; None where there is nothing of it, or no office below at all."""
    now = left_over(found)
    if now.open <= 0 or not found.children_now:
        return None
    name = _("%(name)s itself") % {"name": office.name} if office else _("The central desk")
    urls = _urls_now(asked, office, now, alone=1)
    return ChildRow(None, name, "", now, *urls, bar_length(now.late, _most(found)))


# --- A period by subject, place, way in ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Slice:
    """A line of a table of a period. `url` is this screen narrowed to it (empty: that cannot be)."""

    name: str
    url: str
    bar: int
    received: int
    received_url: str
    answered: int
    shares: tuple[Share, ...]


def slices(
    asked: Asked, office: Office | None, dimension: str, counts: Mapping[Any, Counts]
) -> list[Slice]:
    """All lines of one dimension, most cases first."""
    busy = {key: one for key, one in counts.items() if one["received"] > 0 or one["answered"] > 0}
    most = max((one["received"] for one in busy.values()), default=0)
    rows = [_slice(asked, office, dimension, key, one, most) for key, one in busy.items()]
    return sorted(rows, key=lambda row: (-row.received, -row.answered, row.name))


def _slice(
    asked: Asked, office: Office | None, dimension: str, key: Any, counts: Counts, most: int
) -> Slice:
    code, name = _named(asked, dimension, key)
    narrowed = _narrowed(asked, dimension, key, code)
    # What is not in the registry any more has no filter.
    has_list = bool(code) or not key
    received = max(0, counts["received"])
    return Slice(
        name=name,
        url=asked.with_(**{dimension: code}) if code else "",
        bar=bar_length(received, most),
        received=received,
        received_url=list_url(asked, office, measure="received", **narrowed)
        if received and has_list
        else "",
        answered=max(0, counts["answered"]),
        shares=_shares(asked, office, counts, has_list=has_list, **narrowed),
    )


def _narrowed(asked: Asked, dimension: str, key: Any, code: str) -> dict[str, object]:
    """What narrows a list to the cases of a line: a subject without those below it, or none given."""
    if not code:
        return {"without": dimension}
    row = _rows(asked, dimension).get(key) if dimension == "category" else None
    is_alone = row is not None and len(asked.trees.subjects.with_below(row)) > 1
    return {dimension: code, "without": "below" if is_alone else ""}


def _named(asked: Asked, dimension: str, key: Any) -> tuple[str, str]:
    """The code of a line, and its name."""
    if dimension == "channel":
        return str(key), channel_name(str(key))
    row = _rows(asked, dimension).get(key)
    if row is not None:
        return row.code, row.name
    return "", _("No subject yet") if dimension == "category" else _("No place")


def _rows(asked: Asked, dimension: str) -> Mapping[int, Any]:
    trees = asked.trees
    return trees.subjects.by_id if dimension == "category" else trees.places.by_id
