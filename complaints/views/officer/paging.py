"""Pages of a list that nobody counts: one row more than is shown says whether there is a next one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

PAGE_SIZE = 50
#: Deeper than that nobody reads; a filter is quicker.
LAST_PAGE = 200


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, with the numbers of the pages beside it (0: none)."""

    rows: list[Any]
    number: int
    previous: int
    next: int


def page_of(request: HttpRequest, rows: QuerySet[Any] | Callable[[int, int], list[Any]]) -> Page:
    """The page that the address asks for (one query); a number that cannot be is the first.

    `rows`: all there are, or how to get so many of them from a place on.
    """
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isdecimal() and len(asked) < 6 else 1
    number = min(max(number, 1), LAST_PAGE)
    start = (number - 1) * PAGE_SIZE
    count = PAGE_SIZE + 1
    found = rows(start, count) if callable(rows) else list(rows[start : start + count])
    more = len(found) > PAGE_SIZE and number < LAST_PAGE
    return Page(found[:PAGE_SIZE], number, number - 1, number + 1 if more else 0)
