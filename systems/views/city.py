"""The registrar's page of a city that speaks Open311: its address, its services."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actors import Actor
from accounts.roles import Role
from agencies import selectors as registry
from agencies.views.access import attempt, history
from complaints.services.notice_words import in_digits_of
from complaints.views.officer.access import officers
from systems.cities import linking, listing
from systems.cities.asking import CannotAsk, key_opens
from systems.models import City, System
from systems.models.system import Way
from systems.views.city_forms import CityForm, ServiceFormSet, typed
from systems.views.city_words import KEY, WHY, kind_of, why
from systems.views.registry import find_system


@require_http_methods(["GET", "HEAD", "POST"])
@officers(Role.REGISTRAR)
def city(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """The city of a system: set, asked now, its services chosen (`do`)."""
    system = _find(pk)
    found = linking.city_of(system)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do == "ask" and found is not None:
        _ask(request, found)
        return redirect("registry-system-city", pk)
    form = CityForm(request.POST if do == "set" else None, city=found)
    services = _services(request if do == "services" else None, found)
    if do == "set" and attempt(
        request,
        form,
        lambda: linking.set_city(actor, system, **form.values),
        _("The city is set. Ask it now, to see whether it answers."),
    ):
        return redirect("registry-system-city", pk)
    if do == "services" and _kept(actor, system, services):
        messages.success(request, _("The services are kept. What waits goes to the city now."))
        return redirect("registry-system-city", pk)
    context = _context(system, found, form, services)
    return render(request, "systems/registry_city.html", context, status=422 if do else 200)


def _find(pk: int) -> System:
    system = find_system(pk)
    if system.way != Way.OPEN311:
        raise Http404
    return system


def _ask(request: HttpRequest, found: City) -> None:
    if not key_opens(found):
        messages.error(request, str(WHY[KEY]))
        return
    try:
        offered = linking.ask_now(found)
    except CannotAsk as error:
        messages.error(request, f"{_('The city does not answer as it should.')} {why(error.kind)}")
    else:
        sentence = ngettext(
            "The city answers. It offers %(count)s service.",
            "The city answers. It offers %(count)s services.",
            len(offered),
        )
        said = sentence % {"count": len(offered)}
        messages.success(request, in_digits_of(said, get_language() or ""))


def _subjects() -> list[tuple[str, str]]:
    rows = registry.categories(settings.COUNTRY).select_related("parent")
    named = [
        (row.code, f"{row.parent.name}: {row.name}" if row.parent else row.name) for row in rows
    ]
    return sorted(named, key=lambda row: row[1])


def _services(request: HttpRequest | None, found: City | None) -> Any:
    options: dict[str, Any] = {"prefix": "services", "form_kwargs": {"subjects": _subjects()}}
    if request is not None:
        return ServiceFormSet(request.POST, **options)
    return ServiceFormSet(initial=typed(found.services) if found else [], **options)


def _kept(actor: Actor, system: System, services: Any) -> bool:
    if not services.is_valid():
        return False
    try:
        linking.set_services(actor, system, services.services)
    except ValidationError as error:
        services.non_form_errors().extend(error.messages)
        return False
    return True


def _mistakes(services: Any) -> list[dict[str, str]]:
    """Each mistake of the table, linked to its field, for the list at the top of the page."""
    found = [{"text": str(error), "href": "#services"} for error in services.non_form_errors()]
    for form in services.forms:
        for name, errors in form.errors.items():
            href = f"#{form[name].id_for_label}"
            found += [{"text": str(error), "href": href} for error in errors]
    return found


def _context(system: System, found: City | None, form: CityForm, services: Any) -> dict[str, Any]:
    return {
        "system": system,
        "city": found,
        "form": form,
        "services": services,
        "mistakes": _mistakes(services) if services.is_bound else [],
        "offered": linking.offered(found) if found else [],
        "error": why(kind_of(found)) if found else "",
        "is_shut": found is not None and not key_opens(found),
        "unopened": listing.unopened(found) if found else [],
        "changes": history("city", found.pk) if found else [],
    }
