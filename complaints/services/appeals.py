"""Appeals to the next higher office and then to an overseer; reopening after an audit."""

from accounts.actors import Actor
from complaints import clocks
from complaints.models import Appeal, Case, Event, Statement
from complaints.parties import deciding_overseers, would_decide
from complaints.services.casework import open_appeal_window, tell_desk, tell_handler, words
from complaints.services.hearings import end_hearing_with_appeal
from complaints.services.served_summaries import dismissed_before, serve_decision
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

    The second appeal, and one above which no office stands, are an overseer's; that is final. The
    appeals of citizen and respondents are counted apart: nobody uses up those of the other side.
    """
    case, through = work.case, work.who.through
    before = case.appeal_level
    if through is not None:
        before = len(dismissed_before(case, through.user_id))
    office = None if before else would_decide(work.who)
    row = Appeal(
        case=case,
        level=before + 1,
        office=office,
        by_respondent=event.party == Party.RESPONDENT,
        through=through,
        filed_at=work.now,
    )

    def keep(_work: Work) -> None:
        row.filed_event = event
        row.save(force_insert=True)

    work.after.append(keep)
    work.clockwork.open[clocks.Kind.APPEAL].office = office
    if office is None:
        work.outbox.tell_people(deciding_overseers(work.who, row), "appeal_to_decide")
    else:
        work.outbox.tell_office(office, "appeal_to_decide")
    work.outbox.tell_citizen("appealed")


def uphold(
    *, actor: Actor, number: str, reason: str, for_respondent: str = "", seen: int | None = None
) -> Case:
    """The appeal is right: back to the office that had the case, or to the desk.

    `for_respondent` is the decision in words for whoever appealed as a respondent.
    """
    reason = words("reason", reason, least=10)
    with at_work(actor, number, seen) as work:
        _serve_decision(work, for_respondent, upheld=True)
        event = work.make("uphold", said={"text": reason}, kind=Statement.Kind.DECISION)
        _decided(work, upheld=True)
        work.case.appeal_until = None
        work.outbox.tell_citizen("appeal_upheld")
        if event.to_status == State.RECEIVED:
            tell_desk(work, "reopened")
        else:
            tell_handler(work, "reopened")
    return work.case


def dismiss(
    *, actor: Actor, number: str, reason: str, for_respondent: str = "", seen: int | None = None
) -> Case:
    """The appeal fails. Against this one more appeal goes to an overseer, unless it was theirs.

    `for_respondent` is the decision in words for whoever appealed as a respondent.
    """
    reason = words("reason", reason, least=10)
    with at_work(actor, number, seen) as work:
        _serve_decision(work, for_respondent, upheld=False)
        work.make("dismiss", said={"text": reason}, kind=Statement.Kind.DECISION)
        row = _decided(work, upheld=False)
        if row is not None and row.by_respondent:
            _give_citizen_back_the_time(work, row)
        else:
            _count_dismissal(work, row)
        work.outbox.tell_citizen("appeal_dismissed")
    return work.case


def _count_dismissal(work: Work, row: Appeal | None) -> None:
    """Of the citizen's appeals there are two at most; an overseer's decision is final."""
    case = work.case
    case.appeal_level += 1
    case.appeal_final = row is None or row.office_id is None
    if case.appeal_final:
        case.appeal_until = None
    else:
        open_appeal_window(work)


def _give_citizen_back_the_time(work: Work, row: Appeal) -> None:
    """While a respondent's appeal was under way the citizen could not file theirs."""
    until = work.case.appeal_until
    if until is not None and until > row.filed_at:
        open_appeal_window(work)


def _serve_decision(work: Work, text: str, *, upheld: bool) -> None:
    """Whoever appealed as a respondent reads a decision of their own; the citizen's is another."""
    row = work.who.under_way.appeal if work.who.under_way else None
    if row is not None and row.by_respondent:
        serve_decision(work, row, text, upheld=upheld, is_last=row.office_id is None)


def _decided(work: Work, *, upheld: bool) -> Appeal | None:
    row = work.who.under_way.appeal if work.who.under_way else None
    if row is not None:
        row.decided_at, row.upheld, row.decided_by_id = work.now, upheld, work.actor.user_id
        row.save(update_fields=["decided_at", "upheld", "decided_by"])
    end_hearing_with_appeal(work)
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
