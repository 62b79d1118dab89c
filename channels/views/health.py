"""Overseers' page of the channels: how each is doing, and the letters that never left."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.actors import Actor
from accounts.roles import Role
from channels import selectors
from channels.registry import CHANNELS
from complaints.models import Notice
from complaints.services import notices
from complaints.services.notice_words import in_digits_of
from complaints.views.officer.access import officers
from complaints.views.officer.paging import page_of

LOOK_ON = (Role.OVERSEER, Role.AUDITOR)
#: So many letters are sent again at once; the rest with the next press.
MOST_AT_ONCE = 5000
#: Kinds of failure in words; others are shown as they are.
KINDS = {
    "timeout": gettext_lazy("The provider did not answer in time"),
    "too_many": gettext_lazy("The provider wanted to be left alone"),
    "refused": gettext_lazy("The address was refused"),
    "bad_address": gettext_lazy("The address is none"),
    "window_closed": gettext_lazy("The messenger allows no words so long after theirs"),
    "undelivered": gettext_lazy("It left, but did not arrive"),
    "too_long": gettext_lazy("The text is too long for an SMS"),
    "never_reported": gettext_lazy("The last try was never reported"),
}


@require_safe
@never_cache
@officers(*LOOK_ON)
def channels(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Every channel in one table, and the letters that never left below it."""
    channel = request.GET.get("channel", "")
    channel = channel if channel in CHANNELS else ""
    page = page_of(request, selectors.dead_letters(actor, channel))
    context = {
        "rows": selectors.health(),
        "now": timezone.now(),
        "page": page,
        "letters": [_letter(notice) for notice in page.rows],
        "channel": channel,
        "channel_name": CHANNELS[channel].name if channel else "",
        "may_send": actor.has(Role.OVERSEER),
    }
    return render(request, "channels/health.html", context)


def _letter(notice: Notice) -> dict[str, Any]:
    channel = CHANNELS.get(notice.channel)
    return {
        "notice": notice,
        "channel": channel.name if channel else notice.channel,
        "why": KINDS.get(notice.error) or notice.error or "–",
        "to": notice.office.name if notice.office else _("an officer") if notice.user_id else "",
    }


@require_POST
@never_cache
@officers(Role.OVERSEER)
def send_again(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Try letters again: the one that is named, or all of a channel (or of all)."""
    channel = request.POST.get("channel", "")
    rows = selectors.dead_letters(actor, channel if channel in CHANNELS else "")
    one = request.POST.get("notice", "")
    if one.isdecimal():
        rows = rows.filter(pk=int(one[:18]))
    ids = list(rows.values_list("pk", flat=True)[:MOST_AT_ONCE])
    count = notices.send_again(ids, timezone.now())
    said = ngettext("%(n)s letter is tried again.", "%(n)s letters are tried again.", count)
    messages.success(request, in_digits_of(said % {"n": count}, get_language() or ""))
    query = f"?{urlencode({'channel': channel})}" if channel in CHANNELS else ""
    return redirect(f"{reverse('channels')}{query}")
