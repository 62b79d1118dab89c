"""The moves of the desk, the offices and the overseer: one service a verb.

Each takes the actor and the case's number, and `seen`, the last event that the actor's page showed.
All raise `Refused` errors: NoSuchCase, Stale, MoveRefused, Invalid.
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Role
from agencies.models import Office, Post
from complaints import clocks
from complaints.errors import Invalid
from complaints.models import Case, Handling, Statement
from complaints.models.case import Status
from complaints.services.outbox import desk_heads, overseers
from complaints.services.respondents import holder_for
from complaints.services.work import Work, at_work
from complaints.situations import window_end
from complaints.submission import clean_text
from complaints.workflow import OFFICE, State


def words(field: str, text: str, least: int = 3) -> str:
    """What an officer or citizen wrote into a field, cleaned. Raises Invalid for that field."""
    try:
        return clean_text(text, least=least)
    except ValidationError as error:
        raise Invalid(fields={field: list(error.messages)}) from error


def ask(
    *, actor: Actor, number: str, text: str, files: Iterable[str] = (), seen: int | None = None
) -> Case:
    """Ask the citizen something; the stage's clock pauses until the reply."""
    text = words("text", text)
    with at_work(actor, number, seen) as work:
        work.make("ask", said={"text": text}, kind=Statement.Kind.QUESTION, files=files)
        due = work.clockwork.open[clocks.Kind.WAITING].due_at
        work.outbox.tell_citizen("asked", due=due.isoformat())
    return work.case


def forward(
    *, actor: Actor, number: str, office: Office, reason: str, seen: int | None = None
) -> Case:
    """The desk sends the case to an office, with the reason for it."""
    reason = words("reason", reason)
    with at_work(actor, number, seen) as work:
        _give(work, "forward", office, reason)
        work.case.tray = ""
    return work.case


def rule(
    *, actor: Actor, number: str, office: Office, reason: str, seen: int | None = None
) -> Case:
    """An overseer rules whose the case is; that office cannot return it."""
    reason = words("reason", reason)
    with at_work(actor, number, seen) as work:
        _give(work, "rule", office, reason)
        work.case.ruled = True
    return work.case


def _give(work: Work, move: str, office: Office, reason: str) -> None:
    """Forward or rule: an office above takes it where the office's own focal officer is barred."""
    case = work.case
    if office.closed_at is not None:
        raise Invalid(fields={"office": [_("This office no longer exists.")]})
    holder = holder_for(office, work.who.barred)
    # The parties were worked out before: the mover is judged by who had the case until now.
    work.hold(holder)
    if case.forwarded_at is None:
        case.forwarded_at = work.now
    work.make(
        move,
        data={"office": holder.code, "meant": office.code},
        said={"text": reason},
        kind=Statement.Kind.REASON,
    )
    resolve = work.clockwork.open.get(clocks.Kind.RESOLVE)
    due = resolve.due_at.isoformat() if resolve else ""
    work.outbox.tell_citizen("forwarded", agency=holder.names, answer_due=due)
    work.outbox.tell_office(holder, "new_case")


def decline(
    *, actor: Actor, number: str, reason: str, where_to: str, seen: int | None = None
) -> Case:
    """The desk closes what is not for this portal, and says where to go instead."""
    reason, where_to = words("reason", reason), words("where_to", where_to)
    with at_work(actor, number, seen) as work:
        work.make(
            "decline",
            said={"text": reason, "where_to": where_to},
            kind=Statement.Kind.REASON,
        )
        open_appeal_window(work)
        work.outbox.tell_citizen("declined")
    return work.case


def open_appeal_window(work: Work) -> None:
    """From now on, and for the days of the policy, the citizen may appeal."""
    days = work.clockwork.policy("appeal_window").amount
    zone = work.registry.default_calendar.zone
    work.case.appeal_until = window_end(work.now, days, zone)


def merge(*, actor: Actor, number: str, lead: str, seen: int | None = None) -> Case:
    """Join the case to an open lead about the same thing; the desk, or within one office."""
    with at_work(actor, number, seen, also=[lead]) as work:
        case, other = work.case, work.others.get(lead)
        if other is None or other.pk == case.pk:
            raise Invalid(fields={"lead": [_("There is no such case to join with.")]})
        if not other.is_open or other.sensitive or other.lead_id:
            raise Invalid(fields={"lead": [_("The lead must be open and not sensitive.")]})
        by_office = not actor.has(Role.DESK)
        if by_office and other.holder_id != case.holder_id:
            raise Invalid(fields={"lead": [_("The lead must be with the same office.")]})
        case.lead = other
        work.make("merge", data={"lead": other.number})
        other.merged_count += 1
        other.save(update_fields=["merged_count"])
        work.outbox.tell_citizen("merged", lead=other.number)
    return work.case


