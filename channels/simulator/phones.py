"""The pages of the simulator: a row of telephones, and a talk on one of them."""

import hashlib
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from channels.registry import CHANNELS
from channels.simulator import bubbles, mailbox, pictures, played, playing, trouble
from channels.simulator.gate import only_in_demonstration
from channels.simulator.people import EVERYBODY, PUBLIC, Person, find, people
from channels.simulator.phone_forms import SayForm, TryForm
from channels.simulator.providers.base import Provider, Said
from channels.simulator.registry import PLAYED
from channels.simulator.wire import Answer

#: Messages of each talk that the row shows.
IN_THE_ROW = 3
FOLDER = "channels/simulator"


# --- Parts that ask for themselves ------------------------------------------------------------


def _part(request: HttpRequest, name: str, context: dict[str, Any], url: str) -> tuple[str, str]:
    """A part of a page that is asked for every few seconds, and its ETag.

    It holds no form, so that it is the same until something happens.
    """
    words = render_to_string(f"{FOLDER}/{name}.html", context, request)
    etag = hashlib.sha256(words.encode()).hexdigest()[:20]
    poll = {"words": words, "etag": etag, "url": url}
    return render_to_string(f"{FOLDER}/_poll.html", poll, request), f'"{etag}"'


def _live(request: HttpRequest, part: tuple[str, str]) -> HttpResponse:
    """The part alone; 304 while nothing has changed."""
    words, etag = part
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None and unchanged.status_code == 304:
        return unchanged
    return HttpResponse(words, headers={"ETag": etag})


# --- The row ----------------------------------------------------------------------------------


@only_in_demonstration
@require_safe
@never_cache
def row(request: HttpRequest) -> HttpResponse:
    """All telephones of somebody, side by side."""
    person = _chosen(request)
    part, _etag = _row_part(request, person)
    context = {"everybody": people(settings.COUNTRY), "person": person, "part": part}
    return render(request, f"{FOLDER}/row.html", context)


@only_in_demonstration
@require_safe
@never_cache
def row_live(request: HttpRequest) -> HttpResponse:
    """The telephones alone."""
    return _live(request, _row_part(request, _chosen(request)))


def _chosen(request: HttpRequest) -> Person:
    everybody = people(settings.COUNTRY)
    return next((p for p in everybody if p.key == request.GET.get("person")), everybody[0])


def _row_part(request: HttpRequest, person: Person) -> tuple[str, str]:
    phones = [
        {
            "channel": channel,
            "title": CHANNELS[channel].name,
            "is_played": _is_played(provider),
            "address": shown_address(channel, person),
            "bubbles": bubbles.bubbles(channel, person)[-IN_THE_ROW:],
        }
        for channel, provider in PLAYED.items()
        if channel in CHANNELS
    ]
    url = f"{reverse('simulator-live')}?person={person.key}"
    return _part(request, "_row", {"person": person, "phones": phones}, url)


def _is_played(provider: Provider) -> bool:
    """Whether it is pretended: where the environment names a real one, nothing is played."""
    return bool(provider.keys["simulated"])


def shown_address(channel: str, person: Person) -> str:
    """What somebody goes by, as they would read it."""
    if channel == "x" and person.x_name:
        return f"@{person.x_name}"
    if channel == "whatsapp" and person.phone and not person.hides_number:
        return person.phone
    return person.address(channel)


# --- A telephone ------------------------------------------------------------------------------


def _taken(channel: str, key: str) -> tuple[Provider, Person]:
    """The provider and the person of a telephone; 404 where there is none."""
    provider = PLAYED.get(channel)
    person = find(settings.COUNTRY, channel, key)
    if provider is None or channel not in CHANNELS or person is None or not _is_played(provider):
        raise Http404
    return provider, person


@only_in_demonstration
@require_safe
@never_cache
def phone(request: HttpRequest, channel: str, person: str) -> HttpResponse:
    """Somebody's talk with the portal, and what they can do."""
    provider, somebody = _taken(channel, person)
    answers = request.GET.get("answers", "")[:200]
    form = SayForm(provider=provider, initial={"answers": answers})
    context = {
        **_about(provider, somebody),
        "form": form,
        "answered": bubbles.first_words(channel, somebody, answers),
        "part": _talk_part(request, provider, somebody)[0],
        "others": _others(provider, somebody),
        "kinds": trouble.KINDS,
    }
    return render(request, f"{FOLDER}/phone.html", context)


@only_in_demonstration
@require_safe
@never_cache
def phone_live(request: HttpRequest, channel: str, person: str) -> HttpResponse:
    """The talk alone."""
    return _live(request, _talk_part(request, *_taken(channel, person)))


def _about(provider: Provider, person: Person) -> dict[str, Any]:
    return {
        "provider": provider,
        "channel": provider.channel,
        "title": CHANNELS[provider.channel].name,
        "person": person,
        "address": shown_address(provider.channel, person),
        "portal": bubbles.portal_address(provider),
    }


def _talk_part(request: HttpRequest, provider: Provider, person: Person) -> tuple[str, str]:
    context = {
        **_about(provider, person),
        "bubbles": bubbles.bubbles(provider.channel, person),
        "health": bubbles.health(provider, timezone.now()),
    }
    url = reverse("simulator-talk", args=[provider.channel, person.key])
    return _part(request, "_talk", context, url)


def _others(provider: Provider, person: Person) -> dict[str, list[Person]]:
    """Other telephones of the channel: those of the people, and whoever else the portal wrote to."""
    everybody = people(settings.COUNTRY)
    found: list[str] = []
    if provider.channel == "sms":
        found = played.others("sms", {other.key for other in everybody})
    if provider.channel == "email":
        own = {other.email for other in everybody}
        found = [address for address in mailbox.addresses() if address not in own]
    strangers = (find(settings.COUNTRY, provider.channel, address) for address in found)
    return {"known": list(everybody), "strangers": [one for one in strangers if one]}


