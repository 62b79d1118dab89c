"""Letters of the portal as they lie in the demonstration's mail folder (Django's file backend).

One file a connection, letters parted by a line of 79 dashes. Read anew whenever somebody looks.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import lru_cache
from pathlib import Path

from django.conf import settings

BETWEEN = b"\n" + b"-" * 79 + b"\n"
#: Files that are looked into, the newest first: a demonstration's, not an archive's.
MOST_FILES = 400


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of the portal. `source` is all of it, headers and all; `at` has a zone."""

    message_id: str
    to: str
    sender: str
    reply_to: str
    subject: str
    text: str
    references: str
    at: datetime
    source: str


def letters(address: str) -> list[Letter]:
    """The letters to an address, the oldest first."""
    wanted = address.lower()
    return sorted((letter for letter in _all() if letter.to == wanted), key=lambda one: one.at)


def find(address: str, message_id: str) -> Letter | None:
    """A letter to an address by its Message-ID."""
    return next((one for one in letters(address) if one.message_id == message_id), None)


def addresses() -> list[str]:
    """Everybody to whom a letter lies there."""
    return sorted({letter.to for letter in _all()})


def _all() -> list[Letter]:
    folder = Path(settings.EMAIL_FILE_PATH)
    files = sorted(folder.glob("*.log"), reverse=True)[:MOST_FILES] if folder.is_dir() else []
    found: list[Letter] = []
    for file in files:
        state = file.stat()
        found += _in_file(str(file), state.st_size, state.st_mtime_ns)
    return found


@lru_cache(maxsize=MOST_FILES)
def _in_file(path: str, _size: int, _changed: int) -> tuple[Letter, ...]:
    """The letters of a file in this state of it."""
    parts = Path(path).read_bytes().split(BETWEEN)
    read = (_read(part) for part in parts if part.strip())
    return tuple(letter for letter in read if letter is not None)


def _read(source: bytes) -> Letter | None:
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(source)
    date, body = message["Date"], message.get_body(("plain",))
    if date is None or date.datetime is None or body is None or not message["To"]:
        # Half written: it is whole the next time.
        return None
    [to, *_others] = message["To"].addresses
    # "-0000" says: this is UTC. A letter comes after what it answers in the same second.
    at = date.datetime.replace(microsecond=999_999)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return Letter(
        message_id=str(message["Message-ID"] or "").strip(),
        to=to.addr_spec.lower(),
        sender=_first(message, "From"),
        reply_to=_first(message, "Reply-To"),
        subject=str(message["Subject"] or ""),
        text=str(body.get_content()).strip(),
        references=str(message["References"] or ""),
        at=at,
        source=source.decode("utf-8", "replace").strip(),
    )


def _first(message: EmailMessage, name: str) -> str:
    header = message[name]
    return header.addresses[0].addr_spec if header is not None and header.addresses else ""