def accept(*, actor: Actor, number: str, case_officer: User, seen: int | None = None) -> Case:
    """The office takes the case and says who works on it."""
    with at_work(actor, number, seen) as work:
        _check_officer(work, case_officer)
        work.make("accept", data={"case_officer": case_officer.pk})
        work.case.assigned = case_officer
        work.outbox.tell_citizen("accepted", agency=_holder(work).names)
        _tell_assigned(work, case_officer)
    return work.case


def assign(*, actor: Actor, number: str, case_officer: User, seen: int | None = None) -> Case:
    """Somebody else works on it from now."""
    with at_work(actor, number, seen) as work:
        _check_officer(work, case_officer)
        work.make("assign", data={"case_officer": case_officer.pk})
        work.case.assigned = case_officer
        _tell_assigned(work, case_officer)
    return work.case


def _tell_assigned(work: Work, officer: User) -> None:
    if officer.pk != work.actor.user_id:
        work.outbox.tell_people([officer], "assigned")


def _holder(work: Work) -> Office:
    if work.case.holder is None:
        raise Invalid(fields={"office": [_("No office has this case.")]})
    return work.case.holder


def _check_officer(work: Work, officer: User) -> None:
    """The officer works in the holder's office (or stands in for it) and is not barred."""
    office = _holder(work)
    works_there = (
        Post.objects.held_at()
        .filter(
            user=officer,
            office=office,
            role__in=(Role.CASE_OFFICER, Role.FOCAL, Role.HEAD),
        )
        .exists()
    )
    is_self = officer.pk == work.actor.user_id and bool(work.who.parties & OFFICE)
    if officer.pk in work.who.barred or not (works_there or is_self):
        raise Invalid(fields={"case_officer": [_("Choose an officer of the office.")]})


def return_case(
    *, actor: Actor, number: str, reason: str, whose: Office | None, seen: int | None = None
) -> Case:
    """The office says that the case is not its own, and whose it is."""
    reason = words("reason", reason)
    with at_work(actor, number, seen) as work:
        case, back_to = work.case, work.case.passed_by
        office = _holder(work)
        event = work.make(
            "return",
            data={"from_office": office.code, "whose": whose.code if whose else ""},
            said={"text": reason},
            kind=Statement.Kind.REASON,
        )
        case.hops += 1
        if back_to is not None:
            earlier = Handling.objects.filter(case=case, office=back_to).first()
            work.hold(back_to, passed_by=earlier.passed_by if earlier else None)
            work.outbox.tell_office(back_to, "returned_case")
        else:
            work.hold(None)
        if event.to_status == State.DISPUTED_OWNER:
            work.outbox.tell_people(overseers(case.country), "owner_disputed")
        elif event.to_status == State.RECEIVED:
            work.outbox.tell_people(desk_heads(case.country), "returned_case")
        work.outbox.tell_citizen("returned")
    return work.case


def pass_down(
    *, actor: Actor, number: str, office: Office, reason: str, seen: int | None = None
) -> Case:
    """Give the case to an office below one's own."""
    reason = words("reason", reason)
    with at_work(actor, number, seen) as work:
        above = _holder(work)
        if not above.is_above(office) or office.closed_at is not None:
            raise Invalid(fields={"office": [_("Choose an office below your own.")]})
        holder = holder_for(office, work.who.barred)
        if not above.is_above(holder):
            raise Invalid(fields={"office": [_("Nobody in this office may have this case.")]})
        work.hold(holder, passed_by=above)
        work.make(
            "pass_down",
            data={"office": holder.code, "from_office": above.code},
            said={"text": reason},
            kind=Statement.Kind.REASON,
        )
        resolve = work.clockwork.open.get(clocks.Kind.RESOLVE)
        due = resolve.due_at.isoformat() if resolve else ""
        work.outbox.tell_citizen("forwarded", agency=holder.names, answer_due=due)
        work.outbox.tell_office(holder, "new_case")
    return work.case


def note(*, actor: Actor, number: str, text: str, files: Iterable[str] = ()) -> Case:
    """An internal note; the citizen never sees it."""
    text = words("text", text)
    with at_work(actor, number) as work:
        work.make("note", said={"text": text}, kind=Statement.Kind.NOTE, internal=True, files=files)
    return work.case


def message(*, actor: Actor, number: str, text: str, files: Iterable[str] = ()) -> Case:
    """A message between citizen and handler, in any state."""
    text = words("text", text)
    with at_work(actor, number) as work:
        event = work.make("message", said={"text": text}, files=files)
        if event.party == "citizen":
            tell_handler(work, "citizen_wrote")
        else:
            work.outbox.tell_citizen("message")
    return work.case


def tell_handler(work: Work, template: str, **values: Any) -> None:
    """Tell whoever has the case now: its case officer, else its office, else the desk's head."""
    case = work.case
    if case.assigned is not None:
        work.outbox.tell_people([case.assigned], template, **values)
    elif case.holder is not None:
        work.outbox.tell_office(case.holder, template, **values)
    elif case.status != Status.CLOSED:
        work.outbox.tell_people(desk_heads(case.country), template, **values)
