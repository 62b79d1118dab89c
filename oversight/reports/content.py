"""A report in one language, put together from what was written down. No database.

Words are in the active language: call it inside `translation.override`.
"""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from complaints.models.case import Kind
from complaints.views.officer.wording import CHANNELS
from oversight.issues.wording import PUBLIC_STATES
from oversight.metrics import METRICS, STATES
from oversight.reports import pictures
from oversight.reports.blocks import Block, Drawn, Grid, Points, Report, Said, Section, Text
from oversight.reports.gathering import PART_CODES
from oversight.reports.method import glossary, method
from oversight.reports.numbers import Numbers, country_name, name_of

Data = dict[str, Any]
Named = dict[str, str | Promise]
#: The year in a page: these figures of METRICS, in this order.
KEY = (
    *("received", "forwarded_in_3", "answered", "answered_in_10_from_filing"),
    *("answered_in_10_from_forward", "median_days", "confirmed_resolved", "satisfaction"),
    *("response_rate", "audit_solved", "closed"),
)
TIMES = (
    *("median_days", "p90_days", "median_days_worked", "p90_days_worked"),
    *("median_days_agency", "p90_days_agency"),
)
ANSWERS = ("confirmed_resolved", "silent", "disputed", "reopened", "satisfaction", "response_rate")
ROUTES = ("forwarded_in_3", "returned", "hops_per_case", "withdrawn", "declined")
#: So many rows of a table keep a PDF below 3 MB and a page below 100 KB.
MOST_ROWS = 1500
#: The heads of PART_CODES, but for the first.
PART_HEADS = (
    gettext_lazy("Answered"),
    gettext_lazy("In 10 days from filing"),
    gettext_lazy("In 10 days from the forward"),
    gettext_lazy("Confirmed resolved"),
    gettext_lazy("Satisfaction"),
    gettext_lazy("Median days"),
)
NO_NAME: dict[str, Named] = {
    "categories": {"category": gettext_lazy("No subject given")},
    "districts": {"district": gettext_lazy("No place given")},
    "channels": dict(CHANNELS),
    "kinds": {str(value): label for value, label in Kind.choices},
}


def compose(data: Data, language: str) -> Report:
    """The report: `data` is what `gathering.gather` wrote."""
    numbers = Numbers(language)
    is_year = len(data["code"]) == len("2026")
    titles = {True: _("Annual report %(period)s"), False: _("Monthly report, %(period)s")}
    sections = [
        _key(data, numbers, is_year),
        _by_month(data, numbers, is_year),
        _outcomes(data, numbers),
        _appeals(data, numbers),
        _again(data, numbers),
        _agencies(data, numbers),
        _categories(data, numbers),
        _places(data, numbers),
        _ways(data, numbers, is_year),
        _issues(data, numbers),
        _times(data, numbers),
        _backlog(data, numbers),
        Section("method", _("How this is counted"), (_left_out(data, numbers), method(data))),
    ]
    if is_year:
        sections.append(glossary())
    return Report(
        language,
        titles[is_year] % {"period": numbers.period(data["code"])},
        _("National Complaint Portal, %(country)s") % {"country": country_name()},
        _about(data, numbers),
        data["is_so_far"],
        tuple(section for section in sections if section.blocks),
    )


def _about(data: Data, numbers: Numbers) -> tuple[str, ...]:
    """Of which days it is, when it was made, and to which state of the record it belongs."""
    first, end = date.fromisoformat(data["start"]), date.fromisoformat(data["end"])
    made = datetime.fromisoformat(data["made_at"]).astimezone(ZoneInfo(settings.TIME_ZONE))
    last = date.fromordinal(end.toordinal() - 1)
    days = {"first": numbers.day(first), "last": numbers.day(last)}
    about = [_("From %(first)s to %(last)s, days of the capital.") % days]
    about.append(_("Made on %(day)s.") % {"day": numbers.day(made.date())})
    if data["record"]:
        head = data["record"]
        about.append(
            _("Public record at the end of %(day)s: %(size)s entries, root %(root)s.")
            % {
                "day": numbers.day(date.fromisoformat(head["day"])),
                "size": numbers.count(head["size"]),
                "root": head["root"],
            }
        )
    return tuple(about)


def _figures(caption: str, codes: tuple[str, ...], data: Data, numbers: Numbers) -> Grid:
    """Figures with their intervals, each period beside it and how it changed since the first of these."""
    others = [numbers.period(period["code"]) for period in data["before"]]
    with_interval = any("low" in data["figures"][code] for code in codes)
    head = (
        _("Figure"),
        numbers.period(data["code"]),
        *((_("Interval (95 of 100)"),) if with_interval else ()),
        *others,
        _("Change since %(period)s") % {"period": others[0]},
    )
    rows = tuple(_line(code, data["figures"][code], numbers, with_interval) for code in codes)
    return Grid(caption, head, rows, wide=True)


