"""The registrar's pages: which systems have joined, and each one's scopes, networks and secrets."""

from typing import Any

from django.conf import settings
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actors import Actor
from accounts.roles import Role
from agencies.naming import comparable
from agencies.views.access import attempt, attempt_plain, history, page_of, sent
from agencies.views.offices import find_office
from complaints.views.officer.access import officers
from systems.models import Delivery, System
from systems.models.system import STANDING, Way
from systems.scopes import Scope
from systems.services import joining
from systems.standing import holds_post
from systems.views.city_words import kind_of, reach, why
from systems.views.registry_forms import ChangeForm, JoinForm, SearchForm, SecretForm

with_form = require_http_methods(["GET", "HEAD", "POST"])


@require_http_methods(["GET", "HEAD"])
@officers(Role.REGISTRAR)
def systems(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The systems in use (or those that have ended), by name or office, with what went wrong."""
    form = SearchForm(request.GET)
    form.is_valid()
    given = form.cleaned_data
    rows = _systems()
    rows = rows.exclude(STANDING) if given.get("ended") else rows.filter(STANDING)
    for word in given.get("words", "").split():
        in_office = Q(office__search_text__contains=comparable(word))
        rows = rows.filter(Q(name__icontains=word) | in_office)
    rows = rows.annotate(failed=Coalesce(Subquery(_failed(), output_field=IntegerField()), 0))
    page = page_of(request, rows.order_by("name", "id"))
    for row in page:
        row.reach = reach(kind_of(row.city)) if hasattr(row, "city") else ("", "")
    context = {
        "search": form,
        "page": page,
        "filtered": any(given.values()),
        "sandbox_url": settings.SANDBOX_URL,
    }
    return render(request, "systems/registry_systems.html", context)


@with_form
@officers(Role.REGISTRAR)
def join(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A system joins; its secret is shown in the answer to the form, and nowhere else."""
    under = request.GET.get("office")
    initial = {"office": find_office(under)} if under else {}
    form = JoinForm(sent(request), initial=initial)
    made: list[joining.Joined] = []

    def write() -> None:
        office, way = form.cleaned_data["office"], Way(form.cleaned_data["way"])
        made.append(joining.join(actor, office=office, way=way, **form.values))

    if request.method == "POST" and attempt(request, form, write, _("The system has joined.")):
        if made[0].system.way == Way.API:
            return _shown(request, made[0])
        return redirect("registry-system", made[0].system.pk)
    return render(request, "systems/registry_join.html", {"form": form})


@require_http_methods(["GET", "HEAD"])
@officers(Role.REGISTRAR)
def system(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """One system: what it may do, from where, when it was last here, and its secrets' dates."""
    found = find_system(pk)
    held = set(found.scopes)
    until = found.previous_until
    counts = found.deliveries.filter(state__in=_OPEN).values("state").annotate(n=Count("id"))
    numbers = {row["state"]: row["n"] for row in counts}
    context = {
        "system": found,
        "scopes": [scope for scope in Scope if scope.value in held],
        "is_api": found.way == Way.API,
        "old_until": until if until is not None and until > timezone.now() else None,
        "failed": numbers.get(Delivery.State.FAILED, 0),
        "waiting": numbers.get(Delivery.State.WAITING, 0),
        "endpoint": getattr(found, "endpoint", None),
        "sandbox_url": settings.SANDBOX_URL,
        "changes": history("system", found.pk),
        **_of_city(found),
    }
    return render(request, "systems/registry_system.html", context)


def _of_city(found: System) -> dict[str, Any]:
    """How a city is reached: a word, its colour, and why."""
    city = getattr(found, "city", None)
    if city is None:
        return {"city": None}
    kind = kind_of(city)
    word, colour = reach(kind)
    return {"city": city, "word": word, "colour": colour, "error": why(kind)}


@with_form
@officers(Role.REGISTRAR)
def change(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Another name, other scopes, other networks."""
    found = find_system(pk)
    form = ChangeForm(sent(request), system=found)

    def write() -> None:
        joining.change(actor, found, **form.values)

    if request.method == "POST" and attempt(request, form, write, _("The system was changed.")):
        return redirect("registry-system", pk)
    return render(request, "systems/registry_change.html", {"form": form, "system": found})


@with_form
@officers(Role.REGISTRAR)
def new_secret(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """A new secret, shown in the answer; the old one stays good for some days."""
    found = find_system(pk)
    form = SecretForm(sent(request))
    made: list[joining.Joined] = []

    def write() -> None:
        made.append(joining.rotate_secret(actor, found, days=form.cleaned_data["days"]))

    if request.method == "POST" and attempt(request, form, write, _("There is a new secret.")):
        return _shown(request, made[0])
    return render(request, "systems/registry_secret.html", {"form": form, "system": found})


@require_POST
@officers(Role.REGISTRAR)
def end_old_secret(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """The secret before the present one works no more."""
    found = find_system(pk)
    done = _("The old secret works no more.")
    attempt_plain(request, lambda: joining.end_old_secret(actor, found), done)
    return redirect("registry-system", pk)


@with_form
@officers(Role.REGISTRAR)
def end(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Ask once more, saying what follows; then the system leaves."""
    found = find_system(pk)
    if request.method == "POST":
        attempt_plain(request, lambda: joining.end(actor, found), _("The system has ended."))
        return redirect("registry-system", pk)
    return render(request, "systems/registry_end.html", {"system": found})


def find_system(pk: int) -> System:
    """A system of the installation's country, or 404."""
    return get_object_or_404(_systems(), pk=pk)


def _systems() -> QuerySet[System]:
    rows = System.objects.filter(office__country=settings.COUNTRY)
    rows = rows.annotate(holds_post=holds_post())
    return rows.select_related("office", "made_by", "endpoint", "city")


_OPEN = (Delivery.State.FAILED, Delivery.State.WAITING)


def _failed() -> QuerySet[Any, Any]:
    """How many deliveries to a system were given up (by an index that holds these alone)."""
    rows = Delivery.objects.filter(system=OuterRef("pk"), state=Delivery.State.FAILED)
    return rows.order_by().values("system").annotate(n=Count("pk")).values("n")


def _shown(request: HttpRequest, made: joining.Joined) -> HttpResponse:
    """The page that shows a secret once: it is in no session, and no browser keeps the page."""
    context = {
        "system": made.system,
        "secret": made.secret,
        "token_url": f"{settings.PUBLIC_URL}/oauth/token/",
        "old_until": made.system.previous_until,
    }
    return render(request, "systems/registry_shown.html", context)
