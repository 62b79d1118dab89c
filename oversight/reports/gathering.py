"""The figures of a report, taken once and written down: public ones alone, as plain data.

Figures are METRICS and STATES (`oversight.metrics`). The country's are of all its cases; those of its
parts of public ones, to the nearest five, and nothing that rests on fewer than five
(`oversight.open.suppressing`). What is written is what may be published: the rest is not in it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db.models import F, Q

from agencies.models import Category, Office, Place
from complaints import moment
from complaints.models.case import Kind
from complaints.views.officer.wording import CHANNELS
from oversight.audits import rates
from oversight.figures import reading, standing
from oversight.figures.asking import COUNTRYS_IN_PUBLIC, PUBLIC, Counts, Question
from oversight.figures.backlog import AGES
from oversight.figures.periods import Period
from oversight.issues.selectors import LEAST_PEOPLE, public_issues
from oversight.measures import ASIDE
from oversight.metrics import LEAST_CASES, METRICS, STATES, Metric
from oversight.open.suppressing import hidden_parts, is_small, rounded
from oversight.reports.calendar import Reported
from record.models import TreeHead

#: Raised when what is written down changes.
FORMAT = 1
#: The country's figures, in the order in which they are told.
COUNTRY_CODES = tuple(code for code in METRICS if code != "merged")
#: The figures by month, by agency and by the other parts.
MONTH_CODES = (
    *("received", "answered", "closed", "answered_in_10_from_filing"),
    *("answered_in_10_from_forward", "confirmed_resolved"),
)
PART_CODES = (
    *("received", "answered", "answered_in_10_from_filing", "answered_in_10_from_forward"),
    *("confirmed_resolved", "satisfaction", "median_days"),
)
#: What became of the answers: parts of `answered`, and the rest of it.
OUTCOMES = ("confirmed", "silence", "awaited", "contested")
#: The level of places that the country's map has.
MAP_LEVELS = {"bd": "district", "id": "province"}
MOST_ISSUES = 20
#: How many steps `gather` tells of.
STEPS = 12

Tell = Callable[[int], None]
Data = dict[str, Any]


def gather(reported: Reported, tell: Tell = lambda _step: None) -> Data:
    """All figures of a report on that period, as they stand now. `tell` is told each step."""
    asked = Question(reported.period, sides=COUNTRYS_IN_PUBLIC)
    public = Question(reported.period, sides=PUBLIC)
    totals = [_totals(asked.during(p)) for p in _compared(reported)]
    tell(1)
    data: Data = {
        "format": FORMAT,
        "country": settings.COUNTRY,
        "code": reported.code,
        "start": reported.period.start.isoformat(),
        "end": reported.period.end.isoformat(),
        "is_so_far": reported.is_so_far,
        "before": [_days_of(period) for period in _compared(reported)[1:]],
        "made_at": moment.now().isoformat(),
        "figures": {code: _beside(METRICS[code], totals) for code in COUNTRY_CODES},
        "appeals": {n: _number(totals[0][n]) for n in ("appealed", "decided", "upheld")},
        "outcomes": [_outcomes(totals[0]), _outcomes(totals[1])],
    }
    tell(2)
    data["months"] = _months(reported, asked)
    tell(4)
    data["agencies"] = _agencies(public, reported)
    tell(6)
    for step, (name, made) in enumerate(_DIMENSIONS.items(), start=7):
        data[name] = made(public, reported)
        tell(step)
    data |= {
        "map": _map(public),
        "standing": _standing(asked),
        "issues": _issues(reported.period),
        "aside": _number(reading.totals(_aside(asked), bands=False)["received"]),
        "record": _head(reported.period),
    }
    tell(STEPS)
    return data


def is_empty(data: Data) -> bool:
    """Whether nothing was filed and nothing answered in the period."""
    return not any(data["figures"][code]["value"] or data["figures"][code]["few"]
                   for code in ("received", "answered", "closed"))  # fmt: skip


def _compared(reported: Reported) -> list[Period]:
    """The period, the one before, and for a month the same month of the year before."""
    others = [reported.before, reported.year_before]
    return [reported.period, *(others[:1] if reported.is_year else others)]


def _days_of(period: Period) -> Data:
    return {"code": period.code, "start": period.start.isoformat(), "end": period.end.isoformat()}


def _totals(question: Question) -> Counts:
    counts = reading.totals(question)
    rates.add_to(counts, question)
    return counts


def _aside(question: Question) -> Question:
    return Question(question.period, sides=(ASIDE,))


# --- Figures ----------------------------------------------------------------------------------


def public(metric: Metric, counts: Counts, *, is_part: bool = False) -> Data:
    """A figure as it may be published. `few`: there is one, of too few cases to be said.

    Of a part of the country numbers are to the nearest five.
    """
    value, base = metric.of(counts), metric.rests_on(counts)
    if metric.unit == "count":
        few = is_small(int(value or 0))
        whole = int(value or 0)
        shown = None if few else rounded(whole) if is_part else whole
        return {"value": shown, "few": few}
    if value is None or base < LEAST_CASES:
        return {"value": None, "few": value is not None}
    interval = metric.interval_of(counts)
    figure: Data = {"value": _short(value), "few": False}
    figure["base"] = rounded(base) if is_part else base
    if interval:
        figure["low"], figure["high"] = (_short(end) for end in interval)
    return figure


def _short(value: float) -> float:
    return round(value, 4)


def _beside(metric: Metric, all_counts: list[Counts]) -> Data:
    """A figure with those of the periods beside it."""
    figure = public(metric, all_counts[0])
    return figure | {"before": [public(metric, counts)["value"] for counts in all_counts[1:]]}


def _number(number: int) -> int | None:
    return None if is_small(number) else number


def _outcomes(counts: Counts) -> dict[str, int | None]:
    parts = {name: counts[name] for name in OUTCOMES}
    parts["other"] = max(0, counts["answered"] - sum(parts.values()))
    hidden = hidden_parts(parts)
    return {name: None if name in hidden else number for name, number in parts.items()}


def _months(reported: Reported, asked: Question) -> Data:
    """A line a month: the year's, or the thirteen up to a month; and the same of the year before."""
    period = reported.period
    start = period.start if reported.is_year else period.start.replace(year=period.start.year - 1)
    shown = Period("", start, period.end)
    if not shown.by_months:
        # A year of which not a hundred days are over: by months nevertheless.
        shown = Period("", start, reported.whole.end)
    found = reading.trend(asked.during(shown))
    earlier = reading.trend(asked.during(Period("", *_year_earlier(shown))))
    lines = [
        {
            "on": day.isoformat(),
            "before": public(METRICS["received"], before)["value"],
            "figures": {code: public(METRICS[code], counts)["value"] for code in MONTH_CODES},
        }
        for (day, counts), before in zip(found.items(), earlier.values(), strict=True)
        if day < period.end
    ]
    return {"lines": lines, "running": reported.is_so_far}


