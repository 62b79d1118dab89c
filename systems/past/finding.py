"""Codes and names of another system found in the registry: offices, categories, places.

A name is compared as `agencies.naming` says: in NFC, without case, punctuation and invisible letters. What
was looked up once is remembered, within bounds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

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
        self._offices = lru_cache(REMEMBERED)(_office)
        self._categories = lru_cache(REMEMBERED)(_category)
        self._places = lru_cache(REMEMBERED)(_place)
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

    def is_about_misconduct(self, text: str) -> bool:
        """Whether the text sets an official beside a word of misconduct, by the rules in force."""
        ruleset = self.ruleset
        found = ruleset.matcher.scan(ruleset.speller.comparable(text))
        return misconduct_in(found, ruleset) is not None


UNKNOWN = Found(doubt="unknown")


def _may_be_name(word: str) -> bool:
    return len(word) <= LONGEST and is_plain(word)


def _only(rows: Sequence[Any]) -> Found:
    if len(rows) == 1:
        return Found(rows[0])
    return Found(doubt="ambiguous" if rows else "unknown")


def _office(word: str) -> Found:
    """An office by its code, else by a name, short name or alias; open ones come before closed ones."""
    offices = Office.objects.filter(country=settings.COUNTRY).select_related("agency")
    if by_code := offices.filter(code=word).first():
        return Found(by_code)
    name = comparable(word)
    if not name:
        return Found(doubt="unknown")
    rows = offices.filter(_called(name) | Q(short_name__iexact=word))
    still_open = [row for row in rows if row.closed_at is None]
    return _only(still_open or list(rows))


def _called(name: str) -> Q:
    """Whether a name in comparable form is one of those that are searched, as a whole."""
    whole = Q(search_text=name) | Q(search_text__startswith=f"{name}|")
    return whole | Q(search_text__endswith=f"|{name}") | Q(search_text__contains=f"|{name}|")


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


def _place(words: tuple[str, ...]) -> Found:
    """A place by its code, or by names from the larger to the smaller; as much as can be told apart.

    Of several places of one name in each other the larger one is taken, which is certain. What is below it,
    and not known, makes it doubtful.
    """
    places = Place.objects.filter(country=settings.COUNTRY)
    if len(words) == 1 and (by_code := places.filter(code=words[0]).first()):
        return Found(by_code)
    here: list[Place] = []
    doubt = ""
    for word in words:
        named = _places_named(places, word)
        within = [place for place in named if not here or _lies_in(place, here)]
        if within:
            here = within
        else:
            doubt = "unknown"
    if len(here) > 1:
        doubt = "ambiguous"
        highest = min(here, key=lambda place: len(place.path))
        here = [highest] if all(place.path.startswith(highest.path) for place in here) else []
    return Found(here[0] if here else None, doubt)


def _places_named(places: QuerySet[Place], word: str) -> list[Place]:
    name = comparable(word)
    if not name:
        return []
    return list(places.filter(_called(name)))


def _lies_in(place: Place, others: Sequence[Place]) -> bool:
    return any(place.path.startswith(other.path) for other in others)
