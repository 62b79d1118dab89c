"""What stays the same for a whole shift: the desk at which an operator sits. Nothing of a person."""

from django.http import HttpRequest
from django.utils import timezone

KEY = "desk"
#: After so long it is another shift, with the same person still signed in or not.
SHIFT_SECONDS = 10 * 3600
CHANNELS = ("hotline", "counter", "radio")
REMEMBERED = ("channel", "station", "programme", "aired")


def desk_of(request: HttpRequest) -> dict[str, str]:
    """Channel, and for the radio station, programme and air time, as last given in this shift."""
    kept = request.session.get(KEY, {})
    if timezone.now().timestamp() - kept.get("since", 0) >= SHIFT_SECONDS:
        kept = {}
    found = {name: str(kept.get(name, "")) for name in REMEMBERED}
    return {**found, "channel": found["channel"] or CHANNELS[0]}


def remember(request: HttpRequest, answers: dict[str, str]) -> None:
    """Keep the desk; what is only the radio's stays as it was while something else is taken."""
    kept, now = request.session.get(KEY, {}), timezone.now().timestamp()
    since = kept.get("since", 0)
    desk = {"since": since if now - since < SHIFT_SECONDS else now}
    is_radio = answers.get("channel") == "radio"
    before = desk_of(request)
    for name in REMEMBERED:
        desk[name] = answers.get(name, "") if is_radio or name == "channel" else before[name]
    if desk != kept:
        request.session[KEY] = desk
