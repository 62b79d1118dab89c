"""What may come again: the same key and words get the same answer for 24 hours, and are done once.

A key is somebody's own (of one account, one channel): two people may choose the same. Key and words are
kept as keyed hashes, the answer encrypted (`models.FilingKey`); after its time a task erases the row.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from complaints import moment
from complaints.errors import Invalid, KeyReused, Refused
from complaints.models import FilingKey
from complaints.services import sealing

KEPT = timedelta(hours=24)
#: Characters in a key.
LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Key:
    """A key and what came with it, as they are kept: keyed hashes, in hex."""

    key_hash: str
    body_hash: str


def key_for(what: str, *, whose: str, key: str, body: Any) -> Key | None:
    """The key of a request about `what`; None where none was given.

    `body` is all that makes it another request, as JSON. Raises Invalid for a key that is too long.
    """
    key = key.strip()
    if len(key) > LONGEST_KEY:
        raise Invalid(fields={"Idempotency-Key": [Invalid.sentence]})
    if not key:
        return None
    return Key(sealing.blind_index(what, f"{whose}\x00{key}"), body_hash(body))


def body_hash(body: Any) -> str:
    """A keyed hash (hex) of anything that can be written as JSON."""
    written = json.dumps(body, sort_keys=True, ensure_ascii=False, default=str)
    digest = hashlib.sha256(written.encode(errors="surrogatepass")).hexdigest()
    return sealing.blind_index("body", digest)


def known(key: Key) -> dict[str, Any] | None:
    """The answer given before for this key; one whose time is over is forgotten now.

    Raises KeyReused if the words were others.
    """
    kept = FilingKey.objects.filter(pk=key.key_hash).first()
    if kept is None:
        return None
    if kept.expires_at <= moment.now():
        kept.delete()
        return None
    if kept.body_hash != key.body_hash:
        raise KeyReused
    return sealing.unseal(kept.sealed_receipt)


def keep(key: Key, answer: dict[str, Any]) -> None:
    """Keep an answer, in the transaction of what it answers. Raises IntegrityError where somebody with
    the same key was quicker: then nothing of the transaction may stay.
    """
    FilingKey.objects.create(
        key_hash=key.key_hash,
        body_hash=key.body_hash,
        sealed_receipt=sealing.seal(answer),
        expires_at=moment.now() + KEPT,
    )


def once(key: Key | None, ready: Callable[[], Callable[[], dict[str, Any]]]) -> dict[str, Any]:
    """Do something once for a key and give its answer, or the one that was given before.

    `ready` is called outside the transaction (what it stores stays) and gives what is done within it.
    Two at once: one does it, the other waits and gets the same answer. Raises KeyReused, and whatever
    is raised by doing it.
    """
    before = known(key) if key is not None else None
    if before is not None:
        return before
    try:
        act = ready()
        with transaction.atomic():
            answer = act()
            if key is not None:
                keep(key, answer)
    except (IntegrityError, Refused):
        before = known(key) if key is not None else None
        if before is None:
            raise
        return before
    return answer


def forget_answers() -> int:
    """Erase the answers whose 24 hours are over; says how many. Safe to repeat."""
    gone, _by_model = FilingKey.objects.filter(expires_at__lte=timezone.now()).delete()
    return gone
