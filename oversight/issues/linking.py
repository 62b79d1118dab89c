"""Adding cases to an issue: found by words or typed by number, and from the page of a case."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.actors import Actor
from complaints import moment
from complaints.errors import Refused
from complaints.selectors.lists import with_words
from complaints.selectors.piles import cases_in
from complaints.selectors.scopes import Scope
from complaints.views.finding import asked
from complaints.views.officer.access import officers, visible_case
from complaints.views.officer.paging import page_of
from oversight.issues import services
from oversight.issues.forms import read_numbers
from oversight.issues.recurrence import scope_for
from oversight.issues.rights import LINKERS, LIVE, issues_for
from oversight.issues.services import Linked, issues_linked_to
from oversight.issues.views import issue_or_404
from oversight.models import Issue, IssueCase

#: How far back cases are looked for; older ones are added by their number.
LOOKED_BACK = timedelta(days=365)
#: Issues offered on the page of a case.
OFFERED = 50


@require_http_methods(["GET", "HEAD", "POST"])
@officers(*LINKERS)
def issue_cases(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Cases of the same kind that are not in it yet, to be marked; and a field for numbers."""
    issue = issue_or_404(actor, key)
    typed, wrong, status = request.POST.get("typed", "")[:20_000], [], 200
    if request.method == "POST":
        wrong = _added(request, actor, issue, typed)
        if not wrong:
            return redirect("issue", key=key)
        status = 422
    words = asked(request, "q")[:200]
    everywhere = "everywhere" in request.GET
    rows = cases_in(actor, Scope() if everywhere else scope_for(issue), moment.now() - LOOKED_BACK)
    rows = rows.exclude(pk__in=IssueCase.objects.filter(issue=issue).values("case"))
    rows = rows.exclude(owner_id=actor.user_id)
    page = page_of(request, with_words(rows, words) if words else rows)
    context = {
        "issue": issue,
        "words": words,
        "everywhere": everywhere,
        "page": page,
        "rows": page.rows,
        "wrong": wrong,
        "typed": typed,
        "back": reverse("issue", args=[key]),
    }
    return render(request, "oversight/issue_cases.html", context, status=status)


def _added(request: HttpRequest, actor: Actor, issue: Issue, typed: str) -> list[str]:
    """Add what was marked and typed; says what is wrong, and then nothing is added."""
    numbers, others = read_numbers(typed)
    if others:
        words = _("This is no case number: %(words)s")
        return [words % {"words": ", ".join(others)[:200]}]
    marked, _others = read_numbers("\n".join(request.POST.getlist("number")))
    try:
        linked = services.link(actor=actor, key=issue.key, numbers=[*marked, *numbers])
    except Refused as refusal:
        return [str(s) for found in refusal.fields.values() for s in found] or [
            str(refusal.sentence)
        ]
    _say(request, linked)
    return []


def _say(request: HttpRequest, linked: Linked) -> None:
    words = ngettext("%(number)s case was added.", "%(number)s cases were added.", linked.new) % {
        "number": linked.new
    }
    messages.success(request, words)
    if linked.unknown:
        listed = ", ".join(linked.unknown[:20])
        messages.warning(request, _("There is no such case: %(numbers)s") % {"numbers": listed})


@require_http_methods(["GET", "HEAD", "POST"])
@officers(*LINKERS)
def issues_of_case(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Which issue a case is part of: chosen from those under way, of its subject first."""
    case = visible_case(actor, number)
    if case is None:
        raise Http404
    wrong = ""
    if request.method == "POST":
        chosen = _chosen(actor, request.POST.get("issue", ""))
        if chosen is None:
            wrong = _("Choose an issue.")
        else:
            services.link(actor=actor, key=chosen.key, numbers=[case.number])
            messages.success(request, _("The case is part of the issue now."))
            return redirect("office-case", number=case.number)
    linked = issues_linked_to(case)
    words = asked(request, "q")[:200]
    issues = issues_for(actor).filter(state__in=LIVE).exclude(pk__in=[row.pk for row in linked])
    if words:
        issues = issues.filter(title__icontains=words)
    offered = list(issues.select_related("owner", "category").order_by("-id")[:OFFERED])
    path = case.category.path if case.category else ""
    fits = [row for row in offered if row.category and path.startswith(row.category.path)]
    context = {
        "case": case,
        "linked": linked,
        "offered": [*fits, *(row for row in offered if row not in fits)],
        "words": words,
        "wrong": wrong,
        "back": reverse("office-case", args=[case.number]),
    }
    return render(request, "oversight/issues_of_case.html", context, status=422 if wrong else 200)


def _chosen(actor: Actor, key: str) -> Issue | None:
    try:
        return issues_for(actor).filter(key=UUID(key), state__in=LIVE).first()
    except ValueError:
        return None
