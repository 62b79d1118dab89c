"""The call-backs: the queue, and one call with its script. Overseers and the desk call, auditors read."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Office
from agencies.selectors import office_by_code
from complaints import moment
from complaints.errors import Refused
from complaints.models.case import AnsweredWith, EndedAs
from complaints.selectors import CaseFile
from complaints.submission import ContactDetails
from complaints.views.officer.access import officers
from complaints.views.officer.paging import page_of
from oversight.audits import calling, queue
from oversight.audits.forms import ANSWERED, AskForm, CallForm, FindingForm
from oversight.audits.script import script_for
from oversight.models import Audit

LOOK_ON = (Role.OVERSEER, Role.AUDITOR, Role.DESK)
#: The lists, by what stands in the address.
LISTS = {
    "due": queue.due_for,
    "mine": queue.taken_by,
    "later": queue.later_for,
    "done": queue.done_for,
    "reopen": queue.to_reopen,
    "pressed": queue.pressed,
}
#: These are for whoever sees what came of calls that others made; who was pressed, for overseers.
OVERSEERS_LISTS = ("reopen", "pressed")


@require_safe
@officers(*LOOK_ON)
def audits(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The queue: what is due, one's own calls, what came of them."""
    return _queue(request, actor, AskForm())


def _queue(request: HttpRequest, actor: Actor, ask: AskForm, status: int = 200) -> HttpResponse:
    lists = _lists_of(actor)
    asked = request.GET.get("show", "")
    shown = asked if asked in lists else "due"
    code = request.GET.get("agency", "").replace("\0", "")[:60]
    office = office_by_code(settings.COUNTRY, code) if code else None
    page = page_of(request, _within(lists[shown](actor), office))
    context = {
        "page": page,
        "rows": [_row(audit) for audit in page.rows],
        "shown": shown,
        "counts": _counts(actor, shown, office),
        "office": office,
        "ask": ask if actor.has(Role.OVERSEER) else None,
    }
    return render(request, "oversight/audits.html", context, status=status)


def _lists_of(actor: Actor) -> dict[str, Any]:
    hidden = () if actor.has(*queue.READERS) else OVERSEERS_LISTS
    if not actor.has(Role.OVERSEER):
        hidden = (*hidden, "pressed")
    return {name: found for name, found in LISTS.items() if name not in hidden}


def _within(audits: QuerySet[Audit], office: Office | None) -> QuerySet[Audit]:
    """Those of an agency and all below it."""
    return audits.filter(office__path__startswith=office.path) if office else audits


def _counts(actor: Actor, shown: str, office: Office | None) -> list[dict[str, Any]]:
    titles = {
        "due": _("To call"),
        "mine": _("Taken by me"),
        "later": _("Later"),
        "done": pgettext("calls that were made", "Done"),
        "reopen": _("To open again"),
        "pressed": _("Pressed"),
    }
    kept = {"agency": office.code} if office else {}
    counts = []
    for name, found in _lists_of(actor).items():
        number = queue.count(_within(found(actor), office))
        is_urgent = name in OVERSEERS_LISTS and number
        counts.append(
            {
                "title": titles[name],
                "number": number,
                "code": "late" if is_urgent else "",
                "url": f"?{urlencode(kept | {'show': name})}",
                "current": name == shown,
            }
        )
    return counts


def _row(audit: Audit) -> dict[str, Any]:
    return {"audit": audit, "url": reverse("oversight-audit", args=[audit.pk]), **words_of(audit)}


def words_of(audit: Audit) -> dict[str, Any]:
    """What an audit's codes say."""
    return {
        "outcome": dict(AnsweredWith.choices).get(audit.outcome, ""),
        "ending": dict(EndedAs.choices).get(audit.ending, ""),
        "result": _results().get(audit.result, ""),
    }


