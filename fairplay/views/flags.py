"""The overseers' pages of patterns: what was counted, the cases, and what comes of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import Actor
from accounts.roles import Role
from complaints.errors import Refused, Sentence
from complaints.services.notice_words import in_digits_of
from complaints.views.officer.access import officers
from complaints.views.officer.paging import page_of
from fairplay.models import Flag
from fairplay.selectors import flags as reading
from fairplay.services import deciding
from fairplay.views.tiles import tiles

LOOK_ON = (Role.OVERSEER, Role.AUDITOR)
#: What was counted, in a sentence.
EVIDENCE: Mapping[str, Sentence] = {
    Flag.Kind.SELF_FILED: gettext_lazy(
        "%(count)s cases with this office were filed by people who hold a post in it: from their"
        " account, at their counter, or with their telephone number or e-mail address."
    ),
    Flag.Kind.MANY_FILED: gettext_lazy(
        "%(count)s cases were filed in the day. Usual are %(median)s; above %(limit)s it is a burst."
    ),
    Flag.Kind.MANY_CONFIRMED: gettext_lazy(
        "%(count)s cases were confirmed in the day. Usual are %(median)s; above %(limit)s it is a"
        " burst."
    ),
    Flag.Kind.QUICK_CONFIRMED: gettext_lazy(
        "%(count)s cases of the day were confirmed within %(minutes)s minutes of the answer."
    ),
    Flag.Kind.ONE_CONFIRMS: gettext_lazy(
        "%(count)s cases of the day were confirmed with the best mark by one and the same sender."
    ),
    Flag.Kind.QUICK_ANSWERED: gettext_lazy(
        "%(count)s cases of the day were answered within %(minutes)s minutes of being filed."
    ),
}


class DecisionForm(forms.Form):
    """What an overseer found."""

    confirm = forms.ChoiceField(
        label=gettext_lazy("What did you find?"),
        choices=[
            ("yes", gettext_lazy("The pattern is real: the cases stay out of the rankings")),
            ("no", gettext_lazy("There is a good explanation: they are counted again")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reasons"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What was looked at, and what it showed."),
    )


@require_safe
@never_cache
@officers(*LOOK_ON)
def flag_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Flags to be examined, confirmed or dismissed."""
    show = request.GET.get("show", "")
    show = show if show in reading.SHOWS else ""
    page = page_of(request, reading.flags(show))
    number = reading.flag_counts()
    here = reverse("flags")
    titles = {"": _("To be examined"), "confirmed": _("Confirmed"), "dismissed": _("Dismissed")}
    context = {
        "page": page,
        "rows": [_row(flag) for flag in page.rows],
        "show": show,
        "counts": tiles(titles, number, here, show),
    }
    return render(request, "fairplay/flags.html", context)


def _row(flag: Flag) -> dict[str, Any]:
    return {
        "flag": flag,
        "url": reverse("flag", args=[flag.key]),
        "evidence": evidence(flag),
    }


def evidence(flag: Flag) -> str:
    """What was counted, in the reader's words and digits."""
    names = ("count", "median", "limit", "minutes")
    numbers = {name: str(round(flag.numbers.get(name, 0))) for name in names}
    return in_digits_of(str(EVIDENCE[flag.kind]) % numbers, get_language() or "")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@officers(*LOOK_ON)
def flag_page(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """One flag: what was counted, its cases, and the decision."""
    rows = Flag.objects.select_related("office__agency", "decided_by")
    flag = get_object_or_404(rows, key=key)
    form, status = DecisionForm(), 200
    if request.method == "POST":
        if not actor.has(Role.OVERSEER):
            raise PermissionDenied
        form = DecisionForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                return _decided(request, actor, flag, form)
            except Refused as refusal:
                _say(form, refusal)
                status = refusal.status
    page = page_of(request, reading.flagged_cases(flag, actor))
    own = any(post.office_id == flag.office_id for post in actor.posts)
    is_open = flag.state == Flag.State.OPEN
    context = {
        **_row(flag),
        "page": page,
        "cases": [
            {"case": case, "url": reverse("office-case", args=[case.number])} for case in page.rows
        ],
        "hidden": flag.cases.count() if not page.rows else 0,
        "form": form,
        "may_decide": is_open and actor.has(Role.OVERSEER) and not own,
        "own_office": own,
    }
    return render(request, "fairplay/flag.html", context, status=status)


def _decided(request: HttpRequest, actor: Actor, flag: Flag, form: DecisionForm) -> HttpResponse:
    confirm = form.cleaned_data["confirm"] == "yes"
    deciding.decide(actor=actor, flag=flag, confirm=confirm, reason=form.cleaned_data["reason"])
    said = (
        _("Confirmed. The office is told, and its cases stay out of the rankings.")
        if confirm
        else _("Dismissed. The cases are counted again.")
    )
    messages.success(request, said)
    return redirect("flags")


def _say(form: DecisionForm, refusal: Refused) -> None:
    for name, sentences in refusal.fields.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, str(sentence))
    if not refusal.fields:
        form.add_error(None, str(refusal.sentence))
