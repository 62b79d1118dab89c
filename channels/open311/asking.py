"""What a client asks for: its parameters read and checked. A parameter that is empty was not given."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from channels.open311.problems import Problem
from complaints import moment
from complaints.tracking import read_number

#: "At most 90 days or 1,000 rows" (GeoReport v2, response volume).
WINDOW, MOST_ROWS = timedelta(days=90), 1000
STATUSES = frozenset({"open", "closed"})
#: The common subset of ISO 8601 of the W3C's note: a day, or a moment with its zone.
W3C = re.compile(
    r"(?P<day>[12]\d{3}-\d\d-\d\d)"
    r"(T(?P<clock>\d\d:\d\d(:\d\d(\.\d{1,9})?)?)(?P<zone>Z|[+-]\d\d:\d\d))?",
    re.ASCII,
)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Window:
    """From a moment to another, both included."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """Which requests are wanted. `numbers` overrides all the others; empty sets mean all."""

    numbers: frozenset[str] | None
    codes: frozenset[str]
    statuses: frozenset[str]
    window: Window


def plain(text: str) -> str:
    """Words without control characters, which no person types and no database keeps."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def asked(query: Mapping[str, str]) -> Asked:
    """Read the parameters of GET requests. Raises Problem with everything that is wrong."""
    listed = {name: _listed(query, name) for name in ("service_request_id", "service_code")}
    statuses = frozenset(word.lower() for word in _listed(query, "status"))
    if ids := listed["service_request_id"]:
        numbers = frozenset(number for number in map(read_number, ids) if number)
        return Asked(numbers, frozenset(), frozenset(), window({}))
    if not statuses <= STATUSES:
        raise Problem(400, _("status: give open or closed."))
    return Asked(None, listed["service_code"], statuses, window(query))


def _listed(query: Mapping[str, str], name: str) -> frozenset[str]:
    """The values of a parameter that may hold several, with commas between them."""
    parts = plain(query.get(name, "")).split(",")
    return frozenset(part.strip() for part in parts if part.strip())


def window(query: Mapping[str, str]) -> Window:
    """From `start_date` to `end_date`: without one of them 90 days, without both the last 90.

    Raises Problem for what is no date, and for more than 90 days.
    """
    start, end = _date(query, "start_date"), _date(query, "end_date", is_end=True)
    if end is None:
        end = start + WINDOW if start else moment.now()
    start = end - WINDOW if start is None else start
    if start > end:
        raise Problem(400, _("start_date is later than end_date."))
    if end - start > WINDOW:
        raise Problem(400, _("start_date and end_date may not span more than 90 days."))
    return Window(start, end)


def _date(query: Mapping[str, str], name: str, *, is_end: bool = False) -> datetime | None:
    given = plain(query.get(name, ""))
    if not given:
        return None
    try:
        return read_date(given, is_end=is_end)
    except ValueError:
        said = _("%(name)s: write it like 2026-01-31T00:00:00Z.")
        raise Problem(400, str(said) % {"name": name}) from None


def read_date(given: str, *, is_end: bool = False) -> datetime:
    """A moment of the W3C's note, which needs its zone; a day alone is one of the capital's.

    A plus that a client forgot to escape came as a space. Raises ValueError.
    """
    found = W3C.fullmatch(given.replace(" ", "+"))
    if found is None:
        raise ValueError(given)
    day = date.fromisoformat(found["day"])
    if found["clock"]:
        zone = found["zone"].replace("Z", "+00:00")
        return datetime.fromisoformat(f"{day}T{found['clock'][:15]}{zone}")
    last = time.max if is_end else time.min
    return datetime.combine(day, last, tzinfo=timezone.get_default_timezone())


def check_jurisdiction(given: str) -> None:
    """Refuse what is meant for another government. Raises Problem.

    Ours is the country's code or the portal's host; whoever names none means us.
    """
    ours, host = urlsplit(settings.PUBLIC_URL), plain(given).lower()
    known = {settings.COUNTRY, ours.netloc, ours.hostname or ""}
    if host and host not in known | {name.removeprefix("www.") for name in known}:
        raise Problem(404, _("jurisdiction_id was not found."))
