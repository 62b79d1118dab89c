"""What rooms above show beside a case on its pages: they say so at start-up, since this room cannot
look up to them. A part is a template and its values; each may cost one query, no more.
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


def register(page: Page, make: MakesPart) -> None:
    """Add to a page, at start-up; the same twice is once."""
    if make not in _makers[page]:
        _makers[page].append(make)


def parts_of(page: Page, case: Case, actor: Actor | None = None) -> list[Part]:
    """What is to be shown beside a case to somebody who may see it."""
    made = (make(case, actor) for make in _makers[page])
    return [part for part in made if part is not None]
