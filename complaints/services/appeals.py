"""Appeals to the next higher office and then to an overseer; reopening after an audit."""

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Office, Post
from agencies.selectors import offices_above
from complaints import clocks
from complaints.models import Appeal, Case, Event, Statement
from complaints.parties import who_handled
from complaints.services.casework import open_appeal_window, tell_desk, tell_handler, words
from complaints.services.outbox import overseers
from complaints.services.work import Work, at_work
from complaints.workflow import Party, State


def appeal(*, actor: Actor, number: str, grounds: str, seen: int | None = None) -> Case:
    """Appeal against the answer or the decline, with grounds."""
    grounds = words("grounds", grounds, least=10)
    with at_work(actor, number, seen) as work:
        event = work.make("appeal", said={"text": grounds}, kind=Statement.Kind.GROUNDS)
        open_appeal(work, event)
    return work.case


def open_appeal(work: Work, event: Event) -> None:
    """Find who decides: the next office above whose focal officer had no part in it; else an overseer.

    The second appeal, and one above which no office stands, are an overseer's; that is final.
    """
    case = work.case
    office = None if case.appeal_level else _deciding_office(work)
    row = Appeal(
        case=case,
        level=case.appeal_level + 1,
        office=office,
        by_respondent=event.party == Party.RESPONDENT,
        filed_at=work.now,
    )

    def keep(_work: Work) -> None:
        row.filed_event = event
        row.save(force_insert=True)

    work.after.append(keep)
    work.clockwork.open[clocks.Kind.APPEAL].office = office
    if office is None:
        work.outbox.tell_people(overseers(case.country), "appeal_to_decide")
    else:
        work.outbox.tell_office(office, "appeal_to_decide")
    work.outbox.tell_citizen("appealed")


def _deciding_office(work: Work) -> Office | None:
    """The nearest office above the holder with a focal officer who neither is barred nor handled it."""
    holder = work.case.holder
    above = offices_above(holder) if holder else []
    if not above:
        return None
    out = work.who.barred | who_handled(work.case)
    focal = Post.objects.held_at().filter(office__in=above, role=Role.FOCAL, user__is_active=True)
    able = set(focal.exclude(user_id__in=out).values_list("office_id", flat=True))
    return next((office for office in above if office.pk in able), None)


def uphold(*, actor: Actor, number: str, reason: str, seen: int | None = None) -> Case:
    """The appeal is right: back to the office that had the case, or to the desk."""
    reason = words("reason", reason, least=10)
    with at_work(actor, number, seen) as work:
        event = work.make("uphold", said={"text": reason}, kind=Statement.Kind.DECISION)
        _decided(work, upheld=True)
        work.case.appeal_until = None
        work.outbox.tell_citizen("appeal_upheld")
        if event.to_status == State.RECEIVED:
            tell_desk(work, "reopened")
        else:
            tell_handler(work, "reopened")
    return work.case


def dismiss(*, actor: Actor, number: str, reason: str, seen: int | None = None) -> Case:
    """The appeal fails. Against this one more appeal goes to an overseer, unless it was theirs."""
    reason = words("reason", reason, least=10)
    with at_work(actor, number, seen) as work:
        work.make("dismiss", said={"text": reason}, kind=Statement.Kind.DECISION)
        row = _decided(work, upheld=False)
        case = work.case
        case.appeal_level += 1
        case.appeal_final = row is None or row.office_id is None
        if case.appeal_final:
            case.appeal_until = None
        else:
            open_appeal_window(work)
        work.outbox.tell_citizen("appeal_dismissed")
    return work.case


def _decided(work: Work, *, upheld: bool) -> Appeal | None:
    row = Appeal.objects.filter(case=work.case, decided_at=None).first()
    if row is not None:
        row.decided_at, row.upheld, row.decided_by_id = work.now, upheld, work.actor.user_id
        row.save(update_fields=["decided_at", "upheld", "decided_by"])
    return row


def reopen(*, actor: Actor, number: str, reason: str) -> Case:
    """An overseer opens a closed case again after an audit's finding."""
    reason = words("reason", reason, least=10)
    with at_work(actor, number) as work:
        event = work.make("reopen", said={"text": reason}, kind=Statement.Kind.REASON)
        # It begins anew: on its own, and against the answer to come an appeal is possible again.
        case = work.case
        case.lead, case.appeal_until = None, None
        case.appeal_level, case.appeal_final = 0, False
        work.outbox.tell_citizen("reopened_for_you")
        if event.to_status == State.RECEIVED:
            tell_desk(work, "reopened")
        else:
            tell_handler(work, "reopened")
    return work.case
