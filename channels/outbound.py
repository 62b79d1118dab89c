"""What every way out has in common."""

from contextlib import AbstractContextManager
from typing import Protocol

from complaints.services.notices import Rendered


class CannotSend(Exception):
    """A message did not leave. `kind` says why, without an address; `for_good`: no retry helps."""

    def __init__(self, kind: str, *, for_good: bool = False) -> None:
        super().__init__(kind)
        self.kind = kind
        self.for_good = for_good


class Outbound(AbstractContextManager["Outbound", None], Protocol):
    """A way out, opened for a batch of messages and closed after it."""

    def send(self, to: str, message: Rendered, reference: str) -> str:
        """Send one message; gives the provider's id of it. Raises CannotSend.

        `reference` is the same on each try, so that a provider can drop a repeat.
        """
        ...
