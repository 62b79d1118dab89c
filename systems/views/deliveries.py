"""An office's page about what its systems are told: how that goes, errors, lag, "send again"."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import Actor
from accounts.roles import Role
from complaints.errors import Refused
from complaints.selectors.access import offices_led
from complaints.services.notice_words import in_digits_of
from complaints.views.officer.access import officers
from complaints.views.officer.paging import page_of
from systems.cities.listing import cities_among
from systems.models import Delivery, Endpoint, System
from systems.out import endpoints, listing, queue, sending
from systems.out.endpoints import LONGEST_URL
from systems.scopes import Scope
from systems.views.city_words import kind_of, reach
from systems.views.delivery_words import OFF, STATES, why

#: These read; of them whoever leads the office, or one above it, changes something too.
READERS = (Role.FOCAL, Role.HEAD, Role.OVERSEER, Role.AUDITOR)
SEE_ALL = (Role.OVERSEER, Role.AUDITOR)
LEADERS = (Role.FOCAL, Role.HEAD)
LAST_SEQ = 2**63 - 1


class AddressForm(forms.Form):
    """Where a system is called."""

    mark_optional = False
    url = forms.CharField(
        label=gettext_lazy("Address that the portal calls"),
        help_text=gettext_lazy(
            "It begins with https://. Ask whoever looks after the system for it."
        ),
        max_length=LONGEST_URL,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Enter the address.")},
    )


@require_safe
@officers(*READERS)
def systems(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The systems of the offices that somebody leads; for overseers and auditors all of them."""
    offices = offices_read(actor)
    page = page_of(request, listing.systems_among(offices))
    cities = [{"city": city, "reach": reach(kind_of(city))} for city in cities_among(offices)]
    context = {"page": page, "rows": page.rows, "cities": cities}
    return render(request, "systems/office_systems.html", context)