def _results() -> dict[str, str]:
    return {
        Audit.Result.SOLVED: _("Solved"),
        Audit.Result.PARTLY: _("Partly solved"),
        Audit.Result.NOT_SOLVED: _("Not solved"),
        Audit.Result.NOT_REACHED: _("Nobody was reached"),
        Audit.Result.NO_CONTACT: _("No way to ask"),
        Audit.Result.REFUSED: _("Did not want to be asked"),
        Audit.Result.NOT_CALLED: _("Nobody called in time"),
    }


@require_safe
@officers(*LOOK_ON)
def audit(request: HttpRequest, actor: Actor, audit: int) -> HttpResponse:
    """One call: what it is about, its script for whoever has taken it, and what came of it."""
    return _page(request, actor, _found(actor, audit))


def _found(actor: Actor, pk: int) -> Audit:
    found = queue.audit_for(actor, pk)
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest,
    actor: Actor,
    audit: Audit,
    *,
    form: Any = None,
    contact: ContactDetails | None = None,
    status: int = 200,
) -> HttpResponse:
    withdrawn = audit.ending == EndedAs.WITHDRAWN
    mine = queue.is_mine(audit, actor)
    context: dict[str, Any] = {
        "audit": audit,
        "case": audit.case,
        **words_of(audit),
        "mine": mine,
        "may_call": actor.has(*queue.CALLERS) and audit.done_at is None,
        "held_by": audit.caller if queue.is_held(audit, moment.now()) else None,
        "contact": contact,
        "answers": _answers(audit, actor),
        "form": form,
    }
    if mine:
        context |= _call(actor, audit, contact)
        context["form"] = form or CallForm(withdrawn=withdrawn)
    if audit.done_at is not None:
        context |= _ended(actor, audit, form)
    return render(request, "oversight/audit.html", context, status=status)


def _call(actor: Actor, audit: Audit, contact: ContactDetails | None) -> dict[str, Any]:
    """What a caller has before them: the words of both sides, and the script."""
    case = audit.case
    file = CaseFile(case, actor)
    return {
        "answer": file.answer,
        "script": script_for(
            case.language,
            name=contact.name if contact else "",
            number=case.number,
            withdrawn=audit.ending == EndedAs.WITHDRAWN,
        ),
        "until": audit.taken_at + queue.HELD if audit.taken_at else None,
    }


def _ended(actor: Actor, audit: Audit, form: Any) -> dict[str, Any]:
    is_reader = actor.has(Role.OVERSEER) or audit.caller_id == actor.user_id
    may_reopen = actor.has(Role.OVERSEER) and queue.to_reopen(actor).filter(pk=audit.pk).exists()
    said = _("We asked the citizen once more. The problem is not solved.")
    if audit.result == Audit.Result.PARTLY:
        said = _("We asked the citizen once more. The problem is only partly solved.")
    finding = form if isinstance(form, FindingForm) else FindingForm(initial={"finding": said})
    return {
        "note": calling.note_of(audit) if is_reader else "",
        "form": finding if may_reopen else None,
        "may_reopen": may_reopen,
    }


def _answers(audit: Audit, actor: Actor) -> list[dict[str, str]]:
    """The questions that were asked, with what was said, in words.

    Whether somebody was pressed is read by overseers, and by whoever was told it.
    """
    fields = CallForm.base_fields
    reads_all = actor.has(Role.OVERSEER) or audit.caller_id == actor.user_id
    rows = []
    for name in CallForm.QUESTIONS:
        if name == "pressure" and not reads_all:
            continue
        code = audit.answers.get(name, "")
        words = dict(fields[name].choices).get(code, "")  # type: ignore[attr-defined]
        if words:
            rows.append({"question": str(fields[name].label), "answer": str(words)})
    return rows


@require_POST
@officers(*queue.CALLERS)
def take(request: HttpRequest, actor: Actor, audit: int) -> HttpResponse:
    """Take a call: half an hour nobody else can."""
    return _done(request, audit, lambda: calling.take(actor=actor, pk=audit))


