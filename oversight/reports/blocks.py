"""What a report consists of, in the words of its language: the same for the page and for the PDF."""

from dataclasses import dataclass
from typing import Literal

from oversight.charts import Chart


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences."""

    items: tuple[str, ...]
    kind: Literal["points"] = "points"


#: A table of more rows, or a list of more terms, is long on a phone: a row is a card there.
LONG = 12


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: the first cell of each row names it, the others are numbers as they are written.

    `wide` says that the last column holds words.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    wide: bool = False
    kind: Literal["grid"] = "grid"

    @property
    def is_long(self) -> bool:
        """Whether it begins closed on a phone."""
        return len(self.rows) > LONG

    @property
    def labelled(self) -> list[list[tuple[str, str]]]:
        """The rows, each cell behind the head of its column: on a phone they stand side by side."""
        return [list(zip(self.head, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart. Its own table is left out on paper where `is_told`: a grid of the section has it."""

    chart: Chart
    is_told: bool = False
    kind: Literal["chart"] = "chart"


@dataclass(frozen=True, slots=True)
class Term:
    """A name and what it means, in one or more sentences."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """Names and what they mean: the method, the glossary."""

    items: tuple[Term, ...]
    kind: Literal["terms"] = "terms"

    @property
    def is_long(self) -> bool:
        """Whether it begins closed on a phone."""
        return len(self.items) > LONG


@dataclass(frozen=True, slots=True)
class Said:
    """A systemic issue: what people said, what was done. `language` is that of its words."""

    title: str
    language: str
    state: str
    you_said: str
    we_did: str
    beside: str
    kind: Literal["issue"] = "issue"


Block = Text | Points | Grid | Drawn | Terms | Said


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report under a heading; `key` is its own on the page."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A report in one language. `about` are sentences on its period, its making and its record."""

    language: str
    title: str
    portal: str
    about: tuple[str, ...]
    is_so_far: bool
    sections: tuple[Section, ...]