@require_safe
@officers(*READERS)
def deliveries(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """How it goes with one system, and what it was told, the newest first."""
    system, now = _system(actor, pk), timezone.now()
    state = request.GET.get("state", "")
    state = state if state in Delivery.State.values else ""
    before = _number(request.GET.get("before", ""))
    part = listing.listed(system, actor, state=state, before=before)
    doing = listing.doing(system, now)
    is_called = doing.endpoint is not None and doing.endpoint.off_at is None
    context = {
        "system": system,
        "doing": doing,
        "counted": listing.COUNTED,
        "shown_url": endpoints.shown(doing.endpoint.url) if doing.endpoint else "",
        "off": OFF.get(doing.endpoint.off_because) if doing.endpoint else "",
        "is_called": is_called,
        "error": why(doing.error),
        "rows": [_row(row) for row in part.rows],
        "older": part.before,
        "before": before,
        "state": state,
        "states": [("", _("All")), *((code, word) for code, (word, _colour) in STATES.items())],
        "may_change": may_change(actor, system),
        "may_be_told": Scope.EVENTS in system.scopes,
    }
    return render(request, "systems/office_deliveries.html", context)


@require_safe
@officers(*READERS)
def delivery(request: HttpRequest, actor: Actor, pk: int, seq: int) -> HttpResponse:
    """One delivery, with its tries."""
    system = _system(actor, pk)
    row = listing.one(system, actor, seq) if seq <= LAST_SEQ else None
    if row is None:
        raise Http404
    found = Endpoint.objects.filter(system=system, off_at=None)
    tries = [(at, why(kind), ms) for at, kind, ms in listing.tries_of(row)]
    context = {
        "system": system,
        **_row(row),
        "tries": tries,
        "may_send": row.state != Delivery.State.WAITING
        and may_change(actor, system)
        and found.exists(),
    }
    return render(request, "systems/office_delivery.html", context)


@require_POST
@officers(*LEADERS)
def again(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Send again: the delivery that is named (`seq`), or all that was given up."""
    system = _system_to_change(actor, pk)
    asked = request.POST.get("seq", "")
    seq = _number(asked) if asked else None
    if seq is not None and listing.one(system, actor, seq) is None:
        raise Http404
    try:
        count = queue.send_again(system, timezone.now(), seq)
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        said = ngettext("%(n)s is sent again.", "%(n)s are sent again.", count) % {"n": count}
        if count:
            messages.success(request, in_digits_of(said, get_language() or ""))
        else:
            messages.warning(request, _("There is nothing to send again."))
    return redirect("office-system-deliveries", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@officers(*LEADERS)
def address(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Set the address or another one, change its secret, stop it, or try it (`do`)."""
    system = _system_to_change(actor, pk)
    endpoint = Endpoint.objects.filter(system=system).first()
    form = AddressForm(initial={"url": endpoint.url if endpoint else ""})
    context: dict[str, Any] = {"system": system}
    if request.method == "POST":
        do = request.POST.get("do", "set")
        if do == "set":
            form = AddressForm(request.POST)
        if do in ("stop", "test"):
            _stop_or_test(request, actor, system, do)
            return redirect("office-system-address", pk)
        done = _set(request, actor, system, form)
        if done is not None and not done.secret:
            return redirect("office-system-deliveries", pk)
        if done is not None:
            return render(request, "systems/office_secret.html", {**context, "secret": done.secret})
    context |= {
        "form": form,
        "endpoint": endpoint,
        "is_called": endpoint is not None and endpoint.off_at is None,
        "off": OFF.get(endpoint.off_because) if endpoint else "",
    }
    return render(request, "systems/office_address.html", context)


def _set(
    request: HttpRequest, actor: Actor, system: System, form: AddressForm
) -> endpoints.Set | None:
    """Set what was sent; with nothing sent to the form, make a new secret. None where it is refused."""
    try:
        if not form.is_bound:
            return endpoints.set_endpoint(actor, system, url=None, new_secret=True)
        if not form.is_valid():
            return None
        done = endpoints.set_endpoint(actor, system, url=form.cleaned_data["url"])
    except Refused as refusal:
        if not form.is_bound:
            messages.error(request, str(refusal.sentence))
        for sentence in refusal.fields.get("url", [refusal.sentence]) if form.is_bound else ():
            form.add_error("url", str(sentence))
        return None
    messages.success(request, _("The address is set."))
    return done


def _stop_or_test(request: HttpRequest, actor: Actor, system: System, do: str) -> None:
    if do == "stop":
        endpoints.stop(actor, system)
        messages.success(request, _("The address is called no more."))
        return
    try:
        outcome = sending.send_test(system)
    except Refused as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        if outcome.is_well:
            messages.success(request, _("The test arrived."))
        else:
            said = _("The test did not arrive: %(why)s") % {"why": why(outcome.kind)}
            messages.error(request, said)


def _row(row: Delivery) -> dict[str, Any]:
    word, colour = STATES[Delivery.State(row.state)]
    return {
        "row": row,
        "type": f"case.{row.event.move}",
        "state_word": word,
        "colour": colour,
        "why": why(row.error),
    }


def offices_read(actor: Actor) -> Any:
    """The offices whose systems somebody reads about; None for all."""
    return None if actor.has(*SEE_ALL) else offices_led(actor)


def _system(actor: Actor, pk: int) -> System:
    """The system, if it is one of those. Raises Http404."""
    among = listing.systems_among(offices_read(actor))
    system = among.filter(pk=pk).first() if pk <= LAST_SEQ else None
    if system is None:
        raise Http404
    return system


def _system_to_change(actor: Actor, pk: int) -> System:
    system = _system(actor, pk)
    if not may_change(actor, system):
        raise Http404
    return system


def may_change(actor: Actor, system: System) -> bool:
    """Whoever leads the office, or one above it."""
    return any(
        post.role in LEADERS and system.office.path.startswith(post.office_path)
        for post in actor.posts
    )


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 19 else 0
