"""Issues for those who look after them: lists, one issue with what belongs to it, its steps."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import Actor
from accounts.roles import Role
from complaints.errors import Refused, Stale
from complaints.tracking import read_number
from complaints.views.finding import asked
from complaints.views.officer.access import LEADERS, officers
from complaints.views.officer.filters import counts_of
from complaints.views.officer.paging import page_of
from oversight.dashboards.listing import case_rows
from oversight.issues import services
from oversight.issues.forms import FORMS, IssueForm, StepForm, subject_choices
from oversight.issues.picking import pickers_sent, pickers_shown, rows_asked
from oversight.issues.recurrence import recurrence_of, today_there
from oversight.issues.rights import READERS, UNDER_WAY, issues_for, issues_of_offices, steps_for
from oversight.issues.selectors import (
    IssueFilter,
    cases_of,
    counts_by_state,
    last_said,
    listed,
    narrowed,
    notes_of,
    with_cases,
)
from oversight.issues.wording import STATES, drawn, notes_shown
from oversight.models import Issue


@require_safe
@officers(*READERS)
def issues(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All issues of the country: what is under way, by its day, unless another state is asked for."""
    context = {"may_begin": actor.has(Role.OVERSEER), "is_central": True}
    return _list(request, issues_for(actor), context)


@require_safe
@officers(*LEADERS)
def office_issues(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Those of the offices that somebody leads, and of the ones below."""
    return _list(request, issues_of_offices(actor), {})


def _list(request: HttpRequest, among: QuerySet[Issue], context: dict[str, Any]) -> HttpResponse:
    which = IssueFilter(
        state=asked(request, "state")[:10],
        category=asked(request, "category")[:60],
        words=asked(request, "q")[:200],
    )
    kept = {"category": which.category, "q": which.words}
    page = page_of(request, listed(among, which))
    today = today_there()
    return render(
        request,
        "oversight/issues.html",
        {
            **context,
            "which": which,
            "page": page,
            "rows": [_row(issue, today) for issue in page.rows],
            "counts": _counts(request, narrowed(among, which), kept),
            "subjects": [(code, name, code == which.category) for code, name in subject_choices()],
            "filtered": bool(which.category or which.words),
        },
    )


def _row(issue: Issue, today: Any) -> dict[str, Any]:
    return {
        "issue": issue,
        "state": STATES[issue.state],
        "is_late": issue.state in UNDER_WAY and issue.due < today,
    }


def _counts(
    request: HttpRequest, among: QuerySet[Issue], kept: dict[str, str]
) -> list[dict[str, Any]]:
    counted = counts_by_state(among)
    kept = {name: value for name, value in kept.items() if value}
    entries = [
        (_("Under way"), "open", "", ""),
        (_("Late"), "late", "late", "late"),
        (_("Back again"), "back", "today", "back"),
        (_("Fixed"), "fixed", "", "fixed"),
        (_("Dropped"), "dropped", "", "dropped"),
    ]
    return counts_of(
        request,
        [
            (title, counted[name], code, kept | ({"state": state} if state else {}))
            for title, name, code, state in entries
        ],
    )


def issue_or_404(actor: Actor, key: UUID) -> Issue:
    """The issue of that key with how many cases it has, if somebody may read it."""
    rows = with_cases(issues_for(actor)).select_related("owner", "category", "place")
    issue = rows.filter(key=key).first()
    if issue is None:
        raise Http404
    return issue


@require_safe
@officers(*READERS, *LEADERS)
def issue(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """One issue: what it is about, what was done, whether cases come again, its cases and history."""
    found = issue_or_404(actor, key)
    steps = steps_for(actor, found)
    page = page_of(request, cases_of(actor, found))
    is_central = actor.has(*READERS)
    context = {
        "issue": found,
        "row": _row(found, today_there()),
        "back": reverse("issues" if is_central else "office-issues"),
        "steps": [
            {"title": form.called_for(found), "url": reverse("issue-step", args=[key, name])}
            for name, form in FORMS.items()
            if name in steps
        ],
        "may_link": "link" in steps,
        "recurrence": drawn(recurrence_of(found)),
        "notes": notes_shown(notes_of(found)),
        "page": page,
        "cases": case_rows(page.rows),
        "is_central": is_central,
    }
    return render(request, "oversight/issue.html", context)


# --- Steps ------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@officers(Role.OVERSEER)
def new_issue(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make an issue; the address may say of what (`subject`, `place`, `agency`, `number` of cases)."""
    numbers = _numbers_asked(request)
    if request.method != "POST":
        form = IssueForm(initial=_asked_for(request))
        return _new_page(request, form, pickers_shown(form), numbers)
    data = request.POST.copy()
    pickers = pickers_sent(IssueForm(), data)
    if "search" in data:
        form = IssueForm(initial={name: data.get(name, "") for name in IssueForm.base_fields})
        return _new_page(request, form, pickers, numbers)
    form = IssueForm(data)
    if not form.is_valid():
        return _new_page(request, form, pickers, numbers, 422)
    try:
        made = services.begin(actor=actor, numbers=numbers, **form.cleaned_data)
    except Refused as refusal:
        say(form, refusal)
        return _new_page(request, form, pickers, numbers, refusal.status)
    messages.success(request, _("The issue is made, and the office is told."))
    return redirect("issue", key=made.key)


def _numbers_asked(request: HttpRequest) -> list[str]:
    source = request.POST if request.method == "POST" else request.GET
    found = [read_number(number) for number in source.getlist("number")]
    return list(dict.fromkeys(number for number in found if number))[: services.MOST_AT_ONCE]


def _asked_for(request: HttpRequest) -> dict[str, Any]:
    """What a form begins with, from the address."""
    category, place, agency = rows_asked(request)
    language = (get_language() or "")[:2]
    return {
        "category": category.code if category else "",
        "place": place,
        "owner": agency,
        "language": language if language in settings.COUNTRY_LANGUAGES else settings.LANGUAGE_CODE,
    }


def _new_page(
    request: HttpRequest,
    form: IssueForm,
    pickers: dict[str, Any],
    numbers: list[str],
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "fields": [(bound, pickers.get(bound.name)) for bound in form.visible_fields()],
        "title": _("Make an issue"),
        "button": _("Make the issue"),
        "numbers": numbers,
        "back": reverse("issues"),
    }
    return render(request, "oversight/issue_step.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@officers(Role.OVERSEER, *LEADERS)
def issue_step(request: HttpRequest, actor: Actor, key: UUID, step: str) -> HttpResponse:
    """A step with its form. Sent, it is taken, or the page says why not and keeps what was typed."""
    if step not in FORMS:
        raise Http404
    found = issue_or_404(actor, key)
    if request.method == "POST":
        return _step_sent(request, actor, found, step)
    if step not in steps_for(actor, found):
        messages.warning(request, _("This step is not possible now, or is somebody else’s."))
        return redirect("issue", key=key)
    form = FORMS[step](issue=found, actor=actor, initial=_beginning(found, step))
    return _step_page(request, found, form, pickers_shown(form))


def _beginning(issue: Issue, step: str) -> dict[str, Any]:
    """What the form of a step begins with."""
    match step:
        case "edit":
            code = issue.category.code if issue.category else ""
            parts = ("title", "owner", "place", "due", "only_owners", "cause")
            return {"category": code, **{name: getattr(issue, name) for name in parts}}
        case "fix":
            return {"fixed_on": today_there(), "we_did": last_said(issue) or issue.we_did}
        case "publish":
            public = {name: getattr(issue, name) for name in ("title", "language", "you_said")}
            return {**public, "we_did": last_said(issue) or issue.we_did}
        case "did":
            return {"we_did": issue.we_did}
    return {}


def _step_sent(request: HttpRequest, actor: Actor, issue: Issue, step: str) -> HttpResponse:
    data, made = request.POST.copy(), FORMS[step]
    pickers = pickers_sent(made(issue=issue, actor=actor), data)
    if "search" in data:
        begun = made(issue=issue, actor=actor, initial={name: data.get(name, "") for name in data})
        return _step_page(request, issue, begun, pickers)
    initial = {"due": issue.due} if step == "edit" else None
    form = made(data, issue=issue, actor=actor, initial=initial)
    status = 422
    if form.is_valid():
        try:
            form.perform()
        except Refused as refusal:
            say(form, refusal)
            status = refusal.status
            if isinstance(refusal, Stale):
                # Sent again, the form is about what is shown now.
                data["seen"] = issue.changed_at.isoformat()
        else:
            messages.success(request, _("Done: %(step)s.") % {"step": made.called})
            return redirect("issue", key=issue.key)
    return _step_page(request, issue, form, pickers, status)


def say(form: Any, refusal: Refused) -> None:
    """Put a refusal onto the form: at the fields that it is about, else above all."""
    for name, sentences in refusal.fields.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, str(sentence))
    if not refusal.fields:
        form.add_error(None, str(refusal.sentence))


def _step_page(
    request: HttpRequest, issue: Issue, form: StepForm, pickers: dict[str, Any], status: int = 200
) -> HttpResponse:
    points = getattr(form, "points_at_people", False)
    fields = [bound for bound in form.visible_fields() if bound.name != "kept" or points]
    context = {
        "issue": issue,
        "form": form,
        "fields": [(bound, pickers.get(bound.name)) for bound in fields],
        "title": form.called_for(issue),
        "says": form.says,
        "button": form.called_for(issue),
        "grave": form.grave,
        "back": reverse("issue", args=[issue.key]),
    }
    return render(request, "oversight/issue_step.html", context, status=status)


@require_POST
@officers(*READERS)
def issue_unlink(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """Take a case out of an issue."""
    issue_or_404(actor, key)
    services.unlink(actor=actor, key=key, number=read_number(request.POST.get("number", "")) or "")
    messages.success(request, _("The case is no longer part of the issue."))
    return redirect("issue", key=key)
