"""Page: agencies of one kind compared, fair to few cases."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from complaints.views.officer.access import officers
from complaints.views.officer.paging import Page
from oversight import charts
from oversight.boards import leagues
from oversight.boards.asking import Board, asked_of
from oversight.boards.judging import BANDS, LEAST, MOST_ASIDE, Band, Judged
from oversight.boards.leagues import BY, Group, League
from oversight.charts.words import interval, number
from oversight.dashboards.access import KNOW_EXAMINED, LOOK_ON, hidden_from, sides_below
from oversight.dashboards.counted import MOST_FACTS
from oversight.dashboards.state import list_url
from oversight.dashboards.which import RANKED, SET_ASIDE
from oversight.measures import ASIDE
from oversight.metrics import METRICS, STATES, Metric, State

SHOWN = 30
NAMES = {
    Band.BETTER: (gettext_lazy("Clearly better"), "green"),
    Band.SAME: (gettext_lazy("About the same"), "grey"),
    Band.WORSE: (gettext_lazy("Clearly worse"), "red"),
    Band.FEW: (gettext_lazy("Too few cases to say"), "grey"),
    Band.ASIDE: (gettext_lazy("Not compared"), "yellow"),
}
UNITS = {"share": charts.Unit.SHARE, "rating": charts.Unit.DAYS}


@dataclass(frozen=True, slots=True)
class Lists:
    """Addresses of the cases behind the league's figures. `is_ranked`: what is set aside is not among
    them; a reader who may not know of that has it in the figures, and so in the lists.
    """

    board: Board
    by: Metric | State
    is_ranked: bool

    def of(self, row: Judged | None, *, whole: bool = False) -> str:
        """The cases that a figure counts (of an agency, None: the country), or those that it is out of."""
        if isinstance(self.by, State):
            which = {"state": "open" if whole else "late"}
        else:
            # A mark is out of those that were given.
            is_out_of = whole and self.by.unit == "share"
            which = {"measure": self.by.out_of if is_out_of else self.by.behind}
        # An agency's list of a period leaves out what is set aside by itself.
        if self.is_ranked and (row is None or isinstance(self.by, State)):
            which["sides"] = RANKED
        return list_url(self.board.asked, row, **which)


@require_safe
@officers(*LOOK_ON)
def league(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Agencies of one kind by one figure: who is clearly better or worse than the country."""
    board = asked_of(request, fields=("category",))
    kinds = leagues.groups()
    group = next(
        (g for g in kinds if g.code == request.GET.get("group")), kinds[0] if kinds else None
    )
    by = leagues.figure_of(request.GET.get("by", ""))
    board = _narrowed(board, group)
    kept = {"by": by.code, "group": group.code if group else ""}
    context = {
        **board.context(**kept),
        "groups": _choices(board, [(g.code, g.name) for g in kinds], "group", kept),
        "figures": _choices(board, [(code, _figure(code).name) for code in BY], "by", kept),
        "by": by,
        "group": group,
        "is_now": isinstance(by, State),
        "least": LEAST,
        "most_aside": MOST_ASIDE,
        "knows_aside": actor.has(*KNOW_EXAMINED),
        **board.as_view(request, _("League")),
    }
    if group is not None:
        hidden = hidden_from(actor)
        question = board.asked.question(sides=sides_below(actor, None))
        found = leagues.league_of(group, by, question, hidden=hidden)
        lists = Lists(board, by, is_ranked=ASIDE not in question.sides)
        context |= _shown(request, lists, found, kept)
    return render(request, "oversight/boards/league.html", context)


def _narrowed(board: Board, group: Group | None) -> Board:
    """The same of all subjects, where too much would have to be counted for one of these agencies."""
    if group is None or board.asked.category is None:
        return board
    if leagues.is_quick(group, board.asked.question(), MOST_FACTS):
        return board
    said = _(
        "Figures by subject are not kept for these agencies and this period: all subjects are shown."
    )
    asked = replace(board.asked, category=None)
    return replace(board, asked=asked, mistakes=(*board.mistakes, said))


def _figure(code: str) -> Metric | State:
    return METRICS.get(code) or STATES[code]


def _choices(
    board: Board, options: list[tuple[str, Any]], name: str, kept: dict[str, str]
) -> list[dict[str, Any]]:
    return [
        {"name": words, "url": board.query(**kept | {name: code}), "current": kept[name] == code}
        for code, words in options
    ]