def _line(code: str, figure: Data, numbers: Numbers, with_interval: bool) -> tuple[str, ...]:
    unit = METRICS[code].unit
    return (
        str(METRICS[code].name),
        numbers.figure(code, figure),
        *((numbers.interval(code, figure),) if with_interval else ()),
        *(numbers.value(unit, value) for value in figure["before"]),
        numbers.change(code, figure["value"], figure["before"][0]),
    )


def _key(data: Data, numbers: Numbers, is_year: bool) -> Section:
    figures = data["figures"]
    points = [
        _sentence(_("%(number)s cases were filed, %(answered)s were answered."), data, numbers),
        _share("answered_in_10_from_filing", figures, numbers,
               _("%(share)s were answered within ten days from filing.")),
        _share("confirmed_resolved", figures, numbers,
               _("%(share)s of the answers were confirmed as resolved by the citizen.")),
        _share("audit_solved", figures, numbers,
               _("Asked once more, %(share)s of the citizens reached say that it is solved.")),
    ]  # fmt: skip
    title = _("The year in a page") if is_year else _("The month in a page")
    blocks: list[Block] = [Points(tuple(point for point in points if point))]
    if data["is_so_far"]:
        blocks.append(Text(_("Earlier periods are of as many days.")))
    blocks.append(_figures(_("Key figures"), KEY, data, numbers))
    return Section("key", title, tuple(blocks))


def _sentence(words: str, data: Data, numbers: Numbers) -> str:
    figures = data["figures"]
    return words % {
        "number": numbers.figure("received", figures["received"]),
        "answered": numbers.figure("answered", figures["answered"]),
    }


def _share(code: str, figures: Data, numbers: Numbers, words: str) -> str:
    value = figures[code]["value"]
    return "" if value is None else words % {"share": numbers.value("share", value)}


def _by_month(data: Data, numbers: Numbers, is_year: bool) -> Section:
    title = _("Month by month") if is_year else _("The last thirteen months")
    charts = (pictures.by_month(data, numbers), pictures.in_time(data, numbers))
    return Section("months", title, tuple(Drawn(chart) for chart in charts))


def _outcomes(data: Data, numbers: Numbers) -> Section:
    chart = pictures.outcomes(data, numbers)
    blocks: list[Block] = [Drawn(chart)] if chart else []
    blocks.append(_figures(_("Answers, by what the citizens say"), ANSWERS, data, numbers))
    blocks.append(_figures(_("On the way to an answer"), ROUTES, data, numbers))
    return Section("answers", _("What became of the answers"), tuple(blocks))


def _appeals(data: Data, numbers: Numbers) -> Section:
    counts = {
        name: _("under 5") if number is None else numbers.count(number)
        for name, number in data["appeals"].items()
    }
    said = Text(
        _("Cases that came into appeal: %(appealed)s. Decided: %(decided)s. Upheld: %(upheld)s.")
        % counts
    )
    grid = _figures(_("Appeals"), ("appealed", "upheld"), data, numbers)
    return Section("appeals", _("Appeals and how they ended"), (said, grid))


def _again(data: Data, numbers: Numbers) -> Section:
    """What citizens said who were asked once more, beside what the offices say of the same cases."""
    solved, claimed = (data["figures"][code] for code in ("audit_solved", "audit_agreement"))
    blocks: list[Block] = []
    if solved["value"] is None:
        blocks.append(Text(_("Fewer than five citizens were reached: too few to say anything.")))
    else:
        said = {
            "number": numbers.count(solved["base"]),
            "claimed": numbers.value("share", claimed["value"]),
            "solved": numbers.value("share", solved["value"]),
        }
        words = _(
            "Closed cases are drawn by lot, and their citizens asked by somebody who had no part in them."
            " %(number)s were reached. The offices call %(claimed)s of these cases resolved;"
            " of the same cases the citizens call %(solved)s solved."
        )
        blocks.append(Text(words % said))
        codes = ("audit_agreement", "audit_solved")
        blocks.append(_figures(_("What is claimed and what is found"), codes, data, numbers))
    return Section("again", _("Asked once more: is it true?"), tuple(blocks))


def _parts(caption: str, of: str, name: str, data: Data, numbers: Numbers) -> Grid:
    """All parts of which enough can be said."""
    found, own = data[name], NO_NAME.get(name, {})
    with_before = any("before" in row for row in found["rows"])
    before = numbers.period(data["before"][0]["code"])
    head = (
        of,
        _("Filed"),
        *((_("Filed, %(period)s") % {"period": before},) if with_before else ()),
        *(str(words) for words in PART_HEADS),
    )
    rows = tuple(
        (
            name_of(row, numbers.language, own),
            numbers.figure("received", row["figures"]["received"]),
            *((numbers.figure("received", row["before"]),) if with_before else ()),
            *(numbers.figure(code, row["figures"][code]) for code in PART_CODES[1:]),
        )
        for row in found["rows"][:MOST_ROWS]
    )
    notes = [_("Numbers are to the nearest five.")]
    more = len(found["rows"]) - len(rows)
    if more > 0:
        words = _(
            "These are the %(shown)s with most cases. The other %(more)s are in the open data."
        )
        notes.append(words % {"shown": numbers.count(len(rows)), "more": numbers.count(more)})
    if found["few"]:
        notes.append(
            _("Not shown, as they had fewer than five cases: %(number)s.")
            % {"number": numbers.count(found["few"])}
        )
    return Grid(caption, head, rows, note=" ".join(notes))


