"""What a chart is made of and what it gives: its words, its pictures, its table. No database."""

from dataclasses import dataclass
from enum import Enum
from itertools import zip_longest
from xml.etree.ElementTree import Element, tostring

from django.utils.safestring import SafeString


class Unit(Enum):
    """What a number is: people read "1,234", "87%" (values from 0 to 1) or "4.5"."""

    COUNT = "count"
    SHARE = "share"
    DAYS = "days"


class Step(Enum):
    """How long a period of a trend is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Frame:
    """What every chart says about itself, in the reader's words.

    `key` is its own on the page (a letter, then letters, digits, - and _: ids are made of it).
    `finding` is one sentence that says what is to be seen; it is read out and printed. `of` heads
    the first column of the table ("District", "Month"). `note` stands under the picture.
    """

    key: str
    title: str
    finding: str
    of: str
    language: str
    note: str = ""


#: Columns of a table that stand side by side on a telephone, the first one among them.
FIT_A_TELEPHONE = 3


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a chart's table: what it is about, and its numbers as the reader writes them.

    `links` are those of the numbers, in their order; there may be fewer, or empty ones.
    """

    name: str
    cells: tuple[str, ...]
    link: str = ""
    links: tuple[str, ...] = ()

    @property
    def linked(self) -> list[tuple[str, str]]:
        """The numbers, each with its link."""
        return list(zip_longest(self.cells, self.links[: len(self.cells)], fillvalue=""))


@dataclass(frozen=True, slots=True)
class Table:
    """The figures behind a picture. `head` is the first column's heading and the others'."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def is_wide(self) -> bool:
        """Whether it has more columns than a telephone shows side by side: there each row is a card."""
        return len(self.head) > FIT_A_TELEPHONE

    @property
    def labelled(self) -> list[tuple[Row, list[tuple[str, str, str]]]]:
        """The rows, each with its numbers: the head of the column, the number, its link."""
        return [
            (row, [(head, *one) for head, one in zip(self.head[1:], row.linked, strict=True)])
            for row in self.rows
        ]


@dataclass(frozen=True, slots=True)
class Picture:
    """One SVG, its size in units (of which one is a CSS pixel at full width)."""

    width: int
    height: int
    root: Element

    def __str__(self) -> str:
        return tostring(self.root, encoding="unicode")


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart for a page: put it there with `{% include "charts/chart.html" with chart=… %}`.

    `wide` is for 600 pixels and more, `narrow` for phones and half columns: the style sheet shows
    one of them. Both are None where there is nothing to draw; the page says so then. They are one
    and the same where a picture fits both, as maps do; `key` is then drawn beside or under it.
    """

    frame: Frame
    table: Table
    wide: Picture | None
    narrow: Picture | None
    key: Picture | None = None

    @property
    def single(self) -> bool:
        """Whether one picture is for all widths."""
        return self.wide is self.narrow

    @property
    def wide_svg(self) -> SafeString:
        """The wide picture as markup; all text in it was escaped when it was put together."""
        return SafeString(self.wide or "")

    @property
    def narrow_svg(self) -> SafeString:
        """The narrow picture as markup."""
        return SafeString(self.narrow or "")

    @property
    def key_svg(self) -> SafeString:
        """The key of a map as markup; empty where the picture has its own."""
        return SafeString(self.key or "")


@dataclass(frozen=True, slots=True)
class Series:
    """A line of a trend: a value for each period, None where there is none (a gap is drawn).

    `low` and `high` are the ends of each value's interval, drawn as a band; empty without. `links` are
    the addresses that the values have in the table.
    """

    name: str
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of `bars`: its value, the year before it (a tick), its interval (a whisker), a link."""

    name: str
    value: float | None
    before: float | None = None
    low: float | None = None
    high: float | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Stack:
    """A bar of `stacked`: a count for each of the parts, in their order, with their links in the table."""

    name: str
    counts: tuple[int, ...]
    link: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgeBand:
    """A column of `ageing`: open cases of an age, those in time and those late; in the table each of
    the two and both together may have a link (`links`).
    """

    name: str
    in_time: int
    late: int
    link: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """How many cases `source` sent back to `target` (names as they are to be read)."""

    source: str
    target: str
    count: int
    link: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A row of `bands`: a value with its interval and the number of cases that it is out of.

    `links` are those of the numbers in the table: of the value, of its interval (none), of the cases.
    A `left_out` row has a reason for which it is not compared ("flagged"); it is drawn crossed.
    `stands_apart` is the caller's own judgement whether it differs from the line by more than chance;
    without one the interval decides.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    cases: int
    link: str = ""
    left_out: str = ""
    stands_apart: bool | None = None
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """A place of `district_map`, by the code of its `Place`. None: no data, or too few to say.

    `detail` is read out and shown on hovering after the name: "1,234 open, 12% late".
    """

    code: str
    name: str
    value: float | None
    detail: str = ""
    link: str = ""