def _year_earlier(period: Period) -> tuple[Any, Any]:
    before = period.year_before()
    # Whole months: the same number of them.
    return before.start, before.end


# --- Parts of the country -----------------------------------------------------------------------


def _parts(
    found: Mapping[Any, Counts], before: Mapping[Any, Counts] | None, named: Mapping[Any, Data]
) -> Data:
    """A row for each part of which enough can be said, most cases first; and how many have too few."""
    rows, few = [], 0
    for key, counts in found.items():
        most = max(counts["received"], counts["answered"])
        if key not in named or not most:
            continue
        if most < LEAST_CASES:
            few += 1
            continue
        figures = {code: public(METRICS[code], counts, is_part=True) for code in PART_CODES}
        row = named[key] | {"figures": figures}
        if before is not None:
            then = before.get(key, Counts())
            row["before"] = public(METRICS["received"], then, is_part=True)
        rows.append(row)
    rows.sort(key=lambda row: (-(row["figures"]["received"]["value"] or 0), row["code"]))
    return {"rows": rows, "few": few}


def _agencies(public_cases: Question, reported: Reported) -> Data:
    """Each agency with all below it."""
    agencies = Office.objects.filter(country=settings.COUNTRY, agency=F("pk"))
    rows = agencies.only("code", "names", "country").in_bulk()
    nodes = list(rows)
    found = reading.by_node(public_cases, nodes)
    before = _whole_before(public_cases, reported, lambda asked: reading.by_node(asked, nodes))
    named = {pk: {"code": row.code, "names": row.names} for pk, row in rows.items()}
    return _parts(found, before, named)


def _categories(public_cases: Question, reported: Reported) -> Data:
    rows = Category.objects.filter(country=settings.COUNTRY)
    named = {row.pk: {"code": row.code, "names": row.names} for row in rows}
    return _by("category", public_cases, reported, named | {0: _nothing("category")})


def _districts(public_cases: Question, reported: Reported) -> Data:
    named = {row.pk: {"code": row.code, "names": row.names} for row in _places().values()}
    return _by("district", public_cases, reported, named | {0: _nothing("district")})


