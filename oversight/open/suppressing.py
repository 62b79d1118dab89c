"""What public figures leave out so that none of them points at a person: the one rule, in one place.

1. A number of 1 to 4 cases is hidden, and nothing is said of fewer than 5 (`LEAST_CASES`). None is none.
2. Parts of a sum that is published are hidden at least two together, and so many that for each of them
   every number from 1 to 4 stays possible: nobody finds it out by subtracting. The smallest other
   parts are hidden with it. What is hidden for its smallness and what beside it look alike.
3. If no other part is left to hide, the nones are hidden too: then nobody knows which parts there are.
4. All below a hidden sum is hidden, nones included.
5. Pages of periods that move with the day, or that overlap, show numbers of parts of the country to the
   nearest five: two such pages do not tell what came between them. Tables of data have whole months.

No database here.
"""

from collections.abc import Hashable, Mapping
from typing import TypeVar

from oversight.metrics import LEAST_CASES

Key = TypeVar("Key", bound=Hashable)
#: To what numbers of parts are rounded on pages.
NEAREST = 5


def is_small(number: int) -> bool:
    """Whether a number of cases is too small to be published."""
    return 0 < number < LEAST_CASES


def rounded(number: int) -> int | None:
    """To the nearest five, as pages show the parts of a country; None where it is too small."""
    if is_small(number):
        return None
    return (number + NEAREST // 2) // NEAREST * NEAREST


def hidden_parts(parts: Mapping[Key, int]) -> frozenset[Key]:
    """Which parts are hidden, so that the sum of all may be published unless it is small itself."""
    small = {key for key, number in parts.items() if is_small(number)}
    return frozenset(_grown(small, parts, 0))


def hidden_in_tree(
    numbers: Mapping[Key, int], above: Mapping[Key, Key | None], total: int
) -> frozenset[Key]:
    """The same where parts have parts of their own: each number holds all below it.

    `above` says what a part is a part of (None: of `total`). What a sum has beside its parts is never
    published, but could be found by subtracting: it is watched like a part.
    """
    children: dict[Key | None, list[Key]] = {None: []}
    for key in numbers:
        upper = above.get(key)
        children.setdefault(upper if upper in numbers else None, []).append(key)
    hidden: set[Key] = {key for key, number in numbers.items() if is_small(number)}
    for upper, keys in children.items():
        parts = {key: numbers[key] for key in keys}
        whole = total if upper is None else numbers[upper]
        hidden |= _grown(hidden & parts.keys(), parts, whole - sum(parts.values()))
    if is_small(total):
        hidden |= set(children[None])
    return frozenset(_with_all_below(hidden, children))


def _grown(hidden: set[Key], parts: Mapping[Key, int], beside: int) -> set[Key]:
    """Hide more parts until none can be found by subtracting. `beside`: what the sum has beside them."""
    hidden = set(hidden)
    others = sorted(
        (key for key, number in parts.items() if number and key not in hidden),
        key=lambda key: (parts[key], str(key)),
    )
    while not _is_safe([parts[key] for key in hidden], beside):
        if not others:
            return set(parts)
        hidden.add(others.pop(0))
    return hidden


def _is_safe(hidden: list[int], beside: int) -> bool:
    """Whether each hidden number might be any small one, for whoever knows their sum."""
    # What lies beside the parts is watched where it is small; else it is taken as known, to be safe.
    watched = [number for number in hidden if number] + [beside] * is_small(beside)
    if not watched:
        return True
    return len(watched) >= 2 and sum(watched) >= len(watched) + LEAST_CASES - 2


def _with_all_below(hidden: set[Key], children: Mapping[Key | None, list[Key]]) -> set[Key]:
    found, ahead = set(hidden), list(hidden)
    while ahead:
        for key in children.get(ahead.pop(), []):
            if key not in found:
                found.add(key)
                ahead.append(key)
    return found