def _agencies(data: Data, numbers: Numbers) -> Section:
    grid = _parts(_("All agencies, each with all below it"), _("Agency"), "agencies", data, numbers)
    blocks: list[Block] = [Drawn(pictures.league(data, numbers), is_told=True)] if grid.rows else []
    return Section("agencies", _("By agency"), (*blocks, _or_none(grid)))


def _categories(data: Data, numbers: Numbers) -> Section:
    of, own = _("Subject"), NO_NAME["categories"]
    chart = pictures.parts("subjects", _("Filed, by subject"), of, data["categories"], numbers, own)
    grid = _parts(_("All subjects"), of, "categories", data, numbers)
    drawn = (Drawn(chart, is_told=True),) if grid.rows else ()
    return Section("categories", _("By subject"), (*drawn, _or_none(grid)))


def _places(data: Data, numbers: Numbers) -> Section:
    of = _("District") if data["country"] == "bd" else _("Regency or city")
    grid = _parts(_("All places"), of, "districts", data, numbers)
    drawn = (Drawn(pictures.district_map(data, numbers), is_told=True),) if grid.rows else ()
    return Section("places", _("By place"), (*drawn, _or_none(grid)))


def _ways(data: Data, numbers: Numbers, is_year: bool) -> Section:
    own = NO_NAME["channels"]
    chart = pictures.parts(
        "ways", _("Filed, by the way in"), _("Way in"), data["channels"], numbers, own
    )
    grid = _parts(_("By the way in"), _("Way in"), "channels", data, numbers)
    blocks: list[Block] = [Drawn(chart, is_told=True)] if grid.rows else []
    blocks.append(_or_none(grid))
    if is_year:
        blocks.append(_or_none(_parts(_("By kind"), _("Kind"), "kinds", data, numbers)))
    return Section(
        "ways", _("By the way in and by kind") if is_year else _("By the way in"), tuple(blocks)
    )


def _or_none(grid: Grid) -> Block:
    return grid if grid.rows else Text(_("There were too few cases to show any."))


def _issues(data: Data, numbers: Numbers) -> Section:
    """Systemic issues that became public or were put right."""
    said: list[Block] = []
    for issue in data["issues"]:
        office = name_of({"names": issue["office"], "code": ""}, numbers.language, {})
        people = issue["people"]
        beside = office
        if people is not None:
            told = _("%(number)s people told us of it") % {"number": numbers.count(people)}
            beside = f"{office}. {told}"
        state = str(PUBLIC_STATES[issue["state"]][0])
        said.append(
            Said(
                issue["title"], issue["language"], state, issue["you_said"], issue["we_did"], beside
            )
        )
    if not said:
        said.append(Text(_("In this time none became public, and none was put right.")))
    return Section("issues", _("You said, we did: what lies behind many complaints"), tuple(said))


def _times(data: Data, numbers: Numbers) -> Section:
    grid = _figures(_("Days to the last answer"), TIMES, data, numbers)
    return Section("times", _("How long it took"), (grid,))


def _backlog(data: Data, numbers: Numbers) -> Section:
    now = data["standing"]
    if not now["at"]:
        return Section("backlog", "", ())
    at = datetime.fromisoformat(now["at"]).astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    words = _("As it stood on %(day)s, when the report was made.") % {"day": numbers.day(at)}
    rows = tuple(
        (
            str(state.name),
            _("under 5")
            if now["states"][code] is None and state.unit == "count"
            else numbers.value(state.unit, now["states"][code]),
        )
        for code, state in STATES.items()
    )
    grid = Grid(_("Open cases"), (_("Figure"), pgettext("how many", "Number")), rows)
    chart = pictures.backlog(data, numbers)
    drawn = (Drawn(chart),) if chart else ()
    return Section("backlog", _("What is open"), (Text(words), grid, *drawn))


def _left_out(data: Data, numbers: Numbers) -> Points:
    """What the figures leave out, and why."""
    points = [
        _(
            "Sensitive cases are part of the country’s figures, and of no agency’s, subject’s or place’s."
        ),
        _(
            "A figure that rests on fewer than five cases is not shown, as it could point at a person."
        ),
        _("Numbers of agencies, subjects and places are to the nearest five, for the same reason."),
        _("An agency’s figures hold all offices below it; a ministry’s hold its departments’."),
    ]
    if data["aside"]:
        points.append(
            _("%(number)s cases are in no agency’s figures: a pattern in them is under examination, or was"
              " found wrong. The country’s figures hold them.")
            % {"number": numbers.count(data["aside"])}
        )  # fmt: skip
    return Points(tuple(points))
