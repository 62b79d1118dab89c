"""The cells of a row by our columns: words, moments, flags, numbers; what cannot be read is noted. Pure."""

import json
import math
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from agencies.naming import digits_to_ascii
from complaints.views.officer.wording import CHANNELS
from systems.past import cleaning
from systems.past.columns import BY_NAME, Holds, is_whole
from systems.past.doubts import Doubt
from systems.past.mapping import NO, REMEMBERED, YES, Meanings, first_letters, key, longest
from systems.past.reading import Cell, Row, no_number

_CHANNEL = re.compile(r"[a-z0-9_]{1,20}\Z")
#: What such columns hold comes again in row after row: it is cleaned once, if it has no more letters.
COMES_AGAIN, LONGEST_WORD = frozenset({Holds.CODE, Holds.FLAG, Holds.MOMENT}), 100
_cleaned_word = lru_cache(REMEMBERED)(cleaning.clean)


class Refused(Exception):
    """Nothing can be made of the row; the doubt says why."""

    def __init__(self, code: str, column: str = "", word: str = "") -> None:
        super().__init__(code)
        self.doubt = Doubt(code, column, word)


@dataclass
class Cells:
    """A row under a mapping. Doubts are collected, each once a column."""

    row: Row
    by: Meanings
    now: datetime
    doubts: dict[Doubt, None] = field(default_factory=dict)
    _words: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def note(self, code: str, column: str = "", word: str = "") -> None:
        """Write down a doubt; of several words of a column the first one."""
        self.doubts.setdefault(Doubt(code, column, word))

    def given(self, name: str) -> list[Cell]:
        """The cells behind one of our columns that are not empty, as they stand in the file."""
        columns = self.by.columns.get(name)
        if columns is None:
            return []
        found = self.row.cells
        cells = [found.get(column, "") for column in columns]
        return [cell for cell in cells if not self._is_empty(cell)]

    def _is_empty(self, cell: Cell) -> bool:
        if not isinstance(cell, str):
            return cell is None or cell == []
        # Old programs fill their columns up with blanks.
        cell = cell.strip()
        if not cell:
            return True
        if not self.by.empty or len(cell) > longest(self.by.empty):
            return False
        first = cell[0]
        if (
            first.isascii()
            and first.isalnum()
            and first.lower() not in first_letters(self.by.empty)
        ):
            return False
        return key(cell) in self.by.empty

    def _default(self, name: str) -> str:
        return self.by.defaults.get(name, "")

    # --- Words -------------------------------------------------------------------------------

    def text(self, name: str) -> str:
        """Words of people, cleaned; several columns become paragraphs, the same words once."""
        paragraphs = dict.fromkeys(self._cleaned(name, str(cell)) for cell in self.given(name))
        return "\n\n".join(filter(None, paragraphs)) or self._default(name)

    def _cleaned(self, name: str, text: str) -> str:
        if not is_whole(text):
            # Halves of letters, which no database keeps.
            self.note("letters_lost", name)
            text = text.encode(errors="replace").decode()
        if self.by.is_ours:
            return text.replace("\0", "")
        comes_again = BY_NAME[name].holds in COMES_AGAIN and len(text) <= LONGEST_WORD
        cleaned = _cleaned_word(text) if comes_again else cleaning.clean(text)
        for code in ("mojibake_repaired", "letters_lost"):
            if code in cleaned.done:
                self.note(code, name)
        return cleaned.text

    def words(self, name: str) -> tuple[str, ...]:
        """A code or name in one line, of each column."""
        known = self._words.get(name)
        if known is None:
            given = tuple([self._line(name, cell) for cell in self.given(name)])
            default = self._default(name)
            known = self._words[name] = given or ((default,) if default else ())
        return known

    def word(self, name: str) -> str:
        """The same of the first column; empty if there is none."""
        words = self.words(name)
        return words[0] if words else ""

    def _line(self, name: str, cell: Cell) -> str:
        if isinstance(cell, (datetime, date)):
            return cell.isoformat()
        text = str(cell)
        return " ".join(self._cleaned(name, text).split())

    def coded(self, name: str, table: str, known: Collection[str], otherwise: str = "") -> str:
        """A word of theirs as one of ours: by the mapping's table, or because it is ours already."""
        word = self.word(name)
        if not word:
            return otherwise
        ours = self._ours(table, word, known)
        if ours in known:
            return ours
        if self.by.is_ours:
            raise Refused("value_unread", name)
        self.note("word_unknown", name, word)
        return otherwise

    def _ours(self, table: str, word: str, known: Collection[str]) -> str:
        """By the mapping's table; else ours if it differs in case alone; else as it is."""
        found = self.by.words.get(table, {}).get(key(word), word)
        if found in known or self.by.is_ours:
            return found
        return found.lower() if found.lower() in known else found

    def channel(self, word: str) -> str:
        """A way in, if it is one of ours or may have been one of another portal's; else nothing."""
        ours = self._ours("channels", word, CHANNELS)
        return ours if ours in CHANNELS or (self.by.is_ours and _CHANNEL.match(ours)) else ""

    def translated(self, table: str, word: str) -> str:
        """A word of theirs by the mapping's table, else as it is; a table may say that it means nothing."""
        return self.by.words.get(table, {}).get(key(word), word)

    # --- Other values ------------------------------------------------------------------------

    def flag(self, name: str) -> bool | None:
        """Yes, no, or nothing."""
        word = self.word(name)
        if not word:
            return None
        if word.casefold() in YES:
            return True
        if word.casefold() not in NO:
            self._unread("word_unknown", name, word)
        return False

    def number(self, name: str, most: float = math.inf) -> float | None:
        """A number between minus and plus `most`, with a point or a comma; None for what is none."""
        word = self.word(name)
        if not word:
            return None
        try:
            value = float(digits_to_ascii(word).replace(",", "."))
        except ValueError:
            value = math.nan
        if math.isfinite(value) and abs(value) <= most:
            return value
        self._unread("word_unknown", name, word)
        return None

    def rating(self, name: str) -> int | None:
        """A mark from 1 to 5."""
        word = digits_to_ascii(self.word(name)).removesuffix(".0")
        if not word:
            return None
        if word in ("1", "2", "3", "4", "5"):
            return int(word)
        self._unread("rating_unread", name)
        return None

    def moment(self, name: str) -> datetime | None:
        """A moment of the past, in UTC; what cannot be read, or is to come, is left out."""
        given = self.given(name)
        if not given:
            return None
        cell = given[0] if isinstance(given[0], (datetime, date)) else self._line(name, given[0])
        if len(given) > 1 and isinstance(cell, str):
            # A day and a time of day in two columns.
            cell = " ".join((cell, *(self._line(name, more) for more in given[1:])))
        try:
            found = cleaning.read_moment(cell, self.by.dates, self.by.zone)
        except (ValueError, OverflowError):
            self._unread("date_unread", name)
            return None
        if found.other is not None:
            self.note("date_ambiguous", name)
        if found.at > self.now:
            self.note("date_in_future", name)
            return None
        return found.at

    def _unread(self, code: str, name: str, word: str = "") -> None:
        """A value of the portal's own format that cannot be read is a mistake; of others it is a doubt."""
        if self.by.is_ours:
            raise Refused("value_unread", name)
        self.note(code, name, word)

    def listed(self, name: str) -> list[Any]:
        """A list, as JSON Lines have it or as JSON in a cell. Raises Refused."""
        given = self.given(name)
        if not given:
            return []
        value, code = given[0], f"{name}_unread" if name == "history" else "value_unread"
        if isinstance(value, str):
            try:
                value = json.loads(value, parse_constant=no_number)
            except (ValueError, RecursionError) as error:
                raise Refused(code, name, "it is no JSON") from error
        if not isinstance(value, list):
            raise Refused(code, name, "it is no list")
        return value
