"""A demonstration on this machine, for tests of the simulator: the server, its providers, its mail folder."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone

from channels import intake, relay
from channels.models import Played
from channels.simulator import playing, receipts
from channels.simulator.people import Person, people
from channels.simulator.providers.base import Said
from channels.simulator.registry import PLAYED
from channels.simulator.wire import Answer, Request
from complaints.models import Notice
from grs.providers import anymail, providers

RAHIMA, KARIM, *_ = people("bd")
BY_ALL = ("sms", "email", "whatsapp", "messenger", "x")


def set_up(settings: Any, public_url: str, folder: Path) -> None:
    """The settings of a demonstration at this address."""
    settings.SIMULATOR = True
    settings.PUBLIC_URL = public_url
    settings.PROVIDERS = providers(public_url=public_url, simulate=True)
    settings.ANYMAIL = anymail(settings.PROVIDERS["inbox"])
    settings.SMS_GATEWAY = "twilio"
    settings.REPLIES_BY = frozenset(BY_ALL)
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = folder


def arrived(request: Request) -> HttpRequest:
    """A request of a provider as the portal gets it."""
    parts = urlsplit(request.url)
    headers = {f"HTTP_{name.upper().replace('-', '_')}": v for name, v in request.headers.items()}
    return RequestFactory().generic(
        request.method,
        f"{parts.path}?{parts.query}" if parts.query else parts.path,
        request.body.encode(),
        content_type=request.headers.get("Content-Type", ""),
        **headers,
    )


def phone(channel: str, person: str = "rahima") -> str:
    """The address of somebody's telephone."""
    return f"/en/simulator/phones/{channel}/{person}/"


def show(
    channel: str, text: str, *, person: str = "rahima", from_us: bool = True, **raw: Any
) -> Played:
    """A message on a telephone."""
    raw.setdefault("exchanges", [])
    return Played.objects.create(
        channel=channel,
        person=person,
        from_us=from_us,
        text=text,
        external_id=f"{channel}-{Played.objects.count()}",
        at=timezone.now(),
        raw=raw,
    )


class Player:
    """Somebody who writes by a channel over real HTTP, and reads what comes back to their telephone."""

    def __init__(self, channel: str, person: Person = RAHIMA) -> None:
        self.provider, self.person, self.seen = PLAYED[channel], person, 0

    def send(self, text: str = "", **parts: Any) -> Answer:
        """Bring a message to the portal, nothing more."""
        return playing.say(self.provider, self.person, Said(text, **parts))

    def write(self, text: str = "", **parts: Any) -> list[str]:
        """Bring a message, let the portal work, and say what is new on the telephone."""
        answer = self.send(text, **parts)
        assert answer.is_taken, answer
        return self.wait()

    def wait(self) -> list[str]:
        """Let the portal take what came and send what it has to say."""
        intake.take_messages()
        relay.deliver_notices()
        return self.heard()

    def heard(self) -> list[str]:
        """What the portal wrote since the last time."""
        rows = Played.objects.filter(channel=self.provider.channel, person=self.person.key)
        new = list(rows.filter(from_us=True, pk__gt=self.seen).order_by("pk"))
        self.seen = new[-1].pk if new else self.seen
        return [row.text for row in new]

    def reported(self) -> set[str]:
        """Have all reports sent and taken; says what the portal knows of its messages then."""
        receipts.send_due()
        intake.take_messages()
        sent = Notice.objects.filter(channel=self.provider.channel, status=Notice.Status.SENT)
        return set(sent.values_list("delivery", flat=True))