def _shown(
    request: HttpRequest, lists: Lists, found: League, kept: dict[str, str]
) -> dict[str, Any]:
    """The rows that the address asks for, with the chart of those on this page."""
    board, by, numbers = lists.board, lists.by, found.numbers
    band = next((each for each in BANDS if each == request.GET.get("band")), None)
    page = _page(request, found.rows(band))
    unit, language = UNITS[by.unit], get_language() or "en"
    return {
        "counted_at": found.at,
        "any": bool(found.plain),
        "country_value": number(found.country, unit, language),
        "bands": [
            {
                "name": NAMES[each][0],
                "number": numbers[each],
                "url": board.query(**kept, band=each),
                "current": each == band,
            }
            for each in BANDS
            if numbers[each]
        ],
        "band": NAMES[band][0] if band else "",
        "without_band": board.query(**kept),
        "aside": found.aside,
        "country_url": lists.of(None) if found.country else "",
        "page": page,
        "rows": [_row(lists, row) for row in page.rows],
        "chart": _chart(lists, page.rows, found.country),
    }


def _page(request: HttpRequest, rows: Sequence[leagues.Plain]) -> Page:
    asked = request.GET.get("page", "1")
    last = max(1, -(-len(rows) // SHOWN))
    at = min(max(int(asked), 1), last) if asked.isdecimal() and len(asked) < 6 else 1
    here = [leagues.judged(row) for row in rows[(at - 1) * SHOWN : at * SHOWN]]
    return Page(here, at, at - 1, at + 1 if at < last else 0)


def _row(lists: Lists, row: Judged) -> dict[str, Any]:
    board, by = lists.board, lists.by
    unit, language = UNITS[by.unit], get_language() or "en"
    one, (words, colour) = row.measured, NAMES[row.band]
    value_url, _none, whole_url = _links(lists, row)
    low, high = one.interval or (None, None)
    return {
        "name": row.name,
        "url": _url(board, row),
        "band": words,
        "colour": colour,
        "value": number(one.value, unit, language),
        "value_url": value_url,
        "whole_url": whole_url,
        "aside_url": list_url(board.asked, row, measure="received", sides=SET_ASIDE)
        if one.aside
        else "",
        "interval": interval(low, high, unit, language),
        "whole": one.whole,
        "aside": one.aside,
    }


def _url(board: Board, row: Judged) -> str:
    return reverse("oversight-agency", args=[row.code]) + board.query()


def _chart(lists: Lists, rows: list[Judged], country: float | None) -> charts.Chart:
    board, by = lists.board, lists.by
    frame = charts.Frame(
        "league", str(by.name), _finding(rows), _("Agency"), get_language() or "en",
        _("The line is the country’s figure. Whoever is not clearly apart from it is drawn open."),
    )  # fmt: skip
    drawn = []
    for row in rows:
        one = row.measured
        low, high = one.interval or (None, None)
        reason = _("many cases are set aside") if row.band == Band.ASIDE else ""
        drawn.append(
            charts.Band(
                row.name, one.value, low, high, one.whole, _url(board, row), reason,
                stands_apart=row.band in (Band.BETTER, Band.WORSE),
                links=_links(lists, row),
            )
        )  # fmt: skip
    return charts.bands(
        frame, drawn, unit=UNITS[by.unit], line=country, line_name=_("Country"),
        value_name=str(by.name),
    )  # fmt: skip


def _links(lists: Lists, row: Judged) -> tuple[str, ...]:
    """Those of the numbers in the chart's table: the figure, its interval (none), what it is out of."""
    value = lists.of(row) if row.measured.value else ""
    whole = lists.of(row, whole=True) if row.measured.whole else ""
    return value, "", whole


def _finding(rows: list[Judged]) -> str:
    apart = [row for row in rows if row.band in (Band.BETTER, Band.WORSE)]
    if not apart:
        return _("None of these is clearly apart from the country.")
    language = get_language() or "en"
    counts = {
        band: number(sum(row.band == band for row in rows), charts.Unit.COUNT, language)
        for band in (Band.BETTER, Band.WORSE)
    }
    said = _("Of these are clearly better than the country: %(better)s, clearly worse: %(worse)s.")
    return said % {"better": counts[Band.BETTER], "worse": counts[Band.WORSE]}
