"""Subjects and places as filters know them, kept in the process while the registry stays as it is."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import UUID

from django.conf import settings

from agencies.models import Category, Place, RegistryVersion

T = TypeVar("T", Category, Place)


@dataclass(frozen=True)
class Tree(Generic[T]):
    """Rows by code and by id, in the order of their paths."""

    rows: tuple[T, ...]
    by_code: dict[str, T] = field(init=False)
    by_id: dict[int, T] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_code", {row.code: row for row in self.rows})
        object.__setattr__(self, "by_id", {row.pk: row for row in self.rows})

    def with_below(self, row: T) -> list[T]:
        """The row and all below it."""
        return [other for other in self.rows if other.path.startswith(row.path)]

    def depth(self, row: T) -> int:
        """How deep it lies: 0 at the top."""
        return row.path.count("/") - 1


@dataclass(frozen=True)
class Trees:
    """A country's subjects (retired ones too), and its places down to the district."""

    subjects: Tree[Category]
    places: Tree[Place]


_KNOWN: dict[str, tuple[UUID | None, Trees]] = {}


def trees() -> Trees:
    """The country's, read again only when the registry has changed (one small query)."""
    country = settings.COUNTRY
    stamps = RegistryVersion.objects.filter(country=country)
    stamp = stamps.values_list("stamp", flat=True).first()
    known = _KNOWN.get(country)
    if known is not None and stamp is not None and known[0] == stamp:
        return known[1]
    read = _read(country)
    _KNOWN[country] = (stamp, read)
    return read


def _read(country: str) -> Trees:
    subjects = Category.objects.filter(country=country).order_by("path")
    # Facts know the second level of places: what lies deeper counts with it, a whole province by itself.
    places = Place.objects.filter(country=country, path__regex=r"^[^/]+/([^/]+/)?$")
    return Trees(Tree(tuple(subjects)), Tree(tuple(places.defer("search_text").order_by("path"))))
