"""You said, we did: the published issues for everybody, and as JSON for other programs."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from complaints.views.officer.paging import page_of
from oversight.issues.recurrence import Recurrence, recurrence_of, recurrences_known
from oversight.issues.rights import UNDER_WAY
from oversight.issues.selectors import LEAST_PEOPLE, public_issues
from oversight.issues.wording import PUBLIC_STATES, drawn
from oversight.models import Issue

#: Seconds for which visitors get the same page.
KEPT_SECONDS = 600


def shown(issue: Any, recurrence: Recurrence | None) -> dict[str, Any]:
    """An issue as everybody reads it. `people` is None where they are too few to say how many."""
    return {
        "key": issue.key,
        "title": issue.title,
        "language": issue.language,
        "state": PUBLIC_STATES[issue.state],
        "is_under_way": issue.state in UNDER_WAY,
        "you_said": issue.you_said,
        "we_did": issue.we_did,
        "office": issue.owner,
        "category": issue.category,
        "place": issue.place,
        "since": issue.created_at,
        "due": issue.due,
        "fixed_on": issue.fixed_on if issue.state == Issue.State.FIXED else None,
        "people": issue.cases if issue.cases >= LEAST_PEOPLE else None,
        "recurrence": recurrence if _says_something(recurrence) else None,
    }


def _says_something(recurrence: Recurrence | None) -> bool:
    """Too few before the fix could point at a person."""
    return recurrence is not None and recurrence.before >= LEAST_PEOPLE


@require_safe
def public_list(request: HttpRequest) -> HttpResponse:
    """What people complained about most, and what became of it, newest first."""
    page = page_of(request, public_issues())
    known = recurrences_known(page.rows)
    context = {
        "page": page,
        "issues": [shown(issue, known.get(issue.pk)) for issue in page.rows],
    }
    return _for_all(request, render(request, "oversight/public_issues.html", context))


@require_safe
def public_issue(request: HttpRequest, key: UUID) -> HttpResponse:
    """One published issue. 404 for any other, whether there is one or not."""
    issue = public_issues().filter(key=key).first()
    if issue is None:
        raise Http404
    context = shown(issue, recurrence_of(issue))
    return _for_all(
        request,
        render(
            request,
            "oversight/public_issue.html",
            {"issue": context, "recurrence": drawn(context["recurrence"])},
        ),
    )


def _for_all(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Visitors get the same page for some minutes; somebody signed in has their name in its head."""
    if request.user.is_authenticated or request.session.session_key:
        patch_cache_control(response, private=True, max_age=0)
    else:
        patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
    return response
