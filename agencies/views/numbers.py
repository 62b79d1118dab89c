"""Calendars with their days off, and the deadlines with their versions."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actors import Actor
from agencies import services, snapshot
from agencies.forms.fields import first_moment
from agencies.forms.numbers import (
    ISO_WEEKDAYS,
    KINDS,
    POLICY_NAMES,
    PRIORITIES,
    CalendarForm,
    HolidayForm,
    PolicyForm,
    unit_label,
)
from agencies.models import Calendar, DeadlinePolicy, Holiday
from agencies.policies import DEFAULTS
from agencies.views.access import attempt, attempt_plain, history, page_of, registrar_page, sent


def find_calendar(code: str) -> Calendar:
    """A calendar of the installation's country, or 404."""
    return get_object_or_404(Calendar, country=settings.COUNTRY, code=code)


@registrar_page
def calendars(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All calendars, the country's own first."""
    rows = Calendar.objects.filter(country=settings.COUNTRY).order_by("-is_default", "code")
    names = dict(ISO_WEEKDAYS)
    listed = [{"row": row, "weekend": [names[day] for day in row.weekend]} for row in rows]
    return render(request, "agencies/calendars.html", {"calendars": listed})


@registrar_page
def calendar(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """The days off of a year, and a form for one more."""
    found = find_calendar(code)
    year = _year(request)
    form = HolidayForm(sent(request), calendar=found)

    def write() -> None:
        day = form.cleaned_data["day"]
        services.add_holiday(actor, calendar=found, day=day, names=form.names)

    if request.method == "POST" and attempt(request, form, write, _("The day off was added.")):
        day = form.cleaned_data["day"]
        return redirect(f"{request.path}?year={day.year}")
    names = dict(ISO_WEEKDAYS)
    context = {
        "calendar": found,
        "weekend": [names[day] for day in found.weekend],
        "year": year,
        "holidays": found.holidays.filter(date__year=year).order_by("date"),
        "form": form,
        "waiting": found.changes.filter(applied_at=None).count(),
    }
    return render(request, "agencies/calendar.html", context)


def _year(request: HttpRequest) -> int:
    given = request.GET.get("year", "")
    year = int(given) if given.isascii() and given.isdigit() and len(given) == 4 else 0
    return year if 2000 <= year <= 2100 else timezone.localdate().year


@registrar_page
def new_calendar(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make a calendar, for agencies that work on other days."""
    form = CalendarForm(sent(request))
    if request.method == "POST" and attempt(
        request,
        form,
        lambda: services.save_calendar(actor, country=settings.COUNTRY, **form.values),
        _("The calendar was added."),
    ):
        return redirect("registry-calendar", form.cleaned_data["code"])
    return render(request, "agencies/calendar_form.html", {"form": form})


@registrar_page
def edit_calendar(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """Change a calendar's names, zone or weekend."""
    found = find_calendar(code)
    form = CalendarForm(sent(request), calendar=found)
    if request.method == "POST" and attempt(
        request,
        form,
        lambda: services.save_calendar(actor, calendar=found, **form.values),
        _("The calendar was changed."),
    ):
        return redirect("registry-calendar", code)
    context = {"form": form, "calendar": found, "changes": history("calendar", found.pk)}
    return render(request, "agencies/calendar_form.html", context)


@require_POST
@registrar_page
def remove_holiday(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """A day is a working day again."""
    rows = Holiday.objects.select_related("calendar")
    found = get_object_or_404(rows, pk=pk, calendar__country=settings.COUNTRY)
    done = _("It is a working day again.")
    attempt_plain(request, lambda: services.remove_holiday(actor, found), done)
    response = redirect("registry-calendar", found.calendar.code)
    response["Location"] += f"?year={found.date.year}"
    return response


@registrar_page
def deadlines(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every number in force for the whole country, and how many narrower ones there are."""
    registry = snapshot.current(settings.COUNTRY)
    now = timezone.now()
    listed = []
    for name in DEFAULTS:
        policy = registry.policy(name, now)
        rows = registry.policies.get(name, ())
        narrower = {(row.agency_id, row.kind, row.priority) for row in rows} - {(None, "", "")}
        listed.append(
            {
                "name": name,
                "title": POLICY_NAMES[name],
                "amount": policy.amount,
                "unit": unit_label(policy.unit),
                "version": policy.version,
                "narrower": len(narrower),
            }
        )
    return render(request, "agencies/deadlines.html", {"policies": listed})


@registrar_page
def deadline(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    """The versions of one number, and a form for the next one."""
    if name not in DEFAULTS:
        raise Http404
    in_force = snapshot.current(settings.COUNTRY).policy(name, timezone.now())
    form = PolicyForm(name, in_force, sent(request))

    def write() -> None:
        given = dict(form.cleaned_data)
        begins = first_moment(given.pop("begins"))
        services.set_policy(actor, country=settings.COUNTRY, name=name, valid_from=begins, **given)

    if request.method == "POST" and attempt(request, form, write, _("The new version was set.")):
        return redirect("registry-deadline", name)
    rows = DeadlinePolicy.objects.filter(country=settings.COUNTRY, name=name)
    page = page_of(request, rows.select_related("agency").order_by("-valid_from", "-version"))
    context = {
        "title": POLICY_NAMES[name],
        "default": DEFAULTS[name],
        "default_unit": unit_label(DEFAULTS[name].unit),
        "form": form,
        "page": page,
        "versions": [_version(row) for row in page],
    }
    return render(request, "agencies/deadline.html", context)


def _version(row: DeadlinePolicy) -> dict[str, Any]:
    return {
        "row": row,
        "kind": dict(KINDS).get(row.kind, row.kind),
        "priority": dict(PRIORITIES).get(row.priority, row.priority),
        "future": row.valid_from > timezone.now(),
    }
