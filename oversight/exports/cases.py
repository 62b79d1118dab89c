"""The list behind a figure as a file: facts of the cases that its reader may see, never their words."""

from collections.abc import Callable, Iterator
from itertools import islice

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.actors import Actor
from complaints.models import Case
from complaints.selectors import visible_to
from oversight.dashboards.asking import channel_name, kind_name
from oversight.dashboards.listing import ids_of
from oversight.dashboards.state import STAGES
from oversight.dashboards.which import Which
from oversight.exports.sheets import Sheet
from oversight.exports.tables import Ask
from oversight.models import Fact

#: Cases that are read at a time.
AT_A_TIME = 1000


def quiet(_done: int) -> None:
    """Nobody waits to hear how far it is."""


def cases_sheet(
    actor: Actor, ask: Ask, which: Which, progress: Callable[[int], None] = quiet
) -> Sheet:
    """The cases behind a figure, in the order of the list. `progress` hears how many were read."""
    zone = settings.TIME_ZONE
    head = [
        *(_("Number"), _("Office"), _("Code of the office"), _("Agency"), _("Subject")),
        *(_("District"), _("Way in"), _("Kind"), _("Status"), _("Outcome"), _("How it ended")),
        *(_("Due next"), _("Due (%(zone)s)") % {"zone": zone}, _("Moved up to level")),
        *(_("Filed on"), _("Forwarded on"), _("Answered on"), _("Closed on")),
        *(_("Days to the answer"), _("The same, pauses apart"), _("Times sent back")),
    ]
    name = "-".join(["cases", *which.values.values(), ask.name])
    return Sheet(name[:100], head, _rows(actor, ask, which, progress))


def _rows(
    actor: Actor, ask: Ask, which: Which, progress: Callable[[int], None]
) -> Iterator[list[object]]:
    question = which.of(ask.question, actor, ask.office)
    ids = ids_of(which, question).exclude(pk__in=list(ask.hidden))
    found, done = ids.iterator(chunk_size=AT_A_TIME), 0
    while part := list(islice(found, AT_A_TIME)):
        yield from _part(actor, ask, part)
        done += len(part)
        progress(done)


def _part(actor: Actor, ask: Ask, ids: list[int]) -> Iterator[list[object]]:
    seen = visible_to(actor).exclude(owner_id=actor.user_id).filter(pk__in=ids)
    fields = ("number", "channel", "kind", "status", "outcome", "ending", "holder")
    cases = {case.pk: case for case in seen.select_related("holder__agency").only(*fields, *_NAMES)}
    facts = Fact.objects.in_bulk(ids)
    for pk in ids:
        if pk in cases and pk in facts:
            yield _row(ask, cases[pk], facts[pk])


#: What is read of an office and of its agency.
_NAMES = tuple(
    f"holder__{of}{name}" for of in ("", "agency__") for name in ("names", "code", "country")
)


def _row(ask: Ask, case: Case, fact: Fact) -> list[object]:
    office, trees = case.holder, ask.asked.trees
    agency = office.agency if office else None
    subject = trees.subjects.by_id.get(fact.category)
    district = trees.places.by_id.get(fact.district)
    return [
        *(case.number, office.name if office else "", office.code if office else ""),
        *(agency.name if agency else "", subject.name if subject else ""),
        *(district.name if district else "", channel_name(case.channel), kind_name(case.kind)),
        *(case.get_status_display(), case.get_outcome_display(), case.get_ending_display()),
        *(str(STAGES[fact.stage]) if fact.stage in STAGES else "", fact.due_at, fact.level or None),
        *(fact.filed_on, fact.forwarded_on, fact.answered_on, fact.closed_on),
        *(fact.took, fact.worked, fact.hops),
    ]
