"""What a public page of figures shows, put together from the one list of figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.models import Office
from oversight.audits import rates
from oversight.audits.rates import SideBySide, rates_of, widest_first
from oversight.charts import Bar, Chart, Frame, Series, Step, Unit, bars, trend
from oversight.dashboards.trees import trees
from oversight.figures import reading, standing
from oversight.figures.asking import COUNTRYS_IN_PUBLIC, PUBLIC, Counts, Question
from oversight.figures.periods import Period, year_to_now
from oversight.measures import ASIDE
from oversight.metrics import LEAST_CASES, METRICS, Metric
from oversight.open import tables
from oversight.open.suppressing import hidden_parts, is_small, rounded
from oversight.open.words import Shown, language, shown, written

#: The figures on top, in their order; all of METRICS stand in the table below.
FIRST = (
    *("received", "answered", "answered_in_10_from_filing", "answered_in_10_from_forward"),
    *("confirmed_resolved", "median_days", "satisfaction", "upheld"),
)
#: What became of the answers of a period: the measure of each part, and what it is called.
DRAWN = ("received", "answered", "closed")


@dataclass(frozen=True, slots=True)
class Told:
    """A figure of the page: its words now and for the period before."""

    metric: Metric
    now: Shown
    before: Shown
    #: What stands beside some figures: whom they rest on.
    beside: str = ""


def told(codes: Sequence[str], counts: Counts, before: Counts, *, exact: bool) -> list[Told]:
    """These figures, each beside the period before."""
    return [
        Told(
            METRICS[code],
            shown(METRICS[code], counts, exact=exact),
            shown(METRICS[code], before, exact=exact),
            _beside(code, counts),
        )
        for code in codes
    ]


def _beside(code: str, counts: Counts) -> str:
    """What belongs beside a figure: whom it rests on, or how long most of it took."""
    besides = {
        "median_days": ("p90_days", _("nine of ten within %(value)s")),
        "satisfaction": ("response_rate", _("%(value)s gave a mark")),
    }
    if code not in besides:
        return ""
    beside, sentence = besides[code]
    value = shown(METRICS[beside], counts)
    return "" if value.few or value.is_none else sentence % {"value": value.words}


# --- Charts -----------------------------------------------------------------------------------


def lines(question: Question, *, exact: bool) -> Chart:
    """Received, answered and closed over the period; numbers of few cases are gaps."""
    steps = reading.trend(question)
    series = [
        Series(str(METRICS[code].name), _values([one[code] for one in steps.values()], exact))
        for code in DRAWN
    ]
    frame = Frame("trend", _("Over time"), _finding(steps.values()), _("Period"), language(),
                  note=_("A gap: 1 to 4 cases, too few to show.") if _has_gap(series) else "")  # fmt: skip
    step = Step.MONTH if question.period.by_months else Step.DAY
    return trend(frame, list(steps), series, step=step, unit=Unit.COUNT,
                 running=question.period.is_running)  # fmt: skip


def _values(numbers: list[int], exact: bool) -> tuple[float | None, ...]:
    hidden = hidden_parts(dict(enumerate(numbers))) if exact else ()
    return tuple(
        None if at in hidden or is_small(number) else float(number if exact else rounded(number) or 0)
        for at, number in enumerate(numbers)
    )  # fmt: skip


def _has_gap(series: list[Series]) -> bool:
    return any(value is None for one in series for value in one.values)


def _finding(steps: Any) -> str:
    counts = list(steps)
    received, answered = (sum(one[name] for one in counts) for name in ("received", "answered"))
    if is_small(received) or is_small(answered) or not (received or answered):
        return ""
    if answered >= received:
        return _("At least as many were answered as came in.")
    return _("More came in than were answered.")


def became(counts: Counts) -> Chart | None:
    """What became of the answers of the period: shares that add up to all; None where the whole or a
    part is of too few: from the others, and how many answers there are, it could be worked out.
    """
    whole = counts["answered"]
    if whole < LEAST_CASES:
        return None
    parts = {
        _("Resolved, and the citizen confirmed it"): counts["confirmed"],
        _("Said to be resolved; the citizen has not spoken yet"): counts["awaited"],
        _("Said to be resolved; the citizen never replied"): counts["silence"],
        _("Disputed or in appeal"): counts["contested"],
    }
    parts[_("Partly resolved, not upheld, advice only, no power to act")] = max(
        0, whole - sum(parts.values())
    )
    if hidden_parts(parts):
        return None
    frame = Frame("became", _("What became of the answers"),
                  _("Of all answers, %(share)s were confirmed by the citizen as resolved.")
                  % {"share": written(counts["confirmed"] / whole, "share")},
                  _("What became of it"), language())  # fmt: skip
    rows = [Bar(name, min(number, whole) / whole) for name, number in parts.items()]
    return bars(frame, rows, unit=Unit.SHARE, value_name=_("Share"))


# --- The country ------------------------------------------------------------------------------


def agencies_below(office: Office | None) -> QuerySet[Office]:
    """The agencies directly below one, or at the top of the tree."""
    agencies = Office.objects.filter(country=settings.COUNTRY, agency_id=F("id"), parent=office)
    return agencies.only("names", "country", "code", "path")


def country(period: Period, *, all_rows: bool = False) -> dict[str, Any]:
    """Everything on the page of the country: what its template says that it wants."""
    whole = Question(period, sides=COUNTRYS_IN_PUBLIC)
    parts = Question(period, sides=PUBLIC)
    counts, before = reading.totals(whole), reading.totals(whole.during(period.before()))
    rates.add_to(counts, whole)
    if not (counts["received"] or counts["answered"]):
        return {"nothing": True}
    offices = list(agencies_below(None))
    by_agency = _by_agency(parts, offices)
    known = trees()
    left_out = reading.totals(Question(period, sides=(ASIDE,)), bands=False)["received"]
    return {
        "first": told(FIRST, counts, before, exact=True),
        "all": told(tuple(METRICS), counts, before, exact=True),
        "trend": lines(whole, exact=True),
        "became": became(counts),
        "asked": _asked(counts, offices, by_agency),
        "asked_few": is_small(counts["audit_reached"]),
        "agencies": _agency_table(period, offices, by_agency, all_rows),
        "tables": [
            tables.by_category(reading.by(parts, "category"), known),
            tables.by_channel(reading.by(parts, "channel")),
            tables.by_kind(reading.by(parts, "kind")),
        ],
        "places": tables.by_place(reading.by(parts, "district"), known),
        "left_out": left_out,
        "left_out_few": is_small(left_out),
        "counted_at": standing.counted_at(),
    }


def _by_agency(question: Question, offices: Sequence[Office]) -> dict[int, Counts]:
    nodes = [office.pk for office in offices]
    found = reading.by_node(question, nodes)
    rates.add_by_node(found, question, nodes)
    return found


def _agency_table(
    period: Period, offices: Sequence[Office], by_agency: dict[int, Counts], all_rows: bool
) -> tables.Table:
    parts = (
        tables.Part(office.name, by_agency.get(office.pk, Counts()), agency_url(office, period))
        for office in offices
    )
    most = tables.ALL_ROWS if all_rows else tables.ROWS
    return tables.table("agencies", _("By agency"), _("Agency"), parts, most=most)


def agency_url(office: Office, period: Period) -> str:
    """An agency's public page, of the same period."""
    return f"{reverse('performance-agency', args=[office.code])}?period={period.code}"


