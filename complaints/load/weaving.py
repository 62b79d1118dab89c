"""A text or row of a story put together for one case after the other. Pure.

What is the same for all cases stands among a case's values too, in slots of the story's own; so a text
is picked out of the values and joined, which is the quickest that Python has.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from complaints.load.marks import ALL, Piece

#: Where the packed form of a slot is (an id as COPY wants it, the length of a text).
PACKED = ALL
#: From here on: packed moments, then what is the same for all cases of a story.
PACKED_MOMENTS, CONSTANTS = 2 * ALL, 3 * ALL

#: What gives the values of some slots.
Pick = Callable[[Sequence[Any]], tuple[Any, ...]]


class Yarn:
    """What is the same for all cases of a story, each once."""

    def __init__(self) -> None:
        self._slots: dict[bytes, int] = {}
        #: Slots that are looked up in a case's values.
        self.used: set[int] = set()

    @property
    def constants(self) -> list[bytes]:
        """Values from slot `CONSTANTS` on."""
        return list(self._slots)

    def weave(self, parts: Iterable[Piece]) -> Pick:
        """What picks the parts out of a case's values, to be joined."""
        slots = list(self._laid(parts))
        self.used.update(slot for slot in slots if slot < CONSTANTS)
        return picker(slots)

    def _laid(self, parts: Iterable[Piece]) -> Iterator[int]:
        same = list[bytes]()
        for part in parts:
            if isinstance(part, bytes):
                same.append(part)
                continue
            if same:
                yield self._slot(b"".join(same))
                same.clear()
            yield part
        if same:
            yield self._slot(b"".join(same))

    def _slot(self, same: bytes) -> int:
        return self._slots.setdefault(same, CONSTANTS + len(self._slots))


def picker(slots: Sequence[int]) -> Pick:
    """What reads the values of slots as a tuple: `itemgetter` gives one for two and more."""
    if len(slots) > 1:
        return itemgetter(*slots)
    return lambda values: tuple(values[slot] for slot in slots)
