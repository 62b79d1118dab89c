"""The cases behind any figure: `?measure=answered` of a period, `?state=late&stage=resolve&level=3` now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from agencies.models import Office
from complaints import moment
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
    sides_for,
)
from oversight.dashboards.asking import Asked, form_of, read
from oversight.dashboards.counted import MOST_FACTS
from oversight.dashboards.pictures import age_names
from oversight.dashboards.state import IN_APPEAL, LEVELS, STAGES
from oversight.figures import reading
from oversight.figures.asking import COUNTRYS, Question
from oversight.figures.backlog import AGES
from oversight.figures.listing import facts_behind, facts_standing
from oversight.figures.periods import today
from oversight.figures.standing import Standing, by_stage
from oversight.models import Fact, Kept

Words = str | Promise

#: The measures whose cases can be listed, in words.
MEASURES: dict[str, Words] = {
    "received": gettext_lazy("Received"),
    "forwarded": gettext_lazy("Forwarded for the first time"),
    "forwarded_in_time": gettext_lazy("Forwarded within 3 days"),
    "answered": gettext_lazy("Answered"),
    "kept_from_filing": gettext_lazy("Answered within 10 days from filing"),
    "kept_from_forward": gettext_lazy("Answered within 10 days from the forward"),
    "returned": gettext_lazy("Sent back at least once"),
    "confirmed": gettext_lazy("Confirmed resolved"),
    "awaited": gettext_lazy("Said to be resolved; the citizen has not spoken yet"),
    "silence": gettext_lazy("Said to be resolved; the citizen never replied"),
    "silent": gettext_lazy("Closed without a word of the citizen"),
    "contested": gettext_lazy("Answered, then disputed or in appeal"),
    "partly": gettext_lazy("Partly resolved"),
    "not_upheld": gettext_lazy("Not upheld"),
    "advice_only": gettext_lazy("Advice only"),
    "no_power": gettext_lazy("No power to act"),
    "ended": gettext_lazy("Answered and closed"),
    "rated": gettext_lazy("With a mark of the citizen"),
    "disputed": gettext_lazy("Disputed"),
    "appealed": gettext_lazy("Appealed"),
    "decided": gettext_lazy("Appeal decided"),
    "upheld": gettext_lazy("Appeal upheld"),
    "reopened": gettext_lazy("Reopened"),
    "closed": gettext_lazy("Closed"),
    "withdrawn": gettext_lazy("Withdrawn by the citizen"),
    "declined": gettext_lazy("Declined: not for this portal"),
    "merged": gettext_lazy("Joined with another case"),
}
STATES: dict[str, Words] = {
    "open": gettext_lazy("Open cases"),
    "late": gettext_lazy("Late cases"),
    "today": gettext_lazy("Cases due today"),
    "appeal": gettext_lazy("Cases in appeal"),
    "waiting": gettext_lazy("Cases that wait for the citizen"),
}
#: States of which the ages are kept.
OF_AGES = ("open", "late")
#: The cases that have been open longest: so many are shown on a screen.
OLDEST = 6


@dataclass(frozen=True, slots=True)
class Which:
    """The figure whose cases are listed: a measure of a period, or a state now with what narrows it.

    `alone`: what the office itself has, without those below it; of the country what no office has.
    """

    measure: str = ""
    state: str = "open"
    stage: str = ""
    level: int = 0
    age: int = 0
    alone: bool = False

    @property
    def values(self) -> dict[str, str]:
        """As an address has it."""
        if self.measure:
            return {"measure": self.measure}
        told = {"state": self.state, "stage": self.stage, "level": self.level, "age": self.age}
        told["alone"] = int(self.alone)
        return {name: str(value) for name, value in told.items() if value}

    @property
    def title(self) -> str:
        """In words."""
        return str(MEASURES[self.measure] if self.measure else STATES[self.state])

    @property
    def narrowed(self) -> list[str]:
        """What else is asked of a state, in words."""
        words = [str(STAGES[self.stage])] if self.stage else []
        if self.level:
            words.append(_("Moved up to level %(level)s") % {"level": self.level})
        if self.age:
            words.append(_("Open for %(days)s") % {"days": age_names()[self.age - 1]})
        if self.alone:
            words.append(_("Without the offices below"))
        return words


def which_of(query: Any) -> Which:
    """What the address asks for; all open cases for whatever cannot be read."""
    if query.get("measure", "") in MEASURES:
        return Which(measure=query["measure"])
    state, stage = query.get("state", ""), query.get("stage", "")
    level = _among(query.get("level", ""), LEVELS)
    if level:
        return Which(state="late", stage=stage if stage in STAGES else "", level=level)
    state = state if state in STATES else "open"
    return Which(
        state=state,
        stage=stage if stage in STAGES else "",
        age=_among(query.get("age", ""), range(1, len(AGES) + 2)) if state in OF_AGES else 0,
        alone=query.get("alone", "") == "1",
    )


def _among(text: str, numbers: Any) -> int:
    return next((number for number in numbers if str(number) == text), 0)


@require_safe
@officers(*LOOK_ON, *LEAD)
def cases(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The cases behind a figure, those that its reader may see, with the figure on top."""
    asked, which = read(request.GET), which_of(request.GET)
    office = _office(actor, request.GET.get("office", ""))
    hidden = hidden_from(actor)
    # Work is work: of how it stands now nothing is left out.
    sides = sides_for(actor, office) if which.measure else COUNTRYS
    question = asked.question(office, sides)
    page = page_of(request, ids_of(which, question).exclude(pk__in=hidden))
    rows = rows_of(actor, asked, page.rows)
    number = number_of(which, question, hidden)
    kept = Kept.objects.filter(pk=1).values_list("kept_at", "backlog_at").first()
    context = {
        "asked": asked,
        "form_fields": form_of(asked),
        "kept": [*which.values.items(), *([("office", office.code)] if office else [])],
        "which": which,
        "as_of_now": not which.measure,
        "office": office,
        "sees_country": sees_country(actor),
        "up": _up(asked, office),
        "rows": rows,
        "page": page,
        "number": number,
        "at": kept[0 if which.measure else 1] if kept else None,
        "unseen": len(page.rows) - len(rows),
        "differs": _differs(page, number),
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


def _differs(page: Page, number: int | None) -> bool:
    """Whether the whole list is on this page and has another number than the figure."""
    is_whole = not page.previous and not page.next
    return is_whole and number is not None and number != len(page.rows)


def ids_of(which: Which, question: Question) -> QuerySet[Any, Any]:
    """The ids of the cases, in the order of the list: the most urgent first, of a period the one in which
    something happened last. By index, however many there are.
    """
    if which.measure:
        facts = facts_behind(question, which.measure)
        return facts.order_by("-last_on", "-case_id").values_list("case_id", flat=True)
    facts = facts_standing(
        question, stage=which.stage, late=which.state == "late", level=which.level
    )
    facts = _NARROWED.get(which.state, _all)(facts)
    if which.age:
        facts = _of_age(facts, which.age)
    if which.alone:
        facts = facts.filter(office=question.node)
    cases = Case.objects.filter(country=settings.COUNTRY, pk__in=facts.values("case_id"))
    cases = cases.exclude(status=Status.CLOSED)
    return cases.order_by("next_due", "id").values_list("pk", flat=True)


def _all(facts: QuerySet[Fact]) -> QuerySet[Fact]:
    return facts


def _today(facts: QuerySet[Fact]) -> QuerySet[Fact]:
    zone = ZoneInfo(settings.TIME_ZONE)
    midnight = datetime.combine(today() + timedelta(days=1), time(), tzinfo=zone)
    return facts.filter(due_at__gt=moment.now(), due_at__lte=midnight)


_NARROWED: dict[str, Callable[[QuerySet[Fact]], QuerySet[Fact]]] = {
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
        if not reading.is_kept(question) and reading.facts_to_count(question) > MOST_FACTS:
            return None
        return max(0, reading.totals(question, hidden=hidden, bands=False)[which.measure])
    if which.alone:
        return int(ids_of(which, question).exclude(pk__in=hidden).count())
    stages = by_stage(question, hidden=hidden)
    names = IN_APPEAL if which.state == "appeal" else stages
    chosen = [stages[name] for name in names if name in stages and which.stage in ("", name)]
    return sum(_number(which, one) for one in chosen)


def _number(which: Which, one: Standing) -> int:
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
    cases = Case.objects.filter(country=settings.COUNTRY).exclude(status=Status.CLOSED)
    if question.node or question.filtered:
        cases = cases.filter(pk__in=facts_standing(question).values("case_id"))
    ids = cases.exclude(pk__in=hidden).order_by("filed_at", "id").values_list("pk", flat=True)
    return rows_of(actor, asked, list(ids[:OLDEST]))


def rows_of(actor: Actor, asked: Asked, ids: list[int]) -> list[dict[str, Any]]:
    """The cases of a page that the actor may see, in its order (two queries)."""
    cases = visible_to(actor).exclude(owner_id=actor.user_id).filter(pk__in=ids)
    cases = cases.select_related("holder__agency", "category").defer("public_text")
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
