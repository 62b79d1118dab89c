"""The registry's first page, its health, its places, and the log of changes."""

from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.actors import Actor
from accounts.roles import Role
from agencies import health, selectors
from agencies.models import (
    Calendar,
    Category,
    DeadlinePolicy,
    Office,
    OfficeType,
    Place,
    Post,
    RegistryChange,
    RegistryVersion,
    Service,
)
from agencies.selectors import place_names, search_places
from agencies.views.access import page_of, registrar_page

MOST_FOUND = 100
TABLES = {"without-focal", "empty-posts", "areas", "orphans"}


@registrar_page
def overview(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Counts of everything, with the way to each list."""
    mine, in_country = {"country": settings.COUNTRY}, {"office__country": settings.COUNTRY}
    context = {
        "offices": Office.objects.open().filter(**mine).count(),
        "posts": Post.objects.of_people().held_at().filter(**in_country).count(),
        "categories": Category.objects.filter(**mine, retired_at=None).count(),
        "services": Service.objects.filter(**mine).count(),
        "places": Place.objects.filter(**mine).count(),
        "calendars": Calendar.objects.filter(**mine).count(),
        "policies": DeadlinePolicy.objects.filter(**mine).count(),
        "without_focal": health.offices_without_focal(settings.COUNTRY).count(),
        "orphans": health.orphans(settings.COUNTRY).count(),
        "version": RegistryVersion.objects.filter(**mine).first(),
        "changes": _changes()[:5],
    }
    return render(request, "agencies/overview.html", context)


def _changes() -> QuerySet[RegistryChange]:
    found = RegistryChange.objects.filter(country=settings.COUNTRY)
    return found.select_related("user").order_by("-at", "-id")


@registrar_page
def changes(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Who changed what, the latest first."""
    return render(request, "agencies/changes.html", {"page": page_of(request, _changes())})


@registrar_page
def health_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What is missing: one list at a time, each with its count."""
    table = request.GET.get("list", "")
    table = table if table in TABLES else "without-focal"
    found = selectors.health(settings.COUNTRY)
    rows: dict[str, QuerySet[Any, Any] | list[Any]] = {
        "without-focal": found.without_focal,
        "empty-posts": found.empty_posts,
        "areas": found.uncovered,
        "orphans": found.orphans,
    }
    page = page_of(request, rows[table])
    context = {
        "table": table,
        "page": page,
        "undecidable": health.undecidable(),
        "counts": {name.replace("-", "_"): _size(listed) for name, listed in rows.items()},
    }
    if table == "empty-posts":
        offices = Office.objects.in_bulk([row["office_id"] for row in page])
        context["empty_posts"] = [
            {**row, "office": offices[row["office_id"]], "role_name": Role(row["role"]).label}
            for row in page
        ]
    return render(request, "agencies/health.html", context)


def _size(rows: QuerySet[Any, Any] | list[Any]) -> int:
    return len(rows) if isinstance(rows, list) else rows.count()


@registrar_page
def uncovered(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """The places that no office of a type covers."""
    found = get_object_or_404(OfficeType, country=settings.COUNTRY, code=code)
    page = page_of(request, health.uncovered_places(found))
    return render(request, "agencies/uncovered.html", {"type": found, "page": page})


@registrar_page
def places(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Places by tree or by search: where the codes for an office's area are found."""
    words = request.GET.get("words", "").strip()
    under = request.GET.get("under", "")
    above = None
    rows = Place.objects.filter(country=settings.COUNTRY)
    if under:
        above = get_object_or_404(rows.select_related("parent"), code=under)
    if words:
        page = page_of(request, search_places(settings.COUNTRY, words, MOST_FOUND))
    else:
        below = rows.filter(parent=above).annotate(below=Count("children")).order_by("code")
        page = page_of(request, below)
    context = {
        "page": page,
        "words": words,
        "above": above,
        "line": place_names(above, request.LANGUAGE_CODE) if above else [],
    }
    return render(request, "agencies/places.html", context)
