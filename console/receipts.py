"""The receipt on an operator's screen: read out step by step, or printed. For ten minutes at most."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import qrcode
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from qrcode.image.svg import SvgPathImage

from accounts.actors import Actor
from accounts.roles import Role
from complaints import drafts
from complaints.models import Case
from complaints.services.intake import Receipt
from complaints.views.officer.access import officers
from complaints.views.public import OTHER_WAYS
from complaints.views.sending import receipt_context
from console.readback import where_it_goes
from console.spelling import groups_of, spelt

#: Number and dates first; a secret is on the screen only while it is read out.
STEPS = ("number", "secret", "withdrawal", "print")


@require_safe
@never_cache
@officers(Role.OPERATOR)
def done(request: HttpRequest, actor: Actor, token: str, step: str = "number") -> HttpResponse:
    """One step of the receipt; gone after ten minutes, or with the call."""
    given = drafts.receipt_of(request, token)
    if given is None:
        return render(request, "console/gone.html", {"what": "receipt"}, status=410)
    if step not in STEPS:
        raise Http404
    context = _context(request, given, on_paper=step == "print") | {"token": token, "step": step}
    name = "print" if step == "print" else "done"
    return render(request, f"console/{name}.html", context)


def _context(request: HttpRequest, given: Receipt, *, on_paper: bool) -> dict[str, Any]:
    """The receipt in the citizen's language.

    Paper lies about at home: it does not say why the desk reads the case (it is about an official).
    """
    case = Case.objects.only("language", "channel", "filed_at").get(number=given.number)
    groups, letter = groups_of(given.number)
    with translation.override(case.language):
        context = receipt_context(request, given)
        receipt = context["receipt"]
        why = replace(context["why"], desk_because="") if on_paper else context["why"]
        context |= {
            "goes_to": where_it_goes(why, receipt["agency"]),
            "letter_word": spelt(letter, case.language),
        }
    context |= {
        "language": case.language,
        "channel": case.channel,
        "groups": groups,
        "letter": letter,
        "secret": receipt["secret"].split(),
        "withdrawal": receipt["withdrawal_secret"].split(),
        "forward_day": _last_day(receipt["forward_due"]),
        "answer_day": _last_day(receipt["answer_due"]),
        "filed_at": case.filed_at,
        "help_line": OTHER_WAYS[settings.COUNTRY]["hotline"],
        "follow_code": qr_code(receipt["track_url"]),
        "for_station": case.channel == "radio" and not receipt["contact_given"],
    }
    return context


def _last_day(due: datetime | None) -> date | None:
    """The last day in time of something due at a midnight, in the portal's zone."""
    return timezone.localdate(due - timedelta(microseconds=1)) if due else None


def qr_code(url: str) -> SafeString:
    """A QR code as SVG. Only ever of an address without a secret in it."""
    image = qrcode.make(url, image_factory=SvgPathImage, border=2)
    return mark_safe(image.to_string().decode())  # noqa: S308 - drawn here, of our own address
