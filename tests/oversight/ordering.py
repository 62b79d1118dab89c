"""A kind of file for tests: it writes what was asked for, or fails as it is told to."""

from collections.abc import Iterator
from typing import BinaryIO

import pytest

from accounts.actors import Actor
from oversight.models import FileOrder
from oversight.orders import kinds, placing
from oversight.orders.kinds import Kind, Progress


class Maker:
    """Writes `content`, after `before(order, progress)`: for what happens while a file is made."""

    def __init__(self) -> None:
        self.content = b"one,two\n1,2\n"
        self.made: list[int] = []
        self.error: Exception | None = None

    def before(self, order: FileOrder, progress: Progress) -> None:
        progress(1, 2)

    def __call__(self, order: FileOrder, out: BinaryIO, progress: Progress) -> None:
        self.made.append(order.tries)
        self.before(order, progress)
        if self.error:
            raise self.error
        out.write(self.content)
        progress(2, 2)


@pytest.fixture
def maker() -> Iterator[Maker]:
    """The kind "table" of files, for the time of the test."""
    maker = Maker()
    kinds.register(Kind("table", title=lambda order: f"Table {order.asked['n']}", make=maker))
    yield maker
    kinds._KINDS.pop("table")


def order_of(n: int = 1, actor: Actor | None = None, **more: object) -> FileOrder:
    """A table is ordered."""
    parts = {"language": "en", "name": "table.csv", "content_type": "text/csv"} | more
    return placing.place("table", {"n": n}, actor=actor, **parts)  # type: ignore[arg-type]
