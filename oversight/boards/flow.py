"""Pages: who returns cases to whom, and the hand-offs behind each number."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from agencies.models import Office
from agencies.selectors import office_by_code
from complaints.views.officer.access import officers
from complaints.views.officer.paging import page_of
from oversight import charts
from oversight.boards import handoffs
from oversight.boards.asking import Board, asked_of
from oversight.boards.handoffs import DESK, BothWays, Exchange, Pairs
from oversight.charts.words import digits, number
from oversight.dashboards.access import LOOK_ON, hidden_from, sides_below
from oversight.dashboards.listing import differs
from oversight.dashboards.state import cases_of
from oversight.figures import reading
from oversight.figures.periods import YEAR_CODE
from oversight.metrics import METRICS

#: Agencies in the table at once, and pairs that go to and fro.
SHOWN, PAIRS_SHOWN = 25, 12
#: All hand-offs between agencies, and all within one, in words.
EVERY = {
    handoffs.BETWEEN: gettext_lazy("Sent back by an agency"),
    handoffs.WITHIN: gettext_lazy("Went from one office to another of the same agency"),
}
#: How the desk is called in an address: no office has such a code.
DESK_CODE = "-"


@require_safe
@officers(*LOOK_ON)
def flow(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The agencies by who sends back to whom; of one agency alone if the address says so."""
    board, hidden = asked_of(request, usual=YEAR_CODE, by_agency=True), hidden_from(actor)
    agency = board.agency.pk if board.agency is not None else None
    counted = handoffs.flows_of(board.asked.period, agency=agency, hidden=hidden)
    rows, both, drawn = counted.value.rows, counted.value.both, counted.value.drawn
    shown = rows if "all" in request.GET else rows[:SHOWN]
    offices = _offices(drawn, shown, both[:PAIRS_SHOWN])
    sent = sum(row.sent for row in rows)
    hops = reading.by_node(
        board.asked.question(sides=sides_below(actor, None)),
        [row.agency for row in shown],
        hidden=hidden,
        bands=False,
    )
    context = {
        **board.context(),
        "counted_at": counted.at,
        "chart": _chart(board, drawn, sent - drawn.total(), offices),
        "rows": [_row(board, row, offices, hops.get(row.agency)) for row in shown],
        "more": len(rows) - len(shown),
        "pairs": [_both(board, pair, offices) for pair in both[:PAIRS_SHOWN]],
        "total": sent,
        "total_url": _every(board, handoffs.BETWEEN),
        "within_url": _every(board, handoffs.WITHIN),
        "within": sum(row.within for row in rows),
        **board.as_view(request, _("Flow")),
    }
    return render(request, "oversight/boards/flow.html", context)


def _offices(
    drawn: Pairs, shown: Sequence[Exchange], both: Sequence[BothWays]
) -> dict[int, Office]:
    """Those that the page names: there can be thousands that it does not."""
    ids = handoffs.ids_in(drawn) | {row.agency for row in shown}
    ids |= {agency for pair in both for agency in (pair.one, pair.other)}
    return Office.objects.only("code", "names", "country", "short_name").in_bulk(ids)


def _name(offices: dict[int, Office], agency: int) -> str:
    if agency == DESK:
        return _("The central desk")
    return offices[agency].name if agency in offices else _("An office that is not there any more")


def _code(offices: dict[int, Office], agency: int) -> str:
    if agency == DESK:
        return DESK_CODE
    return offices[agency].code if agency in offices else ""


def _link(board: Board, offices: dict[int, Office], source: int | None, target: int | None) -> str:
    """The list behind a number; none for an office that is not there any more."""
    ends = {
        name: _code(offices, agency)
        for name, agency in {"from": source, "to": target}.items()
        if agency is not None
    }
    if not all(ends.values()):
        return ""
    return reverse("oversight-flow-cases") + board.query(agency=None, **ends)


def _every(board: Board, which: str) -> str:
    """The list of all hand-offs between agencies, or within one; of the board's agency if it has one."""
    return reverse("oversight-flow-cases") + board.query(all=which)


def _chart(board: Board, drawn: Pairs, others: int, offices: dict[int, Office]) -> charts.Chart:
    """A cell for each pair of the busiest agencies; the others, and what stays within one, are in the
    table by agency.
    """
    between, language = drawn.most_common(), get_language() or "en"
    finding = ""
    if between:
        (source, target), most = between[0]
        said = ngettext(
            "Most often: %(source)s sends back, and %(target)s gets it next; %(count)s time.",
            "Most often: %(source)s sends back, and %(target)s gets it next; %(count)s times.",
            most,
        )
        finding = said % {
            "source": _name(offices, source),
            "target": _name(offices, target),
            "count": number(most, charts.Unit.COUNT, language),
        }
    frame = charts.Frame(
        "flow", _("Who sends back, and who gets it next"), finding, _("Agency"), language,
        _note(others),
    )  # fmt: skip
    flows = [
        charts.Flow(_name(offices, source), _name(offices, target), count,
                    _link(board, offices, source, target))
        for (source, target), count in between
    ]  # fmt: skip
    names = {"source_name": _("Sent back by"), "target_name": _("Next with")}
    return charts.flow(frame, flows, **names)


