"""One pass over a text finds every keyword, office name and place name (Aho–Corasick)."""

import re
from dataclasses import dataclass, field

import ahocorasick

from routing.conditions import Term
from routing.text import BANGLA_ENDINGS, is_bangla


@dataclass(slots=True)
class Found:
    """What stands in one text: id → first place (start, end) for terms; all hits for names."""

    text: str
    terms: dict[int, tuple[int, int]] = field(default_factory=dict)
    #: (start, end, name id), in the order of their ends.
    offices: list[tuple[int, int, int]] = field(default_factory=list)
    places: list[tuple[int, int, int]] = field(default_factory=list)
    #: Every hit of the terms that were asked to be kept in full.
    repeated: list[tuple[int, int, int]] = field(default_factory=list)

    def words(self, span: tuple[int, int]) -> str:
        """The whole words at a span, as they stand in the comparable text."""
        start, end = span
        start = self.text.rfind(" ", 0, start + 1) + 1
        stop = self.text.find(" ", max(end - 1, start))
        return self.text[start : stop if stop >= 0 else None]


@dataclass(slots=True)
class _Key:
    """What one string of the automaton stands for."""

    length: int
    terms: list[int] = field(default_factory=list)
    offices: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    #: A Bangla name: an ending may follow.
    open_end: bool = False


class Matcher:
    """Terms, office names and place names, found in one pass. Filled, then frozen by `build`."""

    def __init__(self) -> None:
        self._keys: list[_Key] = []
        self._by_string: dict[str, int] = {}
        self._term_ids: dict[Term, int] = {}
        self._verify: dict[int, re.Pattern[str]] = {}
        self._repeated: set[int] = set()
        self._automaton: ahocorasick.Automaton | None = None

    def term(self, term: Term, *, repeated: bool = False) -> int:
        """The id of a term, added when new. `repeated` keeps each of its hits."""
        known = self._term_ids.get(term)
        if known is None:
            known = self._term_ids[term] = len(self._term_ids)
            segments = _segments(term)
            self._key(max(segments, key=len)).terms.append(known)
            if len(segments) > 1:
                self._verify[known] = _pattern(segments)
        if repeated:
            self._repeated.add(known)
        return known

    def add_office_name(self, name: str, name_id: int) -> None:
        """Look for an office's name, in comparable form without spaces at its ends."""
        self._name_key(name).offices.append(name_id)

    def add_place_name(self, name: str, name_id: int) -> None:
        """Look for a place's name, in comparable form without spaces at its ends."""
        self._name_key(name).places.append(name_id)

    def _name_key(self, name: str) -> _Key:
        if not is_bangla(name):
            return self._key(f" {name} ")
        key = self._key(f" {name}\0")
        key.open_end = True
        return key

    def _key(self, string: str) -> _Key:
        position = self._by_string.get(string)
        if position is None:
            position = self._by_string[string] = len(self._keys)
            self._keys.append(_Key(len(string.rstrip("\0"))))
        return self._keys[position]

    def build(self) -> None:
        """Freeze. Nothing can be added afterwards."""
        grouped: dict[str, list[_Key]] = {}
        for string, position in self._by_string.items():
            grouped.setdefault(string.rstrip("\0"), []).append(self._keys[position])
        automaton = ahocorasick.Automaton()
        for string, keys in grouped.items():
            automaton.add_word(string, tuple(keys))
        if grouped:
            automaton.make_automaton()
            self._automaton = automaton
        self._by_string.clear()

    def scan(self, text: str) -> Found:
        """Everything in a comparable text."""
        found = Found(text)
        if self._automaton is None:
            return found
        terms, offices, places = found.terms, found.offices, found.places
        for last, keys in self._automaton.iter(text):
            end = last + 1
            for key in keys:
                start = end - key.length
                for term in key.terms:
                    if term not in terms or term in self._repeated:
                        self._note_term(found, term, start, end)
                if key.open_end and not _ends_well(text, end):
                    continue
                for name in key.offices:
                    offices.append((start, end, name))
                for name in key.places:
                    places.append((start, end, name))
        return found

    def _note_term(self, found: Found, term: int, start: int, end: int) -> None:
        span = (start, end)
        pattern = self._verify.get(term)
        if pattern is not None:
            match = pattern.search(found.text)
            if match is None:
                return
            span = match.span()
        found.terms.setdefault(term, span)
        if term in self._repeated:
            found.repeated.append((*span, term))


def _ends_well(text: str, end: int) -> bool:
    stop = text.find(" ", end)
    return text[end : stop if stop >= 0 else None] in BANGLA_ENDINGS


def _segments(term: Term) -> list[str]:
    """The literal strings of a term, between its stars."""
    whole = "".join(f" {word}" for word in term.words) + " "
    segments = whole.split("*")
    # A star at either end takes the space there with it.
    if term.words[0].startswith("*"):
        segments = segments[1:]
    if term.words[-1].endswith("*"):
        segments = segments[:-1]
    return segments


def _pattern(segments: list[str]) -> re.Pattern[str]:
    return re.compile("[^ ]*".join(re.escape(segment) for segment in segments))
