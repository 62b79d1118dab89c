"""The lot: which closed cases are asked about once more. Nobody chooses, and nobody can foresee it."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from agencies import snapshot
from agencies.snapshot import Registry
from complaints import moment
from complaints.models import Case
from complaints.models.case import EndedAs, Status
from oversight.models import Audit, Draw

#: Closings that an office answers for: with the citizen's yes, with their silence, against them.
ANSWERED = (
    EndedAs.CONFIRMED,
    EndedAs.DISPUTED_THEN_CONFIRMED,
    EndedAs.SILENT,
    EndedAs.APPEAL_DISMISSED,
)
#: What is asked about. Never a case that went on as another one, or was no case of this portal.
ASKED_ABOUT = (*ANSWERED, EndedAs.WITHDRAWN)
#: A closing is dated when its case is locked and seen when that is committed: no window ends later.
SETTLED = timedelta(minutes=10)
#: How far the first draw of a portal looks back.
FIRST = timedelta(days=30)
#: Channels whose accounts can be called or written to by a person.
REACHED_BY = ("sms", "whatsapp", "email")
WRITTEN_AT_ONCE = 500
#: Names the lock under which lots are drawn.
LOCK = 0x41554449


def draw_audits() -> Draw | None:
    """Draw from the closings since the last draw, up to the last whole hour; None where there is none.

    Each closing has a lot of its own, from the system's random numbers, with the chance that the
    policy names (`audit_share`, per cent; withdrawn ones `audit_share_withdrawn`, since somebody may
    have been pressed). So each way of ending and each office is drawn in proportion, however small
    the window, and what was drawn before says nothing about what comes. An office cannot count on
    being passed over; one with a hundred closings stays out of 5 per cent in 6 cases of 1,000.

    Safe to repeat, and for two at once: windows are whole hours, one follows the other without a
    gap, and each is drawn from under a lock. After an outage the window is as long as that was.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        now = moment.now()
        until = (now - SETTLED).replace(minute=0, second=0, microsecond=0)
        last = Draw.objects.filter(country=settings.COUNTRY).order_by("-until").first()
        since = last.until if last else until - FIRST
        return _draw(since, until, now) if since < until else None


def end_uncalled() -> int:
    """End the calls that nobody made in time (`audit_open`); says how many. Safe to repeat.

    Where more is drawn than called, the queue stays as long as what people still remember. Such an
    audit has found nothing: it is in no rate.
    """
    now = moment.now()
    days = snapshot.current(settings.COUNTRY).policy("audit_open", now).amount
    old = Audit.objects.filter(done_at=None, created_at__lt=now - timedelta(days=days))
    free = Q(taken_at=None) | Q(taken_at__lt=now - timedelta(days=1))
    old = old.filter(free, case__country=settings.COUNTRY)
    return old.update(result=Audit.Result.NOT_CALLED, done_at=now)


def _draw(since: datetime, until: datetime, now: datetime) -> Draw:
    registry = snapshot.current(settings.COUNTRY)
    lots, closed, drawn = secrets.SystemRandom(), 0, 0
    rows: list[Audit] = []
    for case in closings(since, until).iterator():
        closed += 1
        if lots.random() * 100 < chance(registry, case, now):
            drawn += 1
            rows.append(audit_of(case, Audit.Why.DRAWN, now, registry))
        if len(rows) >= WRITTEN_AT_ONCE:
            _write(rows)
    _write(rows)
    return Draw.objects.create(
        country=settings.COUNTRY,
        since=since,
        until=until,
        share=registry.policy("audit_share", now).amount,
        closed=closed,
        drawn=drawn,
        drawn_at=now,
    )


def closings(since: datetime, until: datetime) -> QuerySet[Case]:
    """What was closed from `since` (included) to `until` (excluded) and is asked about."""
    answered = Q(ending__in=ANSWERED, answered_at__isnull=False)
    cases = Case.objects.filter(answered | Q(ending=EndedAs.WITHDRAWN), country=settings.COUNTRY)
    # Nobody is called about what was answered elsewhere, before the portal.
    cases = cases.filter(imported_from="")
    cases = cases.filter(status=Status.CLOSED, closed_at__gte=since, closed_at__lt=until)
    return cases.select_related("contact__handle").order_by("closed_at", "id")


def chance(registry: Registry, case: Case, now: datetime) -> int:
    """The chance of a closing to be drawn, in per cent."""
    withdrawn = case.ending == EndedAs.WITHDRAWN
    return registry.policy("audit_share_withdrawn" if withdrawn else "audit_share", now).amount


def audit_of(case: Case, why: str, now: datetime, registry: Registry) -> Audit:
    """A new audit of a closed case; one whose citizen nobody can reach is done with it."""
    if case.closed_at is None:
        raise ValueError("only a closed case is asked about")
    audit = Audit(case=case, why=why, created_at=now)
    see_closing(audit, case)
    if is_reachable(case):
        wait = timedelta(days=registry.policy("audit_wait", now).amount)
        is_asked = why == Audit.Why.ASKED
        audit.next_call_at = now if is_asked else max(now, case.closed_at + wait)
    else:
        audit.result, audit.done_at = Audit.Result.NO_CONTACT, now
    return audit


def see_closing(audit: Audit, case: Case) -> None:
    """What the audit is about: the office, its outcome and the ending as they are now."""
    if case.closed_at is not None:
        audit.closed_at = case.closed_at
    audit.office_id, audit.outcome, audit.ending = case.holder_id, case.outcome, case.ending


def is_reachable(case: Case) -> bool:
    """Whether there is a number to call, or an address to write to."""
    contact = getattr(case, "contact", None)
    if contact is None or contact.erased_at is not None:
        return False
    by_handle = contact.handle is not None and contact.handle.channel in REACHED_BY
    return bool(contact.has_phone or contact.has_email or by_handle)


def _write(rows: list[Audit]) -> None:
    """Write them; a case that is in the queue already stays there once."""
    Audit.objects.bulk_create(rows, ignore_conflicts=True)
    rows.clear()
