"""What a text leaves behind so that near-identical ones are found again: prints. Pure.

pg_trgm calls two texts alike by the share of trigrams that they have in common. MinHash estimates
just that share without reading either text again: of each text, so many smallest hashes of its
trigrams are kept, folded into bands; texts that share a band are compared for real, others never.
With 20 bands of 5, of two texts 0.7 alike 97 in 100 share a band, of two 0.3 alike 5, of two 0.15
alike 0.2. All hashes are keyed: from a print nobody without the key can tell what was written.
Source: Broder 1997, "On the resemblance and containment of documents"; Leskovec, Rajaraman, Ullman,
"Mining of Massive Datasets", 3.4.
"""

import hashlib
from dataclasses import dataclass

from routing.text import plain

BANDS, ROWS = 20, 5
#: Letters of a text that are looked at, and the fewest that say enough to be compared.
LONGEST, SHORTEST = 4000, 20
#: A Mersenne prime above every hash, for the family of hash functions.
_PRIME = (1 << 61) - 1
_SIGN = 1 << 63


@dataclass(frozen=True, slots=True)
class Print:
    """A text's print: `exact` is the same for the same words, `bands` shares one with alike texts."""

    exact: str
    bands: tuple[int, ...]
    length: int


def trigrams(words: str) -> frozenset[str]:
    """The trigrams of each word, as pg_trgm takes them: two spaces before it, one behind."""
    return frozenset(
        padded[at : at + 3]
        for word in words.split()
        for padded in (f"  {word} ",)
        for at in range(len(padded) - 2)
    )


def resemblance(one: str, other: str) -> float:
    """The share of trigrams that two texts have in common (0–1), as pg_trgm's `similarity` counts it."""
    ours, theirs = trigrams(plain(one)), trigrams(plain(other))
    return len(ours & theirs) / len(ours | theirs) if ours or theirs else 0.0


def print_of(text: str, key: bytes) -> Print | None:
    """The print of a text under a key of at most 64 bytes; None for one too short to say anything."""
    words = plain(text).strip()
    if len(words) < SHORTEST:
        return None
    hashes = [_hash(part, key) for part in trigrams(words[:LONGEST])]
    smallest = [min((a * h + b) % _PRIME for h in hashes) for a, b in _family(key)]
    bands = [
        _signed(_hash(f"{band}:{smallest[band * ROWS : (band + 1) * ROWS]}", key))
        for band in range(BANDS)
    ]
    exact = hashlib.blake2b(words.encode(), key=key, digest_size=32).hexdigest()
    return Print(exact, tuple(bands), len(words))


def _hash(text: str, key: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), key=key, digest_size=8).digest()) % _PRIME


def _family(key: bytes) -> list[tuple[int, int]]:
    """The hash functions: their numbers come from the key, the same each time."""
    return [
        (_hash(f"a{number}", key) or 1, _hash(f"b{number}", key)) for number in range(BANDS * ROWS)
    ]


def _signed(number: int) -> int:
    """As a bigint of the database."""
    return number if number < _SIGN else number - (1 << 64)


def close_in_length(one: int, other: int, least: float) -> bool:
    """Whether two lengths are near enough for the texts to be alike."""
    shorter, longer = sorted((one, other))
    return longer > 0 and shorter / longer >= least


def near(one: str, other: str) -> bool:
    """Whether two places (paths of codes) may be the same one: either lies in the other, or is none."""
    return not one or not other or one.startswith(other) or other.startswith(one)
