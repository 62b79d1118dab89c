"""WhatsApp Cloud API, out: free words for a day after somebody wrote, later the approved template.

Sources: developers.facebook.com, "Text messages", "Template messages", "Business-scoped user IDs" (as
of 2026). The template is registered in each language of the portal (docs/channels-meta.md).
"""

from typing import Any

from channels.meta import (
    DAY,
    GraphOut,
    WindowClosed,
    inside,
    items,
    sent,
    shortened,
    text_at,
    wrote_within,
)
from channels.outbound import CannotSend, Letter
from channels.whatsapp.inbound import NUMBER, kept_id
from complaints.services.notices import FOR_WITHDRAWING

#: Characters of a text message.
LONGEST = 4096
#: Languages in which the template is registered; for others English.
LANGUAGES = ("en", "bn", "id")


class WhatsAppOut(GraphOut):
    """A notice as a text; outside the window only its case number and link, in the template."""

    provider = "whatsapp"

    def send(self, letter: Letter) -> str:
        """Send one message; gives its id, as it is kept. Raises CannotSend."""
        if not letter.message.chat:
            raise CannotSend("no_text", for_good=True)
        if wrote_within(letter, DAY):
            try:
                return self._post(letter, _text(letter))
            except WindowClosed:
                # By Meta's clock they wrote earlier than by ours (their message came late).
                return self._post(letter, self._template(letter))
        return self._post(letter, self._template(letter))

    def _post(self, letter: Letter, content: dict[str, Any]) -> str:
        is_number = NUMBER.fullmatch(letter.to) is not None
        body = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to" if is_number else "recipient": letter.to,
            "biz_opaque_callback_data": letter.reference,
            **content,
        }
        found = self.graph.call("POST", f"{self.values['phone_id']}/messages", json=body)
        first = next(iter(items(inside(found, "messages"))), None)
        return kept_id(sent(text_at(first, "id")))

    def _template(self, letter: Letter) -> dict[str, Any]:
        """The approved words with the case's number and the link. Raises CannotSend without them."""
        message, name = letter.message, self.values["template"]
        if message.template == FOR_WITHDRAWING or not (name and message.number and message.link):
            raise WindowClosed
        language = message.language if message.language in LANGUAGES else "en"
        values = [{"type": "text", "text": value} for value in (message.number, message.link)]
        return {
            "type": "template",
            "template": {
                "name": name,
                "language": {"code": language},
                "components": [{"type": "body", "parameters": values}],
            },
        }


def _text(letter: Letter) -> dict[str, Any]:
    # No preview: Meta would open the link, and show somebody's page to whoever looks over a shoulder.
    body = shortened(letter.message.chat, LONGEST)
    return {"type": "text", "text": {"preview_url": False, "body": body}}
