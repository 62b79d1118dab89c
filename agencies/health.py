"""What is missing in the registry: offices where a complaint would reach nobody."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.roles import Role
from agencies.models import Office, OfficeArea, OfficeType, Place, Post
from agencies.models.offices import Body


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many places of its level a type of office covers."""

    type: OfficeType
    total: int
    covered: int

    @property
    def missing(self) -> int:
        """Places without such an office."""
        return self.total - self.covered


@dataclass(frozen=True, slots=True)
class Health:
    """The lists of the health page. The query sets are read when they are shown, page by page.

    `empty_posts` are dicts: office_id, role, last (the end of the last holder's post, or None if
    the holder's account is off).
    """

    without_focal: QuerySet[Office]
    orphans: QuerySet[Office]
    uncovered: list[Coverage]
    empty_posts: QuerySet[Any, Any]


_undecidable: list[Callable[[], int]] = []


def register_undecidable(count: Callable[[], int]) -> None:
    """Have the room above count, from start-up on, the appeals that nobody may decide."""
    _undecidable[:] = [count]


def undecidable() -> int:
    """How many appeals stand still because nobody may decide them: which ones is not for registrars."""
    return sum(count() for count in _undecidable)


def health(country: str) -> Health:
    """Everything that a registrar should mend (two queries, the rest when it is read)."""
    return Health(
        without_focal=offices_without_focal(country),
        orphans=orphans(country),
        uncovered=[found for found in coverage(country) if found.missing],
        empty_posts=empty_posts(country),
    )


def _held(**same: Any) -> Exists:
    return Exists(Post.objects.held_at().filter(user__is_active=True, **same))


def offices_without_focal(country: str) -> QuerySet[Office]:
    """Open offices whose cases fall to the next office up, the highest first."""
    held = _held(office=OuterRef("pk"), role=Role.FOCAL)
    found = Office.objects.open().filter(~held, country=country)
    return found.select_related("type").order_by("path")


def orphans(country: str) -> QuerySet[Office]:
    """Open offices below a closed one, and field offices that belong to no agency."""
    lost = Q(parent__closed_at__isnull=False) | Q(agency=None, type__body=Body.FIELD_OFFICE.value)
    found = Office.objects.open().filter(lost, country=country)
    return found.select_related("type", "parent").order_by("path")


def empty_posts(country: str) -> QuerySet[Any, Any]:
    """Roles in open offices that somebody once held and nobody holds now, the latest first."""
    held = _held(office=OuterRef("office"), role=OuterRef("role"))
    return (
        Post.objects.of_people()
        .filter(
            ~held,
            office__country=country,
            office__closed_at=None,
            held_from__lte=timezone.now(),
        )
        .values("office_id", "role")
        .annotate(last=Max("held_to"))
        .order_by("-last", "office_id", "role")
    )


def coverage(country: str) -> list[Coverage]:
    """For each type with a level and an open office: the places of the level, and those covered.

    An office that covers a place above counts too.
    """
    types = OfficeType.objects.filter(country=country).exclude(level="")
    used = Exists(Office.objects.open().filter(type=OuterRef("pk")))
    found = list(types.filter(used).order_by("code"))
    places: dict[str, list[str]] = {}
    rows = Place.objects.filter(country=country, level__in={row.level for row in found})
    for level, path in rows.values_list("level", "path"):
        places.setdefault(level, []).append(path)
    areas = _areas(country, [row.pk for row in found])
    answer = []
    for row in found:
        paths = places.get(row.level, [])
        covered = sum(_is_covered(path, areas.get(row.pk, frozenset())) for path in paths)
        answer.append(Coverage(row, len(paths), covered))
    return answer


def uncovered_places(office_type: OfficeType) -> list[Place]:
    """The places of the type's level that no open office of it covers."""
    areas = _areas(office_type.country, [office_type.pk]).get(office_type.pk, set())
    found = Place.objects.filter(country=office_type.country, level=office_type.level)
    return [
        place
        for place in found.select_related("parent").order_by("path")
        if not _is_covered(place.path, areas)
    ]


def _areas(country: str, types: Iterable[int]) -> dict[int, set[str]]:
    """Type → codes of the places that its open offices cover."""
    answer: dict[int, set[str]] = {}
    found = OfficeArea.objects.filter(
        office__country=country, office__closed_at=None, office__type_id__in=list(types)
    )
    for type_id, code in found.values_list("office__type_id", "place__code"):
        answer.setdefault(type_id, set()).add(code)
    return answer


def _is_covered(path: str, codes: set[str] | frozenset[str]) -> bool:
    return not codes.isdisjoint(path.split("/"))
