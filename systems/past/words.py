"""Words of a file that nothing here knows, counted: what whoever writes its mapping has to add.

They are printed and never kept in the database: a column may hold anything.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from systems.past.doubts import Doubt

#: Words that are listed of a column, and those that are counted: a column of free text has no end of them.
LISTED, COUNTED = 200, 10_000
#: Letters of a word that are shown.
LONGEST = 80
#: Joiners, by which some letters of Bangla are written: invisible, but not to be lost.
JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it stands in the file, what is doubtful about it, in how many rows, and the first of them."""

    code: str
    column: str
    word: str
    rows: int
    first: int


@dataclass
class Words:
    """By doubt and column. Words alike in their first letters are one."""

    rows: dict[Doubt, Counter[str]] = field(default_factory=dict)
    first: dict[tuple[Doubt, str], int] = field(default_factory=dict)
    #: Rows whose word came when so many others were counted already.
    beyond: Counter[Doubt] = field(default_factory=Counter)

    def add(self, doubt: Doubt, row: int) -> None:
        """Count the word of a doubt, if it has one."""
        word = _shown(doubt.word)
        if not word:
            return
        counted = self.rows.setdefault(doubt, Counter())
        if word not in counted and len(counted) >= COUNTED:
            self.beyond[doubt] += 1
            return
        counted[word] += 1
        self.first.setdefault((doubt, word), row)

    def listed(self, doubt: Doubt) -> list[Word]:
        """The most frequent ones of a column, at most LISTED."""
        return [
            Word(doubt.code, doubt.column, word, rows, self.first[doubt, word])
            for word, rows in self.rows[doubt].most_common(LISTED)
        ]

    def left(self, doubt: Doubt) -> int:
        """Rows with words of a column that are not listed."""
        listed = sum(word.rows for word in self.listed(doubt))
        return self.rows[doubt].total() - listed + self.beyond[doubt]

    def all(self) -> Iterator[Word]:
        """Those of all columns."""
        for doubt in self.rows:
            yield from self.listed(doubt)

    def lines(self) -> Iterator[str]:
        """The same for a console."""
        if self.rows:
            yield "Words to be looked at:"
        for doubt in self.rows:
            yield f"  {doubt.column} ({doubt.code}):"
            for word in self.listed(doubt):
                yield f"  {word.rows:>9,}  {word.word} (first in row {word.first:,})"
            if left := self.left(doubt):
                yield f"  {left:>9,}  rows with other words"


def _shown(word: str) -> str:
    """In one line, without signs that would steer a console."""
    letters = (one if one.isprintable() or one in JOINERS else " " for one in word[: 2 * LONGEST])
    line = " ".join("".join(letters).split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
