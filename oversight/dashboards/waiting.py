"""Long counts: begun by a page, done by a worker, one at a time for each question."""

import logging
from collections.abc import Mapping
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from kombu.exceptions import OperationalError

from agencies.models import Office
from agencies.selectors import office_by_code
from oversight.dashboards.asking import Asked, read
from oversight.dashboards.children import children_of
from oversight.dashboards.counted import BEGUN, Wanted, count_long, may_begin

log = logging.getLogger(__name__)

#: The worker's task (`oversight.tasks`), and seconds between two looks of a page that waits for it.
TASK, EVERY = "oversight.tasks.count_dashboard", 3


def wanted(
    asked: Asked,
    office: Office | None,
    sides: tuple[int, ...],
    first: int,
    last: int,
    sides_below: tuple[int, ...],
) -> tuple[Wanted, list[Office]]:
    """What a screen counts, and the offices right below (one query)."""
    children = children_of(office)
    return (
        Wanted(
            asked.question(office, sides),
            tuple(child.pk for child in children),
            first,
            last,
            sides_below,
        ),
        children,
    )


def begin(asked: Asked, office: Office | None, what: Wanted) -> None:
    """Have it counted, unless it is being counted. Without a broker the next look tries again."""
    if not may_begin(what):
        return
    told = {
        "query": asked.values,
        "office": office.code if office else "",
        "sides": list(what.question.sides),
        "sides_below": list(what.sides_below),
        "first": what.first,
        "last": what.last,
    }
    try:
        current_app.send_task(TASK, kwargs={"told": told})
    except OperationalError:
        log.warning("no broker: a long count waits for the next look")


def count_told(told: Mapping[str, Any]) -> None:
    """The worker's part, of what `begin` told. Two at once count once."""
    office = office_by_code(settings.COUNTRY, told["office"]) if told["office"] else None
    what, _children = wanted(
        read(told["query"]), office, tuple(told["sides"]), told["first"], told["last"],
        tuple(told["sides_below"]),
    )  # fmt: skip
    running = f"{what.name}:running"
    if cache.get(what.name) is not None or not cache.add(running, 1, BEGUN):
        return
    try:
        count_long(what)
    finally:
        cache.delete(running)


def being_counted(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The page until it is counted: it looks again by itself, with and without a script."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return render(request, "oversight/counting.html", context | {"every": EVERY})


def is_counted(request: HttpRequest) -> HttpResponse | None:
    """What a page that waited is told once the counts are there: to show itself anew."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return None
