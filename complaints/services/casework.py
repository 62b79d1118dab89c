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
from complaints.bars import respondents_of
from complaints.errors import Invalid, MoveRefused
from complaints.models import Case, Handling, Statement
from complaints.models.case import Status
from complaints.parties import deciding_overseers
from complaints.selectors.access import visible_to
from complaints.services.outbox import desk_heads, overseers
from complaints.services.respondents import anybody_left, holder_for
from complaints.services.work import Handover, Work, at_work
from complaints.situations import window_end
from complaints.submission import clean_text
from complaints.workflow import OFFICE, State


def words(field: str, text: str, least: int = 3, *, digits: bool = False) -> str:
    """What an officer or citizen wrote into a field, cleaned. Raises Invalid for that field."""
    try:
        return clean_text(text, least=least, digits=digits)
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
        # What an overseer once ruled was about the office that had it then.
        work.case.tray, work.case.ruled = "", False
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
    if not anybody_left(holder, work.who.barred):
        raise Invalid(fields={"office": [_("Nobody in this office may have this case.")]})
    if case.forwarded_at is None:
        case.forwarded_at = work.now
    work.make(
        move,
        data={"office": holder.code, "meant": office.code},
        said={"text": reason},
        kind=Statement.Kind.REASON,
        to=Handover(holder),
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
        # A lead that they may not see is none: an error must not tell that it exists.
        if other is None or not visible_to(actor).filter(pk=other.pk).exists():
            raise Invalid(fields={"lead": [_("There is no such case to join with.")]})
        if not other.is_open or other.sensitive or other.lead_id:
            raise Invalid(fields={"lead": [_("The lead must be open and not sensitive.")]})
        if work.who.respondents or respondents_of(other):
            # Whom the one is about could otherwise be at work on it by way of the other.
            raise Invalid(fields={"lead": [_("A case about somebody is not joined with another.")]})
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
        office = _holder(work, "accept")
        work.make("accept", data={"case_officer": case_officer.pk})
        _check_officer(work, case_officer, office)
        work.case.assigned = case_officer
        work.outbox.tell_citizen("accepted", agency=office.names)
        _tell_assigned(work, case_officer)
    return work.case


def assign(*, actor: Actor, number: str, case_officer: User, seen: int | None = None) -> Case:
    """Somebody else works on it from now."""
    with at_work(actor, number, seen) as work:
        office = _holder(work, "assign")
        work.make("assign", data={"case_officer": case_officer.pk})
        _check_officer(work, case_officer, office)
        work.case.assigned = case_officer
        _tell_assigned(work, case_officer)
    return work.case


def _tell_assigned(work: Work, officer: User) -> None:
    if officer.pk != work.actor.user_id:
        work.outbox.tell_people([officer], "assigned")


def _holder(work: Work, move: str) -> Office:
    """The office that makes the move; where none has the case (any more), it is not the time for it."""
    if work.case.holder is None:
        raise MoveRefused(move, "wrong_state")
    return work.case.holder


def _check_officer(work: Work, officer: User, office: Office) -> None:
    """The officer works in the holder's office (or stands in for it) and is not barred."""
    works_there = (
        Post.objects.held_at()
        .filter(
            user=officer,
            office=office,
            user__is_active=True,
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
        case, office = work.case, _holder(work, "return")
        back = _back_to(work)
        event = work.make(
            "return",
            data={"from_office": office.code, "whose": whose.code if whose else ""},
            said={"text": reason},
            kind=Statement.Kind.REASON,
            to=back,
        )
        case.hops += 1
        if event.to_status == State.DISPUTED_OWNER:
            work.outbox.tell_people(overseers(case.country), "owner_disputed")
        elif event.to_status == State.RECEIVED:
            tell_desk(work, "returned_case")
        else:
            work.outbox.tell_office(back.office, "returned_case")
        work.outbox.tell_citizen("returned")
    return work.case


def _back_to(work: Work) -> Handover:
    """Who gets a returned case: the office that passed it down (or one above, if that is barred)."""
    back = work.case.passed_by
    if back is None:
        return Handover(None)
    back = holder_for(back, work.who.barred)
    earlier = Handling.objects.filter(case=work.case, office=back).first()
    return Handover(back, earlier.passed_by if earlier else None)


def pass_down(
    *, actor: Actor, number: str, office: Office, reason: str, seen: int | None = None
) -> Case:
    """Give the case to an office below one's own."""
    reason = words("reason", reason)
    with at_work(actor, number, seen) as work:
        above = _holder(work, "pass_down")
        work.require("pass_down", work.who.parties)
        if not above.is_above(office) or office.closed_at is not None:
            raise Invalid(fields={"office": [_("Choose an office below your own.")]})
        holder = holder_for(office, work.who.barred)
        if not above.is_above(holder):
            raise Invalid(fields={"office": [_("Nobody in this office may have this case.")]})
        work.make(
            "pass_down",
            data={"office": holder.code, "from_office": above.code},
            said={"text": reason},
            kind=Statement.Kind.REASON,
            to=Handover(holder, passed_by=above),
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
    text = words("text", text, digits=True)
    with at_work(actor, number) as work:
        event = work.make("message", said={"text": text}, files=files)
        if event.party == "citizen":
            tell_handler(work, "citizen_wrote")
        else:
            work.outbox.tell_citizen("message")
    return work.case


def tell_handler(work: Work, template: str, **values: Any) -> None:
    """Tell whoever has the case now; of a closed one its last holder.

    That is who decides, in an appeal or a dispute of offices; else its case officer, while they hold
    a post from which they see it; else its office; else the desk's head.
    """
    case, outbox = work.case, work.outbox
    if case.status == Status.APPEALED:
        appeal = work.who.under_way.appeal if work.who.under_way else None
        if appeal is None:
            outbox.tell_people(overseers(case.country), template, **values)
        elif appeal.office is None:
            outbox.tell_people(deciding_overseers(work.who, appeal), template, **values)
        else:
            outbox.tell_office(appeal.office, template, **values)
    elif case.status == Status.DISPUTED_OWNER:
        outbox.tell_people(overseers(case.country), template, **values)
    elif case.assigned is not None and _still_works_on_it(case):
        outbox.tell_people([case.assigned], template, **values)
    elif case.holder is not None:
        outbox.tell_office(case.holder, template, **values)
    else:
        tell_desk(work, template, **values)


def _still_works_on_it(case: Case) -> bool:
    """Whether the case officer still holds a post in the office, or in one above that stands in."""
    codes = case.holder.path_codes if case.holder else []
    posts = Post.objects.held_at().filter(user=case.assigned, user__is_active=True)
    return posts.filter(office__country=case.country, office__code__in=codes).exists()


def tell_desk(work: Work, template: str, **values: Any) -> None:
    """Tell the desk's head; the overseers where that post is empty or its holder barred."""
    people = desk_heads(work.case.country, work.who.barred)
    work.outbox.tell_people(people, template, **values)
