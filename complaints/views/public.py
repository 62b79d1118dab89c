"""Pages for everybody: the start, and the cases that were published. Nothing here names a person."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from complaints import beside, front
from complaints.in_hands import hands_of
from complaints.models import Case
from complaints.selectors.lists import public_cases
from complaints.selectors.published import PublicFilter, choices, public_case, published
from complaints.views.finding import asked

LATEST = 4
KEPT_SECONDS = 60
#: Ways to complain that need no internet, by country: what it is, and the number.
OTHER_WAYS: dict[str, dict[str, str]] = {
    "bd": {"hotline": "333", "emergency": "999"},
    "id": {"hotline": "1708", "emergency": "112"},
}


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What this is, the two ways in, three figures and what was published last."""
    context = {
        "figures": front.figures(),
        "latest": [shown(case) for case in public_cases()[:LATEST]],
        **OTHER_WAYS[settings.COUNTRY],
    }
    return _for_all(request, render(request, "start.html", context))


def shown(case: Case) -> dict[str, Any]:
    """A published case for a list: the released text and public facts, nothing else."""
    return {
        "number": case.number,
        "text": case.public_text,
        "language": case.language,
        "status": case.status,
        "agency": _agency(case),
        "agency_code": case.holder.code if case.holder else "",
        "hands": hands_of(case),
        "place": case.place,
        "category": case.category,
        "kind": case.get_kind_display(),
        "outcome": case.outcome_now,
        "ending": case.get_ending_display(),
        "filed_at": case.filed_at,
        "forwarded_at": case.forwarded_at,
        "answered_at": case.answered_at,
        "closed_at": case.closed_at,
    }


def _agency(case: Case) -> str:
    return case.holder.name if case.holder else ""


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """The published cases, narrowed by what stands in the address, a page at a time."""
    which = PublicFilter(
        words=asked(request, "q")[:200],
        place=asked(request, "place")[:32],
        category=asked(request, "category")[:60],
        agency=asked(request, "agency")[:60],
        before=asked(request, "before")[:40],
    )
    among = choices(which)
    page = published(which, among)
    context = {
        "which": which,
        "cases": [shown(case) for case in page.cases],
        "older": page.older,
        "choices": among,
        "feed_query": f"?{urlencode(which.codes)}" if which.codes else "",
    }
    return _for_all(request, render(request, "complaints/cases.html", context))


@require_safe
def case_public(request: HttpRequest, number: str) -> HttpResponse:
    """One published case. 404 for any other, whether there is one or not."""
    case = public_case(number)
    if case is None:
        raise Http404
    context = {
        "case": shown(case),
        "is_old": bool(case.imported_from),
        "beside_it": beside.parts_of("public", case),
    }
    return _for_all(request, render(request, "complaints/case_public.html", context))


def _for_all(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Visitors get the same page for a minute; somebody signed in has their name in its head."""
    is_visitor = not request.user.is_authenticated and not request.session.session_key
    if is_visitor:
        patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
    else:
        patch_cache_control(response, private=True, max_age=0)
    return response
