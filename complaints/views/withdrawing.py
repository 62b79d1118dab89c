"""Withdrawing on a page of its own: what it means, the second secret, and whether somebody presses."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actors import Actor
from complaints import proofs
from complaints.errors import NoSuchCase, Refused, TooMany
from complaints.forms.citizens import WithdrawPageForm
from complaints.models import Case
from complaints.selectors import CaseFile
from complaints.views.door import opened_case, to_the_door
from complaints.views.tracking import say


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Ask to withdraw one's case. It takes effect in 72 hours."""
    found = opened_case(request, number)
    if found is None:
        return to_the_door(number)
    case, actor = found
    if not case.is_open or case.withdrawal_pending:
        return redirect("track-case", number=case.number)
    if request.method != "POST":
        return _page(request, case, WithdrawPageForm(case=case, actor=actor))
    form = WithdrawPageForm(request.POST, case=case, actor=actor)
    if not form.is_valid():
        return _page(request, case, form, status=422)
    try:
        form.actor = _proved(request, case, actor, form.cleaned_data.get("secret", ""))
        form.perform()
    except (NoSuchCase, TooMany) as refusal:
        wrong = _("This secret does not withdraw the complaint.")
        sentence = str(refusal.sentence) if isinstance(refusal, TooMany) else wrong
        form.add_error("secret" if "secret" in form.fields else None, sentence)
        return _page(request, case, form, status=refusal.status)
    except Refused as refusal:
        say(form, refusal)
        return _page(request, case, form, status=refusal.status)
    messages.success(request, _("You asked to withdraw. Until it takes effect you can keep it."))
    return redirect("track-case", number=case.number)


def _proved(request: HttpRequest, case: Case, actor: Actor, secret: str) -> Actor:
    """The citizen who may withdraw. A wrong secret is counted as one at the door is.

    Raises NoSuchCase for any other secret, the first one too; TooMany.
    """
    if actor.withdrawal_proved:
        return actor
    _case, withdraws = proofs.check_secret(case.number, secret, proofs.client_address(request))
    if not withdraws:
        raise NoSuchCase
    return replace(actor, withdrawal_proved=True)


def _page(
    request: HttpRequest, case: Case, form: WithdrawPageForm, status: int = 200
) -> HttpResponse:
    file = CaseFile(case, form.actor)
    context = {
        "case": case,
        "leave_quickly": case.sensitive,
        "form": form,
        "hours": file.clockwork.policy("withdrawal").amount,
    }
    return render(request, "complaints/track_withdraw.html", context, status=status)
