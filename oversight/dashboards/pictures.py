"""The charts of a screen: what is late where, how old the open cases are, how the period went."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agencies.models import Office
from oversight.charts import AgeBand, Bar, Chart, Frame, Series, Stack, Step, Unit, bars, stacked
from oversight.charts import ageing as draw_ages
from oversight.charts import trend as draw_trend
from oversight.charts.words import number
from oversight.dashboards.asking import Asked, period_name
from oversight.dashboards.children import ChildRow
from oversight.dashboards.counted import Counted
from oversight.dashboards.measures import BECAME, became, became_names
from oversight.dashboards.state import cases_of, days_of, list_url
from oversight.figures.asking import Counts, added
from oversight.figures.backlog import AGES
from oversight.metrics import METRICS, Metric

WEEK = 7
#: Bars on a screen; all offices are on the page behind.
MOST_BARS = 12


def _language() -> str:
    return get_language() or "en"


def _number(value: float, unit: Unit = Unit.COUNT) -> str:
    return number(value, unit, _language())


def late_where(rows: Sequence[ChildRow], late: int) -> Chart | None:
    """Where the late cases are, most first; None where nothing is late."""
    some = sorted((row for row in rows if row.now.late > 0), key=lambda row: -row.now.late)
    if not some:
        return None
    first = some[0]
    finding = _("%(name)s: %(part)s of %(whole)s late cases.") % {
        "name": first.name,
        "part": _number(first.now.late),
        "whole": _number(late),
    }
    frame = Frame("late-where", _("Late, by office"), finding, _("Office"), _language())
    drawn = [Bar(row.name, row.now.late, link=row.late_url) for row in some[:MOST_BARS]]
    return bars(frame, drawn, unit=Unit.COUNT, value_name=_("Late"), late=True)


def age_names() -> list[str]:
    """The bands of ages in words: "0–3 days", …, "more than 365 days"."""
    names, first = [], 0
    for last in AGES:
        names.append(
            _("%(first)s–%(last)s days") % {"first": _number(first), "last": _number(last)}
        )
        first = last + 1
    return [*names, _("more than %(last)s days") % {"last": _number(AGES[-1])}]


def ageing(asked: Asked, office: Office | None, found: Counted) -> Chart | None:
    """The open cases by age, the late part apart; None where none is open."""
    now = found.now
    if now.open <= 0:
        return None
    old, old_late = max(0, sum(now.ages[3:])), max(0, sum(now.late_ages[3:]))
    finding = _(
        "%(part)s of %(whole)s open cases are older than 30 days; %(late)s of these are late."
    )
    words = {"part": _number(old), "whole": _number(now.open), "late": _number(old_late)}
    frame = Frame("ageing", _("How old the open cases are"), finding % words, _("Age"), _language())
    columns = []
    for place, name in enumerate(age_names()):
        late = max(0, now.late_ages[place])
        in_time = max(0, now.ages[place] - late)
        columns.append(age_band(asked, office, name, place, in_time=in_time, late=late))
    return draw_ages(frame, columns)


def age_band(
    asked: Asked,
    office: Office | None,
    name: str,
    place: int,
    *,
    in_time: int,
    late: int,
    **which: object,
) -> AgeBand:
    """A column of open cases by age with the lists behind its numbers; `place` is that of its band."""
    numbers = {"in_time": in_time, "late": late, "open": in_time + late}
    links = tuple(
        list_url(asked, office, state=state, age=place + 1, **which) if number else ""
        for state, number in numbers.items()
    )
    return AgeBand(name, in_time, late, links[-1], links)


def trend(asked: Asked, office: Office | None, found: Counted) -> Chart:
    """Received, answered and closed cases, by day or by month."""
    days, counts = list(found.trend), list(found.trend.values())
    series = [
        Series(
            str(METRICS[code].name),
            tuple(max(0, one[code]) for one in counts),
            links=step_links(asked, office, METRICS[code], found.trend),
        )
        for code in ("received", "answered", "closed")
    ]
    received, answered = (max(0, found.total[code]) for code in ("received", "answered"))
    finding = _("Received: %(received)s; answered: %(answered)s.") % {
        "received": _number(received),
        "answered": _number(answered),
    }
    title = _("Received, answered and closed: %(period)s") % {"period": period_name(asked.period)}
    by_months = asked.period.by_months
    frame = Frame("trend", title, finding, _("Month") if by_months else _("Day"), _language())
    step = Step.MONTH if by_months else Step.DAY
    return draw_trend(
        frame, days, series, step=step, unit=Unit.COUNT, running=asked.period.is_running
    )


def step_links(
    asked: Asked, office: Office | None, metric: Metric, steps: Mapping[date, Counts]
) -> tuple[str, ...]:
    """The lists behind a figure of each step of a trend; a step ends where the next one begins."""
    days = list(steps)
    ends = [*days[1:], asked.period.end]
    return tuple(
        cases_of(asked, office, metric, counts, **days_of(first, end))
        for (first, counts), end in zip(steps.items(), ends, strict=True)
    )


def in_time(asked: Asked, office: Office | None, found: Counted) -> Chart:
    """Both shares in ten days, by week or by month; a gap where no day is due yet."""
    steps = found.trend if asked.period.by_months else by_weeks(found.trend)
    codes = ("answered_in_10_from_filing", "answered_in_10_from_forward")
    series = [
        Series(
            str(METRICS[code].name),
            tuple(METRICS[code].of(one) for one in steps.values()),
            links=step_links(asked, office, METRICS[code], steps),
        )
        for code in codes
    ]
    share = METRICS[codes[0]].of(found.total)
    finding = (
        _("%(share)s of the cases whose ten days are over were answered within them.")
        % {"share": _number(share, Unit.SHARE)}
        if share is not None
        else _("The ten days are not over for any case of this period.")
    )
    by_months = asked.period.by_months
    frame = Frame(
        "in-time",
        _("Answered within ten days"),
        finding,
        _("Month") if by_months else _("Week"),
        _language(),
    )
    step = Step.MONTH if by_months else Step.WEEK
    return draw_trend(frame, list(steps), series, step=step, unit=Unit.SHARE)


def by_weeks(steps: Mapping[date, Counts]) -> dict[date, Counts]:
    """Days put together, seven at a time from the first on; the last may be fewer."""
    days = list(steps)
    return {
        first: added(
            steps[first + timedelta(days=more)]
            for more in range(WEEK)
            if first + timedelta(days=more) in steps
        )
        for first in days[::WEEK]
    }


def what_became(asked: Asked, office: Office | None, found: Counted) -> Chart | None:
    """What became of the answers of the period, as parts of them all; None without answers."""
    parts = became(found.total)
    if not sum(parts.values()):
        return None
    names = became_names()
    finding = _("%(share)s of the answers are confirmed by the citizen as resolved.") % {
        "share": _number(METRICS["confirmed_resolved"].of(found.total) or 0, Unit.SHARE)
    }
    frame = Frame("became", _("What became of the answers"), finding, _("Answers"), _language())
    measures = [name if name != "other" else "answered_otherwise" for name in BECAME]
    links = tuple(
        list_url(asked, office, measure=measure) if parts[name] else ""
        for name, measure in zip(BECAME, measures, strict=True)
    )
    every = list_url(asked, office, measure="answered")
    row = Stack(_("All answers"), tuple(parts[name] for name in BECAME), links=(*links, every))
    return stacked(frame, [names[name] for name in BECAME], [row])
