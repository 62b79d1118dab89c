"""The figures for everybody: the same as the overseers', without anything that points at a person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from complaints.selectors.figures import PERIOD_FRESH, period_figures
from oversight.audits.rates import compared, country_of, period_found
from oversight.selectors import LEAST_CASES, pieces, public_row, public_rows
from oversight.views import period_asked, periods


@require_safe
def performance(request: HttpRequest) -> HttpResponse:
    """How the country and its agencies did in a period, and how that is counted."""
    days = period_asked(request)
    period = period_figures(days)
    rows, too_few = public_rows(period)
    found = period_found(period)
    country = country_of(period, found)
    context = {
        "period": period,
        "periods": periods(days),
        "figures": period.total,
        "country_row": public_row("", period.total),
        "pieces": pieces(period.total) if period.total.answered >= LEAST_CASES else [],
        "rows": rows,
        "country": country,
        "rates": [country, *compared(period, found, public=True)],
        "too_few": too_few,
        "least": LEAST_CASES,
    }
    response = render(request, "oversight/performance.html", context)
    if request.user.is_authenticated or request.session.session_key:
        # The head of the page is then somebody's own.
        patch_cache_control(response, private=True, max_age=0)
    else:
        patch_cache_control(response, public=True, max_age=PERIOD_FRESH)
    return response
