"""Page: the ways in, what comes by each, how it goes, and whether words get through."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from accounts.roles import Role
from complaints.channel_signs import ChannelSign, signs
from complaints.views.officer.access import officers
from oversight import charts
from oversight.boards import ways_in
from oversight.boards.asking import Board, asked_of
from oversight.boards.ways_in import Way
from oversight.charts.words import number
from oversight.dashboards.access import LOOK_ON, hidden_from
from oversight.dashboards.asking import channel_name
from oversight.dashboards.state import cases_of, days_of, list_url
from oversight.metrics import LEAST_CASES, METRICS, Metric

#: Shares that stand beside each way in, of `METRICS`.
SHARES = ("answered_in_10_from_filing", "confirmed_resolved")


@require_safe
@officers(*LOOK_ON)
def channels(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every way in by its cases, and the channels as the room that has them says they are."""
    board = asked_of(request)
    found = ways_in.ways(board.asked.question(), hidden=hidden_from(actor))
    context = {
        **board.context(),
        "ways": [_way(board, way) for way in found],
        "silent": [channel_name(way.code) for way in found if way.silent],
        "share_names": [METRICS[code].name for code in SHARES],
        "signs": [_sign(sign) for sign in signs()],
        "may_see_letters": actor.has(Role.OVERSEER, Role.AUDITOR),
        **board.as_view(request, _("Channels")),
    }
    return render(request, "oversight/boards/channels.html", context)


def _way(board: Board, way: Way) -> dict[str, Any]:
    language, name = get_language() or "en", channel_name(way.code)
    received = max(0, way.counts["received"])
    before = board.asked.period.before()
    query = board.asked.with_(period=board.asked.period.code, channel=way.code)
    return {
        "way": way,
        "name": name,
        "url": reverse("oversight") + query,
        "spark": charts.spark(way.days, name=name, unit=charts.Unit.COUNT, language=language),
        "received": received,
        "received_url": list_url(board.asked, None, measure="received", channel=way.code)
        if received
        else "",
        "before": max(0, way.before["received"]),
        "before_url": cases_of(
            board.asked,
            None,
            METRICS["received"],
            way.before,
            channel=way.code,
            **days_of(before.start, before.end),
        ),
        "shares": [
            (METRICS[code].name, *_share(board, way, METRICS[code], language)) for code in SHARES
        ],
    }


def _share(board: Board, way: Way, metric: Metric, language: str) -> tuple[str, str]:
    """A share in words, and the list of the cases that it counts; nothing of too few."""
    if metric.rests_on(way.counts) < LEAST_CASES:
        return number(None, charts.Unit.SHARE, language), ""
    url = cases_of(board.asked, None, metric, way.counts, channel=way.code)
    return number(metric.of(way.counts), charts.Unit.SHARE, language), url


def _sign(sign: ChannelSign) -> dict[str, Any]:
    """A channel with its state in a word: none that is not set up is well or ill."""
    if not sign.goes_in and not sign.goes_out:
        state, colour = _("Not set up"), "grey"
    elif sign.is_well:
        state, colour = _("Well"), "green"
    else:
        state, colour = _("Stands still"), "red"
    return {"sign": sign, "state": state, "colour": colour}
