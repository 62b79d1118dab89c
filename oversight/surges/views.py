"""Pages: what rises now and where; one subject with its weeks, its places and its cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Category, Office
from agencies.selectors import office_by_code
from complaints.clocks import ONE_DAY, end_of
from complaints.in_hands import with_decider
from complaints.models import Case
from complaints.selectors.access import visible_to
from complaints.views.finding import asked
from complaints.views.officer.access import officers
from complaints.views.officer.paging import page_of
from oversight.dashboards.access import LOOK_ON, hidden_from, sides_below
from oversight.dashboards.trees import trees
from oversight.figures import days
from oversight.figures.days import Sides
from oversight.measures import ASIDE
from oversight.rising import DAYS, LEAST, WEEKS, Rise
from oversight.surges import counting
from oversight.surges.counting import Part, Rising, Span, Where
from oversight.surges.drawing import chart_of, finding, rounded
from oversight.surges.lists import Lists

#: Charts on the page: more subjects are in the table below them.
DRAWN = 6


@require_safe
@officers(*LOOK_ON)
def rising(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The subjects that rise, each with its weeks and where its cases are; places and agencies too."""
    found = counting.rising_now(hidden_from(actor), sides_below(actor, None))
    context: dict[str, Any] = {"found": found, "span": counting.span(), "least": LEAST}
    if found is not None:
        context |= _shown(found)
    return render(request, "oversight/surges/rising.html", context)


def _shown(found: Rising) -> dict[str, Any]:
    subjects = counting.rises(found.subjects)
    offices = _offices(found.where.values(), found.agencies)
    lists = Lists(found.span, trees(), found.sides)
    rows = [_row(key, rise, found, offices, lists) for key, rise in subjects]
    places = lists.known.places.by_id
    districts = counting.rises(found.districts)
    agencies = counting.rises(found.agencies)
    return {
        "rows": rows,
        "districts": [
            {
                "name": places[key].name,
                "cases_url": lists.week(district=places[key].code),
                **_numbers(rise),
            }
            for key, rise in districts
            if key in places
        ],
        "agencies": [
            {
                "name": offices[key].name,
                "url": reverse("oversight-agency", args=[offices[key].code]),
                "cases_url": lists.week(office=offices[key]),
                **_numbers(rise),
            }
            for key, rise in agencies
            if key in offices
        ],
    }


def _numbers(rise: Rise) -> dict[str, Any]:
    return {"found": rise.found, "usual": rounded(rise.usual), "says": finding(rise)}


def _offices(where: Any, agencies: Mapping[int, Rise]) -> dict[int, Office]:
    wanted = {part.key for each in where for part in each.agencies}
    wanted |= {key for key, rise in agencies.items() if rise.is_rising}
    return Office.objects.defer("search_text", "aliases").in_bulk([pk for pk in wanted if pk])


def _row(
    key: int, rise: Rise, found: Rising, offices: dict[int, Office], lists: Lists
) -> dict[str, Any]:
    """A rising subject: its chart for the first ones, and where most of it is."""
    subject = lists.known.subjects.by_id[key]
    drawn = list(found.where)[:DRAWN]
    return {
        "subject": subject,
        "url": reverse("oversight-rising-subject", args=[subject.code]),
        "piles": f"{reverse('issue-pile')}?{urlencode({'subject': subject.code})}",
        "chart": chart_of(
            f"rising-{key}",
            _("Cases a week"),
            rise,
            found.span,
            lists.weeks(subject, None),
        )
        if key in drawn
        else None,
        **_numbers(rise),
        **_where(subject, lists, found.where.get(key), offices),
    }


def _where(
    about: Category, lists: Lists, where: Where | None, offices: dict[int, Office]
) -> dict[str, Any]:
    if where is None:
        return {"places": [], "agencies": []}
    places = lists.known.places.by_id
    return {
        "places": [
            _part(
                part,
                places[part.key].name if part.key in places else _("No place given"),
                lists.place(about, part.key),
            )
            for part in where.districts
        ],
        "agencies": [
            _part(
                part,
                offices[part.key].name if part.key in offices else _("The central desk"),
                lists.week(about, offices.get(part.key), own=1)
                if part.key in offices or not part.key
                else "",
            )
            for part in where.agencies
        ],
    }


