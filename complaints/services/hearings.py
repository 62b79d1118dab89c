"""Hearings of an appeal: set, moved, called off, held; statements of those who have to do with it.

Raises, like all services, `Refused` errors: NoSuchCase, Stale, MoveRefused, Invalid. Moments are aware
and kept in UTC.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor
from agencies.snapshot import Registry
from complaints import clocks, moment
from complaints.errors import Invalid, MoveRefused
from complaints.models import Attendance, Case, Event, Hearing, ServedSummary, Statement
from complaints.services.casework import tell_handler, words
from complaints.services.served_summaries import check_text
from complaints.services.work import Work, at_work
from complaints.under_way import UnderWay
from complaints.workflow import Party
from complaints.workflow_appeals import HEARD, TAKERS

log = structlog.get_logger(__name__)
#: Nobody sets a hearing for later; who means a year mistyped it.
LATEST = timedelta(days=366)


class Invited(StrEnum):
    """Who can be asked to a hearing; witnesses and experts are `other`."""

    CITIZEN = "citizen"
    OFFICE = "office"
    RESPONDENT = "respondent"
    OTHER = "other"


def invitable(case: Case) -> list[Invited]:
    """Who has to do with the case, so that they can be asked; a respondent only once served."""
    found = [Invited.CITIZEN]
    if case.holder_id is not None:
        found.append(Invited.OFFICE)
    if ServedSummary.objects.filter(case=case, respondent__ended_at=None).exists():
        found.append(Invited.RESPONDENT)
    return [*found, Invited.OTHER]


def set_hearing(
    *,
    actor: Actor,
    number: str,
    at: datetime,
    place: str,
    text: str,
    invited: Collection[str],
    seen: int | None = None,
) -> Case:
    """Set a hearing at a moment, with its place (or link), a notice, and those who are asked to come."""
    place, text = words("place", place), words("text", text)
    with at_work(actor, number, seen) as work:
        asked = _asked(work.case, invited)
        event = work.make(
            "set_hearing",
            data={"at": _iso(at), "invited": asked},
            said={"text": text, "place": place},
            kind=Statement.Kind.HEARING,
            internal=Invited.CITIZEN not in asked,
        )
        _check_words(work, asked, place=place, text=text)
        _check_moment(work, at)
        _keep(work, event, at, asked)
        tell(
            work,
            asked,
            "hearing_set",
            "hearing_set_for_office",
            template="hearing_set_for_respondent",
            hearing_due=_iso(at),
        )
    return work.case


def move_hearing(
    *, actor: Actor, number: str, at: datetime, place: str, reason: str, seen: int | None = None
) -> Case:
    """Put the hearing off to another moment or place; those who were asked stay asked."""
    place, reason = words("place", place), words("reason", reason)
    with at_work(actor, number, seen) as work:
        asked = _asked_before(work)
        event = work.make(
            "move_hearing",
            data={"at": _iso(at), "invited": asked},
            said={"text": reason, "place": place},
            kind=Statement.Kind.HEARING,
            internal=Invited.CITIZEN not in asked,
        )
        _check_words(work, asked, place=place, reason=reason)
        _check_moment(work, at)
        _call_off(work)
        _keep(work, event, at, asked)
        tell(
            work,
            asked,
            "hearing_moved",
            "hearing_moved_for_office",
            template="hearing_moved_for_respondent",
            hearing_due=_iso(at),
        )
    return work.case


def call_off_hearing(*, actor: Actor, number: str, reason: str, seen: int | None = None) -> Case:
    """There is no hearing after all."""
    reason = words("reason", reason)
    with at_work(actor, number, seen) as work:
        asked = _asked_before(work)
        work.make(
            "call_off_hearing",
            said={"text": reason},
            kind=Statement.Kind.REASON,
            internal=Invited.CITIZEN not in asked,
        )
        _call_off(work)
        tell(
            work,
            asked,
            "hearing_off",
            "hearing_off_for_office",
            template="hearing_off_for_respondent",
        )
    return work.case


def hold_hearing(
    *,
    actor: Actor,
    number: str,
    came: Collection[str],
    text: str,
    files: Iterable[str] = (),
    seen: int | None = None,
) -> Case:
    """The hearing was held: who of those asked came, and the minutes.

    Citizen and office may read the minutes once the appeal is decided.
    """
    text = words("text", text, least=10)
    with at_work(actor, number, seen) as work:
        asked = _asked_before(work)
        here = [party for party in asked if party in came]
        absent = [party for party in asked if party not in here]
        event = work.make(
            "hold_hearing",
            data={"came": here, "absent": absent},
            said={"text": text},
            kind=Statement.Kind.MINUTES,
            internal=True,
            files=files,
        )
        if set(came) - set(asked):
            raise Invalid(fields={"came": [_("Somebody among these was not asked to come.")]})
        hearing_id = under_way(work, "hold_hearing").hearing_id or 0

        def keep(_work: Work) -> None:
            Hearing.objects.filter(pk=hearing_id).update(held_at=work.now, held_event=event)
            rows = Attendance.objects.filter(hearing_id=hearing_id)
            is_here = ExpressionWrapper(Q(party__in=here), output_field=BooleanField())
            rows.update(came=is_here if here else False)

        work.after.append(keep)
        tell(
            work,
            asked,
            "hearing_held",
            "hearing_held_for_office",
            template="hearing_held_for_respondent",
        )
    return work.case


def give_statement(
    *,
    actor: Actor,
    number: str,
    text: str,
    witness: str = "",
    files: Iterable[str] = (),
    seen: int | None = None,
) -> Case:
    """A statement on an appeal: one's own; or a witness's, taken down by whoever decides or investigates.

    A witness's name is words, and never in the event. Of the office nobody reads what others said
    before the appeal is decided, and the citizen never does.
    """
    text, witness = words("text", text, digits=True), witness.strip()
    with at_work(actor, number, seen) as work:
        parties = work.who.parties & (TAKERS if witness else HEARD)
        if not parties and work.who.parties & (TAKERS | HEARD):
            raise Invalid(fields={"witness": [_whose(witness)]})
        own = Party.CITIZEN in parties
        work.make(
            "testify",
            data={"of": "witness" if witness else "self"},
            said={"text": text, "witness": words("witness", witness) if witness else ""},
            kind=Statement.Kind.TESTIMONY,
            internal=not own,
            files=files,
            parties=parties or None,
        )
        if not parties & TAKERS:
            tell_handler(work, "statement_given")
    return work.case


def _whose(witness: str) -> str:
    if witness:
        return str(_("Only whoever decides or investigates takes down what a witness says."))
    return str(_("Say whose statement it is."))


def under_way(work: Work, move: str) -> UnderWay:
    """The appeal that the case is in. Raises MoveRefused where there is none (any more)."""
    if work.who.under_way is None:
        raise MoveRefused(move, "wrong_state")
    return work.who.under_way


def earliest(registry: Registry, now: datetime) -> datetime:
    """The first moment for which a hearing may be set now: so many full days lie before it."""
    policy = registry.policy("hearing_notice", now)
    return clocks.due_at(now, policy.amount, policy.unit, registry.default_calendar)


def end_hearing_with_appeal(work: Work) -> None:
    """The appeal is over: a hearing still to come is called off, and those who were asked are told."""
    if work.who.under_way is None or work.who.under_way.hearing_id is None:
        return
    asked = _asked_before(work)
    _call_off(work)
    tell(
        work, asked, "hearing_off", "hearing_off_for_office", template="hearing_off_for_respondent"
    )


def _check_words(work: Work, asked: Collection[str], **said: str) -> None:
    """What a respondent is to read may not tell who filed the case. Raises Invalid, or TooMany."""
    if Invited.RESPONDENT in asked:
        for field, text in said.items():
            check_text(work.case, work.actor, text, field)


def _check_moment(work: Work, at: datetime) -> None:
    first, zone = earliest(work.registry, work.now), work.registry.default_calendar.zone
    there = at.astimezone(zone)
    if at < first:
        days = work.registry.policy("hearing_notice", work.now).amount
        sentence = _("Those who are asked need at least %(days)s days’ notice. Choose a later day.")
        raise Invalid(fields={"at": [str(sentence) % {"days": days}]})
    if at > work.now + LATEST:
        raise Invalid(fields={"at": [_("This is more than a year away. Check the year.")]})
    if (there.hour, there.minute) == (0, 0):
        # Midnight belongs to the day before; nobody means it.
        raise Invalid(fields={"at": [_("Say the hour of the hearing.")]})


def _asked(case: Case, invited: Collection[str]) -> list[str]:
    able = invitable(case)
    asked: list[str] = [party.value for party in able if party.value in set(invited)]
    if not asked or set(invited) - set(asked):
        raise Invalid(fields={"invited": [_("Choose who is asked to come.")]})
    return asked


def _asked_before(work: Work) -> list[str]:
    """Those asked to the hearing that is set, in the order of the forms; none where none is set."""
    if work.who.under_way is None or work.who.under_way.hearing_id is None:
        return []
    return [party.value for party in Invited if party.value in work.who.under_way.asked]


def _keep(work: Work, event: Event, at: datetime, asked: list[str]) -> None:
    appeal = under_way(work, event.move).appeal
    # Set for tomorrow, nobody needs to be reminded of it tomorrow.
    soon = at <= work.now + timedelta(days=1)
    hearing = Hearing(appeal=appeal, at=at, reminded_at=work.now if soon else None)

    def keep(_work: Work) -> None:
        hearing.set_event = event
        hearing.save(force_insert=True)
        rows = [Attendance(hearing=hearing, party=party) for party in asked]
        Attendance.objects.bulk_create(rows)

    work.after.append(keep)


def _call_off(work: Work) -> None:
    hearing_id = work.who.under_way.hearing_id if work.who.under_way else None
    Hearing.objects.filter(pk=hearing_id or 0).update(called_off_at=work.now)


def tell(
    work: Work,
    asked: Collection[str],
    to_citizen: str,
    to_office: str,
    *,
    template: str,
    **values: Any,
) -> None:
    """Tell those who are asked to a hearing, each in their own words; `template` are a respondent's."""
    if Invited.CITIZEN in asked:
        work.outbox.tell_citizen(to_citizen, **values)
    if Invited.OFFICE in asked:
        work.outbox.tell_office(work.case.holder, to_office, **values)
    if Invited.RESPONDENT in asked:
        for summary in _served(work.case):
            work.outbox.tell_served(summary.user, summary.key, template=template, **values)


