"""Reading issues: lists with their counts, one with what belongs to it, those that are public."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from complaints.models import Case
from complaints.selectors import visible_to
from oversight.issues.recurrence import today_there
from oversight.issues.rights import DROPPED, FIXED, UNDER_WAY
from oversight.models import Issue, IssueCase, IssueNote

#: Fewer cases than that are "some" in public: they could point at a person.
LEAST_PEOPLE = 5
NOTES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class IssueFilter:
    """What a list is narrowed to; it stays in the address. Empty: what is under way.

    `state`: fixed, back, dropped, late (its day is over), all. `category`: with what lies below it.
    """

    state: str = ""
    category: str = ""
    words: str = ""


def listed(issues: QuerySet[Issue], which: IssueFilter) -> QuerySet[Issue]:
    """The issues of a list with how many cases each has: by their day, what is over by its end."""
    issues = narrowed(issues, which).filter(in_state(which.state))
    rows = with_cases(issues).select_related("owner", "category", "place")
    if which.state in (FIXED, DROPPED):
        return rows.order_by("-changed_at", "-id")
    return rows.order_by("due", "id")


def narrowed(issues: QuerySet[Issue], which: IssueFilter) -> QuerySet[Issue]:
    """By subject and words, in any state."""
    if which.category:
        path = "category__path"
        below = Q(**{f"{path}__startswith": f"{which.category}/"})
        issues = issues.filter(below | Q(**{f"{path}__contains": f"/{which.category}/"}))
    for word in which.words.split()[:6]:
        issues = issues.filter(title__icontains=word)
    return issues


def in_state(state: str) -> Q:
    """The condition of a state of the filter."""
    under_way = Q(state__in=UNDER_WAY)
    if state == "late":
        return under_way & Q(due__lt=today_there())
    if state == "all":
        return Q()
    return Q(state=state) if state in Issue.State.values else under_way


def counts_by_state(issues: QuerySet[Issue]) -> dict[str, int]:
    """How many there are by the filter's states (one query)."""
    states = ("", "late", "back", "fixed", "dropped")
    counts = {state or "open": Count("pk", filter=in_state(state)) for state in states}
    return dict(issues.aggregate(**counts))


def with_cases(issues: QuerySet[Issue]) -> QuerySet[Issue]:
    """Each with the number of its cases as `cases`, sensitive ones among them."""
    linked = IssueCase.objects.filter(issue=OuterRef("pk")).order_by().values("issue")
    counted = Subquery(linked.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return issues.annotate(cases=Coalesce(counted, 0))


def cases_of(actor: Actor, issue: Issue) -> QuerySet[Case]:
    """The linked cases that somebody may see, last linked first; none that is sensitive, nor their own."""
    cases = visible_to(actor).filter(issues__issue=issue, sensitive=False)
    cases = cases.exclude(owner_id=actor.user_id)
    return cases.select_related("holder", "category").order_by("-issues__id")


def notes_of(issue: Issue) -> list[IssueNote]:
    """What happened to it, newest first."""
    return list(issue.notes.select_related("by").order_by("-at", "-id")[:NOTES_SHOWN])


def last_said(issue: Issue) -> str:
    """What the office last said that it did, where that is not public yet; else empty."""
    said = issue.notes.filter(step="did").order_by("-at", "-id").first()
    return said.text if said is not None and said.text != issue.we_did else ""


def public_issues() -> QuerySet[Issue]:
    """What everybody may read, newest first, with the number of cases as `cases`."""
    issues = Issue.objects.filter(country=settings.COUNTRY, published_at__isnull=False)
    issues = issues.exclude(state=DROPPED).defer("cause")
    rows = with_cases(issues).select_related("owner", "category", "place")
    return rows.order_by("-published_at", "-id")
