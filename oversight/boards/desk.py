"""Page: the verification desk, what waits there, how soon it forwards, who did what."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from accounts.roles import Role
from complaints import moment
from complaints.clocks import Kind
from complaints.views.officer.access import officers
from oversight import charts
from oversight.boards import desk_work
from oversight.boards.asking import Board, asked_of
from oversight.boards.desk_lists import reason_url, router_url, steps_urls
from oversight.boards.desk_words import BECAUSE, MOVE_NAMES, REASON_NAMES, SURE
from oversight.boards.desk_work import MOVES, Decisions, Work
from oversight.charts.words import number
from oversight.dashboards.access import LOOK_ON, hidden_from
from oversight.dashboards.counted import Counted
from oversight.dashboards.measures import tiles
from oversight.dashboards.pictures import age_band, age_names, by_weeks, step_links
from oversight.dashboards.state import list_url
from oversight.figures import reading, standing
from oversight.figures.asking import added
from oversight.figures.standing import Standing
from oversight.metrics import METRICS

FORWARD = Kind.FORWARD.value
#: The figures of the period, of `METRICS`.
FIGURES = ("forwarded_in_3", "received", "returned", "hops_per_case", "declined", "merged")


@require_safe
@officers(*LOOK_ON)
def desk(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The desk in one screen. Officers of the desk read their own moves, who oversees all."""
    board, hidden = asked_of(request), hidden_from(actor)
    asked = board.asked
    question = asked.question()
    now = standing.by_stage(question, hidden=hidden).get(FORWARD, Standing())
    steps = reading.trend(question, hidden=hidden)
    found = Counted(
        at=moment.now(),
        total=added(steps.values()),
        before=reading.totals(question.during(asked.period.before()), hidden=hidden, bands=False),
    )
    is_counted = desk_work.is_counted(asked.period)
    context = {
        **board.context(),
        "counts": _counts(board, now),
        "reasons": _reasons(actor),
        "ages": _ages(board, now),
        "tiles": tiles(asked, None, found, FIGURES),
        "trend": _trend(board, found, steps),
        "router": _router(desk_work.decisions(hidden)),
        "move_names": [MOVE_NAMES[move] for move in MOVES],
        "work": _work(board, desk_work.work_of(actor, asked.period, hidden)) if is_counted else [],
        "is_counted": is_counted,
        "own_only": not actor.has(Role.OVERSEER, Role.AUDITOR),
        "counted_at": standing.counted_at(),
        **board.as_view(request, _("Desk")),
    }
    return render(request, "oversight/boards/desk.html", context)


def _counts(board: Board, now: Standing) -> list[dict[str, Any]]:
    """What waits to be forwarded, each number with its list."""

    def url(state: str) -> str:
        return list_url(board.asked, None, state=state, stage=FORWARD)

    entries = [
        (_("Late"), now.late, url("late"), "late"),
        (_("Due today"), now.today, url("today"), "today"),
        (_("To be forwarded"), now.open, url("open"), ""),
    ]
    return [
        {"title": title, "number": max(0, count), "url": link, "code": code if count > 0 else ""}
        for title, count, link, code in entries
    ]


def _reasons(actor: Actor) -> list[dict[str, Any]]:
    counts = desk_work.reasons(actor)
    return [
        {
            "name": name,
            "number": counts[code],
            "url": reason_url(code) if counts[code] else "",
        }
        for code, name in REASON_NAMES.items()
    ]


def _ages(board: Board, now: Standing) -> charts.Chart | None:
    """What waits to be forwarded, by age; None where nothing waits."""
    if now.open <= 0:
        return None
    language = get_language() or "en"
    columns = [
        age_band(
            board.asked,
            None,
            name,
            place,
            in_time=max(0, whole - late),
            late=max(0, late),
            stage=FORWARD,
        )
        for place, (name, whole, late) in enumerate(
            zip(age_names(), now.ages, now.late_ages, strict=True)
        )
    ]
    young = max(0, now.ages[0])
    finding = _("%(part)s of %(whole)s are no older than three days.") % {
        "part": number(young, charts.Unit.COUNT, language),
        "whole": number(now.open, charts.Unit.COUNT, language),
    }
    title = _("How old the cases are that wait to be forwarded")
    return charts.ageing(charts.Frame("desk-ages", title, finding, _("Age"), language), columns)


def _trend(board: Board, found: Counted, steps: Any) -> charts.Chart:
    """The share forwarded in three days, by week or by month; a gap where they are not over."""
    metric, language = METRICS["forwarded_in_3"], get_language() or "en"
    by_months = board.asked.period.by_months
    steps = steps if by_months else by_weeks(steps)
    share = metric.of(found.total)
    finding = (
        _("%(share)s of the cases whose three days are over were forwarded within them.")
        % {"share": number(share, charts.Unit.SHARE, language)}
        if share is not None
        else _("The three days are not over for any case of this period.")
    )
    frame = charts.Frame(
        "desk-trend", str(metric.name), finding, _("Month") if by_months else _("Week"), language
    )
    links = step_links(board.asked, None, metric, steps)
    values = tuple(metric.of(one) for one in steps.values())
    series = [charts.Series(str(metric.name), values, links=links)]
    step = charts.Step.MONTH if by_months else charts.Step.WEEK
    return charts.trend(frame, list(steps), series, step=step, unit=charts.Unit.SHARE)


def _work(board: Board, rows: list[Work]) -> list[dict[str, Any]]:
    names, found = [MOVE_NAMES[move] for move in MOVES], []
    for row in rows:
        urls = steps_urls(board.query(), row.officer, (*row.moves, row.all), (*MOVES, ""))
        named = list(zip(names, row.moves, urls[:-1], strict=True))
        found.append({"officer": row.officer, "named": named, "all": row.all, "url": urls[-1]})
    return found


def _router(found: Decisions) -> dict[str, Any] | None:
    """What the router decided by itself, and why it asked the desk; None before any decision."""
    if not found.number:
        return None
    return {
        "number": found.number,
        "sure": found.sure,
        "since": found.since,
        "share": found.sure / found.number,
        "sure_url": router_url(SURE) if found.sure else "",
        "because": [
            (
                BECAUSE.get(code, code),
                count,
                count / found.number,
                router_url(code),
            )
            for code, count in found.unsure.most_common()
        ],
    }
