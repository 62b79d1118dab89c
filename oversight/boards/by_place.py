"""Page: the country by district, as a map and as a table."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from agencies.models import Place
from complaints.views.officer.access import officers
from oversight import charts
from oversight.boards import places
from oversight.boards.asking import Board, asked_of
from oversight.boards.places import BY, Area
from oversight.charts.words import number
from oversight.dashboards.access import LOOK_ON, hidden_from, sides_for
from oversight.dashboards.counted import MOST_FACTS
from oversight.dashboards.state import list_url
from oversight.figures.asking import Question
from oversight.figures.standing import counted_at
from oversight.metrics import METRICS, STATES, Metric, State

#: States of the table by the list of their cases.
LISTED = {"open": "open", "late": "late", "late_share": "late"}
UNITS = {"count": charts.Unit.COUNT, "share": charts.Unit.SHARE}


@require_safe
@officers(*LOOK_ON)
def by_place(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The figures by district, shaded by one of them; of one agency if the address says so."""
    board = _narrowed(actor, asked_of(request, by_agency=True))
    by, trees = places.figure_of(request.GET.get("by", "")), board.asked.trees
    within = trees.places.by_code.get(request.GET.get("place", "").replace("\0", ""))
    found = places.places_of(
        _question(actor, board), trees, within=within, hidden=hidden_from(actor)
    )
    busy = [area for area in found.areas if area.has_cases]
    shown = found.areas if "all" in request.GET else busy
    context = {
        **board.context(by=by.code),
        "by": by,
        "figures": [
            {"name": _figure(code).name, "url": board.query(by=code), "current": code == by.code}
            for code in BY
        ],
        "is_now": isinstance(by, State),
        "some": bool(busy) or found.nowhere.has_cases,
        "chart": _chart(board, found.level, found.areas, by),
        "heads": [(_figure(code).name, code == by.code) for code in BY],
        "rows": _rows(board, shown, by),
        "empty_places": len(found.areas) - len(shown),
        "within": within if found.below else None,
        "below": _rows(board, found.below, by),
        "has_below": found.level != places.DISTRICT,
        "nowhere": _cells(board, found.nowhere, has_list=not found.has_others)
        if found.nowhere.has_cases
        else [],
        "counted_at": counted_at(),
        **board.as_view(request, _("Map")),
    }
    return render(request, "oversight/boards/map.html", context)


def _figure(code: str) -> Metric | State:
    return METRICS.get(code) or STATES[code]


def _question(actor: Actor, board: Board) -> Question:
    return board.asked.question(board.agency, sides_for(actor, board.agency))


def _narrowed(actor: Actor, board: Board) -> Board:
    """The same without its agency where too much would have to be counted for it."""
    if board.agency is None or places.is_quick(_question(actor, board), MOST_FACTS):
        return board
    said = _("Figures of %(name)s by place are not kept for this period. All agencies are shown.")
    mistakes = (*board.mistakes, said % {"name": board.agency.name})
    return replace(board, agency=None, mistakes=mistakes)


def _url(board: Board, place: Place) -> str:
    """The dashboard of the country, or of the agency, with this place alone."""
    query = board.asked.with_(period=board.asked.period.code, district=place.code)
    if board.agency is not None:
        return reverse("oversight-agency", args=[board.agency.code]) + query
    return reverse("oversight") + query


def _chart(board: Board, level: str, areas: list[Area], by: Metric | State) -> charts.Chart:
    language, unit = get_language() or "en", UNITS[by.unit]
    drawn = [
        charts.Area(
            area.place.code, area.place.name, area.value(by), _detail(area), _url(board, area.place)
        )
        for area in areas
    ]
    highest = max(areas, key=lambda area: area.value(by) or 0, default=None)
    finding = ""
    if highest is not None and highest.value(by):
        finding = _("Highest: %(place)s, %(value)s.") % {
            "place": highest.place.name,
            "value": number(highest.value(by), unit, language),
        }
    of = areas[0].place.level_name if areas else _("District")
    frame = charts.Frame("by-place", str(by.name), finding, of, language)
    return charts.district_map(
        frame, settings.COUNTRY, drawn, unit=unit, level=level, value_name=str(by.name)
    )


def _detail(area: Area) -> str:
    language = get_language() or "en"
    return _("%(open)s open, %(late)s late; %(received)s received") % {
        "open": number(area.now.open, charts.Unit.COUNT, language),
        "late": number(area.now.late, charts.Unit.COUNT, language),
        "received": number(area.counts["received"], charts.Unit.COUNT, language),
    }


def _rows(board: Board, areas: list[Area], by: Metric | State) -> list[dict[str, Any]]:
    """The table, the highest first; who has no figure last."""
    order = sorted(areas, key=lambda area: (-(area.value(by) or 0), area.place.name))
    return [
        {
            "name": area.place.name,
            "url": _url(board, area.place),
            "below_url": board.query(by=by.code, place=area.place.code),
            "cells": _cells(board, area),
        }
        for area in order
    ]


def _cells(board: Board, area: Area, *, has_list: bool = True) -> list[tuple[Any, str, str]]:
    """All figures of a place in the reader's digits, each with its name and the list of its cases."""
    language = get_language() or "en"
    cells = []
    for code in BY:
        by = _figure(code)
        value = area.value(by)
        url = _cases_url(board, area.place, by) if has_list and value else ""
        cells.append((by.name, number(value, UNITS[by.unit], language), url))
    return cells


def _cases_url(board: Board, place: Place, by: Metric | State) -> str:
    """The list of the cases behind a figure of a place; of a share the cases that it counts."""
    which = {"measure": by.behind} if isinstance(by, Metric) else {"state": LISTED[by.code]}
    where = {"district": place.code} if place.code else {"without": "district"}
    return list_url(board.asked, board.agency, **where, **which)
