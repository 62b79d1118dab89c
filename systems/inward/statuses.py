"""An agency's own statuses: the table that it keeps, what one that is sent does, and a rehearsal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from agencies.models import Office
from agencies.services.recording import record
from complaints import moment, workflow
from complaints.errors import WHY_NOT, Invalid, MoveRefused, NoSuchCase, Refused, Sentence
from complaints.models import Case
from complaints.models.case import Status
from complaints.parties import standing
from complaints.selectors.access import case_for, visible_to
from complaints.selectors.casefile import CaseFile
from complaints.services.work import lock_cases, tell_database
from complaints.situations import situation_of
from complaints.tracking import read_number
from complaints.workflow import Party
from systems.inward.meaning import MOST, Row, cleaned, mistakes, needs, same
from systems.inward.references import link, source_of
from systems.models import Meaning, Reference, System

#: Statuses rehearsed at once.
AT_ONCE = 50


class UnknownStatus(Refused):
    """The system's table has no such status. `known` are those that it has."""

    status = 422
    code = "unknown_status"
    sentence = _("This status is not in your table. Add it there, or send one of those that are.")

    def __init__(self, known: Iterable[str]) -> None:
        super().__init__(fields={"status": [self.sentence]})
        self.known = list(known)


class BadTable(Invalid):
    """Rows of a table are wrong: `by_row` says what, by the row's place and field."""

    def __init__(self, by_row: Mapping[int, Mapping[str, list[Sentence]]]) -> None:
        fields = {
            f"statuses.{at}.{name}": list(sentences)
            for at, wrong in by_row.items()
            for name, sentences in wrong.items()
        }
        super().__init__(fields=fields)
        self.by_row = by_row


def table_of(system: System) -> list[Row]:
    """The table as the agency ordered it (one query)."""
    rows = Meaning.objects.filter(system=system)
    return [Row(row.theirs, row.move, row.fill) for row in rows]


def meaning_in(table: Iterable[Row], status: str) -> Row | None:
    """What a status means there, however it is written."""
    wanted = same(status)
    return next((row for row in table if same(row.theirs) == wanted), None)


def set_table(*, actor: Actor, system: System, rows: Iterable[Row]) -> list[Row]:
    """Put another table in the place of the one that there is, and record it. The same changes nothing.

    Raises BadTable. Whoever calls it has asked whether the actor may.
    """
    wanted = [cleaned(row) for row in rows]
    _check(system, wanted)
    with transaction.atomic():
        tell_database(actor)
        System.objects.select_for_update(of=["self"]).get(pk=system.pk)
        before = table_of(system)
        if before == wanted:
            return wanted
        Meaning.objects.filter(system=system).delete()
        Meaning.objects.bulk_create(
            Meaning(
                system=system, theirs=row.theirs, move=row.move, fill=dict(row.fill), position=at
            )
            for at, row in enumerate(wanted)
        )
        record(
            actor,
            system,
            country=system.office.country,
            key=f"{system.office.code}/{system.pk}/statuses",
            before={"statuses": [_told(row) for row in before]},
            after={"statuses": [_told(row) for row in wanted]},
        )
    return wanted


def _told(row: Row) -> dict[str, Any]:
    return {"status": row.theirs, "move": row.move, **row.fill}


def _check(system: System, rows: list[Row]) -> None:
    """Raise BadTable for what cannot be kept; Invalid for too many rows."""
    if len(rows) > MOST:
        sentence = str(_("A table has at most %(most)s statuses.")) % {"most": MOST}
        raise Invalid(fields={"statuses": [sentence]})
    wrong = mistakes(rows)
    below = Office.objects.filter(
        path__startswith=system.office.path,
        country=system.office.country,
        closed_at=None,
        code__in=[row.fill.get("office", "") for row in rows],
    )
    known = set(below.exclude(pk=system.office_id).values_list("code", flat=True))
    for at, row in enumerate(rows):
        office = row.fill.get("office")
        if office and office not in known:
            wrong.setdefault(at, {})["office"] = [_("There is no such office below yours.")]
    if wrong:
        raise BadTable(wrong)


