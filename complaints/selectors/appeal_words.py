"""Who reads what was said within an appeal, and when.

Until the appeal is decided, statements, minutes, orders, reports, and the notes of those who decide or
investigate, are for those who decide, investigate or oversee; everybody reads their own statement. Once
it is decided, officers who see the case read all of it, and the citizen the minutes. The rest the
citizen never reads: the decision quotes what it wants. Of an appeal that was withdrawn nothing is ever
opened.
"""

from collections.abc import Iterable

from django.db.models import Q

from accounts.actors import Actor
from accounts.roles import Role
from complaints.models import Attachment, Case, Event
from complaints.parties import Standing, standing
from complaints.workflow import Party, State

#: Moves whose words are kept back. Of a statement nobody else is told whose it is, either.
KEPT_BACK = frozenset({"testify", "hold_hearing", "investigate", "report", "end_investigation"})
NOTE = "note"
DECIDES, ENDS_WITHOUT = ("uphold", "dismiss"), ("withdrawn",)
#: What a citizen is not told of at all: others' statements, and what is between officers.
NOT_FOR_CITIZENS = Q(move="guide") | (Q(move="testify") & ~Q(party=Party.CITIZEN))
READ_ALL = frozenset({Party.APPEAL_OFFICER, Party.INVESTIGATOR, Party.OVERSEER})


def opened(events: Iterable[Event]) -> frozenset[int]:
    """Ids of those events, of all in their order, whose appeal is decided."""
    waiting: list[int] = []
    found: set[int] = set()
    for event in events:
        if event.move in KEPT_BACK or event.move == NOTE:
            waiting.append(event.pk)
        elif event.move in DECIDES:
            found.update(waiting)
            waiting = []
        elif event.move in ENDS_WITHOUT:
            waiting = []
    return frozenset(found)


def is_kept_back(event: Event, who: Standing, open_ones: frozenset[int]) -> bool:
    """Whether what was said with the event is (still) not for this reader."""
    if not _is_between_deciders(event, who.case):
        return False
    if who.parties and who.parties <= {Party.CITIZEN}:
        minutes = event.move == "hold_hearing" and event.pk in open_ones
        return event.party != Party.CITIZEN and not minutes
    if who.parties & READ_ALL or who.actor.has(Role.AUDITOR):
        return False
    own = event.actor_id is not None and event.actor_id == who.actor.user_id
    return not own and event.pk not in open_ones


def _is_between_deciders(event: Event, case: Case) -> bool:
    """Whether it is kept back at all. A note is, unless an office wrote it to itself."""
    if event.move != NOTE:
        return event.move in KEPT_BACK
    by_office = event.office_id == case.holder_id and event.party != Party.INVESTIGATOR
    return event.from_status == State.APPEALED and not by_office


def may_read_file(actor: Actor, found: Attachment) -> bool:
    """Whether a file that came with such words is for this reader, who may see its case."""
    case, event = found.case, found.event
    if case is None or event is None or not _is_between_deciders(event, case):
        return True
    moves = (*KEPT_BACK, NOTE, *DECIDES, *ENDS_WITHOUT)
    events = Event.objects.filter(case=case, move__in=moves).order_by("seq")
    return not is_kept_back(event, standing(case, actor), opened(events))
