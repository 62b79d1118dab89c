"""Messenger (Facebook), in: what people write to our page, and what became of our messages.

Sources: developers.facebook.com, "messages", "messaging_postbacks", "message_deliveries", "standby"
webhook event references (as of 2026). People are known by an id of theirs for our page alone (PSID).
What another app of the page answers (`standby`), and what the page itself says (`is_echo`), is not ours.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import unquote

import requests
import structlog

from channels.http import download
from channels.inbound import CannotFetch, Envelope, File, Incoming, NotUnderstood, Receipt
from channels.meta import MetaIn, hosts, inside, items, moment, position, text_at
from complaints.services import sealing

log = structlog.get_logger(__name__)
#: Attachments that can be kept; those that never can; those of which only title and address count.
KEPT, NEVER_KEPT = ("image", "file"), ("video", "audio")
SHARED = ("fallback", "template", "post", "reel", "ig_post", "ig_reel")


class MessengerIn(MetaIn):
    """Webhook of a page."""

    channel = provider = "messenger"
    about = "page"
    needs = ("page_id", "token", "app_secret", "verify_token")

    # --- Taking a batch apart -----------------------------------------------------------------

    def of_entry(self, entry: Any) -> Iterator[Envelope]:
        """The events that are ours to answer."""
        page = text_at(entry, "id")
        if not page:
            yield self.odd(self.values["page_id"], entry)
        elif page != self.values["page_id"]:
            log.warning("not our page", provider=self.provider)
        else:
            for event in items(entry.get("messaging")):
                yield from self._of_event(page, event)

    def _of_event(self, page: str, event: Any) -> Iterator[Envelope]:
        if not isinstance(event, dict):
            yield self.odd(page, event)
        elif inside(event, "message", "is_echo") or text_at(event, "sender", "id") == page:
            return
        elif text_at(event, "recipient", "id") not in ("", page):
            log.warning("not our page", provider=self.provider)
        elif "message" in event:
            yield self._of_words(page, event, text_at(event, "message", "mid"))
        elif "message_edit" in event:
            times = text_at(event, "message_edit", "num_edit")
            yield self._of_words(
                page, event, f"{text_at(event, 'message_edit', 'mid')}:edit{times}"
            )
        elif "postback" in event:
            pressed = (text_at(event, "sender", "id"), text_at(event, "timestamp"))
            # An id of ours would hold the person's: it is kept as a keyed hash.
            mid = text_at(event, "postback", "mid") or sealing.blind_index(
                "postback", ":".join(pressed)
            )
            yield self._of_words(page, event, mid)
        elif "delivery" in event:
            for mid in items(inside(event, "delivery", "mids")):
                if isinstance(mid, str) and mid:
                    yield Envelope(page, f"{mid}:delivered", {"delivered": mid}, is_receipt=True)
        else:
            # `read` has only a time, reactions and the like ask for nothing.
            log.info("ignored", provider=self.provider)

    def _of_words(self, page: str, event: dict[str, Any], mid: str) -> Envelope:
        if not mid:
            return self.odd(page, event)
        return Envelope(page, mid, {"event": event}, sender=text_at(event, "sender", "id"))

    # --- Reading ------------------------------------------------------------------------------

    def read(self, payload: dict[str, Any]) -> Incoming | Receipt:
        """What an event says. Raises NotUnderstood."""
        if delivered := text_at(payload, "delivered"):
            return Receipt(delivered, "delivered")
        event = payload.get("event")
        sent_at = moment(text_at(event, "timestamp"))
        if inside(event, "postback") is not None:
            return Incoming(text=_pressed(event), sent_at=sent_at)
        if inside(event, "message_edit") is not None:
            raise NotUnderstood("edit")
        message = inside(event, "message")
        if not isinstance(message, dict):
            raise NotUnderstood("unknown_type")
        return _read_message(message, sent_at)

    def fetch(self, file: File) -> tuple[str, bytes]:
        """A file from the address that came with it. Raises CannotFetch."""
        if file.ref.get("type") in NEVER_KEPT:
            raise CannotFetch("type", for_good=True)
        with requests.Session() as session:
            return file.name, download(session, text_at(file.ref, "url"), hosts(self.values))


# --- What they say ----------------------------------------------------------------------------


def _pressed(event: Any) -> str:
    """The words on a button."""
    words = text_at(event, "postback", "title") or text_at(event, "postback", "payload")
    if not words:
        raise NotUnderstood("no_words")
    return words


def _read_message(message: dict[str, Any], sent_at: datetime | None) -> Incoming:
    attached = items(message.get("attachments"))
    found = [attachment for attachment in attached if not _is_sticker(attachment)]
    files = tuple(file for attachment in found if (file := _file(attachment)))
    here = next(filter(None, map(_place, found)), None)
    text = text_at(message, "text") or text_at(message, "quick_reply", "payload")
    shared = (said for attachment in found for said in _shared(attachment) if said not in text)
    text = "\n".join(filter(None, (text, *shared)))
    if not (text or here or any(file.ref["type"] in KEPT for file in files)):
        if attached and not found:
            return Incoming(nothing=True)
        raise NotUnderstood(_why(found))
    latitude, longitude = here or (None, None)
    return Incoming(
        text=text,
        files=files,
        reply_to=text_at(message, "reply_to", "mid"),
        latitude=latitude,
        longitude=longitude,
        sent_at=sent_at,
    )


def _is_sticker(attachment: Any) -> bool:
    """A thumb or a sticker: until August 2026 an image with an id, since then a type of its own."""
    is_one = text_at(attachment, "type") == "sticker"
    return is_one or bool(text_at(attachment, "payload", "sticker_id"))


def _file(attachment: Any) -> File | None:
    kind, url = text_at(attachment, "type"), text_at(attachment, "payload", "url")
    if kind not in (*KEPT, *NEVER_KEPT) or not url:
        return None
    name = unquote(url.partition("?")[0].rpartition("/")[2]) if kind == "file" else kind
    return File({"url": url, "type": kind}, name or kind)


def _place(attachment: Any) -> tuple[float, float] | None:
    if text_at(attachment, "type") != "location":
        return None
    at = inside(attachment, "payload", "coordinates")
    return position(inside(at, "lat"), inside(at, "long"))


def _shared(attachment: Any) -> list[str]:
    """Title and address of something that they passed on."""
    if text_at(attachment, "type") not in SHARED:
        return []
    both = (attachment, inside(attachment, "payload"))
    said = [text_at(part, name) for name in ("title", "url") for part in both]
    return list(dict.fromkeys(filter(None, said)))


def _why(attachments: list[Any]) -> str:
    """Why nothing of it can be used: the kind of what came, if we know it."""
    kind = text_at(next(iter(attachments), None), "type")
    return kind if kind in NEVER_KEPT else "unknown_type" if attachments else "no_words"
