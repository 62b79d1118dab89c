"""One message being taken: who writes, where the talk stands, and what is said back."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.actors import Actor
from agencies import snapshot
from agencies.snapshot import Registry
from channels.inbound import Incoming
from channels.models import Conversation, Message
from channels.registry import Channel
from complaints.models import Case, Handle, Notice
from complaints.services import correspondence, sealing

#: Whoever writes again so soon has not stopped writing; after a pause they are asked once more.
BURST, PAUSE = timedelta(seconds=25), timedelta(minutes=1)


class Talk:
    """A conversation under the lock of its handle. What is changed is written by `save`.

    `registry` are the numbers in force; without it they are read when they are needed.
    """

    def __init__(
        self,
        channel: Channel,
        handle: Handle,
        now: datetime,
        *,
        message: Message | None = None,
        incoming: Incoming | None = None,
        files: tuple[str, ...] = (),
        registry: Registry | None = None,
    ) -> None:
        self.channel, self.handle, self.now, self.message = channel, handle, now, message
        self.incoming = incoming or Incoming()
        self.files = files
        known: Conversation | None = getattr(handle, "conversation", None)
        self.conversation = known or Conversation(handle=handle, changed_at=now)
        sealed = self.conversation.sealed
        self.kept: dict[str, Any] = sealing.unseal(sealed) if sealed else {}
        self._registry = registry
        #: How far the words that go to a case now were passed on (see `Actor.forwarded`).
        self.forwarded = self.incoming.forwarded

    @property
    def registry(self) -> Registry:
        """The numbers in force."""
        return self._registry or snapshot.current(settings.COUNTRY)

    @property
    def text(self) -> str:
        """What was written."""
        return self.incoming.text.strip()

    @property
    def step(self) -> str:
        """The question that was asked last; empty if none waits for an answer."""
        return self.conversation.step

    @property
    def language(self) -> str:
        """The language that the person writes."""
        return self.handle.language or settings.LANGUAGE_CODE

    @property
    def actor(self) -> Actor:
        """Who files."""
        actor = Actor(kind="channel", channel=self.handle.channel, language=self.language)
        return replace(actor, forwarded=self.forwarded)

    def citizen_of(self, case: Case) -> Actor:
        """The citizen of a case, who writes to it."""
        actor = correspondence.citizen(self.handle, case, self.language)
        return replace(actor, forwarded=self.forwarded)

    def keep_forwarded(self) -> None:
        """What is kept has parts now that were passed on, if the message was."""
        if found := _furthest(self.forwarded, self.kept.get("forwarded", "")):
            self.kept["forwarded"] = found

    def send_kept(self) -> None:
        """What is kept goes to a case now: it was passed on as far as any part of it."""
        self.forwarded = _furthest(self.forwarded, self.kept.get("forwarded", ""))

    def say(
        self,
        template: str,
        *,
        case: Case | None = None,
        sealed: dict[str, str] | None = None,
        **values: Any,
    ) -> None:
        """Write to the person, by the outbox. `sealed` are values that must not lie in clear."""
        if self.conversation.pk is None:
            self.conversation.save()
        self.conversation.said += 1
        Notice.objects.create(
            case=case,
            handle=self.handle,
            template=template,
            values={"number": case.number, **values} if case else values,
            sealed=sealing.seal(sealed) if sealed else None,
            language=self.language,
            channel=self.handle.channel,
            key=f"chat:{self.conversation.pk}:{self.conversation.said}",
            created_at=self.now,
            next_at=self.now,
        )

    def ask(self, step: str, template: str, **said: Any) -> None:
        """Ask something and wait for the answer at this step."""
        self.conversation.step = step
        self.kept.pop("ask_again", None)
        self.kept["asked"] = int(self.kept.get("asked", 0)) + 1
        self.say(template, **said)

    def wait(self, hours: int) -> None:
        """File what there is at the end of so many hours, if nothing more comes."""
        self.conversation.file_at = self.now + timedelta(hours=hours)

    def lets_finish(self) -> bool:
        """Whether it follows so closely on the message before that the question in between was hardly
        read: one of several parts, no answer in words. Then the question is put again after a pause.
        """
        if self.message is None or self.conversation.pk is None or "?" in self.text:
            return False
        if self.message.received_at >= self.conversation.changed_at + BURST:
            return False
        self.kept["ask_again"] = True
        self.conversation.file_at = self.now + PAUSE
        return True

    def forget(self) -> None:
        """The question is settled; nothing of it is kept."""
        self.kept, self.conversation.step, self.conversation.file_at = {}, "", None

    def is_about(self, case: Case) -> None:
        """The message went to this case."""
        if self.message is not None:
            self.message.case = case

    def save(self) -> None:
        """Write where the talk stands now."""
        conversation = self.conversation
        conversation.sealed = sealing.seal(self.kept) if self.kept else None
        conversation.changed_at = self.now
        conversation.save()


def _furthest(*said: str) -> str:
    return max(said, key=("", "once", "often").index)


def with_position(talk: Talk, text: str) -> str:
    """The words, and the position that was sent with them."""
    here = (talk.incoming.latitude, talk.incoming.longitude)
    if here[0] is None or here[1] is None:
        return text
    with translation.override(talk.language):
        said = _("Position: %(position)s") % {"position": f"{here[0]:.6f}, {here[1]:.6f}"}
    return f"{text}\n{said}".strip()


def without_words(talk: Talk) -> str:
    """What stands in a case where somebody sent only files."""
    with translation.override(talk.language):
        return _("(Files, without words.)")
