"""WhatsApp Cloud API, in: messages of people, and what became of ours.

Sources: developers.facebook.com, "Messages webhook reference", "Status messages webhook reference",
"Business-scoped user IDs" (as of 2026).

Who writes. People are known by an id that Meta makes for us alone (`XX.1349…`); their telephone number
may be missing. The id is read, in this order, from `from_user_id` and `user_id` of the message,
`user_id` of its contact, `from` of the message and `wa_id` of the contact where these hold no number,
and last from `from_parent_user_id` and `parent_user_id`. The number is what `from`, else `wa_id`, holds.
Where there is an id, it is the sender and the number a second name; else the number is the sender.
A message's contact is the one that shares a name with it, or the only one where one person wrote all.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from typing import Any

import structlog
from django.conf import settings

from channels.http import download
from channels.inbound import CannotFetch, Envelope, File, Incoming, NotUnderstood, Receipt
from channels.meta import Graph, MetaIn, hosts, inside, items, moment, position, text_at
from channels.outbound import CannotSend
from complaints.services import sealing
from complaints.services.notices import WINDOW_CLOSED

log = structlog.get_logger(__name__)
NUMBER = re.compile(r"\+?[0-9]{5,15}")
NUMBER_INSIDE = re.compile(rb"[0-9]{7}")

#: What asks for nothing. A changed number ("system") neither: whoever writes from it is somebody new,
#: until they prove a case by its secret. A deleted message ("revoke") stays where it was filed.
NOTHING = frozenset({"reaction", "sticker", "system", "request_welcome", "revoke"})
#: Somebody's word, but none that can be filed: the desk has it, and they are told.
UNUSABLE = frozenset({"audio", "contacts", "order", "edit", "unsupported"})
WITH_FILE = ("image", "document", "video")
#: What Meta reports of a message; a voice message that was played was read.
DELIVERIES = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "read",
    "failed": "failed",
}
#: Error 131047: "more than 24 hours have passed since the customer last replied to this number".
REPORTED_CLOSED = "131047"


class WhatsAppIn(MetaIn):
    """Webhook of a WhatsApp business account; of its numbers only ours counts."""

    channel = provider = "whatsapp"
    about = "whatsapp_business_account"
    needs = ("phone_id", "token", "app_secret", "verify_token")

    # --- Taking a batch apart -----------------------------------------------------------------

    def of_entry(self, entry: Any) -> Iterator[Envelope]:
        """The changes of messages; other changes (templates, quality) are no messages."""
        if not isinstance(entry, dict):
            yield self.odd(self.values["phone_id"], entry)
            return
        for change in items(entry.get("changes")):
            if not isinstance(change, dict):
                yield self.odd(self.values["phone_id"], change)
            elif change.get("field") == "messages":
                yield from self._of_value(change.get("value"))
            else:
                log.info("ignored", provider=self.provider, field=text_at(change, "field")[:40])

    def _of_value(self, value: Any) -> Iterator[Envelope]:
        ours, account = self.values["phone_id"], text_at(value, "metadata", "phone_number_id")
        if not account:
            yield self.odd(ours, value)
            return
        if account != ours:
            log.warning("not our number", provider=self.provider)
            return
        messages, contacts = items(value.get("messages")), items(value.get("contacts"))
        is_one = len({tuple(_names_in(message)) for message in messages}) == 1
        for message in messages:
            yield self._of_message(message, _contact_of(message, contacts, is_one=is_one))
        for status in items(value.get("statuses")):
            yield from self._of_status(status)

    def _of_message(self, message: Any, contact: dict[str, Any]) -> Envelope:
        message_id = text_at(message, "id")
        if not message_id:
            return self.odd(self.values["phone_id"], message)
        sender, other = who_wrote(message, contact)
        return Envelope(
            account=self.values["phone_id"],
            external_id=kept_id(message_id),
            payload={"message": message, "contact": contact},
            sender=sender,
            other=other,
        )

    def _of_status(self, status: Any) -> Iterator[Envelope]:
        """A report; one that is odd or says nothing new is nobody's word."""
        message_id, said = text_at(status, "id"), text_at(status, "status")
        if not message_id or said not in DELIVERIES:
            log.info("ignored", provider=self.provider, field="status")
            return
        yield Envelope(
            account=self.values["phone_id"],
            external_id=f"{kept_id(message_id)}:{said}",
            payload={"status": status},
            is_receipt=True,
        )

    # --- Reading ------------------------------------------------------------------------------

    def read(self, payload: dict[str, Any]) -> Incoming | Receipt:
        """What a message or a report says. Raises NotUnderstood."""
        if "status" in payload:
            return _receipt(payload["status"])
        message = payload.get("message")
        kind = text_at(message, "type")
        if kind in NOTHING:
            return Incoming(nothing=True)
        if kind in UNUSABLE:
            raise NotUnderstood(kind)
        if kind in WITH_FILE:
            text, files = _with_file(message, kind)
            return _incoming(message, text, files=files)
        if kind == "location":
            return _location(message)
        text = _words(message, kind)
        if not text:
            raise NotUnderstood("no_words" if kind in WORDS else "unknown_type")
        return _incoming(message, text)

    def fetch(self, file: File) -> tuple[str, bytes]:
        """A file by its id: its address lasts minutes and is asked for anew each time.

        Raises CannotFetch, without fetching what is too large or of a kind that is never kept.
        """
        if text_at(file.ref, "type").startswith(("video/", "audio/")):
            raise CannotFetch("type", for_good=True)
        with Graph(self.values) as graph:
            try:
                found = graph.call("GET", text_at(file.ref, "id"))
            except CannotSend as error:
                is_gone = error.kind in ("graph_100", "http_404")
                raise CannotFetch(error.kind, for_good=is_gone) from None
            size = text_at(found, "file_size")
            if size.isdecimal() and int(size) > settings.FILES_MAX_BYTES:
                raise CannotFetch("large", for_good=True)
            url, known = text_at(found, "url"), hosts(self.values)
            content = download(graph.session, url, known, headers=graph.headers)
        expected = text_at(found, "sha256") or text_at(file.ref, "sha256")
        if expected and expected not in _digests(content):
            raise CannotFetch("damaged")
        return file.name, content


