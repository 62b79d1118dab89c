"""The figures on the start page: the room above that counts says at start-up how they are made, since
this room cannot look up to it. They are asked for by each visitor, so that whoever makes them keeps them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class FrontFigure:
    """What is counted, in the reader's words, and a number or a share (0–1); nothing of too `few` cases."""

    label: str | Promise
    number: int | None = None
    share: float | None = None
    few: bool = False


Makes = Callable[[], list[FrontFigure]]
_makers: list[Makes] = []


def register(make: Makes) -> None:
    """Say how they are made, at start-up; the same twice is once."""
    if make not in _makers:
        _makers.append(make)


def figures() -> list[FrontFigure]:
    """The figures; none while nothing is counted yet."""
    return [figure for make in _makers for figure in make()]
