"""What becomes of the cases of a system that has ended: they come back to the people of the office.

And what a system said of a case goes with the case's words.
"""

from datetime import timedelta

import structlog
from django.conf import settings
from django.db.models import QuerySet

from accounts.actors import SYSTEM
from accounts.roles import Role
from agencies.selectors import holders
from complaints import moment
from complaints.errors import Refused
from complaints.models import Case
from complaints.models.case import Status
from complaints.services.erasing import ROOMS
from complaints.services.telling import tell_officers
from complaints.services.work import at_work
from complaints.workflow import Party
from systems.models import Forwarding, Reference, System

log = structlog.get_logger(__name__)
#: So long after its end heads are still told that a system has ended, should no worker have run before.
TOLD_FOR = timedelta(days=7)
#: Cases of a run: each is a transaction of its own, and what is left is the next run's.
AT_ONCE = 500


def register() -> None:
    """Take part in erasing, from start-up on; twice is once."""
    if erase_status not in ROOMS.all_words:
        ROOMS.all_words.append(erase_status)


def erase_status(case: Case) -> None:
    """The last status sent of it, which may be anybody's words. Its number there stays."""
    Reference.objects.filter(case=case).exclude(status="").update(status="")
    Forwarding.objects.filter(case=case).exclude(status="").update(status="")


def give_back() -> int:
    """Take every open case from systems that have ended; says how many. Safe to repeat and to kill.

    The state stays, and so do the clocks: whoever answers in the office is told to give it to somebody.
    Heads of the offices hear of it, once a system.
    """
    given = sum(_give_back(case.number) for case in _left_behind()[:AT_ONCE])
    lately = System.objects.filter(ended_at__gte=moment.now() - TOLD_FOR)
    for system in lately.select_related("office"):
        _tell_heads(system)
    return given


def _tell_heads(system: System) -> None:
    people = [post.user for post in holders(system.office_id, Role.HEAD)]
    tell_officers(
        "system_ended",
        key=f"system_ended:{system.pk}",
        values={"system": system.name, "path": "office/"},
        office=system.office,
        people=people,
    )


def _left_behind() -> QuerySet[Case]:
    ended = System.objects.filter(ended_at__isnull=False, user__isnull=False).values("user")
    cases = Case.objects.filter(country=settings.COUNTRY, assigned__in=ended)
    return cases.exclude(status=Status.CLOSED).only("number").order_by("next_due", "id")


def _give_back(number: str) -> int:
    try:
        with at_work(SYSTEM, number) as work:
            case = work.case
            is_left = System.objects.filter(ended_at__isnull=False, user=case.assigned_id)
            if case.assigned_id is None or not case.is_open or not is_left.exists():
                return 0
            case.assigned = None
            work.write("taken_off", party=Party.SYSTEM, before=case.status)
            work.outbox.tell_office(case.holder, "needs_officer")
    except Refused as refusal:
        log.warning("a case could not be given back", case=number, why=refusal.code)
        return 0
    return 1
