"""How the channels are doing, as the room that has them says it at start-up: this room cannot look up,
and those beside it cannot look there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class ChannelSign:
    """One channel now. Times are UTC; `came_in` are messages of people since midnight of the capital.

    `goes_in` and `goes_out` say whether it is set up; `is_well` that nothing waits for long and no
    provider is left alone. `to_take`: messages that wait to be read, since `to_take_since`; `in_tray`:
    those that nobody could read; `waiting`: notices that should have left, since `waiting_since`;
    `failed`: notices that never left.
    """

    code: str
    name: str | Promise
    goes_in: bool
    goes_out: bool
    is_well: bool
    came_in: int
    last_in: datetime | None
    to_take: int
    to_take_since: datetime | None
    in_tray: int
    waiting: int
    waiting_since: datetime | None
    failed: int


Tells = Callable[[], list[ChannelSign]]
_tellers: list[Tells] = []


def register(tell: Tells) -> None:
    """Have somebody asked, at start-up; the same twice is once."""
    if tell not in _tellers:
        _tellers.append(tell)


def signs() -> list[ChannelSign]:
    """Every channel as it is now; each room that tells may take a few queries by index."""
    return [sign for tell in _tellers for sign in tell()]
