"""What rooms above add to moves that are made by the API: they say so at start-up, since this room
cannot look up to them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from accounts.actors import Actor
from complaints.models import Case

#: What is done after a move, in its transaction. It may raise: then the move has not happened.
Then = Callable[[], None]
#: Asked before a move with who makes it, its name and what was sent (read, not checked).
TakesPart = Callable[[Case, Actor, str, Mapping[str, Any]], Then | None]
_parts: list[TakesPart] = []


def register(part: TakesPart) -> None:
    """Have somebody asked, at start-up; the same twice is once."""
    if part not in _parts:
        _parts.append(part)


def after_move(case: Case, actor: Actor, move: str, sent: Mapping[str, Any]) -> list[Then]:
    """What is to be done after a move. Raises `Refused` errors where somebody has one."""
    return [then for part in _parts if (then := part(case, actor, move, sent)) is not None]
