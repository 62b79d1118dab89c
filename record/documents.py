"""What is published of the log, as it is signed and written: heads, keys, proofs. Values, no queries.

The formats are described in docs/record.md; whoever changes one gives it a new number.
"""

from typing import Any

from django.conf import settings

from record import chain, signing
from record.models import SigningKey, TreeHead
from record.selectors import Proof

FORMAT = 1


def head_body(head: TreeHead) -> dict[str, Any]:
    """What is signed of a head, as canonical JSON."""
    return {
        "format": FORMAT,
        "log": settings.COUNTRY,
        "day": head.day.isoformat(),
        "size": head.size,
        "root": bytes(head.root).hex(),
        "previous_size": head.previous_size,
        "previous_root": bytes(head.previous_root).hex(),
        "signed_at": chain.moment(head.signed_at),
        "key": head.key_id,
    }


def head_json(head: TreeHead) -> dict[str, Any]:
    """`<day>/head.json`: the signed body, the signature, and the proof from the day before."""
    return {
        **head_body(head),
        "consistency": head.consistency,
        "signature": signing.text(bytes(head.signature)),
    }


def keys_json(keys: list[SigningKey]) -> dict[str, Any]:
    """`keys.json`: every key ever used, by its id."""
    return {
        "format": FORMAT,
        "log": settings.COUNTRY,
        "algorithm": "Ed25519",
        "keys": [
            {
                "id": key.id,
                "fingerprint": signing.fingerprint(bytes(key.public)),
                "public": bytes(key.public).hex(),
                "since": chain.moment(key.since),
            }
            for key in keys
        ],
    }


def index_json(first_day: Any, last: TreeHead | None) -> dict[str, Any]:
    """`index.json`: from which day to which there are heads (each day has one)."""
    return {
        "format": FORMAT,
        "log": settings.COUNTRY,
        "first_day": first_day.isoformat() if first_day else None,
        "last_day": last.day.isoformat() if last else None,
        "size": last.size if last else 0,
        "root": bytes(last.root).hex() if last else None,
    }


def leaf_json(leaf_hash: bytes, proof: Proof) -> dict[str, Any]:
    """`leaf/<hash>.json`: where a leaf stands; day and path once its day's head is signed."""
    head = proof["head"]
    return {
        "format": FORMAT,
        "log": settings.COUNTRY,
        "leaf_hash": leaf_hash.hex(),
        "index": proof["index"],
        "day": head.day.isoformat() if head else None,
        "size": head.size if head else None,
        "root": bytes(head.root).hex() if head else None,
        "inclusion": [value.hex() for value in proof["path"]],
    }
