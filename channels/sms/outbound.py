"""SMS out, through a gateway chosen by the setting GRS_SMS_GATEWAY."""

from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

import structlog
from django.conf import settings

from channels.outbound import CannotSend, Letter
from channels.sms import parts

log = structlog.get_logger(__name__)
#: A longer text is a mistake in our own words: it would cost too much.
MOST_PARTS = 6


class SmsGateway(Protocol):
    """A provider of SMS."""

    def send(self, to: str, text: str, reference: str) -> str:
        """Send a text to an E.164 number; gives the provider's id. Raises CannotSend."""
        ...


class LogGateway:
    """Sends nothing, and logs that something would have left: never the number or the text."""

    def send(self, to: str, text: str, reference: str) -> str:
        counted = parts.count(text)
        log.info("sms", reference=reference, length=counted.units, parts=counted.parts)
        return f"log-{reference}"


GATEWAYS: dict[str, Callable[[], SmsGateway]] = {"log": LogGateway}


class SmsOut:
    """The short text of a notice, by the gateway of this installation."""

    def __init__(self) -> None:
        self.provider = settings.SMS_GATEWAY
        self.gateway = GATEWAYS[self.provider]()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        return None

    def send(self, letter: Letter) -> str:
        """Send one SMS; gives the gateway's id. Raises CannotSend."""
        text = letter.message.sms
        if not text:
            raise CannotSend("no_sms_text", for_good=True)
        if parts.count(text).parts > MOST_PARTS:
            raise CannotSend("too_long", for_good=True)
        return self.gateway.send(letter.to, text, letter.reference)
