"""Which cases go to a city, and which of them are due: found, claimed, put off.

A case goes once: it waits with the city's office, nobody there has taken it, and nothing in it has to
stay here. A row is written before anything is sent.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from complaints.models import Case, Respondent
from complaints.models.case import Status
from systems.models import City, Forwarding
from systems.models.system import Way
from systems.standing import holds_post

WAITING, SENT = Forwarding.State.WAITING, Forwarding.State.SENT
REFUSED, OVER = Forwarding.State.REFUSED, Forwarding.State.OVER
#: Found for one city in a run; what is left is the next run's.
FOUND = 200
#: Whoever claimed a row has so long.
LEASE = timedelta(minutes=5)
#: When a try that surely did not arrive is made again, after each; the last one from then on.
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
#: A try that is under way, in `Forwarding.error`: found later, it was cut off.
SENDING = "sending"
#: How a try ended that broke here: a mistake of ours, or an answer that nobody thought of.
FAULT = "fault"
#: Who filed the case cannot be opened: nobody knows which names are to be masked, so nothing leaves.
SEALED = "sealed"


def cities() -> list[City]:
    """The cities that are asked, with their systems: those that failed last after the others, and of
    each the longest unheard first.
    """
    rows = City.objects.filter(
        system__ended_at=None, system__way=Way.OPEN311, system__office__country=settings.COUNTRY
    )
    # One without a post could not accept what it was handed.
    rows = rows.filter(holds_post("system__"))
    rows = rows.select_related("system__office__agency", "system__user")
    return sorted(rows.order_by("next_read_at", "pk"), key=lambda city: bool(city.error))


def may_leave(city: City) -> QuerySet[Case]:
    """The cases that may be handed to a city as they are now."""
    about = Respondent.objects.filter(case=OuterRef("pk"), ended_at=None)
    return Case.objects.filter(
        country=settings.COUNTRY,
        holder=city.system.office_id,
        status=Status.FORWARDED,
        sensitive=False,
        tray="",
        imported_from="",
        withdrawal_pending=False,
        words_erased_at=None,
    ).exclude(Exists(about))


def find(city: City, now: datetime) -> int:
    """Write a row for each case that is to go to the city; says how many."""
    subjects = set(city.services)
    cases = may_leave(city)
    if "" not in subjects:
        named = Q(category__code__in=subjects) | Q(category__parent__code__in=subjects)
        cases = cases.filter(named)
    known = Forwarding.objects.filter(case=OuterRef("pk"), city=city)
    ids = cases.exclude(Exists(known)).order_by("next_due", "id").values_list("pk", flat=True)
    rows = [Forwarding(case_id=pk, city=city, next_at=now, made_at=now) for pk in list(ids[:FOUND])]
    return len(Forwarding.objects.bulk_create(rows, ignore_conflicts=True))


def due(city: City, state: str, now: datetime) -> QuerySet[Forwarding]:
    """Rows of a city whose time has come, the longest due first."""
    rows = Forwarding.objects.filter(city=city, state=state, next_at__lte=now)
    return rows.order_by("next_at", "id")


def claim(city: City, now: datetime) -> Forwarding | None:
    """Take one row for sending. It is marked before anything leaves; `error` of what is given is how the
    try before it ended.
    """
    with transaction.atomic():
        rows = due(city, WAITING, now).select_for_update(skip_locked=True, of=("self",))
        row = rows.first()
        if row is None:
            return None
        Forwarding.objects.filter(pk=row.pk).update(next_at=now + LEASE, tries=F("tries") + 1)
    row.tries += 1
    return row


def mark_sending(row: Forwarding) -> bool:
    """From here on it may be with the city. False where somebody else has it by now."""
    mine = Forwarding.objects.filter(pk=row.pk, state=WAITING, tries=row.tries)
    return bool(mine.update(error=SENDING))


def put_off(
    row: Forwarding, kind: str, now: datetime, wait: int = 0, *, anew: bool = False
) -> None:
    """It is tried again, later and later; `anew`: tries are counted from this one on."""
    tries = 1 if anew else row.tries
    step = RETRIES[min(tries, len(RETRIES)) - 1]
    later = max(step, timedelta(seconds=min(wait, 6 * 3600)))
    Forwarding.objects.filter(pk=row.pk, state=WAITING).update(
        error=kind[:40], next_at=now + later, tries=tries
    )


def ask_again(rows: Iterable[Forwarding], now: datetime) -> None:
    """When these are asked for next: soon while something happens, later where nothing does."""
    for row in rows:
        lately = row.updated_at or row.made_at
        quiet = now - lately
        wait = timedelta(minutes=5 if quiet < timedelta(days=2) else 30)
        Forwarding.objects.filter(pk=row.pk).update(next_at=now + wait)


def note_city(city: City, kind: str) -> None:
    """How the city was reached last, for its page; empty: well."""
    City.objects.filter(pk=city.pk).exclude(error=kind[:40]).update(error=kind[:40])
