"""What a pretended provider does when somebody writes: it makes its own request and signs it."""

import secrets
from dataclasses import dataclass, field

from django.conf import settings

from channels.simulator.people import Person
from channels.simulator.wire import Answer, Request

Keys = dict[str, str]
#: With what a stranger signs who knows none of the secrets.
STRANGERS = "not-the-secret"


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody sends. `photo` is the number of a picture; `answers` the provider's id of the
    message that it is an answer to; `subject` and `quoted` belong to letters.
    """

    text: str = ""
    photo: str = ""
    place: tuple[float, float] | None = None
    answers: str = ""
    is_public: bool = False
    subject: str = ""
    quoted: str = ""
    thread: tuple[str, ...] = field(default=())
    to: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a message of the portal: to whom it went, as the provider calls them."""

    message_id: str
    person: Person
    status: str
    error: str = ""
    callback: str = ""


class Provider:
    """A provider of a channel, as the portal sees it from outside."""

    #: Its name in the settings, and that of its channel.
    name: str
    channel: str
    #: The way to the portal's webhook, below the public address.
    path: str
    #: Which of its keys are secret.
    secrets: tuple[str, ...] = ()
    #: What somebody can do there beside writing: "photo", "place", "answer", "public", "handshake".
    offers: frozenset[str] = frozenset()
    #: What is reported of a message of the portal, and after how many seconds.
    reports: tuple[tuple[float, str], ...] = ()

    @property
    def keys(self) -> Keys:
        """What portal and provider agreed upon."""
        return settings.PROVIDERS[self.name]

    @property
    def url(self) -> str:
        """The portal's webhook."""
        return f"{settings.PUBLIC_URL}{self.path}"

    @property
    def strangers_keys(self) -> Keys:
        """The keys of somebody who pretends to be the provider."""
        return {**self.keys, **dict.fromkeys(self.secrets, STRANGERS)}

    def new_id(self) -> str:
        """The provider's id of a new message."""
        raise NotImplementedError

    def words(self, person: Person, said: Said, message_id: str, keys: Keys) -> Request:
        """The request that brings somebody's message, signed with these keys."""
        raise NotImplementedError

    def shown(self, said: Said) -> str:
        """The words as whoever wrote them sees them."""
        return said.text

    def report(self, report: Report) -> Request | None:
        """The request that says what became of a message of the portal; None if none is sent."""
        return None

    def handshake(self, keys: Keys) -> Request | None:
        """The question whether the address is the portal's, where the provider asks it."""
        return None

    def is_shaken(self, request: Request, answer: Answer) -> bool:
        """Whether the portal answered that question right."""
        return False


def hexadecimal(length: int) -> str:
    """So many random hexadecimal digits."""
    return secrets.token_hex(length)[:length]


def digits(length: int) -> str:
    """A random number of so many digits, without a leading nought."""
    return str(secrets.randbelow(9 * 10 ** (length - 1)) + 10 ** (length - 1))
