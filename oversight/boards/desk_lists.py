"""Page: the cases behind the desk's figures, by why they are there, by what an officer did, or by what the
router decided.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from accounts.models import User
from complaints.models import Case, Event, RoutingRecord
from complaints.selectors.access import visible_to
from complaints.views.officer.access import officers
from complaints.views.officer.paging import page_of
from oversight.boards import desk_work
from oversight.boards.asking import asked_of
from oversight.boards.desk_words import BECAUSE, MOVE_NAMES, REASON_NAMES, SURE
from oversight.dashboards.access import LOOK_ON, hidden_from
from oversight.dashboards.asking import period_name
from oversight.dashboards.listing import differs
from oversight.figures.periods import Period


@dataclass(frozen=True, slots=True)
class Behind:
    """What lies behind a number of the board: its rows in their order, and how one is shown. `steps`: it
    counts steps, of which a case may have several.
    """

    title: str
    caption: str
    number: int
    rows: QuerySet[Any]
    shown: Callable[[Any], dict[str, Any]]
    steps: bool = False


@require_safe
@officers(*LOOK_ON)
def desk_cases(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The cases that are at the desk for a reason (`because`), the steps of an officer in a period
    (`officer`, perhaps `move`), or the router's decisions of one kind (`router`), of cases that the reader
    may see, with the figure on top; what officers did in the reader's own case is counted and not shown. 404
    for what there is not, and for steps of others where one reads one's own.
    """
    board = asked_of(request)
    if "because" in request.GET:
        behind = _there(actor, request.GET["because"])
    elif "router" in request.GET:
        behind = _decided(actor, request.GET["router"])
    else:
        behind = _done(actor, request, board.asked.period)
    page = page_of(request, behind.rows)
    shown = [behind.shown(row) for row in page.rows]
    rows = [row for row in shown if row["case"].owner_id != actor.user_id]
    context = {
        "title": behind.title,
        "caption": behind.caption,
        "number": behind.number,
        "steps": behind.steps,
        "newest_first": "because" not in request.GET,
        "differs": differs(page, behind.number),
        "unseen": len(shown) - len(rows),
        "page": page,
        "rows": [row | {"url": reverse("office-case", args=[row["case"].number])} for row in rows],
        "back": reverse("oversight-desk") + board.query(),
        "up_text": _("Does the desk keep up?"),
    }
    return render(request, "oversight/boards/desk_cases.html", context)


def _there(actor: Actor, code: str) -> Behind:
    if code not in REASON_NAMES:
        raise Http404
    title = str(REASON_NAMES[code])
    rows = desk_work.there_because(actor, code).select_related("category").defer("public_text")

    def shown(case: Case) -> dict[str, Any]:
        return {"case": case, "at": case.filed_at, "what": title}

    return Behind(title, _("Why they are there"), desk_work.reasons(actor)[code], rows, shown)


def _decided(actor: Actor, code: str) -> Behind:
    hidden = hidden_from(actor)
    found = desk_work.decisions(hidden)
    if code != SURE and code not in {*BECAUSE, *found.unsure}:
        raise Http404
    title = str(BECAUSE.get(code, code)) if code != SURE else _("Sure of the office")
    rows = _seen(actor, desk_work.decisions_of("" if code == SURE else code), hidden)
    rows = rows.order_by("-pk")
    number = found.sure if code == SURE else found.unsure[code]

    def shown(row: RoutingRecord) -> dict[str, Any]:
        return {"case": row.case, "at": row.at, "what": title}

    return Behind(title, _("What the router decides by itself"), number, rows, shown)


def _done(actor: Actor, request: HttpRequest, period: Period) -> Behind:
    people, hidden = desk_work.officers_read_by(actor), hidden_from(actor)
    officer, move = _officer(request, people), request.GET.get("move", "")
    if move not in ("", *MOVE_NAMES) or not desk_work.is_counted(period):
        raise Http404
    counted = desk_work.moves_of(people, period, hidden)
    steps = desk_work.steps_of([officer.pk], period, counted.last)
    if move:
        steps = steps.filter(move=move)
    number = sum(
        times
        for (pk, name), times in counted.found.items()
        if pk == officer.pk and move in ("", name)
    )
    rows = _seen(actor, steps, hidden).order_by("-recorded_at", "-pk")
    return Behind(str(officer), period_name(period), number, rows, _step, steps=True)


def _officer(request: HttpRequest, people: dict[int, User]) -> User:
    """Who is asked for, if their steps are for the reader to see."""
    text = request.GET.get("officer", "")
    officer = people.get(int(text)) if text.isdecimal() and len(text) < 10 else None
    if officer is None:
        raise Http404
    return officer


def _seen(actor: Actor, rows: QuerySet[Any], hidden: Sequence[int]) -> QuerySet[Any]:
    """Of cases that the reader may see, each with its case. Without `hidden` ones said once more: one's own
    is seen even by whoever is barred from it.
    """
    seen = visible_to(actor).filter(pk=OuterRef("case_id"))
    return rows.filter(Exists(seen)).exclude(case__in=hidden).select_related("case__category")


def _step(event: Event) -> dict[str, Any]:
    what: Any = MOVE_NAMES.get(event.move, _("Another step"))
    return {"case": event.case, "at": event.recorded_at, "what": what}


def reason_url(code: str) -> str:
    """The list of the cases that are at the desk for a reason."""
    return f"{reverse('oversight-desk-cases')}?because={code}"


def router_url(code: str) -> str:
    """The list of the router's decisions of one kind."""
    return f"{reverse('oversight-desk-cases')}?{urlencode({'router': code})}"


def steps_urls(
    query: str, officer: User, numbers: Sequence[int], moves: Sequence[str]
) -> list[str]:
    """The lists of an officer's steps by `moves` ("": all); empty where there is none. `query` is that
    of the board.
    """
    page = f"{reverse('oversight-desk-cases')}{query}&officer={officer.pk}"
    return [
        (page + (f"&move={move}" if move else "")) if number else ""
        for move, number in zip(moves, numbers, strict=True)
    ]