def _digests(content: bytes) -> tuple[str, str]:
    """SHA-256 in hex and in base 64: Meta writes both."""
    digest = hashlib.sha256(content)
    return digest.hexdigest(), base64.b64encode(digest.digest()).decode()


def kept_id(message_id: str) -> str:
    """Meta's id of a message as it is kept. Most hold the person's number, in base 64 ("wamid.HBgL…"):
    of these a keyed hash is kept.
    """
    written = message_id.partition(".")[2]
    try:
        inside = base64.b64decode(written + "=" * (-len(written) % 4))
    except ValueError:
        return message_id
    return sealing.blind_index("wamid", message_id) if NUMBER_INSIDE.search(inside) else message_id


# --- Who writes -------------------------------------------------------------------------------


def who_wrote(message: Any, contact: Any) -> tuple[str, str]:
    """The sender's id and, beside it, their number (digits); or their number alone; or neither."""
    in_place = [text_at(message, "from_user_id"), text_at(message, "user_id")]
    in_place += [text_at(contact, "user_id")]
    loose = [text_at(message, "from"), text_at(contact, "wa_id")]
    parents = [text_at(message, "from_parent_user_id"), text_at(contact, "parent_user_id")]
    numbers = [name.lstrip("+") for name in loose if NUMBER.fullmatch(name)]
    ids = [*in_place, *(name for name in loose if not NUMBER.fullmatch(name)), *parents]
    known = [*[name for name in ids if name][:1], *numbers[:1], "", ""]
    return known[0], known[1]


def _names_in(message: Any) -> list[str]:
    names = ("from_user_id", "user_id", "from", "from_parent_user_id")
    return [text_at(message, name) for name in names]


def _contact_of(message: Any, contacts: list[Any], *, is_one: bool) -> dict[str, Any]:
    """Whoever wrote a message, as the batch describes them; nothing if it does not."""
    names = {*filter(None, _names_in(message))}
    people = [contact for contact in contacts if isinstance(contact, dict)]
    for contact in people:
        if names & {text_at(contact, name) for name in ("user_id", "wa_id", "parent_user_id")}:
            return contact
    return people[0] if is_one and len(people) == 1 else {}


# --- What they say ----------------------------------------------------------------------------

#: Where the words of a message stand, by its type.
WORDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "text": (("text", "body"),),
    "button": (("button", "text"), ("button", "payload")),
    "interactive": (
        ("interactive", "button_reply", "title"),
        ("interactive", "list_reply", "title"),
    ),
}


def _words(message: Any, kind: str) -> str:
    return next(filter(None, (text_at(message, *path) for path in WORDS.get(kind, ()))), "")


def _incoming(message: Any, text: str, **parts: Any) -> Incoming:
    return Incoming(
        text=text,
        reply_to=kept_id(text_at(message, "context", "id")),
        sent_at=moment(text_at(message, "timestamp")),
        forwarded=_forwarded(inside(message, "context")),
        **parts,
    )


def _forwarded(context: Any) -> str:
    """How far it was passed on: Meta says "frequently" from the sixth time on, in place of the other."""
    if inside(context, "frequently_forwarded") is True:
        return "often"
    return "once" if inside(context, "forwarded") is True else ""


def _with_file(message: Any, kind: str) -> tuple[str, tuple[File, ...]]:
    """The caption and the file. A film alone cannot be filed."""
    media, caption = inside(message, kind), text_at(message, kind, "caption")
    media_id = text_at(media, "id")
    if not caption and (kind == "video" or not media_id):
        raise NotUnderstood("video" if media_id else "no_file")
    if not media_id:
        return caption, ()
    ref = {
        "id": media_id,
        "type": text_at(media, "mime_type") or ("video/" if kind == "video" else ""),
        "sha256": text_at(media, "sha256"),
    }
    return caption, (File(ref, text_at(media, "filename") or kind),)


def _location(message: Any) -> Incoming:
    place = inside(message, "location")
    here = position(inside(place, "latitude"), inside(place, "longitude"))
    if here is None:
        raise NotUnderstood("no_place")
    said = (text_at(place, "name"), text_at(place, "address"))
    text = ", ".join(filter(None, said))
    return _incoming(message, text, latitude=here[0], longitude=here[1])


def _receipt(status: Any) -> Receipt:
    message_id, delivery = text_at(status, "id"), DELIVERIES.get(text_at(status, "status"), "")
    if not message_id or not delivery:
        raise NotUnderstood("odd_report")
    codes = [text_at(error, "code") for error in items(inside(status, "errors"))]
    code = next(filter(None, codes), "")
    return Receipt(
        kept_id(message_id), delivery, WINDOW_CLOSED if code == REPORTED_CLOSED else code
    )
