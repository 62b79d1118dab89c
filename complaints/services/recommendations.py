"""Guidance to the office whose matter it is, and action recommended against somebody.

A recommendation resolves nothing: it changes neither the state nor the outcome of a case, and no
figure counts it.
"""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from agencies.models import Office
from complaints.errors import Invalid, MoveRefused
from complaints.models import Case, Handling, Recommendation, Statement
from complaints.parties import Standing, leads
from complaints.services.casework import tell_desk, words
from complaints.services.hearings import under_way
from complaints.services.outbox import overseers
from complaints.services.work import Work, at_work
from complaints.workflow import Party


def guide(*, actor: Actor, number: str, text: str, seen: int | None = None) -> Case:
    """Guidance for the office that has the case: how such matters are to be dealt with."""
    text = words("text", text, least=10)
    with at_work(actor, number, seen) as work:
        work.make("guide", said={"text": text}, kind=Statement.Kind.GUIDANCE, internal=True)
        if work.case.holder is None:
            tell_desk(work, "guidance")
        else:
            work.outbox.tell_office(work.case.holder, "guidance")
    return work.case


def may_act(case: Case) -> list[Office]:
    """The offices that can be recommended to act: the one concerned, those above it, and those that
    had the case before. They see the case already; nobody learns of it by a recommendation.
    """
    codes = case.holder.path_codes if case.holder else []
    had_it = Handling.objects.filter(case=case).values("office_id")
    offices = Office.objects.filter(Q(code__in=codes) | Q(pk__in=had_it), country=case.country)
    return list(offices.filter(closed_at=None).order_by("-path"))


def recommend(
    *, actor: Actor, number: str, office: Office, text: str, seen: int | None = None
) -> Case:
    """Recommend departmental action to an office, which has to say what it did about it."""
    text = words("text", text, least=10)
    with at_work(actor, number, seen) as work:
        event = work.make(
            "recommend",
            data={"office": office.code},
            said={"text": text},
            kind=Statement.Kind.RECOMMENDATION,
            internal=True,
        )
        if office.pk not in {able.pk for able in may_act(work.case)}:
            raise Invalid(fields={"office": [_("Choose an office from the list.")]})
        appeal = under_way(work, "recommend").appeal

        def keep(_work: Work) -> None:
            Recommendation.objects.create(
                case=work.case, appeal=appeal, office=office, made_at=work.now, made_event=event
            )

        work.after.append(keep)
        work.outbox.tell_office(office, "recommended_to_act")
        work.outbox.tell_citizen("recommended")
    return work.case


def follow(
    *,
    actor: Actor,
    number: str,
    recommendation: int | None,
    followed: str,
    text: str,
    seen: int | None = None,
) -> Case:
    """What an office did about action recommended to it: it acted, or it refused; with words.

    `recommendation` is the row's id; left out, it is the oldest that is the actor's to answer.
    """
    text = words("text", text, least=10)
    if followed not in Recommendation.Followed.values:
        raise Invalid(fields={"followed": [_("Say whether the office acts.")]})
    with at_work(actor, number, seen) as work:
        row = _to_follow(work, recommendation)
        event = work.make(
            "follow",
            data={"office": row.office.code, "followed": followed},
            said={"text": text},
            kind=Statement.Kind.REASON,
            internal=True,
        )

        def keep(_work: Work) -> None:
            row.followed, row.followed_at, row.followed_event = followed, work.now, event
            row.save(update_fields=["followed", "followed_at", "followed_event"])

        work.after.append(keep)
        if row.appeal.office is None:
            work.outbox.tell_people(overseers(work.case.country), "recommendation_answered")
        else:
            work.outbox.tell_office(row.appeal.office, "recommendation_answered")
        work.outbox.tell_citizen("recommendation_followed")
    return work.case


def theirs_to_follow(who: Standing) -> list[Recommendation]:
    """The open recommendations that an actor may answer: of their offices; an overseer all."""
    rows = who.matter.to_act
    if Party.OVERSEER in who.parties:
        return rows
    return [row for row in rows if leads(who, row.office)]


def _to_follow(work: Work, wanted: int | None) -> Recommendation:
    rows = theirs_to_follow(work.who)
    if not work.who.parties & {Party.ACTION_OFFICE, Party.OVERSEER}:
        raise MoveRefused("follow", "not_yours")
    if not rows:
        raise MoveRefused("follow", "nothing_recommended")
    found = next((row for row in rows if wanted in (None, row.pk)), None)
    if found is None:
        raise Invalid(
            fields={"recommendation": [_("This was answered meanwhile, or it is not yours.")]}
        )
    return found
