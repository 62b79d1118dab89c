"""E-mail in: what is stored of a letter, and what it says when it is read.

Anybody can write any address into From: so no answer ever tells more of a case than that something
was added to it, and what belongs to it is said by a signed token.
"""

import base64
from email.message import Message
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from agencies.naming import comparable
from channels import grammar
from channels.email import machines, marks, parsing, quotes
from channels.grammar import Word
from channels.inbound import (
    CannotFetch,
    Envelope,
    File,
    Forged,
    Inbound,
    Incoming,
    NotUnderstood,
    Receipt,
)
from complaints.services import sealing

#: The largest letter that is kept whole (bytes): about three files of the largest size that is kept.
LARGEST = 25 * 1024 * 1024
#: Of a larger one so much is kept, its headers among it.
KEPT_OF_LARGER = 64 * 1024
#: Characters of what somebody wrote; more is no letter, and the desk looks at it.
LONGEST_TEXT = 200_000
#: More files of one letter are not looked at.
MOST_FILES = 30
#: A letter that begins with a word of the grammar and has more letters behind it is no command.
COMMAND_LETTERS = 30


def envelope(
    raw: bytes, *, recipient: str = "", sent_by: str | None = None, is_spam: bool = False
) -> Envelope:
    """A letter as it is stored. Raises nothing: whatever it is, it is kept.

    `recipient` and `sent_by` are those of the envelope, where somebody knows them; `is_spam` is the
    verdict of the mail service. The id is hashed: it often holds an address.
    """
    headers = parsing.parse_headers(raw[:KEPT_OF_LARGER])
    said_id = parsing.header(headers, "Message-ID").strip()
    is_machine = machines.is_machine(headers, sent_by)
    is_whole = len(raw) <= LARGEST
    return Envelope(
        account=marks.inbox_address(),
        external_id=sealing.blind_index("mail", said_id or f"raw {raw.decode('latin-1')}"),
        payload={
            "raw": base64.b64encode(raw if is_whole else raw[:KEPT_OF_LARGER]).decode(),
            "is_whole": is_whole,
            "recipient": recipient,
            "sent_by": sent_by,
            "is_spam": is_spam,
        },
        # Nobody answers a machine, so nothing is kept of it beside the letter.
        sender="" if is_machine else parsing.sender(headers),
        is_receipt=machines.is_report(headers),
    )


class MailIn(Inbound):
    """The mailbox that people write to, however its letters come here."""

    channel, provider = "email", "inbox"

    def is_configured(self) -> bool:
        """Whether there is a mailbox."""
        return bool(marks.inbox_address())

    def prove(self, request: HttpRequest, secret: str) -> None:
        """Letters have doors of their own (`email/webhook.py`); nobody brings them here."""
        raise Forged

    def read(self, payload: dict[str, Any]) -> Incoming | Receipt:
        """What a letter says, or reports. Raises NotUnderstood."""
        try:
            return _read(parsing.parse(_raw(payload)), payload)
        except (parsing.Hostile, RecursionError):
            raise NotUnderstood("hostile") from None

    def fetch(self, file: File) -> tuple[str, bytes]:
        """A file of the letter, out of its bytes. Raises CannotFetch for one too many or too large."""
        if file.ref["number"] >= MOST_FILES:
            raise CannotFetch("many", for_good=True)
        content = parsing.content_bytes(file.ref["part"])
        if len(content) > settings.FILES_MAX_BYTES:
            raise CannotFetch("large", for_good=True)
        return file.name, content

    def shown(self, payload: dict[str, Any]) -> str:
        """The letter as the desk looks at it, without who sent it."""
        try:
            mail = parsing.parse(_raw(payload))
            words = parsing.content_of(mail).words
        except (parsing.Hostile, RecursionError):
            raise NotUnderstood("hostile") from None
        lines = [f"{name}: {parsing.header(mail, name)}" for name in ("Date", "To", "Subject")]
        return "\n".join([*lines, "", *words])


def _raw(payload: dict[str, Any]) -> bytes:
    return base64.b64decode(payload["raw"])


def _read(mail: Message, payload: dict[str, Any]) -> Incoming | Receipt:
    if lost := machines.undelivered(mail):
        return Receipt(provider_id=lost[0], delivery="failed", error=lost[1])
    if machines.is_machine(mail, payload["sent_by"]):
        return Incoming(nothing=True)
    found = _words(mail, payload)
    if not parsing.sender(mail):
        raise NotUnderstood("no_sender", found)
    if not payload["is_whole"] or len(found.text) > LONGEST_TEXT:
        raise NotUnderstood("large", found)
    if not found.token and _is_spam(mail, payload):
        raise NotUnderstood("spam", found)
    return found


def _is_spam(mail: Message, payload: dict[str, Any]) -> bool:
    """Whether somebody who looked at it before us says so: then the desk looks at it first."""
    return payload["is_spam"] or parsing.header(mail, "X-Spam-Flag").strip().lower() == "yes"


def _words(mail: Message, payload: dict[str, Any]) -> Incoming:
    """What somebody wrote. Raises NotUnderstood for what only another key opens."""
    content = parsing.content_of(mail)
    if content.is_sealed and not "".join(content.words).strip():
        raise NotUnderstood("encrypted")
    token = marks.token_in(mail, payload["recipient"])
    ours = next(iter(marks.answered(mail)), "")
    return Incoming(
        text=_text(mail, content, to_us=bool(token or ours)),
        files=tuple(
            File({"number": number, "part": part}, parsing.name_of(part))
            for number, part in enumerate(content.files)
        ),
        reply_to=ours,
        token=token,
        sent_at=parsing.sent_at(mail),
    )


def _text(mail: Message, content: parsing.Content, *, to_us: bool) -> str:
    """The words that somebody wrote to us.

    What stands below an answer to a letter of ours is ours and is cut off. What somebody else wrote
    is not: whoever passes it on, or answers it with a copy to us, means it to be read.
    """
    subject = parsing.header(mail, "Subject")
    text = "\n\n".join(filter(None, content.words))
    is_forward = quotes.is_forward(subject, text)
    is_answer = quotes.is_answer(subject)
    if is_forward:
        return text
    if to_us or (is_answer and mail["In-Reply-To"] is None):
        text = quotes.own_words(text)
    text = quotes.without_signature(text)
    return text if to_us or is_answer else _with_subject(subject, text)


def _with_subject(subject: str, text: str) -> str:
    """The subject as first line, unless the text says it, or is a command (`STATUS …`)."""
    says_it = f" {comparable(subject)} " in f" {comparable(text)} "
    return text if says_it or _is_command(text) else f"{subject}\n\n{text}".strip()


def _is_command(text: str) -> bool:
    """Whether the grammar obeys it. Many a sentence begins with “New” or “No”: these only in capitals."""
    read = grammar.read(text)
    if read.word in (Word.NEW, Word.YES, Word.NO):
        return text.split(maxsplit=1)[0].isupper()
    return read.word is not None and grammar.letters(read.rest) <= COMMAND_LETTERS