# --- One that is sent -------------------------------------------------------------------------


def keep_last(*, actor: Actor, system: System, case: Case, status: str) -> None:
    """Keep a status as the last one that the system sent of a case, whatever came of it.

    `case` is as the request found it. Once its words are erased nothing is kept of it. Raises MoveRefused
    (`not_yours`) where the system's office has not got it.
    """
    if Party.FOCAL not in standing(case, actor).parties:
        raise MoveRefused("status", "not_yours")
    kept, now = status[: Reference._meta.get_field("status").max_length], moment.now()
    rows = Reference.objects.filter(case=case, source=source_of(system))
    with transaction.atomic():
        tell_database(actor)
        if lock_cases([case.number])[case.number].words_erased_at is not None:
            return
        if not rows.update(status=kept, status_at=now, system=system):
            link(case, system, case.number)
            rows.update(status=kept, status_at=now)


def is_done_already(row: Row, case: Case, actor: Actor) -> bool:
    """Whether nothing is left to do: the status is only kept, or the system works on it as it says."""
    works = case.status == Status.IN_PROGRESS and case.assigned_id == actor.user_id
    return not row.move or (row.move == "accept" and works)


# --- A rehearsal ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Would:
    """What a status would do to a case, or why not; nothing is changed by asking."""

    number: str
    status: str
    #: Empty where it is only kept, or where there is no such status or case.
    move: str = ""
    is_possible: bool = False
    #: The state in which the case would be then.
    to: str = ""
    #: Why not: a code, and its sentence.
    code: str = ""
    why: Sentence = ""
    #: What has to come with the status.
    needs: list[str] = field(default_factory=list)


def rehearse(
    *, actor: Actor, system: System, sent: Iterable[tuple[str, str]], seen_by: Actor | None = None
) -> list[Would]:
    """What each of these (case number, status) would do, in the state in which the case is now.

    `actor` is the system's; `seen_by` whoever looks on, to whom a case that is not theirs is none.
    """
    table = table_of(system)
    return [_would(actor, table, number, status, seen_by) for number, status in sent]


def last_sent(system: System, seen_by: Actor, most: int = 20) -> list[tuple[str, str]]:
    """The last statuses that came, one a case, the newest first: of the cases that somebody may see."""
    rows = Reference.objects.filter(system=system, status_at__isnull=False).order_by("-status_at")
    last = list(rows.values_list("case", "case__number", "status")[:most])
    seen = visible_to(seen_by).filter(pk__in=[pk for pk, _number, _status in last])
    ids = set(seen.values_list("pk", flat=True))
    return [(number, status) for pk, number, status in last if pk in ids and status]


def _would(
    actor: Actor, table: list[Row], number: str, status: str, seen_by: Actor | None
) -> Would:
    told = read_number(number) or ""
    case = case_for(actor, told)
    if case is not None and seen_by is not None and case_for(seen_by, told) is None:
        case = None
    row = meaning_in(table, status)
    if case is None:
        return Would(number, status, code=NoSuchCase.code, why=_("There is no such case with you."))
    if row is None:
        return Would(told, status, code=UnknownStatus.code, why=UnknownStatus.sentence)
    if is_done_already(row, case, actor):
        return Would(told, status, row.move, True, to=case.status)
    file = CaseFile(case, actor)
    situation = situation_of(case, file)
    try:
        edge = workflow.edge_for(row.move, file.who.parties, situation)
    except workflow.NotAllowed as refusal:
        why = WHY_NOT.get(refusal.code, Refused.sentence)
        return Would(told, status, row.move, code=refusal.code, why=why)
    return Would(told, status, row.move, True, to=edge.target(situation), needs=needs(row))