def _channels(public_cases: Question, reported: Reported) -> Data:
    return _by("channel", public_cases, reported, {code: _nothing(code) for code in CHANNELS})


def _kinds(public_cases: Question, reported: Reported) -> Data:
    return _by("kind", public_cases, reported, {code: _nothing(code) for code in Kind.values})


_DIMENSIONS: dict[str, Callable[[Question, Reported], Data]] = {
    "categories": _categories,
    "districts": _districts,
    "channels": _channels,
    "kinds": _kinds,
}


def _nothing(code: str) -> Data:
    """A part whose name is one of the portal's own words."""
    return {"code": code, "names": {}}


def _by(
    dimension: str, public_cases: Question, reported: Reported, named: Mapping[Any, Data]
) -> Data:
    found = reading.by(public_cases, dimension)
    before = _whole_before(public_cases, reported, lambda asked: reading.by(asked, dimension))
    return _parts(found, before, named)


def _whole_before(
    public_cases: Question, reported: Reported, read: Callable[[Question], Mapping[Any, Counts]]
) -> Mapping[Any, Counts] | None:
    """The parts of the period before; None for one so far: no sums are kept of its days a year ago."""
    return None if reported.is_so_far else read(public_cases.during(reported.before))


def _places() -> dict[int, Place]:
    """The places by which figures are counted: the second level, and the first."""
    places = Place.objects.filter(country=settings.COUNTRY, path__regex=r"^[^/]+/([^/]+/)?$")
    return places.only("code", "names", "path", "level", "parent_id").in_bulk()


def _map(public_cases: Question) -> Data:
    """The parts that the map shows: the districts, or the provinces with all in them."""
    level, places = MAP_LEVELS[settings.COUNTRY], _places()
    found = _at_level(reading.by(public_cases, "district"), places, level)
    named = {
        row.pk: {"code": row.code, "names": row.names}
        for row in places.values()
        if row.level == level
    }
    return _parts(found, None, named) | {"level": level}


def _at_level(
    found: Mapping[Any, Counts], places: Mapping[int, Place], level: str
) -> dict[int, Counts]:
    together: dict[int, Counts] = {}
    for pk, counts in found.items():
        place = places.get(pk)
        if place is not None and place.level != level:
            place = places.get(place.parent_id or 0, place)
        if place is not None and place.level == level:
            together.setdefault(place.pk, Counts()).add(counts)
    return together


# --- Now, and beside the figures ----------------------------------------------------------------


def _standing(asked: Question) -> Data:
    """The open cases as they were last counted, by age: what is small is not said."""
    now, at = standing.standing(asked), standing.counted_at()
    ages, late_ages = (_bands(numbers) for numbers in (now.ages, now.late_ages))
    bands = [
        {"last": last, "open": number, "late": late}
        for last, number, late in zip((*AGES, None), ages, late_ages, strict=True)
    ]
    states: Data = {}
    for code, state in STATES.items():
        value = state.value(now)
        small = is_small(int(value or 0)) if state.unit == "count" else now.open < LEAST_CASES
        states[code] = None if small or value is None else _short(value)
    return {"states": states, "ages": bands, "at": at.isoformat() if at else None}


def _bands(numbers: Sequence[int]) -> list[int | None]:
    """Parts of a sum that is published: what could point at a person is not said."""
    hidden = hidden_parts(dict(enumerate(numbers)))
    return [None if place in hidden else number for place, number in enumerate(numbers)]


def _issues(period: Period) -> list[Data]:
    """What became public, or was put right, in the period; newest first."""
    end = period.end
    fixed = Q(fixed_on__gte=period.start, fixed_on__lt=end)
    issues: Any = public_issues().filter(published_at__date__lt=end)
    rows = issues.filter(Q(published_at__date__gte=period.start) | fixed)
    return [
        {
            "title": issue.title,
            "language": issue.language,
            "state": str(issue.state),
            "you_said": issue.you_said,
            "we_did": issue.we_did,
            "office": issue.owner.names,
            "people": issue.cases if issue.cases >= LEAST_PEOPLE else None,
        }
        for issue in rows[:MOST_ISSUES]
    ]


def _head(period: Period) -> Data | None:
    """The record as it stood at the end of the period's last day, or last before it."""
    head = TreeHead.objects.filter(day__lt=period.end).order_by("-day").first()
    if head is None:
        return None
    return {"day": head.day.isoformat(), "size": head.size, "root": bytes(head.root).hex()}
