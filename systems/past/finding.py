"""Codes and names of another system found in the registry: offices, categories, places.

A name is compared as `agencies.naming` says: in NFC, without case, punctuation and invisible letters. The
names of the registry are read once, since a search through them for each new word takes longer than
everything else; what was looked up is remembered, within bounds.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings

from agencies.models import Category, Office, Place
from agencies.naming import comparable
from routing.compiled import CompiledRuleset
from routing.misconduct import misconduct_in
from routing.services.running import current
from systems.past.columns import is_plain

#: Words that are remembered of each kind, and letters of one that can be a name.
REMEMBERED, LONGEST = 20_000, 300


@dataclass(frozen=True, slots=True)
class Found:
    """What a word means, if anything; `doubt` is `unknown` or `ambiguous`, else empty."""

    row: Any = None
    doubt: str = ""


class Finder:
    """Looks up words in the registry of the country, as it is while an import runs."""

    def __init__(self) -> None:
        self._offices = lru_cache(REMEMBERED)(self._office)
        self._categories = lru_cache(REMEMBERED)(_category)
        self._places = lru_cache(REMEMBERED)(self._place)
        self.ruleset: CompiledRuleset = current(settings.COUNTRY)

    def office(self, word: str) -> Found:
        """An office by its code, else by a name, short name or alias."""
        return self._offices(word) if _may_be_name(word) else UNKNOWN

    def category(self, word: str) -> Found:
        """A category by its code, else by a name."""
        return self._categories(word) if _may_be_name(word) else UNKNOWN

    def place(self, words: tuple[str, ...]) -> Found:
        """A place by its code, or by names from the larger to the smaller."""
        return self._places(words) if all(map(_may_be_name, words)) else UNKNOWN

    @cached_property
    def _named_offices(self) -> "_Named":
        """Ids of offices, and whether they are open."""
        rows = Office.objects.filter(country=settings.COUNTRY).values_list(
            "pk", "closed_at", "code", "search_text", "short_name"
        )
        return _Named(
            ((pk, closed is None), code, [*text.split("|"), comparable(short)])
            for pk, closed, code, text, short in rows.iterator()
        )

    @cached_property
    def _named_places(self) -> "_Named":
        rows = Place.objects.filter(country=settings.COUNTRY).only("code", "path", "search_text")
        return _Named((row, row.code, row.search_text.split("|")) for row in rows.iterator())

    def _office(self, word: str) -> Found:
        """Open ones come before closed ones."""
        named = self._named_offices
        known = named.by_code.get(word)
        rows = named.called(word) if known is None else [known]
        found = _only([row for row in rows if row[1]] or rows)
        if found.row is None:
            return found
        return Found(Office.objects.select_related("agency").get(pk=found.row[0]))

    def _place(self, words: tuple[str, ...]) -> Found:
        """As much as can be told apart.

        Of several places of one name in each other the larger one is taken, which is certain. What is below
        it, and not known, makes it doubtful.
        """
        places = self._named_places
        if len(words) == 1 and (by_code := places.by_code.get(words[0])):
            return Found(by_code)
        here: list[Place] = []
        doubt = ""
        for word in words:
            within = [row for row in places.called(word) if not here or _lies_in(row, here)]
            if within:
                here = within
            else:
                doubt = "unknown"
        if len(here) > 1:
            doubt = "ambiguous"
            highest = min(here, key=lambda place: len(place.path))
            here = [highest] if all(row.path.startswith(highest.path) for row in here) else []
        return Found(here[0] if here else None, doubt)

    def is_about_misconduct(self, text: str) -> bool:
        """Whether the text sets an official beside a word of misconduct, by the rules in force."""
        ruleset = self.ruleset
        found = ruleset.matcher.scan(ruleset.speller.comparable(text))
        return misconduct_in(found, ruleset) is not None


UNKNOWN = Found(doubt="unknown")


class _Named:
    """Rows by their code, and by each of their names in comparable form."""

    def __init__(self, rows: Iterable[tuple[Any, str, Iterable[str]]]) -> None:
        self.by_code: dict[str, Any] = {}
        self._by_name: dict[str, list[Any]] = defaultdict(list)
        for row, code, names in rows:
            self.by_code[code] = row
            for name in set(names) - {""}:
                self._by_name[name].append(row)

    def called(self, word: str) -> Sequence[Any]:
        """Those of that name."""
        return self._by_name.get(comparable(word), ())


def _may_be_name(word: str) -> bool:
    return len(word) <= LONGEST and is_plain(word)


def _only(rows: Sequence[Any]) -> Found:
    if len(rows) == 1:
        return Found(rows[0])
    return Found(doubt="ambiguous" if rows else "unknown")


def _category(word: str) -> Found:
    """A category by its code, else by a name; those in use come before retired ones."""
    categories = Category.objects.filter(country=settings.COUNTRY)
    if by_code := categories.filter(code=word).first():
        return Found(by_code)
    name = comparable(word)
    rows = [
        row
        for row in categories
        if name and any(comparable(known) == name for known in row.names.values())
    ]
    in_use = [row for row in rows if row.retired_at is None]
    return _only(in_use or rows)


def _lies_in(place: Place, others: Sequence[Place]) -> bool:
    return any(place.path.startswith(other.path) for other in others)