def _asked(
    counts: Counts, offices: Sequence[Office], by_agency: dict[int, Counts]
) -> list[SideBySide]:
    """The country, then agencies of which enough citizens were reached; empty where too few were."""
    if counts["audit_reached"] < LEAST_CASES:
        return []
    rows = [rates_of(one.name, one.code, by_agency.get(one.pk, Counts())) for one in offices]
    enough = [row for row in rows if row.reached >= LEAST_CASES]
    return [rates_of("", "", counts), *widest_first(enough)[: tables.ROWS]]


# --- One agency -------------------------------------------------------------------------------


def agency(office: Office, period: Period) -> dict[str, Any]:
    """Everything on the page of an agency: of it and all below it, without sensitive cases."""
    asked = Question(period, office, sides=PUBLIC)
    counts, before = reading.totals(asked), reading.totals(asked.during(period.before()))
    rates.add_to(counts, asked)
    if max(counts["received"], counts["answered"]) < LEAST_CASES:
        return {"nothing": True, "few": bool(counts["received"] or counts["answered"])}
    offices = list(agencies_below(office))
    known = trees()
    return {
        "first": told(FIRST, counts, before, exact=False),
        "all": told(tuple(METRICS), counts, before, exact=False),
        "trend": lines(asked.during(year_to_now()), exact=False),
        "became": became(counts),
        "asked": [rates_of("", "", counts)] if counts["audit_reached"] >= LEAST_CASES else [],
        "asked_few": is_small(counts["audit_reached"]),
        "agencies": _agency_table(period, offices, _by_agency(asked, offices), True),
        "tables": [tables.by_category(reading.by(asked, "category"), known)],
        "places": tables.by_place(reading.by(asked, "district"), known),
        "counted_at": standing.counted_at(),
    }