def _part(part: Part, name: str, url: str) -> dict[str, Any]:
    usual = None if part.usual is None else rounded(part.usual)
    return {"name": name, "now": part.now, "usual": usual, "url": url}


# --- One subject ------------------------------------------------------------------------------


@require_safe
@officers(*LOOK_ON)
def subject(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """One subject, rising or not: its weeks, where its cases are, the cases, to be made an issue of.

    `agency` narrows it to an office of the first levels and all below it; `span=all` lists the cases of
    all nine weeks.
    """
    about, agency = trees().subjects.by_code.get(code), _agency_asked(request)
    if about is None:
        raise Http404
    span, hidden, sides = counting.span(), hidden_from(actor), sides_below(actor, None)
    lists = Lists(span, trees(), sides)
    rise, where = _judged(about, agency, span, hidden, sides), None
    if rise and agency is None:
        where = counting.where_of(about.pk, rise, span, sides=sides, hidden=hidden)
    is_all = asked(request, "span") == "all"
    cases = _cases(actor, about, agency, span, sides, is_all=is_all)
    page = page_of(request, cases.filter(sensitive=False))
    context = {
        "subject": about,
        "agency": agency,
        "span": span,
        "rise": rise,
        "chart": chart_of("weeks", _("Cases a week"), rise, span, lists.weeks(about, agency))
        if rise
        else None,
        **_where(about, lists, where, _offices([where] if where else [], {})),
        "page": page,
        "rows": page.rows,
        "is_all": is_all,
        "left_out": _left_out(cases, rise, is_all=is_all),
        "counted_url": lists.whole(about, agency) if is_all else lists.week(about, agency),
        "weeks": WEEKS,
        "may_begin": actor.has(Role.OVERSEER),
        "back": reverse("oversight-rising"),
    }
    return render(request, "oversight/surges/subject.html", context)


def _agency_asked(request: HttpRequest) -> Office | None:
    code = asked(request, "agency")[:60]
    office = office_by_code(settings.COUNTRY, code) if code else None
    return office if office and counting.is_counted_by_subject(office) else None


def _judged(
    about: Category, agency: Office | None, span: Span, hidden: list[int], sides: Sides
) -> Rise | None:
    """The subject judged among the others; None while that cannot be said."""
    if not days.is_kept_since(span.first):
        return None
    node = agency.pk if agency else 0
    series = days.by_category(span.first, DAYS, node=node, sides=sides, hidden=hidden)
    series.setdefault(about.pk, [0] * DAYS)
    return counting.judged(series, span).get(about.pk)


def _cases(
    actor: Actor,
    about: Category,
    agency: Office | None,
    span: Span,
    sides: Sides,
    *,
    is_all: bool,
) -> QuerySet[Case]:
    """The cases behind the count that the actor may see, newest first; none that is their own, or that was
    brought from the time before the portal.
    """
    zone = counting.calendar().zone
    cases = visible_to(actor).exclude(owner_id=actor.user_id)
    cases = cases.filter(
        country=settings.COUNTRY,
        category=about,
        imported_from="",
        filed_at__gte=end_of((span.first if is_all else span.since) - ONE_DAY, zone),
        filed_at__lt=end_of(span.last, zone),
    )
    if ASIDE not in sides:
        cases = cases.filter(unranked="")
    if agency is not None:
        cases = cases.filter(holder__in=Office.objects.under(agency))
    cases = with_decider(cases.select_related("holder", "category", "place"))
    return cases.order_by("-filed_at", "-id")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many cases are counted and not listed on the page: as sensitive, since what they say does not
    belong into a list and they are no part of an issue; and as nothing for whoever reads.
    """

    sensitive: int
    unseen: int


def _left_out(cases: QuerySet[Case], rise: Rise | None, *, is_all: bool) -> LeftOut:
    """Of the cases that the actor may see and of the number above them, if there is one."""
    seen = cases.order_by().aggregate(
        all=Count("pk"), sensitive=Count("pk", filter=Q(sensitive=True))
    )
    counted = (sum(rise.weeks) if is_all else rise.found) if rise else 0
    return LeftOut(seen["sensitive"], max(0, counted - seen["all"]))
