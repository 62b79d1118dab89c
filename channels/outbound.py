"""What every way out has in common."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from complaints.services.notice_words import Rendered
from complaints.services.notices import Address


class CannotSend(Exception):
    """A message did not leave. `kind` says why, without an address.

    `for_good`: no retry helps. `is_outage`: the provider is away, not this message at fault; then
    `wait` may say for how many seconds it asks to be left alone. `until`: nobody is at fault, and
    this message waits until then (a cap); no try is counted.
    """

    def __init__(
        self,
        kind: str,
        *,
        for_good: bool = False,
        is_outage: bool = False,
        wait: int = 0,
        until: datetime | None = None,
    ) -> None:
        super().__init__(kind)
        self.kind, self.for_good, self.is_outage, self.wait = kind, for_good, is_outage, wait
        self.until = until


@dataclass(frozen=True, slots=True)
class Letter:
    """One message on its way: to whom, in what words.

    `reference` is the same on each try, so that a provider can drop a repeat. `case_id` is None where
    it is about none.
    """

    address: Address
    message: Rendered
    reference: str
    case_id: int | None = None

    @property
    def to(self) -> str:
        """The address alone."""
        return self.address.to


class Outbound(AbstractContextManager["Outbound", None], Protocol):
    """A way out, opened for a batch of messages and closed after it."""

    #: Whose failures are counted together.
    provider: str

    def send(self, letter: Letter) -> str:
        """Send one message; gives the provider's id of it. Raises CannotSend."""
        ...