@only_in_demonstration
@require_safe
@never_cache
def public(request: HttpRequest) -> HttpResponse:
    """What everybody can read at X; with `live` the posts alone."""
    context = {"bubbles": bubbles.public_posts(), "channel": "x", "person": EVERYBODY}
    part = _part(request, "_public", context, f"{request.path}?live=1")
    if "live" in request.GET:
        return _live(request, part)
    return render(request, f"{FOLDER}/public.html", {"part": part[0]})


@only_in_demonstration
@require_safe
@never_cache
def raw(request: HttpRequest, channel: str, person: str) -> HttpResponse:
    """All that went over the wire about a message."""
    is_public = (channel, person) == ("x", PUBLIC)
    somebody = EVERYBODY if is_public else _taken(channel, person)[1]
    shown = bubbles.exchanges(channel, somebody, request.GET.get("id", "")[:200])
    if not shown:
        raise Http404
    back = [] if is_public else [channel, person]
    url = reverse("simulator-phone" if back else "simulator-public", args=back)
    context = {"shown": shown, "back": url}
    return render(request, f"{FOLDER}/raw.html", context)


@only_in_demonstration
@require_safe
def photo(request: HttpRequest, picture: str) -> HttpResponse:
    """A picture that somebody sent."""
    if not picture.isdecimal() or len(picture) > 20:
        raise Http404
    return HttpResponse(
        pictures.picture(picture),
        content_type=pictures.CONTENT_TYPE,
        headers={"Cache-Control": "max-age=86400"},
    )


# --- What a visitor does ----------------------------------------------------------------------


@only_in_demonstration
@require_POST
def send(request: HttpRequest, channel: str, person: str) -> HttpResponse:
    """Write to the portal as somebody. With htmx the talk comes back, else the page."""
    provider, somebody = _taken(channel, person)
    form = SayForm(request.POST, provider=provider)
    if not form.is_valid():
        messages.error(request, _("Write something first."))
        return _back(request, channel, person)
    said = form.said(somebody)
    if said.answers and channel == "email":
        said = playing.as_answer(somebody, said)
    _tell(request, playing.say(provider, somebody, said))
    if said.is_public:
        return _to(request, reverse("simulator-public"))
    if not _by_htmx(request):
        return _back(request, channel, person)
    part, _etag = _talk_part(request, provider, somebody)
    fresh = {**_about(provider, somebody), "form": SayForm(provider=provider), "is_fresh": True}
    return HttpResponse(part + render_to_string(f"{FOLDER}/_say.html", fresh, request))


def _by_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _to(request: HttpRequest, url: str) -> HttpResponse:
    """On to another page; htmx is told so, else it would put that page into this one."""
    return HttpResponseClientRedirect(url) if _by_htmx(request) else redirect(url)


def _back(request: HttpRequest, channel: str, person: str) -> HttpResponse:
    return _to(request, reverse("simulator-phone", args=[channel, person]) + "#say")


def _tell(request: HttpRequest, answer: Answer) -> None:
    """Say loudly what a telephone's owner would never learn: that the portal did not take it."""
    if not answer.is_taken and not _by_htmx(request):
        words = _("The portal answered %(status)s.") % {"status": answer.status}
        messages.warning(request, words)


@only_in_demonstration
@require_POST
def try_out(request: HttpRequest, channel: str, person: str) -> HttpResponse:
    """What only engineers do: a repeat, a forged signature, a handshake; or an empty telephone."""
    provider, somebody = _taken(channel, person)
    form = TryForm(request.POST)
    if form.is_valid():
        TRIALS[form.cleaned_data["do"]](request, provider, somebody)
    return _back(request, channel, person)


def _repeat(request: HttpRequest, provider: Provider, person: Person) -> None:
    last = played.last_of_theirs(provider.channel, person.key)
    if last is None:
        messages.warning(request, _("There is nothing to send again yet."))
        return
    answer = playing.repeat(provider, last)
    words = _("Sent again: the portal answered %(status)s, and nothing happens twice.")
    messages.success(request, words % {"status": answer.status})


def _forge(request: HttpRequest, provider: Provider, person: Person) -> None:
    subject = _("Not from the mail service") if "subject" in provider.offers else ""
    said = Said(text=_("I pretend to be the provider."), subject=subject)
    answer = playing.say(provider, person, said, forged=True)
    words = _("The portal answered %(status)s to a forged signature, and kept nothing.")
    messages.success(request, words % {"status": answer.status})


def _shake(request: HttpRequest, provider: Provider, person: Person) -> None:
    if playing.shake(provider):
        messages.success(request, _("The portal proved that the address is its own."))
    else:
        messages.warning(request, _("The portal did not prove that the address is its own."))


def _empty(request: HttpRequest, provider: Provider, person: Person) -> None:
    played.empty(provider.channel, person.key)
    messages.success(request, _("The telephone is empty. What the portal has, it keeps."))


TRIALS = {"repeat": _repeat, "forge": _forge, "handshake": _shake, "empty": _empty}


@only_in_demonstration
@require_POST
def make_trouble(request: HttpRequest, channel: str, person: str) -> HttpResponse:
    """Put a provider out of order for some minutes, or in order again."""
    provider, _somebody = _taken(channel, person)
    kind = request.POST.get("kind", "")
    if kind in trouble.KINDS:
        trouble.begin(provider.name, kind)
    else:
        trouble.end(provider.name)
    return _back(request, channel, person)
