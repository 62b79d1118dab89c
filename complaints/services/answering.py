"""The answer, and what the citizen makes of it; and the citizen's other moves."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from complaints import clocks
from complaints.errors import Invalid, MoveRefused
from complaints.models import Case, Event, Feedback, Respondent, Statement
from complaints.models.case import AnsweredWith
from complaints.services.appeals import open_appeal
from complaints.services.casework import open_appeal_window, tell_handler, words
from complaints.services.outbox import overseers
from complaints.services.respondents import anybody_left, holder_for, respondent_rows
from complaints.services.work import Handover, Work, at_work
from complaints.submission import Whom
from complaints.workflow import Ending, Party, State
from complaints.workflow_terms import cancel, start

#: Endings with which a citizen has said yes.
CONFIRMED = (Ending.CONFIRMED, Ending.DISPUTED_THEN_CONFIRMED)


class Cause(models.TextChoices):
    """Why there was a grievance, as the office sees it: what the figures group by."""

    DELAY = "delay", _("Delay or backlog")
    STAFF = "staff", _("Conduct of staff")
    PROCEDURE = "procedure", _("Procedure or rule")
    RESOURCES = "resources", _("Lack of money, people or material")
    SYSTEM = "system", _("Technical system")
    CONTRACTOR = "contractor", _("Contractor or supplier")
    INFORMATION = "information", _("Missing or wrong information")
    NO_FAULT = "no_fault", _("No fault found")
    OTHER = "other", _("Other")


def answer(
    *,
    actor: Actor,
    number: str,
    outcome: str,
    text: str,
    evidence: str = "",
    cause: str,
    suggestion: str = "",
    files: Iterable[str] = (),
    seen: int | None = None,
) -> Case:
    """Answer the citizen: outcome, words, evidence (a file, or a statement of it), and the cause."""
    files, text = list(files), words("text", text, least=10)
    wrong = {}
    if outcome not in AnsweredWith.values:
        wrong["outcome"] = [_("Choose an outcome.")]
    if cause not in Cause.values:
        wrong["cause"] = [_("Choose a cause.")]
    if not evidence.strip() and not files:
        wrong["evidence"] = [_("Add a file that shows what was done, or say how it can be seen.")]
    if wrong:
        raise Invalid(fields=wrong)
    with at_work(actor, number, seen) as work:
        said = {"text": text, "evidence": evidence.strip(), "suggestion": suggestion.strip()}
        work.make(
            "answer",
            data={"outcome": outcome, "cause": cause},
            said=said,
            kind=Statement.Kind.ANSWER,
            files=files,
        )
        case = work.case
        case.outcome, case.answered_at = outcome, work.now
        open_appeal_window(work)
        due = work.clockwork.open[clocks.Kind.CONFIRM].due_at
        work.outbox.tell_citizen("answered", due=due.isoformat())
    return case


def reply(
    *, actor: Actor, number: str, text: str, files: Iterable[str] = (), seen: int | None = None
) -> Case:
    """The citizen's reply to a question; the clock that was paused counts on."""
    text = words("text", text, least=1, digits=True)
    with at_work(actor, number, seen) as work:
        work.make("reply", said={"text": text}, kind=Statement.Kind.REPLY, files=files)
        tell_handler(work, "citizen_replied")
    return work.case


def confirm(
    *, actor: Actor, number: str, rating: int | None, comment: str = "", seen: int | None = None
) -> Case:
    """The citizen agrees with the answer and rates it, 1 (bad) to 5 (good).

    A yes is a yes: by a channel where the rating is asked for afterwards it is None, see `rate`.
    """
    if rating is not None:
        _check_rating(rating)
    with at_work(actor, number, seen) as work:
        event = work.make(
            "confirm",
            data={} if rating is None else {"rating": rating},
            said={"text": comment.strip()},
            kind=Statement.Kind.COMMENT,
        )
        if rating is not None:
            _keep_rating(work, event, rating)
        tell_handler(work, "confirmed")
    return work.case


def rate(*, actor: Actor, number: str, rating: int) -> Case:
    """How well it was handled, said after a yes without it; once. Raises Refused otherwise."""
    _check_rating(rating)
    with at_work(actor, number) as work:
        case = work.case
        rated = Feedback.objects.filter(case=case, at__gte=case.closed_at or work.now)
        is_confirmed = case.status == State.CLOSED and case.ending in CONFIRMED
        if Party.CITIZEN not in work.who.parties or not is_confirmed or rated.exists():
            raise MoveRefused("rate", "not_now")
        event = work.write("rate", party=Party.CITIZEN, before=case.status, data={"rating": rating})
        _keep_rating(work, event, rating)
    return case


