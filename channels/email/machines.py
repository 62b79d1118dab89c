"""Letters that no person wrote: nobody answers them, so that two machines never write to each other.

RFC 3834 says how automatic answers are marked; RFC 3464 how a server reports what it could not deliver.
"""

import re
from email.message import Message

from channels.email import marks, parsing

#: Headers that only programs add.
_PROGRAMS = ("List-Id", "X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Failed-Recipients")
_BULK = ("bulk", "junk", "list", "auto_reply", "auto-reply")


def is_machine(mail: Message, envelope_sender: str | None = None) -> bool:
    """Whether a machine sent it, by its headers alone. `envelope_sender` is None where nobody knows."""
    auto = parsing.header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    suppress = parsing.header(mail, "X-Auto-Response-Suppress").strip().lower()
    return (
        auto not in ("", "no")
        or parsing.header(mail, "Precedence").strip().lower() in _BULK
        or suppress not in ("", "none")
        or any(mail[name] is not None for name in _PROGRAMS)
        or is_report(mail)
        or _has_no_way_back(mail, envelope_sender)
        or marks.is_from_us(mail)
    )


def is_report(mail: Message) -> bool:
    """Whether a server reports something."""
    return mail.get_content_type() == "multipart/report"


def _has_no_way_back(mail: Message, envelope_sender: str | None) -> bool:
    """Whether it came from nobody (`<>`), as reports do, or from a mail server itself."""
    path = parsing.header(mail, "Return-Path").strip()
    from_nobody = envelope_sender in ("", "<>") or path == "<>"
    return from_nobody or parsing.sender(mail).startswith("mailer-daemon@")


def undelivered(mail: Message) -> tuple[str, str] | None:
    """The Message-ID of a letter of ours that was not delivered, and the status code (RFC 3463).

    None where nothing is lost (a delay, a receipt), or it is about no letter of ours.
    """
    status = _failure(mail)
    if status is None:
        return None
    known = marks.answered(mail) or marks.ids_in(_quoted(mail))
    return (known[0], status) if known else None


def _failure(mail: Message) -> str | None:
    """The status of the first recipient that it failed for; None if it failed for none."""
    if not is_report(mail):
        # Some servers report in plain words, with the recipient in a header.
        return "bounced" if mail["X-Failed-Recipients"] is not None else None
    for part in parsing.inside(mail):
        if part.get_content_type() not in (
            "message/delivery-status",
            "message/global-delivery-status",
        ):
            continue
        for block in parsing.inside(part):
            if str(block.get("Action", "")).strip().lower() == "failed":
                found = re.search(r"\b[245]\.\d{1,3}\.\d{1,3}\b", str(block.get("Status", "")))
                return found[0] if found else "bounced"
    return None


def _quoted(mail: Message) -> str:
    """All headers and words of what a report holds: the returned letter is among them."""
    pieces = []
    for part in list(mail.walk())[: parsing.MOST_PARTS]:
        pieces += parsing.headers(part, "Message-ID") if part is not mail else []
        if part.get_content_maintype() == "text":
            pieces.append(parsing.text_of(part))
    return "\n".join(pieces)
