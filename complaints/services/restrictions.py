"""Restrictions: what somebody files waits for the desk, for a time, with a reason, open to appeal.

They are known by the contact, account or handle that a case was filed with, as a keyed hash. Nobody who
gave none can be restricted. What is with an office already goes on as everybody's: following, replying,
disputing and appealing are never touched, and a report of danger (`complaints.safety`) never waits.
"""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from complaints import clocks, safety
from complaints.errors import WHY_NOT, Invalid, MoveRefused
from complaints.models import Case, Contact, Restriction, Statement
from complaints.selectors import restrictions as reading
from complaints.services import sealing
from complaints.services.casework import words
from complaints.services.outbox import overseers
from complaints.services.work import Work, at_work
from complaints.submission import Submission

Kind = Restriction.Kind
#: What somebody is known by: the kind of contact and its blind index.
Key = tuple[str, str]
#: Trays of what waits because of a restriction: to be looked at, and what is more than that in a day.
HELD, HELD_MORE = "restricted", "restricted_more"


def keys_of(
    *, phone: str = "", email: str = "", handle_id: int | None = None, account: int | None = None
) -> list[Key]:
    """What somebody would be found by: `phone` and `email` are blind indexes already."""
    keys = [
        (Kind.PHONE.value, phone),
        (Kind.EMAIL.value, email),
        (Kind.HANDLE.value, sealing.blind_index("handle", str(handle_id or ""))),
        (Kind.ACCOUNT.value, sealing.blind_index("account", str(account or ""))),
    ]
    return [(kind, index) for kind, index in keys if index]


def known_by(submission: Submission, *, account: int | None) -> dict[str, list[str]]:
    """What a filing is looked up by, as `kinds` and `known`: nothing where it is a report of danger."""
    if safety.is_safety_report(
        submission.text, submission.category, about_official=submission.about_official
    ):
        return {"kinds": [], "known": []}
    contact = submission.contact
    keys = keys_of(
        phone=sealing.blind_index("phone", contact.phone),
        email=sealing.blind_index("email", contact.email),
        handle_id=submission.handle_id,
        account=account,
    )
    return {"kinds": [kind for kind, _index in keys], "known": [index for _kind, index in keys]}


def tray_of(filed_today: int, looked_at: int) -> str:
    """The tray of what somebody restricted files: so many a day are looked at, then what is more."""
    return HELD if filed_today <= looked_at else HELD_MORE


def restrict(
    *, actor: Actor, number: str, reason: str, until: date, seen: int | None = None
) -> Case:
    """Restrict whoever filed the case, until the end of a day, with a reason that they will read."""
    reason = words("reason", reason, least=10)
    with at_work(actor, number, seen) as work:
        case = work.case
        work.restriction = reading.state_of(case, work.now)
        ends = _end_of(work, until)
        rows = [] if work.restriction else _rows(work, reason, ends)
        data = {"until": ends.isoformat(), "kinds": [row.kind for row in rows]}
        work.make("restrict", data=data, said={"text": reason}, kind=Statement.Kind.REASON)
        if not rows:
            raise Invalid(WHY_NOT["nobody_to_restrict"], code="nobody_to_restrict")
        # Of two cases of one person restricted at the same time, one is the occasion.
        work.after.append(
            lambda _work: Restriction.objects.bulk_create(rows, ignore_conflicts=True)
        )
        work.outbox.tell_citizen("restricted", due=ends.isoformat())
    return work.case


def _end_of(work: Work, until: date) -> datetime:
    """The end of a day that may be chosen (UTC). Raises Invalid for one past or too far away."""
    zone = work.registry.default_calendar.zone
    longest = work.registry.policy("restriction_longest", work.now).amount
    today = clocks.day_of(work.now, zone)
    if not today <= until <= today + timedelta(days=longest):
        sentence = _("Choose a day from today on, at most %(days)s days from now.")
        raise Invalid(fields={"until": [sentence % {"days": longest}]})
    return clocks.end_of(until, zone)


def _rows(work: Work, reason: str, ends: datetime) -> list[Restriction]:
    """One row for each thing they are known by, without those that another restriction holds."""
    case = work.case
    contact = Contact.objects.filter(case=case, erased_at=None).first()
    keys = keys_of(
        phone=contact.phone_index if contact else "",
        email=contact.email_index if contact else "",
        handle_id=contact.handle_id if contact else None,
        account=case.owner_id,
    )
    rows = []
    for kind, index in keys:
        held = Restriction.objects.filter(country=case.country, kind=kind, index=index)
        # One that is over ended by itself; now there is room for another.
        held.filter(lifted_at=None, until__lte=work.now).update(lifted_at=work.now)
        if not held.filter(lifted_at=None).exists():
            rows.append(
                Restriction(
                    country=case.country,
                    kind=kind,
                    index=index,
                    case=case,
                    reason=reason,
                    imposed_by_id=work.actor.user_id or 0,
                    imposed_at=work.now,
                    until=ends,
                )
            )
    return rows


def _locked(work: Work) -> list[Restriction]:
    """The restrictions in force of the case, under its lock; how they stand is put into the work."""
    rows = list(reading.of_case(work.case, work.now))
    work.restriction = reading.state_of(work.case, work.now)
    return rows


def appeal(*, actor: Actor, number: str, grounds: str, seen: int | None = None) -> Case:
    """The restricted person says why it is wrong; an overseer who did not impose it decides."""
    grounds = words("grounds", grounds, least=10)
    with at_work(actor, number, seen) as work:
        rows = _locked(work)
        work.make("appeal_restriction", said={"text": grounds}, kind=Statement.Kind.GROUNDS)
        reading.of_case(work.case, work.now).update(grounds=grounds, appealed_at=work.now)
        imposed = {row.imposed_by_id for row in rows}
        people = [user for user in overseers(work.case.country) if user.pk not in imposed]
        work.outbox.tell_people(people, "restriction_appealed")
    return work.case


def decide(*, actor: Actor, number: str, lift: bool, reason: str, seen: int | None = None) -> Case:
    """Decide the appeal: the restriction is lifted, or it stays until its end."""
    reason = words("reason", reason, least=10)
    with at_work(actor, number, seen) as work:
        rows = _locked(work)
        work.make(
            "decide_restriction",
            data={"lift": lift},
            said={"text": reason},
            kind=Statement.Kind.DECISION,
        )
        if any(row.imposed_by_id == actor.user_id for row in rows):
            raise MoveRefused("decide_restriction", "imposed_it")
        decided = {
            "decision": reason,
            "decided_at": work.now,
            "decided_by_id": actor.user_id,
            "upheld": lift,
        }
        if lift:
            decided |= {"lifted_at": work.now, "lifted_by_id": actor.user_id}
        Restriction.objects.filter(pk__in=[row.pk for row in rows]).update(**decided)
        if lift:
            work.outbox.tell_citizen("restriction_lifted")
        else:
            work.outbox.tell_citizen("restriction_kept", due=rows[0].until.isoformat())
    return work.case


def lift(*, actor: Actor, number: str, reason: str, seen: int | None = None) -> Case:
    """End a restriction before its time, with a reason."""
    reason = words("reason", reason)
    with at_work(actor, number, seen) as work:
        rows = _locked(work)
        work.make("lift_restriction", said={"text": reason}, kind=Statement.Kind.REASON)
        Restriction.objects.filter(pk__in=[row.pk for row in rows]).update(
            lifted_at=work.now, lifted_by_id=actor.user_id
        )
        work.outbox.tell_citizen("restriction_lifted")
    return work.case
