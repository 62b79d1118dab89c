"""The public pages of figures: the country, an agency, and how everything is counted."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from agencies.models import Office
from agencies.selectors import office_by_code
from oversight.dashboards.asking import period_choices, period_name
from oversight.figures.periods import LAST_DAYS, Period, period_of, today
from oversight.measures import FORWARD_DAYS, PROMISED_DAYS
from oversight.metrics import LEAST_CASES, METRICS, STATES
from oversight.open import sheet
from oversight.open.suppressing import NEAREST
from oversight.open.words import language

#: Seconds for which a page of figures is kept, here and by whoever reads it; one without any for less:
#: a portal that was just begun has its first ones within a minute.
FRESH, FRESH_WITHOUT = 600, 30
#: Raised when what is kept changes: what an older portal left in the cache is not shown.
FORMAT = 2


def for_all(request: HttpRequest, response: HttpResponse, seconds: int = FRESH) -> HttpResponse:
    """Visitors get the same page for minutes; somebody signed in has their name in its head."""
    if request.user.is_authenticated or request.session.session_key:
        patch_cache_control(response, private=True, max_age=0)
    else:
        patch_cache_control(response, public=True, max_age=seconds)
    return response


def _period(request: HttpRequest) -> Period:
    return period_of(request.GET.get("period", "") or str(LAST_DAYS[0]))


def _body(name: str, template: str, make: Callable[[], dict[str, Any]]) -> tuple[SafeString, int]:
    """The part of a page that is the same for everybody, kept for minutes: markup, and for how long."""
    key = f"open:{FORMAT}:{settings.COUNTRY}:{language()}:{today()}:{name}"
    kept: tuple[str, int] | None = cache.get(key)
    if kept is None:
        made = make()
        seconds = FRESH_WITHOUT if made.get("nothing") else FRESH
        kept = render_to_string(template, {"zone": settings.TIME_ZONE, **made}), seconds
        cache.set(key, kept, timeout=seconds)
    body, seconds = kept
    return SafeString(body), seconds  # made by a template, which escapes


def _shown(
    request: HttpRequest, period: Period, body: tuple[SafeString, int], **more: Any
) -> HttpResponse:
    markup, seconds = body
    context = {
        "period": period,
        "period_words": period_name(period),
        "choices": period_choices(period),
        "body": markup,
        **more,
    }
    return for_all(request, render(request, "oversight/open/performance.html", context), seconds)


@require_safe
def performance(request: HttpRequest) -> HttpResponse:
    """How the country and its agencies did in a period."""
    period, all_rows = _period(request), "all" in request.GET

    def made() -> dict[str, Any]:
        shown = sheet.country(period, all_rows=all_rows)
        return {"period": period, "least": LEAST_CASES, "office": None, **shown}

    name = f"country:{period.code}:{'all' if all_rows else ''}"
    return _shown(request, period, _body(name, "oversight/open/_body.html", made))


@require_safe
def performance_agency(request: HttpRequest, code: str) -> HttpResponse:
    """How an agency and those below it did; of an office the agency that it belongs to."""
    office = office_by_code(settings.COUNTRY, code.replace("\0", ""))
    if office is None or office.agency is None:
        raise Http404
    if office.agency_id != office.pk:
        return redirect("performance-agency", code=office.agency.code)
    period, agency = _period(request), office

    def made() -> dict[str, Any]:
        shown = sheet.agency(agency, period)
        return {"period": period, "least": LEAST_CASES, "office": agency, **shown}

    body = _body(f"agency:{office.pk}:{period.code}", "oversight/open/_body.html", made)
    return _shown(request, period, body, office=office, above=_above(office))


def _above(office: Office) -> Office | None:
    """The agency above an agency, for the way back up."""
    return office.parent.agency if office.parent_id and office.parent else None


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """What each figure means, what it leaves out, and what is not told so that nobody is found."""
    context = {
        "metrics": METRICS.values(),
        "states": STATES.values(),
        "least": LEAST_CASES,
        "most_hidden": LEAST_CASES - 1,
        "nearest": NEAREST,
        "promised": PROMISED_DAYS,
        "forward": FORWARD_DAYS,
    }
    return for_all(request, render(request, "oversight/open/method.html", context))
