"""SMS out, through a gateway chosen by the setting GRS_SMS_GATEWAY."""

from types import TracebackType
from typing import Self

from django.conf import settings
from django.utils import timezone

from channels.outbound import CannotSend, Letter
from channels.sms import parts, spending
from channels.sms.numbers import is_reachable
from channels.sms.providers import GATEWAYS
from complaints.services.notice_words import Unreachable

#: A longer text is a mistake in our own words: it would cost too much.
MOST_PARTS = 6


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
        self.gateway.close()

    def send(self, letter: Letter) -> str:
        """Send one SMS; gives the gateway's id. Raises CannotSend, and Unreachable where whoever
        writes cannot be answered: from a short code, or under a name.
        """
        if not is_reachable(letter.to):
            raise Unreachable("no_number")
        text = letter.message.sms
        if not text:
            raise CannotSend("no_sms_text", for_good=True)
        count = parts.count(text).parts
        if count > MOST_PARTS:
            raise CannotSend("too_long", for_good=True)
        if not self.gateway.costs:
            return self.gateway.send(letter.to, text, letter.reference)
        day = spending.spend(count, letter.message.template, timezone.now())
        try:
            return self.gateway.send(letter.to, text, letter.reference)
        except CannotSend as failure:
            # Without an answer nobody knows: it may have left, and be paid for.
            if failure.kind != "timeout":
                spending.give_back(day, count)
            raise
