"""Page: the cases behind the desk's figures, by what an officer did or by what the router decided."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Role
from complaints.models import Event, RoutingRecord
from complaints.selectors.access import visible_to
from complaints.views.officer.access import officers
from complaints.views.officer.paging import page_of
from oversight.boards import desk_work
from oversight.boards.asking import asked_of
from oversight.boards.desk_words import BECAUSE, MOVE_NAMES, SURE
from oversight.dashboards.access import LOOK_ON, hidden_from
from oversight.dashboards.asking import period_name
from oversight.figures.periods import Period


@require_safe
@officers(*LOOK_ON)
def desk_cases(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The steps of an officer in a period (`officer`, perhaps `move`), or the router's decisions of one
    kind (`router`), of cases that the reader may see, the newest first. 404 for what there is not, and
    for steps of others where one reads one's own.
    """
    board = asked_of(request)
    if "router" in request.GET:
        code = request.GET["router"]
        if code != SURE and code not in BECAUSE:
            raise Http404
        title = str(BECAUSE.get(code) or _("Sure of the office"))
        caption = _("What the router decides by itself")
        page = page_of(request, _decisions(actor, "" if code == SURE else code))
        rows = [{"case": row.case, "at": row.at, "what": title} for row in page.rows]
    else:
        officer, move = _officer(request, actor), request.GET.get("move", "")
        if move not in ("", *MOVE_NAMES) or not desk_work.is_counted(board.asked.period):
            raise Http404
        title, caption = str(officer), period_name(board.asked.period)
        page = page_of(request, _steps(actor, officer, move, board.asked.period))
        rows = [_step(row) for row in page.rows]
    context = {
        "title": title,
        "caption": caption,
        "page": page,
        "rows": [row | {"url": reverse("office-case", args=[row["case"].number])} for row in rows],
        "back": reverse("oversight-desk") + board.query(),
    }
    return render(request, "oversight/boards/desk_cases.html", context)


def _officer(request: HttpRequest, actor: Actor) -> User:
    """Who is asked for, if their steps are for the reader to see."""
    text = request.GET.get("officer", "")
    number = int(text) if text.isdecimal() and len(text) < 10 else 0
    if not actor.has(Role.OVERSEER, Role.AUDITOR) and number != actor.user_id:
        raise Http404
    officer = User.objects.filter(pk=number).first()
    if officer is None or number not in desk_work.people_at_the_desk():
        raise Http404
    return officer


def _steps(actor: Actor, officer: User, move: str, period: Period) -> QuerySet[Event]:
    steps = desk_work.steps_of([officer.pk], period)
    if move:
        steps = steps.filter(move=move)
    steps = _seen(actor, steps).select_related("case__category")
    return steps.order_by("-recorded_at", "-pk")


def _decisions(actor: Actor, code: str) -> QuerySet[RoutingRecord]:
    found = desk_work.decisions_of(code)
    return _seen(actor, found).select_related("case__category").order_by("-pk")


def _seen(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    seen = visible_to(actor).filter(pk=OuterRef("case_id"))
    return rows.filter(Exists(seen)).exclude(case__in=hidden_from(actor))


def _step(event: Event) -> dict[str, Any]:
    what: Any = MOVE_NAMES.get(event.move, _("Another step"))
    return {"case": event.case, "at": event.recorded_at, "what": what}


def router_url(code: str) -> str:
    """The list of the router's decisions of one kind."""
    return f"{reverse('oversight-desk-cases')}?router={code}"


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
