"""A lost secret: number and contact, then the code that was sent there, then new secrets."""

from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from complaints import drafts
from complaints.errors import Refused
from complaints.lost_forms import CodeForm, LostForm
from complaints.proofs import client_address
from complaints.services import lost_secret
from complaints.views.finding import asked


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def ask(request: HttpRequest) -> HttpResponse:
    """Which case, and which contact. Whatever is given leads to the same page."""
    if request.method != "POST":
        form = LostForm(initial={"number": asked(request, "number")[:60]})
        return render(request, "complaints/lost_secret.html", {"form": form})
    form, status = LostForm(request.POST), 422
    if form.is_valid():
        try:
            proof = lost_secret.ask_code(**form.cleaned_data, address=client_address(request))
            return redirect("lost-secret-code", key=proof.key)
        except Refused as refusal:
            status = _say(form, refusal)
    return render(request, "complaints/lost_secret.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def code(request: HttpRequest, key: UUID) -> HttpResponse:
    """The code, if one came. The page is the same for a key that never was."""
    if drafts.new_secrets_of(request, str(key)) is not None:
        # Sent twice: the secrets are there already.
        return redirect("lost-secret-new", key=key)
    form, status = CodeForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _use(request, key, form.cleaned_data["code"])
            except Refused as refusal:
                status = _say(form, refusal, field="code")
    return render(request, "complaints/lost_secret_code.html", {"form": form}, status=status)


def _use(request: HttpRequest, key: UUID, typed: str) -> HttpResponse:
    given = lost_secret.use_code(
        key=key,
        code=typed,
        address=client_address(request),
        language=(get_language() or settings.LANGUAGE_CODE)[:2],
    )
    request.session.cycle_key()
    drafts.keep_new_secrets(request, str(key), given)
    return redirect("lost-secret-new", key=key)


def _say(form: forms.Form, refusal: Refused, field: str | None = None) -> int:
    """Put a refusal onto the form; the status of the answer."""
    for name, sentences in refusal.fields.items():
        for sentence in sentences:
            form.add_error(name, str(sentence))
    if not refusal.fields:
        form.add_error(field, str(refusal.sentence))
    return refusal.status


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def renewed(request: HttpRequest, key: UUID) -> HttpResponse:
    """The new secrets, for some minutes; POST takes them off this device at once."""
    if request.method == "POST":
        drafts.forget_new_secrets(request, str(key))
        messages.success(request, _("The secrets are no longer on this device."))
        return redirect("track")
    given = drafts.new_secrets_of(request, str(key))
    if given is None:
        return render(request, "complaints/lost_secret_gone.html", status=410)
    receipt = {
        "number": given.number,
        "secret": given.secret,
        "withdrawal_secret": given.withdrawal_secret,
        "track_url": f"{settings.PUBLIC_URL}/complaints/track/?number={given.number}",
    }
    return render(request, "complaints/lost_secret_new.html", {"receipt": receipt})
