"""Published cases: found by words, place, subject and agency, page by page however many there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from accounts.prepared import prepared
from agencies.models import Category, Office, Place
from complaints.models import Case
from complaints.selectors.lists import public_cases
from complaints.tracking import read_number

A_PAGE, A_FEED, MOST_WORDS = 20, 50, 6
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class PublicFilter:
    """What the public narrows the list to; it stays in the address. Codes are the registry's.

    `before` is where an older page begins, as `PublicPage.older` named it.
    """

    words: str = ""
    place: str = ""
    category: str = ""
    agency: str = ""
    before: str = ""

    def __bool__(self) -> bool:
        return bool(self.words or self.place or self.category or self.agency)

    @property
    def codes(self) -> dict[str, str]:
        """What of it a feed can be narrowed to."""
        codes = {"place": self.place, "category": self.category, "agency": self.agency}
        return {name: code for name, code in codes.items() if code}


@dataclass(frozen=True, slots=True)
class PublicPage:
    """Some published cases, newest first, and where the older ones begin ("" if there are none)."""

    cases: list[Case]
    older: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What the list can be narrowed to: rows of the registry, the chosen ones among them."""

    places: list[Place]
    categories: list[Category]
    agencies: list[Office]


def published(which: PublicFilter, among: Choices) -> PublicPage:
    """One page of the published cases (one query; never counts them all)."""
    cases = _narrowed(public_cases(), which, among)
    if begins := _moment_and_id(which.before):
        at, pk = begins
        cases = cases.filter(published_at__lte=at).exclude(published_at=at, pk__gte=pk)
    rows = list(cases[: A_PAGE + 1])
    shown = rows[:A_PAGE]
    return PublicPage(shown, _place_in_list(shown[-1]) if len(rows) > A_PAGE else "")


def news(which: PublicFilter, among: Choices) -> list[Case]:
    """The published cases of which the public learnt something last, newest first (one query)."""
    cases = _narrowed(public_cases(), which, among).filter(public_at__isnull=False)
    return list(cases.order_by("-public_at", "-id")[:A_FEED])


def _narrowed(cases: QuerySet[Case], which: PublicFilter, among: Choices) -> QuerySet[Case]:
    if number := read_number(which.words):
        return cases.filter(number=number)
    for word in which.words.lower().split()[:MOST_WORDS]:
        cases = cases.annotate(said=Lower("public_text")).filter(said__contains=word)
    asked: list[tuple[str, str, Iterable[Place | Category | Office]]] = [
        ("place", which.place, among.places),
        ("category", which.category, among.categories),
        ("holder", which.agency, among.agencies),
    ]
    for field, code, rows in asked:
        if not code:
            continue
        path = next((row.path for row in rows if row.code == code), None)
        cases = (
            cases.none() if path is None else cases.filter(**{f"{field}__path__startswith": path})
        )
    return cases


def _place_in_list(case: Case) -> str:
    at = case.published_at or EPOCH
    return f"{(at - EPOCH) // MICROSECOND}-{case.pk}"


def _moment_and_id(text: str) -> tuple[datetime, int] | None:
    """What `_place_in_list` wrote; None for anything else."""
    at, _dash, pk = text.partition("-")
    if not (at.isascii() and at.isdigit() and pk.isascii() and pk.isdigit()):
        return None
    if len(at) > 17 or len(pk) > 18:
        return None
    return EPOCH + int(at) * MICROSECOND, int(pk)


def public_case(number: str) -> Case | None:
    """One published case by its number; None for any other (one query)."""
    return _public_case.one(number=read_number(number) or "")


@prepared
def _public_case(*, number: Any) -> QuerySet[Case]:
    return public_cases().filter(number=number)


def choices(which: PublicFilter) -> Choices:
    """What to choose from: the largest places, the subjects, the agencies at the top (three queries)."""
    country = settings.COUNTRY
    places = Place.objects.filter(country=country).filter(Q(parent=None) | Q(code=which.place))
    offices = Office.objects.open().filter(country=country)
    offices = offices.filter(Q(parent=None) | Q(code=which.agency))
    subjects = Category.objects.filter(country=country, retired_at=None)
    subjects = subjects.filter(Q(parent=None) | Q(code=which.category)).order_by("order", "path")
    return Choices(
        sorted(places, key=lambda row: row.name),
        list(subjects),
        sorted(offices, key=lambda row: row.name),
    )
