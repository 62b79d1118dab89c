"""Who has a case now, in one place for every reader: in an appeal whoever decides it, and no longer the
office that the appeal is about; where it is disputed whose it is, those who rule.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case as Choose
from django.db.models import JSONField, OuterRef, QuerySet, Subquery, When
from django.utils.translation import gettext as _

from agencies.models import Office
from complaints.models import Appeal, Case, Event
from complaints.models.case import Status
from complaints.nested import as_json, from_json
from complaints.under_way import OFFICE, matter_of

#: Moves from which on somebody else has the case, or has it anew; going into appeal is one as well.
HANDED_OVER = (
    *("submit", "forward", "rule", "pass_down", "return", "moved_up", "separate"),
    *("uphold", "reopen"),
)
#: The name under which a case of a list carries the office that decides its appeal.
DECIDER = "decider_told"


@dataclass(frozen=True, slots=True)
class Hands:
    """Who has a case: an office, or overseers; neither is the central desk."""

    office: Office | None = None
    overseers: bool = False
    #: An appeal is open: who has it decides it, and this office (if one had it) had it before.
    decides: bool = False
    before: Office | None = None

    @property
    def name(self) -> str:
        """In the reader's language; empty for the desk."""
        if self.overseers:
            return _("The overseers")
        return self.office.name if self.office else ""

    @property
    def words(self) -> str:
        """In the reader's language."""
        return self.name or _("The central desk")


def hands_of(case: Case) -> Hands:
    """Who has it now. Costs a query for a case in appeal that was read without who decides it."""
    if case.status == Status.APPEALED:
        office = _decider(case)
        return Hands(office, office is None, decides=True, before=case.holder)
    if case.status == Status.DISPUTED_OWNER:
        return Hands(overseers=True)
    return Hands(case.holder)


def hands_over(step: Event, like: str) -> bool:
    """Whether somebody else has the case from a step on; `like` is the move that it was, or was like."""
    into_appeal = step.to_status == Status.APPEALED != step.from_status
    return like in HANDED_OVER or into_appeal


def with_decider(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases of a list that carry who decides their appeal; looked up for those in appeal alone."""
    open_one = Appeal.objects.filter(case=OuterRef("pk"), decided_at=None)
    told = Subquery(open_one.values(told=as_json(Office, *OFFICE, under="office"))[:1])
    in_appeal = When(status=Status.APPEALED, then=told)
    chosen: Any = Choose(in_appeal, default=None, output_field=JSONField())
    return cases.annotate(**{DECIDER: chosen})


def _decider(case: Case) -> Office | None:
    """The office that decides the open appeal; None: overseers do."""
    if hasattr(case, DECIDER):
        told = getattr(case, DECIDER)
        return from_json(Office, told) if told and told["id"] is not None else None
    open_ones = (told.row for told in matter_of(case).appeals if told.row.decided_at is None)
    return next((row.office for row in open_ones), None)
