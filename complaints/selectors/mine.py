"""The cases that were filed from one account, as its owner reads them in a list."""

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.actors import Actor
from agencies import snapshot
from complaints.models import Case, Clock
from complaints.selectors.access import visible_to
from complaints.selectors.casefile import CaseFile


def own_cases(actor: Actor) -> QuerySet[Case]:
    """The actor's own cases, with what a row shows."""
    cases = visible_to(actor).filter(owner_id=actor.user_id)
    return cases.select_related("holder", "lead__holder")


def files_of(cases: Iterable[Case], actor: Actor) -> list[CaseFile]:
    """Each case with its clocks: one query for all, and none for what they were joined with."""
    files = [CaseFile(case, actor) for case in cases]
    if not files:
        return []
    registry = snapshot.current(files[0].case.country)
    rows: dict[int, list[Clock]] = {file.shown_case.pk: [] for file in files}
    for clock in Clock.objects.filter(case__in=rows).order_by("started_at", "id"):
        rows[clock.case_id].append(clock)
    for file in files:
        file.registry, file.clock_rows = registry, rows[file.shown_case.pk]
    return files
