"""Messenger (Facebook), out: an answer for a day after somebody wrote, with a tag for a week.

Sources: developers.facebook.com, "Send a message", "Message tags" (as of 2026). The tag HUMAN_AGENT has to
be granted to the app (docs/channels-meta.md).
"""

from datetime import timedelta

from channels.meta import DAY, GraphOut, WindowClosed, sent, shortened, text_at, wrote_within
from channels.outbound import CannotSend, Letter

#: Characters of a text message.
LONGEST = 2000
WEEK = timedelta(days=7)
ANSWER = {"messaging_type": "RESPONSE"}
TAGGED = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
#: What is answered where the tag was not granted; answers within the day leave all the same.
NOT_GRANTED = frozenset({"graph_3", "graph_10", "graph_100", "graph_200"})


class MessengerOut(GraphOut):
    """A notice as a text."""

    provider = "messenger"

    def send(self, letter: Letter) -> str:
        """Send one message; gives its id. Raises CannotSend."""
        if not letter.message.chat:
            raise CannotSend("no_text", for_good=True)
        if wrote_within(letter, DAY):
            try:
                return self._post(letter, ANSWER)
            except WindowClosed:
                # By Meta's clock they wrote earlier than by ours (their message came late).
                return self._post_tagged(letter)
        if not wrote_within(letter, WEEK):
            raise WindowClosed
        return self._post_tagged(letter)

    def _post_tagged(self, letter: Letter) -> str:
        try:
            return self._post(letter, TAGGED)
        except CannotSend as error:
            if error.kind in NOT_GRANTED:
                raise WindowClosed from None
            raise

    def _post(self, letter: Letter, kind: dict[str, str]) -> str:
        body = {
            "recipient": {"id": letter.to},
            "message": {"text": shortened(letter.message.chat, LONGEST)},
            **kind,
        }
        found = self.graph.call("POST", f"{self.values['page_id']}/messages", json=body)
        return sent(text_at(found, "message_id"))