def _note(others: int) -> str:
    """What the picture leaves out, and what the desk stands for."""
    desk = _("“The central desk” stands for cases that nobody else has been given yet.")
    if not others:
        return desk
    said = ngettext(
        "Drawn are the agencies with most of it; %(count)s time more it was with others.",
        "Drawn are the agencies with most of it; %(count)s times more it was with others.",
        others,
    )
    shown = number(others, charts.Unit.COUNT, get_language() or "en")
    return f"{said % {'count': shown}} {desk}"


def _row(board: Board, row: Exchange, offices: dict[int, Office], counts: Any) -> dict[str, Any]:
    hops = METRICS["hops_per_case"].of(counts) if counts else None
    return {
        "exchange": row,
        "name": _name(offices, row.agency),
        "only_url": "" if board.agency else board.query(agency=_code(offices, row.agency)),
        "sent_url": _link(board, offices, row.agency, None) if row.sent else "",
        "desk_url": _link(board, offices, row.agency, DESK) if row.to_desk else "",
        "got_url": _link(board, offices, None, row.agency) if row.got else "",
        "within_url": _link(board, offices, row.agency, row.agency) if row.within else "",
        "hops": _mean(hops),
        "hops_url": cases_of(board.asked, offices[row.agency], METRICS["hops_per_case"], counts)
        if row.agency in offices
        else "",
    }


def _mean(value: float | None) -> str:
    return "–" if value is None else digits(f"{value:.2f}", get_language() or "en")


def _both(board: Board, pair: BothWays, offices: dict[int, Office]) -> dict[str, Any]:
    return {
        "pair": pair,
        "one": _name(offices, pair.one),
        "other": _name(offices, pair.other),
        "there_url": _link(board, offices, pair.one, pair.other),
        "back_url": _link(board, offices, pair.other, pair.one),
    }


# --- The list behind a number ------------------------------------------------------------------


@require_safe
@officers(*LOOK_ON)
def flow_cases(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The hand-offs behind a number: of cases that the reader may see, the newest first. Those of their own
    case are counted and not shown.
    """
    board = asked_of(request, usual=YEAR_CODE, by_agency=True)
    (source, from_name), (target, to_name) = (_end(request, name) for name in ("from", "to"))
    every = next((name for name in EVERY if name == request.GET.get("all")), "")
    context = {
        **board.context(**_ends(request), **({"all": every} if every else {})),
        "from_name": from_name,
        "to_name": to_name,
        "every": EVERY[every] if every else "",
        "back": reverse("oversight-flow") + board.query(),
        "unknown": source is None and target is None and not every,
        "page": None,
        "rows": [],
    }
    if not context["unknown"]:
        period, agency = board.asked.period, board.agency.pk if board.agency else None
        hidden = hidden_from(actor)
        pairs = handoffs.pairs_of(period, hidden=hidden).value
        if every:
            found = handoffs.every_handoff(actor, period, every, agency)
            number = handoffs.number_of_every(pairs, every, agency)
        else:
            found = handoffs.handoffs_behind(actor, period, source, target)
            number = handoffs.number_behind(pairs, source, target)
        # One's own is seen even by whoever is barred from it.
        page = page_of(request, found.exclude(case__in=hidden))
        rows = [row for row in page.rows if row.case.owner_id != actor.user_id]
        context |= {"page": page, "rows": _listed(rows), "number": number}
        context |= {"differs": differs(page, number), "unseen": len(page.rows) - len(rows)}
    return render(request, "oversight/boards/flow_cases.html", context)


def _ends(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name][:60] for name in ("from", "to") if request.GET.get(name)}


def _end(request: HttpRequest, name: str) -> tuple[int | None, str]:
    """An agency of the address with its name; (None, "") for none, or one that there is not."""
    code = request.GET.get(name, "").replace("\0", "")[:60]
    if code == DESK_CODE:
        return DESK, _("The central desk")
    office = office_by_code(settings.COUNTRY, code) if code else None
    return (office.pk, office.name) if office else (None, "")


def _listed(rows: Sequence[Any]) -> list[dict[str, Any]]:
    ids = {pk for row in rows for pk in (row.from_office, row.to_office) if pk}
    offices = Office.objects.only("code", "names", "country").in_bulk(ids)
    return [
        {
            "handoff": row,
            "case": row.case,
            "url": reverse("office-case", args=[row.case.number]),
            "from": _name(offices, row.from_office),
            "to": _name(offices, row.to_office),
        }
        for row in rows
    ]
