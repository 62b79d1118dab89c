"""The charts of a report, each with a sentence that says what is to be seen. No database."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oversight import charts
from oversight.charts import AgeBand, Area, Band, Bar, Chart, Frame, Series, Stack, Step, Unit
from oversight.metrics import METRICS
from oversight.reports.numbers import Numbers, name_of

Data = dict[str, Any]
#: So many rows a picture shows; the table beside it has all of them.
MOST_BANDS, MOST_BARS = 25, 15
OUTCOME_NAMES = {
    "confirmed": gettext_lazy("Confirmed resolved"),
    "silence": gettext_lazy("Resolved, the citizen said nothing"),
    "awaited": gettext_lazy("Resolved, the citizen has not spoken yet"),
    "contested": gettext_lazy("Disputed or in work again"),
    "other": gettext_lazy("Not resolved: partly, advice, not upheld, no power"),
}


def by_month(data: Data, numbers: Numbers) -> Chart:
    """Received, answered and closed, and what was received a year before."""
    lines = data["months"]["lines"]
    received = [(line["figures"]["received"], line["on"]) for line in lines]
    most = max(((n, on) for n, on in received if n), default=None)
    finding = ""
    if most:
        finding = _("Most were filed in %(month)s: %(number)s.") % {
            "month": numbers.month(date.fromisoformat(most[1])),
            "number": numbers.count(most[0]),
        }
    codes = ("received", "answered", "closed")
    frame = Frame(
        "by-month", _("Filed, answered and closed"), finding, _("Month"), numbers.language
    )
    return charts.trend(
        frame,
        _months(data),
        [Series(str(METRICS[code].name), _line(lines, code)) for code in codes],
        step=Step.MONTH,
        unit=Unit.COUNT,
        before=Series(_("Received a year before"), tuple(line["before"] for line in lines)),
        running=data["months"]["running"],
    )


def in_time(data: Data, numbers: Numbers) -> Chart:
    """Both measures of ten days, and what was confirmed, by month."""
    lines = data["months"]["lines"]
    codes = ("answered_in_10_from_forward", "answered_in_10_from_filing", "confirmed_resolved")
    figure = data["figures"]["answered_in_10_from_filing"]
    finding = ""
    if figure["value"] is not None:
        finding = _("Answered within ten days from filing: %(share)s in all.") % {
            "share": numbers.value("share", figure["value"])
        }
    frame = Frame("in-time", _("In time, and resolved"), finding, _("Month"), numbers.language)
    return charts.trend(
        frame,
        _months(data),
        [Series(str(METRICS[code].name), _line(lines, code)) for code in codes],
        step=Step.MONTH,
        unit=Unit.SHARE,
        running=data["months"]["running"],
    )


def _months(data: Data) -> list[date]:
    return [date.fromisoformat(line["on"]) for line in data["months"]["lines"]]


def _line(lines: Sequence[Data], code: str) -> tuple[float | None, ...]:
    return tuple(line["figures"][code] for line in lines)


def outcomes(data: Data, numbers: Numbers) -> Chart | None:
    """What became of the answers, this period and the one before; None where a part is too small."""
    bars = [
        Stack(numbers.period(code), tuple(counts[name] for name in OUTCOME_NAMES))
        for code, counts in (
            (data["code"], data["outcomes"][0]),
            (data["before"][0]["code"], data["outcomes"][1]),
        )
        if None not in counts.values() and any(counts.values())
    ]
    if None in data["outcomes"][0].values() or not bars:
        return None
    share = numbers.value("share", data["figures"]["confirmed_resolved"]["value"])
    finding = _("The citizen confirmed %(share)s of all answers as resolved.") % {"share": share}
    names = [str(words) for words in OUTCOME_NAMES.values()]
    frame = Frame(
        "outcomes", _("What became of the answers"), finding, _("Period"), numbers.language
    )
    return charts.stacked(frame, names, bars)


def league(data: Data, numbers: Numbers) -> Chart:
    """Agencies with their intervals against the country's line."""
    code = "answered_in_10_from_forward"
    line = data["figures"][code]["value"]
    rows = [
        Band(
            name_of(row, numbers.language, {}),
            row["figures"][code]["value"],
            row["figures"][code].get("low"),
            row["figures"][code].get("high"),
            row["figures"][code].get("base") or 0,
        )
        for row in data["agencies"]["rows"][:MOST_BANDS]
        if row["figures"][code]["value"] is not None
    ]
    rows.sort(key=lambda row: -(row.value or 0))
    above = sum(1 for row in rows if line is not None and (row.low or 0) > line)
    below = sum(1 for row in rows if line is not None and row.high is not None and row.high < line)
    finding = _(
        "Of the %(all)s agencies shown, %(above)s are above the country’s share and %(below)s below it,"
        " by more than chance."
    ) % {
        "all": numbers.count(len(rows)),
        "above": numbers.count(above),
        "below": numbers.count(below),
    }
    frame = Frame(
        "league",
        _("Answered within 10 days from the forward, by agency"),
        finding if rows and line is not None else "",
        _("Agency"),
        numbers.language,
        _("The agencies with most cases, the best first. The line is the country’s share."),
    )
    return charts.bands(
        frame, rows, unit=Unit.SHARE, line=line, line_name=_("Country"), value_name=_("Share")
    )


