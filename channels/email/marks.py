"""What an e-mail of ours carries, so that its answer finds back to the case.

A signed token stands in the Reply-To address (`complaints+<token>@…`) and in the Message-ID, which mail
programs repeat in In-Reply-To and References. It says which case, and that we sent it; it opens nothing.
"""

import re
from email.message import Message
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings

from channels.email import parsing
from complaints.services import sealing

#: Where an address of ours may stand in a letter that came in, the surest first.
RECIPIENTS = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc", "Resent-To")
_SIGNED = r"[0-9a-z]{1,12}-[a-z2-7]{20}"
_ID = re.compile(
    rf"<notice-\d+(?:\.(?:({_SIGNED})|[0-9a-f]{{20}}))?@[^<>@\s]{{1,253}}>", re.IGNORECASE
)


def inbox_address() -> str:
    """The address that people write to, in lower case; empty where no mail comes in."""
    return settings.PROVIDERS["inbox"]["address"].lower()


def reply_address(token: str = "") -> str:
    """Where an answer goes to: the inbox, with the token behind a plus."""
    local, _at, domain = inbox_address().rpartition("@")
    return f"{local}+{token}@{domain}" if token else f"{local}@{domain}"


def message_id(reference: str, token: str = "") -> str:
    """The Message-ID of a notice: the same on each try.

    Without a token it has a keyed mark where mail comes in, so that nobody can report a letter as
    undeliverable who has not seen it.
    """
    mark = token or (sealing.blind_index("message-id", reference)[:20] if inbox_address() else "")
    return f"<notice-{reference}{f'.{mark}' if mark else ''}@{_host()}>"


def _host() -> str:
    return urlsplit(settings.PUBLIC_URL).hostname or "localhost"


def is_from_us(mail: Message) -> bool:
    """Whether a letter seems to be one of ours that came back: then nobody answers it."""
    ours = {inbox_address(), parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()} - {""}
    own_id = _ID.fullmatch(parsing.header(mail, "Message-ID").strip())
    comes_back = own_id is not None and own_id[0].lower().endswith(f"@{_host()}>")
    return comes_back or without_token(parsing.sender(mail)) in ours


def without_token(address: str) -> str:
    """An address without what stands behind its last plus, if that is a token of ours."""
    local, at, domain = address.rpartition("@")
    base, _plus, token = local.rpartition("+")
    return f"{base}{at}{domain}" if base and re.fullmatch(_SIGNED, token) else address


def answered(mail: Message) -> list[str]:
    """The Message-IDs of ours that a letter answers, the nearest first."""
    names = parsing.headers(mail, "In-Reply-To")
    names += reversed(" ".join(parsing.headers(mail, "References")).split())
    return [found[0] for name in names for found in _ID.finditer(name)]


def ids_in(text: str) -> list[str]:
    """The Message-IDs of ours in a text: a report quotes the letter that it is about."""
    return [found[0] for found in _ID.finditer(text)]


def token_in(mail: Message, recipient: str = "") -> str:
    """The token that a letter brings back: by the address it was sent to, else by what it answers.

    Empty if there is none. Whether we made it is for `links.case_of_reply` to say.
    """
    for address in (recipient.lower(), *parsing.addresses(mail, *RECIPIENTS)):
        if without_token(address) == inbox_address() != address:
            return address.rpartition("@")[0].rpartition("+")[2]
    for ours in answered(mail):
        if token := (_ID.fullmatch(ours) or ("", ""))[1]:
            return token
    return ""
