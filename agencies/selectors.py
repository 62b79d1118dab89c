"""Reading the registry: who holds what, who stands above whom, which office covers a place."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet, Value
from django.db.models.functions import Length, Replace
from django.utils import timezone

from accounts.actors import Actor, HeldPost
from accounts.prepared import prepared
from accounts.roles import Role
from agencies.health import Health, health
from agencies.models import Category, Office, Place, Post
from agencies.naming import comparable

__all__ = [
    "Health",
    "actor_for",
    "answering_among",
    "answering_post",
    "categories",
    "covering",
    "health",
    "holders",
    "office_by_code",
    "offices_above",
    "place_names",
    "posts_up",
    "search_offices",
    "search_places",
    "with_words",
]


def actor_for(user: Any, *, channel: str = "web", language: str = "en") -> Actor:
    """Who is acting, with the posts held now (one query; none for a visitor not signed in)."""
    if not user.is_authenticated:
        return Actor(kind="citizen", channel=channel, language=language)
    rows = _posts_held(user=user.pk, now=timezone.now())
    posts = tuple(HeldPost(pk, Role(role), office, path) for pk, role, office, path in rows)
    return Actor(kind="user", user_id=user.pk, posts=posts, channel=channel, language=language)


@prepared
def _posts_held(*, user: Any, now: Any) -> QuerySet[Post, tuple[int, str, int, str]]:
    posts = Post.objects.held_at(now).filter(user=user).order_by("id")
    return posts.values_list("id", "role", "office_id", "office__path")


def holders(office_id: int, role: Role, at: datetime | None = None) -> list[Post]:
    """Posts of a role in one office held at a moment (now) by people who may sign in."""
    found = Post.objects.held_at(at).filter(office_id=office_id, role=role, user__is_active=True)
    return list(found.select_related("user").order_by("held_from", "id"))


def offices_above(office: Office) -> list[Office]:
    """The offices above one, nearest first."""
    codes = office.path_codes[:-1]
    if not codes:
        return []
    found = Office.objects.filter(country=office.country, code__in=codes)
    return list(found.order_by(Length("path").desc()))


def answering_post(
    office: Office, role: Role = Role.FOCAL, barred_users: Collection[int] = frozenset()
) -> Post | None:
    """The post that answers: in the office, else in the nearest one above that has a holder.

    Holders who are barred (user ids) are passed over, and so are people who may no longer sign in.
    Among several in one office the longest in post answers. None when nobody is left at the top.
    """
    return answering_among(posts_up([office], role), office, barred_users)


def posts_up(offices: Iterable[Office], role: Role = Role.FOCAL) -> list[Post]:
    """Posts of a role in these offices and in all above them, held now by people who may sign in; the
    lowest office first, in one office the longest in post (one query, none for no office).
    """
    codes = {code for office in offices for code in office.path_codes}
    countries = {office.country for office in offices}
    if not codes:
        return []
    found = Post.objects.held_at().filter(role=role, user__is_active=True)
    found = found.filter(office__country__in=countries, office__code__in=codes)
    found = found.select_related("user", "office")
    return list(found.order_by(Length("office__path").desc(), "held_from", "id"))


def answering_among(
    posts: Iterable[Post], office: Office, barred_users: Collection[int] = frozenset()
) -> Post | None:
    """The same of posts at hand (as `posts_up` reads them), which are those around the office too."""
    for post in posts:
        is_around = post.office_id == office.pk or post.office.is_above(office)
        if is_around and post.user_id not in barred_users:
            return post
    return None


def office_by_code(country: str, code: str) -> Office | None:
    """An office by its code, closed ones too."""
    return Office.objects.select_related("type").filter(country=country, code=code).first()


def covering(country: str, type_code: str, place: Place) -> Office | None:
    """The open office of a type that covers a place, or the nearest place above it."""
    return (
        Office.objects.open()
        .filter(
            country=country,
            type__code=type_code,
            areas__place__country=country,
            areas__place__code__in=place.ancestor_codes,
        )
        .order_by(Length("areas__place__path").desc(), "code")
        .first()
    )


def with_words(words: str) -> Q:
    """Rows whose searched text holds each of the words, in any order."""
    condition = Q()
    for word in comparable(words).split():
        condition &= Q(search_text__contains=word)
    return condition


def _begins_with(words: str) -> ExpressionWrapper:
    """Whether one of a row's names begins with the words."""
    form = comparable(words)
    condition = Q(search_text__startswith=form) | Q(search_text__contains=f"|{form}")
    return ExpressionWrapper(condition, output_field=BooleanField())


#: How deep in its tree a row lies: the number of codes in its path.
DEPTH = Length("path") - Length(Replace(F("path"), Value("/"), Value("")))


def search_offices(country: str, words: str, limit: int = 20) -> list[Office]:
    """Open offices by words of their code, names or aliases; the best match and highest first."""
    if not comparable(words):
        return []
    found = Office.objects.open().filter(with_words(words), country=country)
    found = found.select_related("type", "agency")
    return list(found.order_by(_begins_with(words).desc(), DEPTH, "path")[:limit])


def agency_named(country: str, names: Sequence[str]) -> Office | None:
    """The open agency that is called exactly one of these (a name, short name or alias), the first
    of them that any is called by; of several agencies the highest (one query).
    """
    forms = [form for form in map(comparable, names) if len(form) >= 2]
    called = Q()
    for form in forms:
        called |= Q(search_text=form) | Q(search_text__startswith=f"{form}|")
        called |= Q(search_text__contains=f"|{form}|") | Q(search_text__endswith=f"|{form}")
    if not called:
        return None
    agencies = Office.objects.open().filter(called, country=country, agency=F("pk"))
    found = list(agencies.order_by(DEPTH, "path"))
    for form in forms:
        for office in found:
            if form in office.search_text.split("|"):
                return office
    return None


def search_places(country: str, words: str, limit: int = 20) -> list[Place]:
    """Places by words of their names in any language; the best match and largest first."""
    if not comparable(words):
        return []
    found = Place.objects.filter(with_words(words), country=country)
    order = (_begins_with(words).desc(), DEPTH, Length("search_text"), "code")
    return list(found.order_by(*order)[:limit])


def place_names(place: Place, language: str) -> list[str]:
    """The names from the root down to a place, for telling two of one name apart (one query)."""
    found = Place.objects.filter(country=place.country, code__in=place.ancestor_codes)
    return [above.name_in(language) for above in found.order_by(Length("path"))]


def categories(country: str) -> QuerySet[Category]:
    """Subjects in use, each after the one above it."""
    return Category.objects.filter(country=country, retired_at=None).order_by("order", "path")
