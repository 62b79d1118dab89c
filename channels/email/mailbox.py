"""Letters fetched from a mailbox by IMAP over TLS, for whoever has no mail service with webhooks.

What is not marked as seen is new. A letter is stored first and marked then: a crash between the two
repeats it, and a repeat changes nothing.
"""

import imaplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls
from imap_tools.errors import ImapToolsError, MailboxFetchError, MailboxFlagError
from imap_tools.utils import check_command_status

from channels import breaker, intake
from channels.email.inbound import LARGEST, MailIn, envelope
from channels.registry import INBOUND

log = structlog.get_logger(__name__)
PROVIDER = "mailbox"
STARTTLS_PORT = 143
#: Seconds for a connection, and between two answers; and after which a run leaves the rest to the next.
TIMEOUT, LONGEST_RUN = 10, 20.0
#: For so long (seconds) a letter that a run did not get through waits behind the others.
TRIED_FOR = 6 * 3600
AWAY = (OSError, imaplib.IMAP4.error, ImapToolsError)


def fetch_mail(*, seconds: float = LONGEST_RUN) -> int:
    """Store the letters that wait in the mailbox, if there is one; says how many are new."""
    inbox, new = settings.PROVIDERS["inbox"], 0
    until = time.monotonic() + seconds
    if not inbox["imap_host"] or breaker.is_open(PROVIDER, timezone.now()):
        return 0
    try:
        with _connected(inbox["imap_host"], int(inbox["imap_port"])) as box:
            box.login(inbox["imap_user"], inbox["imap_password"])
            for uid in _waiting(box):
                if time.monotonic() >= until:
                    break
                new += _take(box, uid)
    except AWAY as error:
        # What the server said may hold an address; its kind is enough.
        log.warning("mailbox", kind=type(error).__name__)
        breaker.failed(PROVIDER, type(error).__name__, timezone.now())
        return new
    breaker.worked(PROVIDER, timezone.now())
    return new


@contextmanager
def _connected(host: str, port: int) -> Iterator[BaseMailBox]:
    """A connection that is encrypted from its start, or at its old port before anything is said."""
    # imaplib's own context would believe any certificate.
    context = ssl.create_default_context()
    kind = MailBoxStartTls if port == STARTTLS_PORT else MailBox
    box = kind(host, port, timeout=TIMEOUT, ssl_context=context)
    try:
        yield box
    finally:
        try:
            box.logout()
        except AWAY:
            # Nobody is there to say good-bye to; the library leaves the socket open then.
            with suppress(OSError):
                box.client.shutdown()


def _waiting(box: BaseMailBox) -> list[str]:
    """The letters not seen yet, the oldest first; last those that a run before did not get through."""
    uids = box.uids("UNSEEN", charset=None)
    tried = cache.get_many([_key(uid) for uid in uids])
    return sorted(uids, key=lambda uid: (_key(uid) in tried, int(uid)))


def _key(uid: str) -> str:
    return f"mailbox-tried:{uid}"


def _take(box: BaseMailBox, uid: str) -> int:
    """Store a letter, then mark it as seen; says whether it is new (1) or was there (0)."""
    cache.set(_key(uid), True, TRIED_FOR)
    try:
        raw = _fetch(box, uid)
    except MailboxFetchError:
        log.warning("a letter could not be fetched", uid=uid)
        return 0
    if raw is None:
        return 0
    new = intake.store(INBOUND[MailIn.provider], [envelope(raw)])
    # Not `box.flag`: it also removes for good what somebody else has marked as deleted.
    marked = box.client.uid("STORE", uid, "+FLAGS", r"(\Seen)")
    check_command_status(marked, MailboxFlagError)
    cache.delete(_key(uid))
    return new


def _fetch(box: BaseMailBox, uid: str) -> bytes | None:
    """The bytes of a letter, without marking it; of one that is too large the beginning.

    None if it is no longer there. Not `box.fetch`: it gives letters taken apart.
    """
    fetched = box.client.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST + 1}>)")
    check_command_status(fetched, MailboxFetchError)
    pieces = [piece[1] for piece in fetched[1] if isinstance(piece, tuple)]
    return bytes(pieces[0]) if pieces else None
