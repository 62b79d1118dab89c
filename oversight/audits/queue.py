"""Which audits somebody sees, and which calls are theirs to make.

Whoever asks the citizen has had nothing to do with the case: the answer is to be true.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.actors import Actor
from accounts.roles import Role
from complaints import moment
from complaints.models import Event, Handling
from complaints.models.case import Status
from complaints.selectors import visible_to
from complaints.workflow import Party
from oversight.audits.drawing import ASKED_ABOUT
from oversight.models import Audit

#: For so long a call stays with whoever took it.
HELD = timedelta(minutes=30)
CALLERS = (Role.OVERSEER, Role.DESK)
#: Who reads what came of calls that others made.
READERS = (Role.OVERSEER, Role.AUDITOR)
LEADING = (Role.FOCAL, Role.HEAD)
#: Lists that are there to be acted on look back so far.
LATELY = timedelta(days=90)
#: Counts stop here: nobody needs to know more.
COUNTED = 1000


def _seen_by(actor: Actor) -> QuerySet[Audit]:
    """Of cases from which they are not barred, none of their own; sensitive ones are overseers'."""
    cases = visible_to(actor).exclude(owner_id=actor.user_id)
    if not actor.has(*READERS):
        cases = cases.filter(sensitive=False)
    audits = Audit.objects.filter(case__country=settings.COUNTRY, case__in=cases)
    return audits.select_related("case", "office__agency", "caller")


def _had_no_part(actor: Actor) -> Q:
    """They made no move on the case, and hold no post in an office that had it, or above that."""
    moves = Event.objects.filter(case=OuterRef("case"), actor_kind="user", actor_id=actor.user_id)
    moves = moves.exclude(party=Party.CITIZEN).exclude(move="audit_look")
    offices = Q(pk__in=[])
    for post in actor.posts:
        offices |= Q(office_id=post.office_id)
        if post.role in LEADING:
            offices |= Q(office__path__startswith=post.office_path)
    handled = Handling.objects.filter(offices, case=OuterRef("case"))
    condition = ~Q(Exists(moves)) & ~Q(Exists(handled))
    # What was withdrawn at the desk has had no office but the desk's.
    return condition if actor.has(*READERS) else condition & Q(office__isnull=False)


def open_for(actor: Actor) -> QuerySet[Audit]:
    """Calls that are waited for and may be theirs, the longest due first.

    An audit follows its case: while that is open again it waits.
    """
    audits = _seen_by(actor).filter(_had_no_part(actor), done_at=None)
    audits = audits.filter(case__status=Status.CLOSED, case__ending__in=ASKED_ABOUT)
    return audits.order_by("next_call_at", "id")


def due_for(actor: Actor) -> QuerySet[Audit]:
    """Of them, those that can be called now and nobody else has taken."""
    now = moment.now()
    free = Q(taken_at=None) | Q(taken_at__lte=now - HELD) | Q(caller_id=actor.user_id)
    return open_for(actor).filter(free, next_call_at__lte=now)


def taken_by(actor: Actor) -> QuerySet[Audit]:
    """Calls that they have taken and not ended."""
    held = moment.now() - HELD
    return open_for(actor).filter(caller_id=actor.user_id, taken_at__gt=held)


def later_for(actor: Actor) -> QuerySet[Audit]:
    """Calls whose day has not come."""
    return open_for(actor).filter(next_call_at__gt=moment.now())


def done_for(actor: Actor) -> QuerySet[Audit]:
    """Ended ones, the newest first; to whoever only calls, their own."""
    audits = _seen_by(actor).filter(done_at__isnull=False)
    if not actor.has(*READERS):
        audits = audits.filter(caller_id=actor.user_id)
    return audits.order_by("-done_at", "-id")


def of_those(actor: Actor, audits: QuerySet[Audit]) -> QuerySet[Audit]:
    """Those of ended ones that somebody may read, the newest first."""
    return done_for(actor).filter(pk__in=audits.order_by().values("pk"))


def to_reopen(actor: Actor) -> QuerySet[Audit]:
    """Not solved, and the citizen wants it opened again; it still stands as it did."""
    found = (Audit.Result.NOT_SOLVED, Audit.Result.PARTLY)
    audits = _lately(actor).filter(result__in=found, reopened_at=None, answers__reopen="yes")
    return audits.filter(case__status=Status.CLOSED, case__closed_at=F("closed_at"))


def pressed(actor: Actor) -> QuerySet[Audit]:
    """Citizens who say that somebody pressed them; overseers alone read it, as of a withdrawal."""
    if not actor.has(Role.OVERSEER):
        return Audit.objects.none()
    return _lately(actor).filter(answers__pressure="yes")


def _lately(actor: Actor) -> QuerySet[Audit]:
    return done_for(actor).filter(done_at__gte=moment.now() - LATELY)


def audit_for(actor: Actor, pk: int) -> Audit | None:
    """One audit, if it is for this person."""
    found = open_for(actor).filter(pk=pk).first()
    return found or done_for(actor).filter(pk=pk).first()


def is_held(audit: Audit, now: datetime) -> bool:
    """Whether somebody has it for a call now."""
    return audit.done_at is None and audit.taken_at is not None and now < audit.taken_at + HELD


def is_mine(audit: Audit, actor: Actor) -> bool:
    """Whether the actor has it for a call now."""
    return is_held(audit, moment.now()) and audit.caller_id == actor.user_id


def count(audits: QuerySet[Audit]) -> int:
    """How many, at most COUNTED."""
    return audits.order_by().values("pk")[:COUNTED].count()


def waiting() -> int:
    """Calls that are due now, whoever may make them; at most COUNTED (over an index)."""
    due = Audit.objects.filter(done_at=None, next_call_at__lte=moment.now())
    return count(due.filter(case__country=settings.COUNTRY, case__status=Status.CLOSED))