@require_POST
@officers(*queue.CALLERS)
def give_back(request: HttpRequest, actor: Actor, audit: int) -> HttpResponse:
    """Let somebody else call."""
    calling.give_back(actor=actor, pk=audit)
    messages.success(request, _("The call was given back."))
    return redirect("oversight-audits")


def _done(request: HttpRequest, pk: int, act: Any, said: str = "") -> HttpResponse:
    """Do it and come back to the call; a refusal is said there."""
    try:
        act()
    except calling.NoSuchAudit:
        raise
    except Refused as refusal:
        messages.warning(request, str(refusal.sentence))
    else:
        if said:
            messages.success(request, said)
    return redirect("oversight-audit", audit=pk)


@require_POST
@officers(*queue.CALLERS)
def look(request: HttpRequest, actor: Actor, audit: int) -> HttpResponse:
    """Show whom to call. It stands on this one answer alone and is kept nowhere."""
    try:
        contact = calling.look(actor=actor, pk=audit)
    except calling.NotYours as refusal:
        messages.warning(request, str(refusal.sentence))
        return redirect("oversight-audit", audit=audit)
    return _page(request, actor, _found(actor, audit), contact=contact)


@require_POST
@officers(*queue.CALLERS)
def end(request: HttpRequest, actor: Actor, audit: int) -> HttpResponse:
    """What came of the call."""
    found = _found(actor, audit)
    form = CallForm(request.POST, withdrawn=found.ending == EndedAs.WITHDRAWN)
    if not form.is_valid():
        return _page(request, actor, found, form=form, status=422)
    how, note = form.cleaned_data["call"], form.cleaned_data["note"]
    try:
        if how == ANSWERED:
            ended = calling.answered(actor=actor, pk=audit, answers=form.answers, note=note)
        else:
            ended = calling.ended_without(actor=actor, pk=audit, how=how, note=note)
    except calling.NotYours as refusal:
        form.add_error(None, str(refusal.sentence))
        return _page(request, actor, found, form=form, status=refusal.status)
    messages.success(request, _said(ended))
    if ended.done_at is not None and ended.answers.get("reopen") == "yes":
        return redirect("oversight-audit", audit=audit)
    return redirect("oversight-audits")


def _said(ended: Audit) -> str:
    if ended.done_at is None:
        return _("Written down. It will be tried again on another day.")
    return _("Written down. Thank you.")


@require_POST
@officers(Role.OVERSEER)
def reopen(request: HttpRequest, actor: Actor, audit: int) -> HttpResponse:
    """Open the case again by what the citizen said."""
    found = _found(actor, audit)
    form = FindingForm(request.POST)
    if not form.is_valid():
        return _page(request, actor, found, form=form, status=422)
    try:
        calling.reopen(actor=actor, pk=audit, finding=form.cleaned_data["finding"])
    except Refused as refusal:
        for sentences in refusal.fields.values():
            form.add_error("finding", [str(sentence) for sentence in sentences])
        if not refusal.fields:
            messages.warning(request, str(refusal.sentence))
            return redirect("oversight-audit", audit=audit)
        return _page(request, actor, found, form=form, status=refusal.status)
    messages.success(request, _("The case is open again. The office and the citizen are told."))
    return redirect("oversight-audit", audit=audit)


@require_http_methods(["GET", "HEAD", "POST"])
@officers(Role.OVERSEER)
def ask(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Put a case into the queue by hand."""
    if request.method != "POST":
        return redirect("oversight-audits")
    form, status = AskForm(request.POST), 422
    if form.is_valid():
        try:
            calling.ask_about(actor=actor, number=form.cleaned_data["number"])
        except Refused as refusal:
            form.add_error("number", str(refusal.sentence))
            status = refusal.status
        else:
            messages.success(request, _("The case is in the queue."))
            return redirect("oversight-audits")
    return _queue(request, actor, form, status)
