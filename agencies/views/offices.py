"""Offices: the tree, the search, one office, its making and changing."""

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actors import Actor
from accounts.roles import Role
from agencies import services
from agencies.forms.offices import OfficeForm, OfficeSearchForm
from agencies.models import Office, Post, Service
from agencies.selectors import offices_above, with_words
from agencies.views.access import attempt, attempt_plain, history, page_of, registrar_page, sent


def find_office(code: str) -> Office:
    """An office of the installation's country, or 404."""
    rows = Office.objects.select_related("type", "parent", "agency", "calendar")
    return get_object_or_404(rows, country=settings.COUNTRY, code=code)


@registrar_page
def offices(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The offices below one (at first, those at the top), or all that a search finds."""
    form = OfficeSearchForm(request.GET)
    form.is_valid()
    given = form.cleaned_data
    searching = any(given.get(name) for name in ("words", "type", "closed"))
    above = find_office(request.GET["under"]) if request.GET.get("under") else None
    rows = _found(given) if searching else _below(above)
    held = Post.objects.held_at().filter(
        office=OuterRef("pk"), role=Role.FOCAL, user__is_active=True
    )
    rows = rows.select_related("type").annotate(has_focal=Exists(held))
    context = {
        "search": form,
        "searching": searching,
        "above": above,
        "line": [*reversed(offices_above(above)), above] if above else [],
        "page": page_of(request, rows),
    }
    return render(request, "agencies/offices.html", context)


def _found(given: dict[str, str]) -> QuerySet[Office]:
    rows = Office.objects.filter(with_words(given.get("words", "")), country=settings.COUNTRY)
    rows = rows.exclude(closed_at=None) if given.get("closed") else rows.filter(closed_at=None)
    if given.get("type"):
        rows = rows.filter(type__code=given["type"])
    return rows.order_by("path")


def _below(above: Office | None) -> QuerySet[Office]:
    rows = Office.objects.open().filter(country=settings.COUNTRY, parent=above)
    below = Count("children", filter=Q(children__closed_at=None))
    return rows.annotate(below=below).order_by("code")


@registrar_page
def office(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """One office: what is known of it, who holds what, what it promises, what was changed."""
    found = find_office(code)
    posts = found.posts.of_people().select_related("user")
    posts = posts.order_by("held_to", "role", "-held_from")
    promised = Q(office=found) | Q(office_type=found.type)
    below = Office.objects.open().filter(parent=found)
    context = {
        "office": found,
        "line": list(reversed(offices_above(found))),
        "areas": found.places.order_by("path"),
        "posts": posts.held_at(),
        "former": posts.exclude(pk__in=posts.held_at().values("pk"))[:20],
        "services": Service.objects.filter(promised).select_related("category").order_by("code"),
        "below": below.select_related("type").order_by("code")[:20],
        "below_count": below.count(),
        "changes": history("office", found.pk),
    }
    return render(request, "agencies/office.html", context)


@registrar_page
def new_office(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make an office; `?under=` puts it below another one."""
    under = request.GET.get("under")
    initial = {"parent": find_office(under)} if under else {}
    form = OfficeForm(sent(request), initial=initial)
    done = _("The office was added.")
    if request.method == "POST" and attempt(
        request,
        form,
        lambda: services.save_office(actor, country=settings.COUNTRY, **form.values),
        done,
    ):
        return redirect("registry-office", form.cleaned_data["code"])
    return render(request, "agencies/office_form.html", {"form": form})


@registrar_page
def edit_office(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Change an office."""
    found = find_office(code)
    form = OfficeForm(sent(request), office=found)
    if request.method == "POST" and attempt(
        request,
        form,
        lambda: services.save_office(actor, office=found, **form.values),
        _("The office was changed."),
    ):
        return redirect("registry-office", code)
    return render(request, "agencies/office_form.html", {"form": form, "office": found})


@registrar_page
def close_office(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Ask once more, saying what follows, then close."""
    found = find_office(code)
    if request.method == "POST":
        done = _("The office was closed, and the posts in it ended.")
        attempt_plain(request, lambda: services.close_office(actor, found), done)
        return redirect("registry-office", code)
    context = {
        "office": found,
        "posts": found.posts.held_at().count(),
        "below": Office.objects.open().filter(parent=found).count(),
    }
    return render(request, "agencies/office_close.html", context)


@require_POST
@registrar_page
def reopen_office(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """A closed office exists again."""
    found = find_office(code)
    done = _("The office is open again.")
    attempt_plain(request, lambda: services.reopen_office(actor, found), done)
    return redirect("registry-office", code)
