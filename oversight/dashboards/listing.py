"""Page: the cases behind any figure, by what `which` reads from the address."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.lookups import Exact
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from agencies.models import Office
from complaints import moment
from complaints.in_hands import with_decider
from complaints.models import Case
from complaints.models.case import Status
from complaints.selectors import visible_to
from complaints.views.officer.access import officers
from complaints.views.officer.paging import Page, page_of
from oversight.dashboards.access import (
    LEAD,
    LOOK_ON,
    hidden_from,
    office_asked,
    own_offices,
    sees_country,
)
from oversight.dashboards.asking import Asked, form_of, read
from oversight.dashboards.children import children_of
from oversight.dashboards.counted import MOST_FACTS
from oversight.dashboards.state import IN_APPEAL
from oversight.dashboards.which import Which, which_of
from oversight.figures import reading
from oversight.figures.asking import Question
from oversight.figures.backlog import AGES
from oversight.figures.listing import facts_behind, facts_standing
from oversight.figures.periods import today
from oversight.figures.standing import Standing, by_stage, standing, standing_by_node
from oversight.measures import PAST
from oversight.models import Fact, Kept

#: The cases that have been open longest: so many are shown on a screen.
OLDEST = 6


@require_safe
@officers(*LOOK_ON, *LEAD)
def cases(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The cases behind a figure, those that its reader may see, with the figure on top."""
    asked, which = read(request.GET), which_of(request.GET).known_to(actor)
    office = _office(actor, request.GET.get("office", ""))
    hidden = hidden_from(actor)
    question = which.of(asked.question(office), actor, office)
    page = page_of(request, ids_of(which, question).exclude(pk__in=hidden))
    rows = rows_of(actor, asked, page.rows)
    number = number_of(which, question, hidden)
    # Whoever chooses a period wants that one, and no step of another.
    asks = [(name, value) for name, value in which.values.items() if name not in which.days]
    kept = Kept.objects.filter(pk=1).values_list("kept_at", "backlog_at").first()
    context = {
        "asked": asked,
        "form_fields": form_of(asked),
        "kept": [*asks, *([("office", office.code)] if office else [])],
        "days_kept": list(which.days.items()),
        "which": which,
        "as_of_now": not which.measure,
        "days": which.days_in_words,
        "office": office,
        "sees_country": sees_country(actor),
        "up": _up(asked, office),
        "rows": rows,
        "page": page,
        "number": number,
        "at": kept[0 if which.measure else 1] if kept else None,
        "unseen": len(page.rows) - len(rows),
        "differs": differs(page, number),
        "path": request.path_info,
        "view_name": which.title[:80],
    }
    return render(request, "oversight/cases.html", context)


def _office(actor: Actor, code: str) -> Office | None:
    if code:
        return office_asked(actor, code)
    return None if sees_country(actor) else own_offices(actor)[0]


def _up(asked: Asked, office: Office | None) -> str:
    where = reverse("oversight-agency", args=[office.code]) if office else reverse("oversight")
    return where + asked.query


def differs(page: Page, number: int | None) -> bool:
    """Whether the whole list is on this page and has another number than the figure."""
    is_whole = not page.previous and not page.next
    return is_whole and number is not None and number != len(page.rows)


def ids_of(which: Which, question: Question) -> QuerySet[Any, Any]:
    """The ids of the cases, in the order of the list: the most urgent first, of a period the one in which
    something happened last. By index, however many there are.
    """
    if which.measure:
        facts = facts_behind(question, which.measure)
        if which.own:
            facts = facts.filter(agency=question.node)
        return facts.order_by("-last_on", "-case_id").values_list("case_id", flat=True)
    facts = facts_standing(
        question, stage=which.stage, late=which.state == "late", level=which.level
    )
    facts = _NARROWED.get(which.state, _all)(facts)
    if which.age:
        facts = _of_age(facts, which.age)
    if which.alone:
        facts = facts.filter(office=question.node)
    if PAST not in question.sides:
        # Said once more, so that an index leads past open cases of before the portal, however many.
        facts = facts.exclude(side=PAST)
    return _still_open(facts).order_by("due_at", "case_id").values_list("case_id", flat=True)


def _still_open(facts: QuerySet[Fact]) -> QuerySet[Fact]:
    """Without those that ended since the facts were made.

    Each is looked up by itself: a join would be planned as if most ended, and go through all open cases
    for one page.
    """
    cases = Case.objects.filter(country=settings.COUNTRY, pk=OuterRef("case_id"))
    return facts.filter(~Exact(Subquery(cases.values("status")), Value(Status.CLOSED)))


