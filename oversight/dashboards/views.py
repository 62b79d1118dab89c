"""The screens of the country and of an office: where is it stuck, how did it go, is it true."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Office
from agencies.selectors import offices_above
from complaints.selectors.pressure import open_pressure
from complaints.views.officer.access import officers
from oversight.audits import queue
from oversight.audits.rates import ALERT_GAP, ALERT_REACHED, add_to, found_by_ending
from oversight.dashboards import pictures
from oversight.dashboards.access import (
    LEAD,
    LOOK_ON,
    hidden_from,
    may_look_at,
    office_asked,
    own_offices,
    sees_country,
    sides_below,
    sides_for,
)
from oversight.dashboards.asked_again import ENDINGS, found_url
from oversight.dashboards.asking import Asked, form_of, read
from oversight.dashboards.children import (
    AT_A_TIME,
    TOP,
    child_rows,
    rest_row,
    slices,
)
from oversight.dashboards.counted import SHOWN_BY, Counted, counted
from oversight.dashboards.listing import oldest_rows
from oversight.dashboards.measures import is_cut_short, tiles
from oversight.dashboards.signs import signs
from oversight.dashboards.state import LEVELS, counts_on_top, list_url, stage_rows
from oversight.dashboards.waiting import begin, being_counted, is_counted, wanted
from oversight.dashboards.which import SET_ASIDE
from oversight.figures.asking import Counts, Question
from oversight.figures.standing import counted_at
from oversight.metrics import LEAST_CASES, METRICS

#: Offices below that a screen shows; all of them are a page of their own.
CHILDREN = 12


@require_safe
@officers(*LOOK_ON, *LEAD)
def country(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The country in one screen. Who sees one office alone is led to it."""
    if sees_country(actor):
        return _screen(request, actor, None)
    return redirect("oversight-agency", code=own_offices(actor)[0].code)


