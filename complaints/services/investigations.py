"""Investigations in an appeal: a team with an order, a report, and a clock of its own."""

from collections.abc import Iterable
from enum import StrEnum

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from agencies.models import Post
from complaints import clocks
from complaints.errors import Invalid, Sentence
from complaints.models import Case, Event, Investigation, Investigator, Statement
from complaints.parties import out_of_deciding
from complaints.selectors.access import investigated_name
from complaints.services.casework import tell_handler, words
from complaints.services.hearings import under_way
from complaints.services.work import Work, at_work
from complaints.under_way import MAY_INVESTIGATE

#: More than these do not fit around a table.
LARGEST_TEAM = 12


class Finding(StrEnum):
    """What an investigation found, as a code; the report says it in words."""

    FOUNDED = "founded"
    PARTLY = "partly"
    UNFOUNDED = "unfounded"
    UNCLEAR = "unclear"


FINDINGS: dict[str, Sentence] = {
    Finding.FOUNDED: _("The complaint is true"),
    Finding.PARTLY: _("The complaint is partly true"),
    Finding.UNFOUNDED: _("The complaint is not true"),
    Finding.UNCLEAR: _("It could not be found out"),
}


def investigate(
    *,
    actor: Actor,
    number: str,
    text: str,
    lead: User,
    team: Iterable[User] = (),
    seen: int | None = None,
) -> Case:
    """Order an investigation: what is to be found out, who leads the team, who else is of it.

    Its members see the case from now on until it ends. Nobody may be of it who handled the case, is
    barred from it, filed it, or holds no post any more.
    """
    text = words("text", text, least=10)
    people = list({person.pk: person for person in (lead, *team)}.values())
    with at_work(actor, number, seen) as work:
        event = work.make(
            "investigate",
            data={"lead": lead.pk, "team": [person.pk for person in people]},
            said={"text": text},
            kind=Statement.Kind.ORDER,
            internal=True,
        )
        on = under_way(work, "investigate")
        _check_team(work, people)
        clock = work.clockwork.open[clocks.Kind.INVESTIGATION]
        # Whoever decides answers for it, not the office that is looked into.
        clock.office = on.appeal.office
        _keep_team(work, event, people)
        due = clock.due_at.isoformat()
        work.outbox.tell_people(people, "investigator_named", due=due)
        work.outbox.tell_citizen("investigation_begun", due=due)
    return work.case


def report(
    *,
    actor: Actor,
    number: str,
    text: str,
    finding: str,
    files: Iterable[str] = (),
    seen: int | None = None,
) -> Case:
    """The team reports what it found: for whoever decides, who quotes of it what is to be known.

    With the report the investigation is over, and so is the team's sight of the case.
    """
    text = words("text", text, least=10)
    if finding not in FINDINGS:
        raise Invalid(fields={"finding": [_("Choose what was found.")]})
    with at_work(actor, number, seen) as work:
        event = work.make(
            "report",
            data={"finding": finding},
            said={"text": text},
            kind=Statement.Kind.REPORT,
            internal=True,
            files=files,
        )
        _end(work, event, reported=True)
        tell_handler(work, "investigation_reported")
        work.outbox.tell_citizen("investigation_over")
    return work.case


def end_investigation(*, actor: Actor, number: str, reason: str, seen: int | None = None) -> Case:
    """Call the investigation off before it has reported, with the reason."""
    reason = words("reason", reason)
    with at_work(actor, number, seen) as work:
        event = work.make(
            "end_investigation",
            said={"text": reason},
            kind=Statement.Kind.REASON,
            internal=True,
        )
        _end(work, event, reported=False)
        work.outbox.tell_citizen("investigation_over")
    return work.case


def end_investigation_with_appeal(work: Work) -> None:
    """The appeal is over without a decision: nobody investigates any longer."""
    if work.who.under_way is not None and work.who.under_way.investigation_id is not None:
        _end(work, work.events[-1], reported=False)


def lead_of(case: Case) -> User | None:
    """Who leads the team of the open investigation, while they may sign in."""
    found = Investigator.objects.filter(case=case, until=None, leads=True, user__is_active=True)
    row = found.select_related("user").first()
    return row.user if row else None


def _end(work: Work, event: Event, *, reported: bool) -> None:
    """The row is closed, and its team sees the case no longer. Of a report they know without a letter."""
    on = under_way(work, event.move)
    row_id, people = on.investigation_id or 0, on.team
    team = Investigator.objects.filter(investigation_id=row_id, until=None)

    def keep(_work: Work) -> None:
        Investigation.objects.filter(pk=row_id).update(
            ended_at=work.now, ended_event=event, reported=reported
        )
        team.update(until=work.now)

    work.after.append(keep)
    _forget_kept(people)
    if not reported:
        work.outbox.tell_people(people, "investigation_called_off")


def _check_team(work: Work, people: list[User]) -> None:
    if len(people) > LARGEST_TEAM:
        sentence = str(_("A team has at most %(most)s officers.")) % {"most": LARGEST_TEAM}
        raise Invalid(fields={"team": [sentence]})
    unfit = _unfit(work, people)
    if unfit:
        # One sentence for all reasons: it must not tell who filed the case.
        sentence = str(
            _(
                "%(names)s: not on this team. Nobody may investigate who handled the case, has to do"
                " with it, or holds no post as an officer any more."
            )
        )
        names = ", ".join(str(person) for person in unfit)
        raise Invalid(fields={"team": [sentence % {"names": names}]})


def _unfit(work: Work, people: list[User]) -> list[User]:
    """Those among them who may not be of a team on this case."""
    case, appeal = work.case, under_way(work, "investigate").appeal
    out = work.who.barred | out_of_deciding(work.who.matter, appeal) | {case.owner_id}
    posts = Post.objects.held_at().filter(
        user__in=people, role__in=MAY_INVESTIGATE, office__country=case.country
    )
    able = set(posts.filter(user__is_active=True).values_list("user_id", flat=True)) - out
    return [person for person in people if person.pk not in able]


def _keep_team(work: Work, event: Event, people: list[User]) -> None:
    appeal = under_way(work, event.move).appeal

    def keep(_work: Work) -> None:
        row = Investigation.objects.create(appeal=appeal, begun_at=work.now, begun_event=event)
        Investigator.objects.bulk_create(
            Investigator(investigation=row, case=work.case, user=person, leads=number == 0)
            for number, person in enumerate(people)
        )

    work.after.append(keep)
    _forget_kept(people)


def _forget_kept(people: Iterable[User]) -> None:
    """Their inboxes look anew at what they investigate, once this is committed."""
    names = [investigated_name(person.pk) for person in people]
    transaction.on_commit(lambda: cache.delete_many(names))