def _check_rating(rating: int) -> None:
    if rating not in range(1, 6):
        raise Invalid(fields={"rating": [_("Choose a number from 1 to 5.")]})


def _keep_rating(work: Work, event: Event, rating: int) -> None:
    work.after.append(
        lambda w: Feedback.objects.create(case=w.case, event=event, rating=rating, at=w.now)
    )


def dispute(*, actor: Actor, number: str, reason: str, seen: int | None = None) -> Case:
    """The citizen does not agree: once back to the office, the second time an appeal."""
    reason = words("reason", reason)
    with at_work(actor, number, seen) as work:
        event = work.make("dispute", said={"text": reason}, kind=Statement.Kind.REASON)
        work.case.disputes += 1
        if event.to_status == State.APPEALED:
            open_appeal(work, event)
        else:
            tell_handler(work, "disputed")
    return work.case


def separate(*, actor: Actor, number: str) -> Case:
    """The citizen's case is another matter than its lead: it goes back to the desk."""
    with at_work(actor, number) as work:
        work.make("separate", to=Handover(None))
        work.case.lead = None
        work.outbox.tell_citizen("separated")
    return work.case


def mark_sensitive(*, actor: Actor, number: str) -> Case:
    """It is about an official or about corruption: sealed, never published, notices say little."""
    with at_work(actor, number) as work:
        work.make("mark_sensitive")
        case = work.case
        case.sensitive, case.share_contact = True, False
        case.publish_consent, case.public_text, case.published_at = False, "", None
    return case


def clear_sensitive(*, actor: Actor, number: str, reason: str) -> Case:
    """Only an overseer undoes the mark, with a reason."""
    reason = words("reason", reason)
    with at_work(actor, number) as work:
        work.make(
            "clear_sensitive", said={"text": reason}, kind=Statement.Kind.REASON, internal=True
        )
        work.case.sensitive = False
    return work.case


def link_respondent(*, actor: Actor, number: str, respondent: Whom) -> Case:
    """Say whom the case is about. If that bars its holder, it moves to the nearest office above."""
    with at_work(actor, number) as work:
        case = work.case
        row = respondent_rows(case, [respondent], work.now)[0]
        data = {"office": row.office_id, "role": row.role, "user": row.user_id}
        work.make("link_respondent", data=data)
        Respondent.objects.bulk_create([row], ignore_conflicts=True)
        move_from_barred(work)
    return work.case


def move_from_barred(work: Work) -> None:
    """Take the case from whoever is barred now."""
    from_before = work.who.parties - {Party.ROUTER}
    work.judge_again()
    case, barred = work.case, work.who.barred
    if case.holder is None:
        return
    office = holder_for(case.holder, barred)
    party = min(from_before) if from_before else Party.SYSTEM
    if office.pk != case.holder_id:
        work.hold(office)
        _moved_up(work, party, case.status, office.code)
        work.outbox.tell_office(office, "new_case")
        due = case.answered_at is None and work.clockwork.open.get(clocks.Kind.RESOLVE)
        work.outbox.tell_citizen(
            "forwarded", agency=office.names, answer_due=due.due_at.isoformat() if due else ""
        )
    elif not anybody_left(office, barred):
        _up_to_overseers(work, party)
    if case.assigned_id in barred:
        case.assigned = None
        work.write("taken_off", party=party, before=case.status)
        work.outbox.tell_office(case.holder, "needs_officer")


def _up_to_overseers(work: Work, party: Party) -> None:
    """Nobody in the office, or above it, may know of the case: an overseer rules whose it is."""
    case, before = work.case, work.case.status
    if before not in (State.FORWARDED, State.IN_PROGRESS):
        return
    case.status = State.DISPUTED_OWNER
    work.clockwork.apply((cancel("accept"), start("rule")))
    work.hold(None)
    _moved_up(work, party, before, "")
    work.outbox.tell_people(overseers(case.country), "owner_disputed")


def _moved_up(work: Work, party: Party, before: str, office: str) -> None:
    work.write("moved_up", party=party, before=before, data={"office": office})
