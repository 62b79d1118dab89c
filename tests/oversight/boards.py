"""Ways to a country of figures for the tests of the boards: agencies, facts and hand-offs by the dozen."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from agencies.models import Office
from oversight.figures import cube, keeping
from oversight.figures.periods import today
from oversight.models import Fact, Handoff, Kept
from tests.factories.agencies import make_office

#: Made-up facts have numbers that no case has.
_numbers = count(10_000_000)


def agencies(number: int, **fields: Any) -> list[Office]:
    """So many agencies side by side."""
    return [make_office(f"agency-{at}", f"Agency {at}", **fields) for at in range(number)]


def hand_on(
    case_id: int, source: Office, target: Office | None, times: int = 1, on: date | None = None
) -> None:
    """So many hand-offs of one case, made up: from an agency to an agency, or to the desk."""
    first = Handoff.objects.filter(case_id=case_id).count()
    Handoff.objects.bulk_create(
        Handoff(
            case_id=case_id,
            seq=1000 + first + at,
            on=on or today(),
            from_office=source.pk,
            from_agency=source.agency_id or source.pk,
            to_office=target.pk if target else 0,
            to_agency=(target.agency_id or target.pk) if target else 0,
        )
        for at in range(times)
    )


def facts(times: int, office: Office | None = None, **fields: Any) -> None:
    """So many facts, made up: closed cases filed 20 days ago and answered 5 days later, or as told."""
    filed = fields.pop("filed_on", today() - timedelta(days=20))
    answered = fields.pop("answered_on", filed + timedelta(days=5))
    told: dict[str, Any] = {
        "office": office.pk if office else 0,
        "agency": (office.agency_id or office.pk) if office else 0,
        "category": 0,
        "district": 0,
        "channel": "web",
        "kind": "complaint",
        "side": 0,
        "status": "closed",
        "ending": "confirmed",
        "outcome": "resolved",
        "stage": "",
        "due_at": None,
        "level": 0,
        "hops": 0,
        "rating": None,
        "filed_on": filed,
        "forwarded_on": filed,
        "answered_on": answered,
        "closed_on": answered,
        "last_on": max(day for day in (filed, answered) if day),
    }
    Fact.objects.bulk_create(
        Fact(case_id=next(_numbers), **(told | fields)) for _at in range(times)
    )


def sum_up() -> None:
    """The sums over all facts there are, made anew as the workers make them; nothing kept is known."""
    cube.copy_tree(settings.COUNTRY)
    since = today() - timedelta(days=cube.DAYS_KEPT)
    cube.rebuild(since, keeping.quiet)
    kept, _made = Kept.objects.update_or_create(
        pk=1,
        defaults={
            "country": settings.COUNTRY,
            "format": keeping.FORMAT,
            "days_since": since,
            "kept_at": timezone.now(),
        },
    )
    keeping.count_backlog_now(kept)
    cache.clear()
