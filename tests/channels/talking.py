"""A person who writes by a channel, for tests of conversations: what they send is stored and taken as a
provider's message is, and what the portal says back is read from the outbox.
"""

import itertools
from typing import Any

from channels import intake
from channels.inbound import Envelope, File, Inbound, Incoming, Receipt
from channels.models import Message
from channels.registry import CHANNELS, INBOUND
from complaints.models import Case, Notice
from complaints.services import notices
from complaints.services.notice_words import Rendered, Unreachable, render

_numbers = itertools.count(1)


class Plain(Inbound):
    """A provider without a protocol: its payload is what `Incoming` (or `Receipt`) is made of."""

    def __init__(self, channel: str) -> None:
        self.channel, self.provider = channel, f"plain-{channel}"
        #: What `fetch` gives by name: content, or an error to raise.
        self.files: dict[str, Any] = {}

    def is_configured(self) -> bool:
        return True

    def read(self, payload: dict[str, Any]) -> Incoming | Receipt:
        if "error" in payload and "delivery" not in payload:
            raise ValueError(payload["error"])
        if "delivery" in payload:
            return Receipt(**payload)
        files = tuple(File({"name": name}, name) for name in payload.pop("files", ()))
        return Incoming(**payload, files=files)

    def fetch(self, file: File) -> tuple[str, bytes]:
        content = self.files[file.name]
        if isinstance(content, Exception):
            raise content
        return file.name, content


class Person:
    """Somebody with a telephone or an account, who writes and reads."""

    def __init__(self, channel: str = "sms", address: str = "+8801712345678", other: str = ""):
        self.channel, self.address, self.other = channel, address, other
        self.way = Plain(channel)
        INBOUND[self.way.provider] = self.way
        self.read_up_to = 0

    def send(self, text: str = "", *, external_id: str = "", **parts: Any) -> int:
        """Bring a message to the portal, without anybody taking it yet; says how many are new."""
        payload = {"text": text, **parts} if "delivery" not in parts else parts
        envelope = Envelope(
            account="333",
            external_id=external_id or f"id-{next(_numbers)}",
            payload=payload,
            sender=self.address,
            other=self.other,
        )
        return intake.store(self.way, [envelope])

    def write(self, text: str = "", **parts: Any) -> list[str]:
        """Send a message, have it taken, and say what came back."""
        self.send(text, **parts)
        intake.take_messages()
        return self.heard()

    def heard(self) -> list[str]:
        """What the portal wrote since the last time, in words, by this channel."""
        return [self._words(rendered) for rendered in self.got()]

    def got(self) -> list[Rendered]:
        """The same as the relay renders it."""
        new = self._notices().filter(pk__gt=self.read_up_to).order_by("pk")
        rows = list(new)
        self.read_up_to = rows[-1].pk if rows else self.read_up_to
        return [words for row in rows if (words := self._rendered(row))]

    def _rendered(self, row: Notice) -> Rendered | None:
        try:
            return render(row, notices.address_of(row).language)
        except Unreachable:
            return None

    def templates(self) -> list[str]:
        """The kinds of all that the portal wrote, in order."""
        return list(self._notices().order_by("pk").values_list("template", flat=True))

    def _notices(self) -> Any:
        rows = Notice.objects.filter(channel=self.channel).select_related(
            "case", "contact__handle", "handle"
        )
        return rows.exclude(contact=None, handle=None)

    def _words(self, rendered: Rendered) -> str:
        chat = CHANNELS[self.channel].proves_sender
        return rendered.chat if chat else rendered.body if self.channel == "email" else rendered.sms

    @property
    def message(self) -> Message:
        """The newest message of theirs."""
        return Message.objects.filter(channel=self.channel).latest("id")

    @property
    def case(self) -> Case:
        """The newest case that came by this channel."""
        return Case.objects.filter(channel=self.channel).latest("id")
