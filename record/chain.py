"""The hash chain of the record and the commitments in it. Pure: no ORM.

An event is hashed over canonical JSON: keys sorted, no spaces, UTF-8, times as UTC with
microseconds. It holds the hash of the case's previous event, so that no event can be changed, taken
out or put in between without every later hash telling.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

#: The format in which events are written now. Older ones are read and verified as they were.
VERSION = 2

#: The fields of an event that are hashed, besides `prev_hash`.
HASHED_FIRST = (
    "case",
    "seq",
    "version",
    "move",
    "from_status",
    "to_status",
    "actor_kind",
    "actor_id",
    "party",
    "office_id",
    "channel",
    "data",
    "commitment",
    "happened_at",
    "recorded_at",
)
#: By format. The second also fixes what the move left behind: the case's fields, its clocks with
#: their due dates, the files that came, who may read the words.
HASHED = {1: HASHED_FIRST, 2: (*HASHED_FIRST, "fixed")}


def moment(value: datetime) -> str:
    """A moment as it is hashed: UTC, always six digits of a second."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def canonical(value: Mapping[str, Any]) -> bytes:
    """JSON with sorted keys and no spaces. Raises TypeError for what JSON cannot hold."""
    return _ENCODER.encode(value).encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return moment(value)
    raise TypeError(f"an event cannot hold a {type(value).__name__}")


_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
)


def hashed_as(fields: Mapping[str, Any], prev_hash: str) -> dict[str, Any]:
    """What is hashed of an event: its fields by the format it names, after the one before it.

    Raises KeyError for a format that there is not.
    """
    return {**{name: fields[name] for name in HASHED[fields["version"]]}, "prev_hash": prev_hash}


def event_hash(fields: Mapping[str, Any], prev_hash: str) -> str:
    """The hash of an event, in hex. Raises KeyError for a format that there is not."""
    return hashlib.sha256(canonical(hashed_as(fields, prev_hash))).hexdigest()


def new_salt() -> str:
    """A fresh salt: without it, a commitment tells nothing about the words."""
    return secrets.token_hex(16)


def commitment(salt: str, body: Mapping[str, Any]) -> str:
    """What an event holds of the words that were said: SHA-256 over salt and canonical JSON."""
    return hashlib.sha256(bytes.fromhex(salt) + canonical(body)).hexdigest()
