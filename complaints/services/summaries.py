"""Telling people of escalations: one notice a person and level, in office hours."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.actors import SYSTEM
from accounts.models import User
from agencies import snapshot
from complaints import moment
from complaints.bars import barred_users
from complaints.clocks import next_office_hour
from complaints.models import Escalation, Notice
from complaints.parties import able_overseers
from complaints.services.outbox import desk_heads, heads_of, overseers
from complaints.services.work import tell_database

#: Numbers listed in one notice; how many more there are is said.
LISTED = 20


@dataclass(frozen=True, slots=True)
class Whose:
    """Heads of this office; of none, the desk's heads or the overseers; without whoever is barred. Where that
    leaves none: the heads above the overseers.
    """

    office: int | None
    of_desk: bool
    barred: frozenset[int]


def tell_escalations() -> int:
    """Write the notices for escalations that nobody was told of yet; says how many notices.

    All that the sweep moved up since the last time is gathered, so that after an outage (or at any
    midnight) a person gets one message a level and not one a case.
    """
    now = moment.now()
    with transaction.atomic():
        tell_database(SYSTEM)
        untold = list(
            Escalation.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(told_at=None)
            .select_related("case", "office__agency", "clock")
            .prefetch_related("case__respondents")
            .order_by("id")
        )
        groups: dict[tuple[int, int], list[Escalation]] = defaultdict(list)
        people: dict[int, User] = {}
        found: dict[Whose, list[User]] = {}
        for escalation in untold:
            whose = _whose(escalation)
            if whose not in found:
                found[whose] = _people(escalation, whose)
            for person in found[whose]:
                people[person.pk] = person
                groups[person.pk, escalation.level].append(escalation)
        notices = [
            _notice(people[user_id], level, rows, now) for (user_id, level), rows in groups.items()
        ]
        Notice.objects.bulk_create(notices, ignore_conflicts=True)
        Escalation.objects.filter(pk__in=[row.pk for row in untold]).update(told_at=now)
    return len(notices)


def _whose(escalation: Escalation) -> Whose:
    """What decides who hears of it: at a midnight it is the same people for hundreds of cases."""
    case, kind = escalation.case, escalation.clock.kind
    at_desk = kind in ("forward", "resolve") and case.status != "disputed_owner"
    return Whose(escalation.office_id, escalation.level == 1 and at_desk, barred_users(case))


def _people(escalation: Escalation, whose: Whose) -> list[User]:
    """Who hears of it, none who is barred from the case."""
    country, office, found = escalation.case.country, escalation.office, list[User]()
    if office is not None:
        found = heads_of(office, whose.barred)
    elif whose.of_desk:
        found = desk_heads(country, whose.barred)
    # Where nobody is left on the way up, it comes to the top at once.
    found = found or overseers(country)
    able = [person for person in found if person.pk not in whose.barred]
    return able or able_overseers(country, whose.barred)


def _notice(person: User, level: int, rows: list[Escalation], now: datetime) -> Notice:
    calendar = snapshot.current(rows[0].case.country).default_calendar
    numbers = sorted({row.case.number for row in rows})
    single = len(numbers) == 1
    return Notice(
        case=rows[0].case if single else None,
        template="escalated" if single else "escalated_many",
        values={
            "level": level,
            "number": numbers[0],
            "numbers": numbers[:LISTED],
            "count": len(numbers),
        },
        language=person.language,
        user=person,
        channel="email",
        key=f"escalations:{min(row.pk for row in rows)}-{max(row.pk for row in rows)}:"
        f"{level}:u{person.pk}",
        created_at=now,
        next_at=next_office_hour(now, calendar),
    )