def _all(facts: QuerySet[Fact]) -> QuerySet[Fact]:
    return facts


def _today(facts: QuerySet[Fact]) -> QuerySet[Fact]:
    zone = ZoneInfo(settings.TIME_ZONE)
    midnight = datetime.combine(today() + timedelta(days=1), time(), tzinfo=zone)
    return facts.filter(due_at__gt=moment.now(), due_at__lte=midnight)


_NARROWED: dict[str, Callable[[QuerySet[Fact]], QuerySet[Fact]]] = {
    "in_time": lambda facts: facts.exclude(due_at__lte=moment.now()),
    "today": _today,
    "appeal": lambda facts: facts.filter(stage__in=IN_APPEAL),
    "waiting": lambda facts: facts.filter(status=Status.WAITING),
}


def _of_age(facts: QuerySet[Fact], age: int) -> QuerySet[Fact]:
    """Facts of cases that have been open for as many days as the band says."""

    def ago(days: int) -> date:
        return today() - timedelta(days=days)

    if age <= len(AGES):
        facts = facts.filter(filed_on__gte=ago(AGES[age - 1]))
    if age > 1:
        facts = facts.filter(filed_on__lt=ago(AGES[age - 2]))
    return facts


def number_of(which: Which, question: Question, hidden: list[int]) -> int | None:
    """The figure itself; None where it would have to be counted for long."""
    if which.measure:
        is_quick = reading.is_kept(question) and not which.own
        if not is_quick and reading.facts_to_count(question) > MOST_FACTS:
            return None
        if which.own:
            return int(ids_of(which, question).exclude(pk__in=hidden).count())
        return max(0, reading.totals(question, hidden=hidden, bands=False).of(which.measure))
    if which.alone:
        return _number_alone(which, question, hidden)
    stages = by_stage(question, hidden=hidden)
    names = IN_APPEAL if which.state == "appeal" else stages
    chosen = [stages[name] for name in names if name in stages and which.stage in ("", name)]
    return sum(_number(which, one) for one in chosen)


def _number_alone(which: Which, question: Question, hidden: list[int]) -> int:
    """What is left when the offices right below are taken away, as their table has it."""
    if which.stage or which.state == "appeal":
        return int(ids_of(which, question).exclude(pk__in=hidden).count())
    below = [office.pk for office in children_of(question.office)]
    now = standing(question, hidden=hidden)
    for theirs in standing_by_node(question, below, hidden=hidden).values():
        now.add(theirs, -1)
    return max(0, _number(which, now))


def _number(which: Which, one: Standing) -> int:
    if which.state == "in_time":
        return _number(replace(which, state="open"), one) - _number(
            replace(which, state="late"), one
        )
    if which.age:
        return (one.late_ages if which.state == "late" else one.ages)[which.age - 1]
    if which.level:
        return int(getattr(one, f"level{which.level}"))
    name = "open" if which.state == "appeal" else which.state
    return int(getattr(one, name))


def oldest_rows(
    actor: Actor, asked: Asked, question: Question, hidden: list[int]
) -> list[dict[str, Any]]:
    """The cases of a screen that have been open longest, as a table has them."""
    cases = Case.objects.filter(country=settings.COUNTRY, imported_from="")
    cases = cases.exclude(status=Status.CLOSED)
    if question.node or question.filtered:
        cases = cases.filter(pk__in=facts_standing(question).values("case_id"))
    ids = cases.exclude(pk__in=hidden).order_by("filed_at", "id").values_list("pk", flat=True)
    return rows_of(actor, asked, list(ids[:OLDEST]))


def rows_of(actor: Actor, asked: Asked, ids: list[int]) -> list[dict[str, Any]]:
    """The cases of a page that the actor may see, in its order (two queries)."""
    cases = visible_to(actor).exclude(owner_id=actor.user_id).filter(pk__in=ids)
    cases = with_decider(cases.select_related("holder__agency", "category").defer("public_text"))
    seen = {case.pk: case for case in cases}
    districts = dict(Fact.objects.filter(pk__in=ids).values_list("pk", "district"))
    places = asked.trees.places.by_id
    rows = case_rows([seen[pk] for pk in ids if pk in seen])
    return [row | {"district": places.get(districts.get(row["case"].pk, 0))} for row in rows]


def case_rows(cases: list[Case]) -> list[dict[str, Any]]:
    """Cases for a list: the case, its address, and when an officer has to do something."""
    return [
        {
            "case": case,
            "url": reverse("office-case", args=[case.number]),
            "clock": {"due_at": case.next_due} if case.next_due else None,
        }
        for case in cases
    ]