def parts(
    key: str,
    title: str,
    of: str,
    found: Data,
    numbers: Numbers,
    own: Mapping[str, str | Promise],
) -> Chart:
    """What was received, by a part of the country, with the period before as a tick."""
    rows = [
        Bar(
            name_of(row, numbers.language, own),
            row["figures"]["received"]["value"],
            before=row.get("before", {}).get("value"),
        )
        for row in found["rows"][:MOST_BARS]
    ]
    known = [row for row in rows if row.value]
    finding = ""
    if known:
        finding = _("Most: %(name)s, %(number)s.") % {
            "name": known[0].name,
            "number": numbers.count(known[0].value or 0),
        }
    frame = Frame(key, title, finding, of, numbers.language)
    return charts.bars(
        frame,
        rows,
        unit=Unit.COUNT,
        value_name=str(METRICS["received"].name),
        before_name=_("The period before"),
    )


def district_map(data: Data, numbers: Numbers) -> Chart:
    """The country by the parts that its map has: answered in time, from filing."""
    code, found = "answered_in_10_from_filing", data["map"]
    areas = [
        Area(row["code"], name_of(row, numbers.language, {}), row["figures"][code]["value"])
        for row in found["rows"]
    ]
    known = sorted((a for a in areas if a.value is not None), key=lambda area: area.value or 0)
    finding = ""
    if known:
        finding = _("From %(low)s in %(lowest)s to %(high)s in %(highest)s.") % {
            "low": numbers.value("share", known[0].value),
            "lowest": known[0].name,
            "high": numbers.value("share", known[-1].value),
            "highest": known[-1].name,
        }
    of = _("District") if found["level"] == "district" else _("Province")
    title = _("Answered within 10 days from filing, by place")
    frame = Frame("map", title, finding, of, numbers.language)
    return charts.district_map(
        frame,
        data["country"],
        areas,
        unit=Unit.SHARE,
        level=found["level"],
        value_name=_("Share"),
    )


def backlog(data: Data, numbers: Numbers) -> Chart | None:
    """Open cases by age when the report was made; ages with few are left out. None: nothing is left."""
    now = data["standing"]
    columns, is_short = [], False
    for band in now["ages"]:
        number, late = band["open"], band["late"]
        if number is None or late is None:
            is_short = True
        else:
            columns.append(AgeBand(age_name(band, now["ages"], numbers), number - late, late))
    if not any(column.in_time + column.late for column in columns):
        return None
    frame = Frame(
        "backlog",
        _("Open cases by age"),
        _("%(open)s cases are open, %(late)s of them late.")
        % {
            "open": numbers.value("count", now["states"]["open"]),
            "late": numbers.value("count", now["states"]["late"]),
        },
        _("Days since filing"),
        numbers.language,
        _("Ages with few cases are left out.") if is_short else "",
    )
    return charts.ageing(frame, columns)


def age_name(band: Data, bands: Sequence[Data], numbers: Numbers) -> str:
    """A band of ages: "0 to 3", "more than 365"."""
    before = [other["last"] for other in bands[: bands.index(band)]]
    if band["last"] is None:
        return _("more than %(days)s") % {"days": numbers.count(before[-1])}
    first = before[-1] + 1 if before else 0
    return _("%(low)s to %(high)s") % {
        "low": numbers.count(first),
        "high": numbers.count(band["last"]),
    }
