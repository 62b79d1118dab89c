"""What the pages of a case say of the issues that it is part of. Each costs one query."""

from typing import Any

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.prepared import prepared
from complaints import beside
from complaints.beside import Part
from complaints.models import Case
from oversight.issues.rights import LINKERS, READERS, is_led
from oversight.issues.selectors import LEAST_PEOPLE, public_issues
from oversight.issues.wording import PUBLIC_STATES, STATES
from oversight.models import Issue

#: Issues shown beside one case.
MOST = 5


def register() -> None:
    """Take part in the pages of cases, from start-up on."""
    beside.register("officer", for_officer)
    beside.register("citizen", for_citizen)
    beside.register("public", for_everybody)


def for_officer(case: Case, actor: Actor | None) -> Part | None:
    """The issues of a case that an officer may read, and the way to add it to one."""
    if actor is None:
        return None
    rows = [
        {"issue": issue, "state": STATES[issue.state]}
        for issue in _issues_of(case=case)
        if actor.has(*READERS) or is_led(actor, issue)
    ]
    may_link = actor.has(*LINKERS)
    if not rows and not may_link:
        return None
    shown = {"rows": rows, "number": case.number, "may_link": may_link}
    return Part("oversight/_issues_of_case.html", shown)


@prepared
def _issues_of(*, case: Any) -> QuerySet[Issue]:
    found = Issue.objects.filter(links__case=case).exclude(state=Issue.State.DROPPED)
    return found.select_related("owner").order_by("-id")[:MOST]


@prepared
def _public_issues_of(*, case: Any) -> QuerySet[Issue]:
    return public_issues().filter(links__case=case)[:MOST]


def for_citizen(case: Case, _actor: Actor | None) -> Part | None:
    """Of one's own case: how many told of the same, and where to read what is done."""
    return _public(case, "oversight/_issues_of_own_case.html")


def for_everybody(case: Case, _actor: Actor | None) -> Part | None:
    """Of a published case: what it is part of."""
    return _public(case, "oversight/_issues_of_public_case.html")


def _public(case: Case, template: str) -> Part | None:
    found: list[Any] = _public_issues_of(case=case)
    rows = [
        {
            "issue": issue,
            "people": issue.cases if issue.cases >= LEAST_PEOPLE else None,
            "state": PUBLIC_STATES[issue.state],
        }
        for issue in found
    ]
    return Part(template, {"rows": rows}) if rows else None
