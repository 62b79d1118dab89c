"""What rooms above show beside a case on its pages: they say so at start-up, since this room cannot
look up to them. A part is a template and its values; each may cost one query, no more. What is needed
with every case is a column beside it, read in the one query that reads the case (`selectors.whole`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from accounts.actors import Actor
from complaints.models import Case

#: Pages that have such parts: an officer's case, the citizen's own, and a published one.
Page = Literal["officer", "citizen", "public"]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a page: its template is included with these values as `shown`."""

    template: str
    shown: Mapping[str, Any]


#: Asked for each reader of a case; of a published case it is nobody in particular.
MakesPart = Callable[[Case, Actor | None], Part | None]
_makers: dict[Page, list[MakesPart]] = {"officer": [], "citizen": [], "public": []}


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A case as it is known in another system: that system's name, its number there, whether it is worked
    on there now, and the last status that was sent from there (empty: none). `is_past`: it was brought
    from there, and the name is the import's.
    """

    name: str
    number: str
    is_worked: bool
    status: str = ""
    is_past: bool = False


#: Reads that from a case which was read with the columns.
TellsElsewhere = Callable[[Case], list[Elsewhere]]
_columns: dict[str, Callable[[], Any]] = {}
_tellers: list[TellsElsewhere] = []


def register_elsewhere(column: str, expression: Callable[[], Any], tell: TellsElsewhere) -> None:
    """Have a case read with a column (its name, and how it is asked for), and told of by it."""
    _columns[column] = expression
    if tell not in _tellers:
        _tellers.append(tell)


def columns() -> dict[str, Any]:
    """The columns that are read with a case that is shown as a whole."""
    return {name: expression() for name, expression in _columns.items()}


def elsewhere(case: Case) -> list[Elsewhere]:
    """Where else a case is known; nothing of one that was read without the columns."""
    return [told for tell in _tellers for told in tell(case)]


def register(page: Page, make: MakesPart) -> None:
    """Add to a page, at start-up; the same twice is once."""
    if make not in _makers[page]:
        _makers[page].append(make)


def parts_of(page: Page, case: Case, actor: Actor | None = None) -> list[Part]:
    """What is to be shown beside a case to somebody who may see it."""
    made = (make(case, actor) for make in _makers[page])
    return [part for part in made if part is not None]
