"""Categories, and services with their charter."""

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actors import Actor
from agencies import services
from agencies.forms.catalogue import CategoryForm, ServiceForm, ServiceSearchForm
from agencies.models import Category, Service
from agencies.views.access import attempt, attempt_plain, history, page_of, registrar_page, sent


def find_category(code: str) -> Category:
    """A category of the installation's country, or 404."""
    rows = Category.objects.select_related("parent")
    return get_object_or_404(rows, country=settings.COUNTRY, code=code)


@registrar_page
def categories(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The tree of subjects, retired ones marked."""
    rows = Category.objects.filter(country=settings.COUNTRY).order_by("path")
    return render(request, "agencies/categories.html", {"page": page_of(request, rows)})


@registrar_page
def new_category(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make a category."""
    form = CategoryForm(sent(request))
    if request.method == "POST" and attempt(
        request,
        form,
        lambda: services.save_category(actor, country=settings.COUNTRY, **form.values),
        _("The category was added."),
    ):
        return redirect("registry-categories")
    return render(request, "agencies/category_form.html", {"form": form})


@registrar_page
def edit_category(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Change a category."""
    found = find_category(code)
    form = CategoryForm(sent(request), category=found)
    if request.method == "POST" and attempt(
        request,
        form,
        lambda: services.save_category(actor, category=found, **form.values),
        _("The category was changed."),
    ):
        return redirect("registry-categories")
    context = {"form": form, "category": found, "changes": history("category", found.pk)}
    return render(request, "agencies/category_form.html", context)


@require_POST
@registrar_page
def retire_category(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Take a category out of use, or bring it back (`restore` in the form)."""
    found = find_category(code)
    if "restore" in request.POST:
        done = _("The category is in use again.")
        attempt_plain(request, lambda: services.restore_category(actor, found), done)
    else:
        done = _("The category was taken out of use.")
        attempt_plain(request, lambda: services.retire_category(actor, found), done)
    return redirect("registry-category", code)


def find_service(code: str) -> Service:
    """A service of the installation's country, or 404."""
    rows = Service.objects.select_related("office", "office_type", "category")
    return get_object_or_404(rows, country=settings.COUNTRY, code=code)


@registrar_page
def service_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The services promised, by words and category."""
    form = ServiceSearchForm(request.GET)
    form.is_valid()
    given = form.cleaned_data
    rows = Service.objects.filter(country=settings.COUNTRY)
    if given.get("category"):
        rows = rows.filter(category__path__startswith=given["category"].path)
    for word in given.get("words", "").split():
        rows = rows.filter(_named(word))
    rows = rows.select_related("office", "office_type", "category").order_by("code")
    context = {"search": form, "page": page_of(request, rows), "filtered": any(given.values())}
    return render(request, "agencies/services.html", context)


def _named(word: str) -> Q:
    condition = Q(code__icontains=word)
    for code, _name in settings.LANGUAGES:
        condition |= Q(**{f"names__{code}__icontains": word})
    return condition


@registrar_page
def new_service(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make a service."""
    form = ServiceForm(sent(request))
    if request.method == "POST" and attempt(
        request,
        form,
        lambda: services.save_service(actor, country=settings.COUNTRY, **form.values),
        _("The service was added."),
    ):
        return redirect("registry-services")
    return render(request, "agencies/service_form.html", {"form": form})


@registrar_page
def edit_service(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Change a service and its charter."""
    found = find_service(code)
    form = ServiceForm(sent(request), service=found)
    if request.method == "POST" and attempt(
        request,
        form,
        lambda: services.save_service(actor, service=found, **form.values),
        _("The service was changed."),
    ):
        return redirect("registry-services")
    context = {"form": form, "service": found, "changes": history("service", found.pk)}
    return render(request, "agencies/service_form.html", context)


@require_POST
@registrar_page
def remove_service(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """The service is no longer promised."""
    found = find_service(code)
    done = _("The service was removed.")
    attempt_plain(request, lambda: services.remove_service(actor, found), done)
    return redirect("registry-services")