@require_safe
@officers(*LOOK_ON, *LEAD)
def agency(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """One office with all below it; 404 if there is none, refused where it is not theirs to see."""
    return _screen(request, actor, office_asked(actor, code))


def _screen(request: HttpRequest, actor: Actor, office: Office | None) -> HttpResponse:
    asked, every = read(request.GET), request.GET.get("all", "")
    first, page = _part(request) if every == "offices" else (0, 1)
    last = first + (AT_A_TIME if every == "offices" else CHILDREN)
    sides, hidden = sides_for(actor, office), hidden_from(actor)
    below = sides_below(actor, office)
    what, children = wanted(asked, office, sides, first, last, below)
    context = _frame(request, actor, asked, office)
    found = counted(what, hidden)
    if found is None:
        begin(asked, office, what)
        return being_counted(request, context)
    if (answer := is_counted(request)) is not None:
        return answer
    context |= {"found": found, "counted_at": found.at}
    if every == "offices" or every in SHOWN_BY:
        context |= _whole(asked, office, found, children, every, page)
        return render(request, "oversight/dashboard_all.html", context)
    context |= _now(asked, office, found, children)
    context |= _period(asked, office, found)
    context["oldest"] = oldest_rows(actor, asked, asked.question(office), hidden)
    if sees_country(actor):
        context |= _for_onlookers(actor, asked, office, what.question, hidden)
    return render(request, "oversight/dashboard.html", context)


def _part(request: HttpRequest) -> tuple[int, int]:
    """The first row of the page asked for, and its number."""
    text = request.GET.get("page", "")
    number = min(max(int(text), 1), 1000) if text.isdecimal() and len(text) < 5 else 1
    return (number - 1) * AT_A_TIME, number


def _frame(
    request: HttpRequest, actor: Actor, asked: Asked, office: Office | None
) -> dict[str, Any]:
    """What is around the figures: the way here, filters, whose figures they are."""
    above = offices_above(office)[::-1] if office else []
    own = [] if sees_country(actor) else own_offices(actor)
    return {
        "asked": asked,
        "form_fields": form_of(asked),
        "office": office,
        "above": [
            {"office": one, "url": reverse("oversight-agency", args=[one.code]) + asked.query}
            for one in above
            if may_look_at(actor, one)
        ],
        "sees_country": sees_country(actor),
        "takes_out": office is not None and actor.has(*LEAD, Role.OVERSEER),
        "own_offices": own if len(own) > 1 else [],
        "path": request.path_info,
        "view_name": _view_name(asked, office),
        "backlog_at": counted_at(),
    }


def _view_name(asked: Asked, office: Office | None) -> str:
    """What a saved view is called unless somebody says otherwise."""
    parts = [office.name if office else _("Country"), asked.period_words]
    return ", ".join([*parts, *(chip["words"] for chip in asked.chips)])[:80]


def _now(
    asked: Asked, office: Office | None, found: Counted, children: list[Office]
) -> dict[str, Any]:
    rows = child_rows(asked, found, children)
    busy = [row for row in rows if row.now.open > 0 or row.received]
    rest = rest_row(asked, office, found)
    return {
        "counts": counts_on_top(asked, office, found),
        "levels": LEVELS,
        "stages": stage_rows(asked, office, found),
        "rows": busy,
        "more_offices": len(children) - len(busy),
        "rest": rest,
        "late_chart": pictures.late_where([*busy, *([rest] if rest else [])], found.now.late),
        "ages_chart": pictures.ageing(asked, office, found),
        "now": found.now,
    }


def _period(asked: Asked, office: Office | None, found: Counted) -> dict[str, Any]:
    tables = {name: slices(asked, office, name, found.by[name]) for name in SHOWN_BY}
    return {
        "tiles": tiles(asked, office, found),
        "trend_chart": pictures.trend(asked, office, found),
        "time_chart": pictures.in_time(asked, office, found),
        "became_chart": pictures.what_became(asked, office, found),
        "tables": [
            {"name": name, "rows": rows[:TOP], "more": max(0, len(rows) - TOP)}
            for name, rows in tables.items()
            if rows and name not in asked.filters
        ],
        "is_cut_short": is_cut_short(asked),
        "aside": max(0, found.aside["received"]),
        "aside_url": list_url(asked, office, measure="received", sides=SET_ASIDE),
        "is_empty": not (found.total["received"] > 0 or found.total["answered"] > 0),
    }


def _whole(
    asked: Asked,
    office: Office | None,
    found: Counted,
    children: list[Office],
    every: str,
    page: int,
) -> dict[str, Any]:
    """All rows of one table, so many at a time."""
    start = (page - 1) * AT_A_TIME
    if every == "offices":
        rows: list[Any] = child_rows(asked, found, children)
        whole = len(children)
    else:
        rows = slices(asked, office, every, found.by[every])
        whole, rows = len(rows), rows[start : start + AT_A_TIME]
    return {
        "every": every,
        "rows": rows,
        "whole": whole,
        "table": {"name": every, "rows": rows, "more": 0},
        "page": {
            "number": page,
            "previous": page - 1,
            "next": page + 1 if start + AT_A_TIME < whole else 0,
        },
        "kept": [("all", every)],
    }


def _for_onlookers(
    actor: Actor, asked: Asked, office: Office | None, question: Question, hidden: list[int]
) -> dict[str, Any]:
    """What an office may not read: call-backs before they are public, pressure, the portal's health."""
    found = Counts()
    add_to(found, question, hidden=hidden)
    solved, claimed = METRICS["audit_solved"], METRICS["audit_agreement"]
    shares = (claimed.of(found), solved.of(found))
    reached, alarming = found["audit_reached"], False
    interval = solved.interval_of(found) or (None, None)
    if None not in shares:
        gap = (found["audit_claimed"] - found["audit_solved"]) / reached
        alarming = reached >= ALERT_REACHED and gap >= ALERT_GAP - 1e-9
    context: dict[str, Any] = {
        "audit": {
            "reached": reached,
            "enough": reached >= LEAST_CASES,
            "claimed": shares[0],
            "solved": shares[1],
            "low": interval[0],
            "high": interval[1],
            "alarming": alarming,
        },
        "endings": _endings(actor, asked, office, question, hidden) if reached else [],
    }
    if office is None:
        context["beside"] = _beside(actor)
        context["signs"] = signs()
        context["may_mend"] = actor.has(Role.REGISTRAR)
    return context


def _endings(
    actor: Actor, asked: Asked, office: Office | None, question: Question, hidden: list[int]
) -> list[dict[str, Any]]:
    """By how the cases had ended, each number with its calls for whoever reads calls that others made."""
    rows = []
    for row in found_by_ending(question, hidden=hidden):
        urls = ["", ""]
        if actor.has(*queue.READERS) and row.reached:
            urls[0] = found_url(asked, office, row.ending)
            urls[1] = found_url(asked, office, row.ending, solved=True) if row.solved else ""
        rows.append({"ending": row, "name": ENDINGS[row.ending], "urls": urls})
    return rows


def _beside(actor: Actor) -> list[dict[str, Any]]:
    """What waits beside the cases: citizens to be asked once more, and who says that they were pressed."""
    waiting = queue.count(queue.due_for(actor))
    entries = [
        {"title": _("To ask once more"), "number": waiting, "url": reverse("oversight-audits")}
    ]
    if actor.has(Role.OVERSEER):
        pressed = open_pressure(actor)
        entry = {"title": _("Pressed to give up"), "number": pressed, "url": reverse("pressured")}
        entries.append(entry | {"code": "late" if pressed else ""})
    return entries
