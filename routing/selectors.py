"""What routing reads from the database: the registry, the rule set in force, rules by words."""

import json
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.prepared import prepared
from agencies.loading.reading import PACKS
from agencies.models import (
    Category,
    Office,
    OfficeArea,
    OfficeType,
    Place,
    Post,
    RegistryChange,
    RegistryVersion,
)
from routing.conditions import FIELDS
from routing.models import RuleRow, RuleSet
from routing.registry_index import OfficeEntry, RegistryIndex, TypeEntry

#: Changes to these tables compile the rules anew; those to calendars, services … don't.
TABLES = ("office", "officearea", "officetype", "place", "category", "registryversion")
#: Changes to these bring other names of officials.
PEOPLE = ("post",)


def published(country: str) -> tuple[int, UUID | None] | None:
    """The id of the rule set in force, with the stamp of the registry's state.

    One small query, asked at each filing: a set's settings are long, and are not read here.
    """
    return _published.one(country=country)


@prepared
def _published(*, country: Any) -> QuerySet[RuleSet, tuple[int, UUID | None]]:
    stamp = RegistryVersion.objects.filter(country=OuterRef("country")).values("stamp")
    rules = RuleSet.objects.filter(country=country, status=RuleSet.Status.PUBLISHED)
    rules = rules.annotate(registry_stamp=Subquery(stamp)).order_by("pk")
    return rules.values_list("pk", "registry_stamp")[:1]


def official_names(country: str) -> list[str]:
    """Names of all people who hold a post, or will (one query)."""
    held = Post.objects.of_people().filter(Q(held_to=None) | Q(held_to__gt=timezone.now()))
    names = held.filter(office__country=country).values_list("user__name", flat=True)
    return list(names.distinct())


def last_change(country: str, tables: tuple[str, ...] = TABLES) -> int:
    """The id of the registry's last change that routing has to know of; 0 if there was none."""
    found = RegistryChange.objects.filter(country=country, table__in=tables)
    return found.order_by("-id").values_list("id", flat=True).first() or 0


def languages(country: str) -> tuple[str, ...]:
    """The country's languages, the default one first."""
    about = json.loads((PACKS / country / "country.json").read_text(encoding="utf-8"))
    return tuple(dict.fromkeys((about["default_language"], *about["languages"])))


def registry_index(country: str) -> RegistryIndex:
    """The registry as the engine needs it (six queries, a second or two for 90,000 places)."""
    version = RegistryVersion.objects.filter(country=country).values_list("version", flat=True)
    index = RegistryIndex(
        country=country, version=version.first() or 0, languages=languages(country)
    )
    places = Place.objects.filter(country=country).order_by("path")
    index.add_places(
        (code, path.split("/")[-3] if path.count("/") > 1 else "", level,
         tuple(dict.fromkeys(names.values())))
        for code, path, level, names in places.values_list("code", "path", "level", "names")
        .iterator(chunk_size=5000)
    )  # fmt: skip
    kinds = OfficeType.objects.filter(country=country)
    for code, level, body, names in kinds.values_list("code", "level", "body", "names"):
        index.types[code] = TypeEntry(code, level, body, tuple(dict.fromkeys(names.values())))
    categories = Category.objects.filter(country=country, retired_at=None)
    for code, parent in categories.values_list("code", "parent__code"):
        index.categories[code] = parent or ""
    index.add_offices(_offices(country))
    index.name_types()
    return index


def _offices(country: str) -> list[OfficeEntry]:
    areas: dict[int, list[str]] = {}
    covered = OfficeArea.objects.filter(office__country=country).order_by("place__code")
    for office, place in covered.values_list("office_id", "place__code"):
        areas.setdefault(office, []).append(place)
    rows = Office.objects.open().filter(country=country)
    fields = ("id", "code", "path", "type__code", "names", "aliases", "short_name")
    return [
        OfficeEntry(
            code=code,
            parent=path.split("/")[-3] if path.count("/") > 1 else "",
            type=kind,
            names=names,
            aliases=tuple(dict.fromkeys(name for name in (*aliases, short) if name)),
            places=tuple(areas.get(pk, ())),
        )
        for pk, code, path, kind, names, aliases, short in rows.values_list(*fields)
    ]


def rule_rows(ruleset: RuleSet) -> list[dict[str, str]]:
    """All rules of a set as rows of text, by code."""
    return list(ruleset.rules.order_by("code").values(*FIELDS))


def rules_with(ruleset: RuleSet, words: str) -> QuerySet[RuleRow]:
    """Rules in which each of the words stands somewhere."""
    found = ruleset.rules.order_by("code")
    for word in words.split():
        condition = Q()
        for field in ("code", "words", "not_words", "target", "target_type", "note", "category"):
            condition |= Q(**{f"{field}__icontains": word})
        found = found.filter(condition)
    return found


def rule_sets(country: str) -> QuerySet[RuleSet]:
    """All versions, the newest first."""
    return RuleSet.objects.filter(country=country).select_related("changed_by").order_by("-version")
