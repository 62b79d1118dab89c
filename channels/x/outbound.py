"""Direct messages at X."""

from types import TracebackType
from typing import Self

from channels.outbound import CannotSend, Letter
from channels.x import api

#: Characters of a direct message (docs.x.com, "Manage Direct Messages").
LONGEST = 10_000


class XOut:
    """Writes to somebody's direct messages, never in public."""

    provider = "x"

    def __init__(self) -> None:
        self.session = api.opened()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.session.close()

    def send(self, letter: Letter) -> str:
        """Send one message; gives X's id of it. Raises CannotSend, for good to whoever takes none."""
        text = letter.message.chat
        if not text:
            raise CannotSend("no_chat_text", for_good=True)
        if len(text) > LONGEST:
            raise CannotSend("too_long", for_good=True)
        if not (letter.to.isascii() and letter.to.isdecimal()):
            raise CannotSend("bad_address", for_good=True)
        path = f"/2/dm_conversations/with/{letter.to}/messages"
        return str(api.post(self.session, path, {"text": text}).get("dm_event_id", ""))
