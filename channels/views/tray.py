"""The desk's tray of messages that nobody could read, and of floods."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import Actor
from accounts.roles import Role
from channels import selectors, tray
from channels.models import Message
from channels.registry import CHANNELS
from channels.tray import Opened
from complaints.errors import Refused
from complaints.filing_forms import OwnWords
from complaints.selectors.access import SEE_ALL
from complaints.views.officer.access import officers
from complaints.views.officer.paging import page_of

#: Why a message is in the tray, in words.
WHY = {
    "too_many": gettext_lazy("One of many from the same sender in an hour"),
    "no_json": gettext_lazy("The provider sent something that is no message"),
    "no_sender": gettext_lazy("It does not say who sent it"),
    "unsupported": gettext_lazy("A kind of message that we do not know"),
    "large": gettext_lazy("Too large"),
    "spam": gettext_lazy("The mail service takes it for advertising"),
    "encrypted": gettext_lazy("It is encrypted, and not for us"),
    "hostile": gettext_lazy("It was made to break programs that read it"),
}
REASONS = {
    "empty": gettext_lazy("There is nothing in it"),
    "repeat": gettext_lazy("It came before"),
    "spam": gettext_lazy("Advertising, or sent by a machine"),
    "test": gettext_lazy("A test"),
    "other": gettext_lazy("Something else"),
}


class FileForm(forms.Form):
    """What the desk reads in a message."""

    mark_optional = False

    text = OwnWords(
        label=gettext_lazy("The complaint, as you read it"),
        rows=6,
        error_messages={"required": gettext_lazy("Write what the message says.")},
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the news to them"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages: Any = self.fields["language"]
        languages.choices = settings.LANGUAGES


class AsideForm(forms.Form):
    """Why nothing is to be done."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why is there nothing to do?"),
        choices=list(REASONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose why.")},
    )


@require_safe
@never_cache
@officers(*SEE_ALL)
def tray_list(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What waits, the newest first."""
    state = request.GET.get("show", "")
    page = page_of(request, selectors.tray(state))
    context = {
        "page": page,
        "rows": [_row(opened) for opened in tray.opened_in_list(page.rows)],
        "counts": _counts(state),
        "filtered": bool(state),
    }
    return render(request, "channels/tray.html", context)


def _counts(state: str) -> list[dict[str, Any]]:
    number = selectors.tray_counts()
    shows = [
        ("", _("All"), sum(number.values())),
        (Message.State.UNREADABLE.value, _("Not read"), number.get("unreadable", 0)),
        (Message.State.HELD.value, _("Too many from one sender"), number.get("held", 0)),
    ]
    here = reverse("message-tray")
    return [
        {
            "title": title,
            "number": count,
            "url": f"{here}?show={code}" if code else here,
            "current": code == state,
        }
        for code, title, count in shows
    ]


def _row(opened: Opened) -> dict[str, Any]:
    message = opened.message
    channel = CHANNELS.get(message.channel)
    return {
        "message": message,
        "text": opened.text,
        "files": opened.files,
        "channel": channel.name if channel else message.channel,
        # What the desk dealt with has the desk's own reason, which may bear the name of another.
        "why": (REASONS if message.done_by_id else WHY).get(message.why)
        or _("It could not be read"),
        "url": reverse("message", args=[message.key]),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@officers(*SEE_ALL)
def message_page(request: HttpRequest, actor: Actor, key: UUID) -> HttpResponse:
    """One message, and what can be done with it; nobody is shown what never came to the desk."""
    message = get_object_or_404(selectors.shown_messages(actor).select_related("handle"), key=key)
    opened = tray.opened(message)
    filing = FileForm(initial={"text": opened.text, "language": _language(message)})
    aside, status = AsideForm(), 200
    if request.method == "POST":
        done, filing, aside, status = _do(request, actor, message, filing, aside)
        if done is not None:
            return done
    context = {
        **_row(opened),
        "raw": opened.raw,
        "waits": message.state in selectors.IN_TRAY,
        "may_act": actor.has(Role.DESK),
        "can_answer": message.handle is not None,
        "filing": filing,
        "aside": aside,
        "form": next((form for form in (filing, aside) if form.is_bound), None),
    }
    return render(request, "channels/message.html", context, status=status)


def _language(message: Message) -> str:
    known = message.handle.language if message.handle else ""
    return known or settings.LANGUAGE_CODE


def _do(
    request: HttpRequest, actor: Actor, message: Message, filing: FileForm, aside: AsideForm
) -> tuple[HttpResponse | None, FileForm, AsideForm, int]:
    """Do what was asked; an answer, or the forms with what is wrong."""
    what = request.POST.get("do", "")
    if what == "again":
        return _said(request, tray.take_again(actor=actor, message=message)), filing, aside, 200
    if what == "aside":
        aside = AsideForm(request.POST)
        if aside.is_valid():
            reason = aside.cleaned_data["reason"]
            done = tray.set_aside(actor=actor, message=message, reason=reason)
            return _said(request, done), filing, aside, 200
    if what == "file":
        filing = FileForm(request.POST)
        if filing.is_valid():
            try:
                case = tray.file(actor=actor, message=message, **filing.cleaned_data)
                return _said(request, case is not None), filing, aside, 200
            except Refused as refusal:
                for name, sentences in refusal.fields.items():
                    filing.add_error(name if name in filing.fields else None, sentences)
    return None, filing, aside, 422


def _said(request: HttpRequest, done: bool) -> HttpResponse:
    if done:
        messages.success(request, _("Done. The message is out of the tray."))
    else:
        messages.warning(request, _("Somebody else has dealt with this message already."))
    return redirect("message-tray")