def _served(case: Case) -> list[ServedSummary]:
    """The last summary that was served on each respondent who still is one."""
    rows = ServedSummary.objects.filter(case=case, respondent__ended_at=None)
    newest = rows.order_by("user_id", "-served_at", "-id").distinct("user_id")
    return list(newest.select_related("user"))


def remind_of_hearings() -> int:
    """Remind those who are asked to a hearing of tomorrow; says how many hearings. Safe to repeat.

    One case a transaction; a hearing that was moved or called off meanwhile is passed over, and one
    that fails does not stop the others.
    """
    now, reminded = moment.now(), 0
    due = Hearing.objects.filter(held_at=None, called_off_at=None, at__gt=now)
    due = due.filter(at__lte=now + timedelta(days=1), reminded_at=None)
    due = due.filter(appeal__case__country=settings.COUNTRY).order_by("at", "id")
    for pk, number in list(due.values_list("pk", "appeal__case__number")):
        try:
            reminded += _remind(pk, number)
        except Exception:
            log.exception("sweep: a reminder of a hearing failed", case=number)
    return reminded


def _remind(pk: int, number: str) -> int:
    with at_work(SYSTEM, number) as work:
        on = work.who.under_way
        if on is None or on.hearing_id != pk or on.hearing_at is None:
            return 0
        still = Hearing.objects.filter(pk=pk, reminded_at=None)
        if not still.update(reminded_at=work.now):
            return 0
        tell(
            work,
            _asked_before(work),
            "hearing_tomorrow",
            "hearing_tomorrow_for_office",
            template="hearing_tomorrow_for_respondent",
            hearing_due=_iso(on.hearing_at),
        )
        tell_handler(work, "hearing_to_hold", hearing_due=_iso(on.hearing_at))
    return 1


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
