"""Questions that are put together once: they say what the ordinary query set says, for any values."""

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.db.models.signals import post_init, pre_init
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import prepared as prepared_module
from accounts.models import User
from accounts.prepared import prepared
from accounts.roles import Role
from agencies.models import Office, Post
from agencies.selectors import actor_for
from tests.factories.agencies import RegistryCast, make_office, make_registry


@pytest.fixture
def cast(db: None) -> RegistryCast:
    return make_registry()


@prepared
def posts_of(newest_first: bool = False, *, office: Any) -> QuerySet[Post]:
    """Posts of an office with their people and what lies around them."""
    told = Office.objects.filter(parent=OuterRef("office")).order_by("id")
    posts = Post.objects.filter(office=office).select_related("user", "office__parent")
    posts = posts.defer("title", "user__email").annotate(
        below=ArraySubquery(told.values(one=JSONObject(id="id", names="names"))),
        first=Subquery(told.values("names")[:1]),
    )
    return posts.order_by("-id" if newest_first else "id")


@prepared
def offices_named(*, codes: Any) -> QuerySet[Office, str]:
    return Office.objects.filter(code__among=codes).order_by("code").values_list("code", flat=True)


def plain(post: Post) -> dict[str, Any]:
    """A post with all that was read with it, and nothing that is read when it is asked for."""
    rows = {"": post, "user": post.user, "office": post.office, "above": post.office.parent}
    return {
        f"{of}.{name}": value
        for of, row in rows.items()
        if row is not None
        for name, value in vars(row).items()
        if name != "_state"
    }


def test_it_finds_what_the_query_set_finds_each_time_with_other_values(cast: RegistryCast) -> None:
    for office in (cast.department, cast.ministry, cast.cabinet):
        for newest_first in (False, True):
            asked = [plain(post) for post in posts_of(newest_first, office=office)]
            assert asked == [plain(post) for post in posts_of.query(newest_first, office=office)]
    assert posts_of(office=cast.department), "there is something to find"


def test_what_is_read_with_a_row_costs_no_further_statement(cast: RegistryCast) -> None:
    with CaptureQueriesContext(connection) as captured:
        post = posts_of.one(office=cast.department.pk)
        assert post is not None
        told = plain(post)
        assert {"user.name", "above.code", ".below"} <= told.keys()
        assert not post._state.adding
    assert len(captured) == 1
    with CaptureQueriesContext(connection) as captured:
        assert post.user.email.endswith("@example.org")
    assert len(captured) == 1, "what was left out is read when it is asked for"


def test_it_is_put_together_once_for_each_question(cast: RegistryCast) -> None:
    built: list[str] = []

    @prepared
    def people(order: str, *, name: Any) -> QuerySet[User]:
        built.append(order)
        return User.objects.filter(name=name).order_by(order)

    for name in ("nobody", cast.focal.name):
        assert [user.name for user in people("id", name=name)] == [name][name == "nobody" :]
    assert people("email", name=cast.focal.name) == [cast.focal]
    assert built == ["id", "email"]


def test_an_object_is_one_that_is_in_the_database(cast: RegistryCast) -> None:
    post = posts_of(office=cast.department)[0]
    django = posts_of.query(office=cast.department)[0]
    assert vars(post._state).items() >= {"adding": False, "db": "default"}.items()
    assert post.get_deferred_fields() == django.get_deferred_fields() == {"title"}
    assert post.user.get_deferred_fields() == {"email"}
    with CaptureQueriesContext(connection) as asked:
        assert post.title == Post.objects.get(pk=post.pk).title
        post.user.refresh_from_db()
    assert len(asked) == 3
    post.title = "Another"
    post.save(update_fields=["title"])
    assert Post.objects.get(pk=post.pk).title == "Another"


def test_a_row_beside_it_that_is_not_there_is_none(cast: RegistryCast) -> None:
    @prepared
    def offices(*, code: Any) -> QuerySet[Office]:
        return Office.objects.filter(code=code).select_related("parent__parent", "calendar")

    with CaptureQueriesContext(connection) as asked:
        top, below = offices(code=cast.cabinet.code)[0], offices(code=cast.department.code)[0]
        assert (top.parent, top.calendar) == (None, None)
        assert below.parent.pk == cast.department.parent_id
        assert below.parent.parent is None
    assert len(asked) == 2


@pytest.mark.parametrize("signal", [pre_init, post_init])
def test_who_wants_to_know_of_each_object_is_told(cast: RegistryCast, signal: Any) -> None:
    made: list[Any] = []

    def told(**values: Any) -> None:
        made.append(values["sender"])

    @prepared
    def posts(*, office: Any) -> QuerySet[Post]:
        return Post.objects.filter(office=office).select_related("user")

    signal.connect(told, sender=User)
    try:
        found = posts(office=cast.department)
    finally:
        signal.disconnect(told, sender=User)
    assert made == [User] * len(found)
    assert all(post.user.name for post in found)


def test_the_first_row_or_none(cast: RegistryCast) -> None:
    newest = Post.objects.filter(office=cast.department).latest("id")
    assert posts_of.one(True, office=cast.department) == newest
    assert posts_of.one(office=0) is None


@pytest.mark.parametrize("codes", [[], ["none-such"], ["dept", "none-such"], ["dept", "desk"]])
def test_a_list_is_one_value_even_an_empty_one(cast: RegistryCast, codes: list[str]) -> None:
    real = {"dept": cast.department.code, "desk": cast.cabinet.code}
    codes = [real.get(code, code) for code in codes]
    ordinary = Office.objects.filter(code__in=codes).order_by("code")
    assert offices_named(codes=codes) == list(ordinary.values_list("code", flat=True))
    assert list(offices_named.query(codes=codes)) == offices_named(codes=codes)


def test_keys_and_lists_of_values_given_one_by_one_may_be_asked_for(cast: RegistryCast) -> None:
    @prepared
    def held(*, one: Any, other: Any, by: Any) -> QuerySet[Post, str]:
        posts = Post.objects.filter(office__among=[one, other], user_id__among=by)
        return posts.order_by("role").values_list("role", flat=True)

    by = [cast.head.pk, cast.registrar.pk, cast.rival_focal.pk]
    assert held(one=cast.department, other=cast.cabinet, by=by) == ["head", "registrar"]
    assert held(one=cast.ministry, other=cast.rival_ministry, by=by) == ["focal"]


def test_all_but_those_of_an_empty_list_are_all(cast: RegistryCast) -> None:
    @prepared
    def others(*, ids: Any) -> QuerySet[Office]:
        return Office.objects.exclude(pk__among=ids)

    assert len(others(ids=[])) == Office.objects.count()
    assert len(others(ids=[cast.department.pk])) == Office.objects.count() - 1


def test_moments_conditions_and_counts_may_be_asked_for(cast: RegistryCast) -> None:
    @prepared
    def held(*, at: Any, path: Any) -> QuerySet[Post, tuple[Any, ...]]:
        posts = Post.objects.filter(Q(held_to=None) | Q(held_to__gt=at), held_from__lte=at)
        posts = posts.filter(office__path__startswith=path).order_by("role")
        return posts.values_list("role").annotate(n=Count("pk"), late=Count("pk", Q(held_to=at)))

    now, path = timezone.now(), cast.department.path
    counted = held(at=now, path=path)
    assert counted == list(held.query(at=now, path=path))
    assert (Role.FOCAL.value, 2, 0) in counted
    assert held(at=now - timedelta(days=100_000), path=path) == []
    assert held(at=now, path="%") == [], "a sign of a pattern stands for itself"


def test_words_are_put_in_as_words(cast: RegistryCast) -> None:
    nasty = "x' OR '1'='1' -- %s {} \\"
    assert offices_named(codes=[nasty]) == []


@pytest.mark.parametrize("values", [{}, {"code": "a"}, {"codes": [], "more": 1}])
def test_it_is_asked_with_its_own_values_and_no_others(db: None, values: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        offices_named(**values)


@pytest.mark.parametrize(
    "rows",
    [lambda: Office.objects.prefetch_related("posts"), lambda: Office.objects.values("code")],
    ids=["a second query", "rows of another kind"],
)
def test_what_it_cannot_read_it_refuses(db: None, rows: Any) -> None:
    with pytest.raises(TypeError):
        prepared(rows)()


def test_a_moment_that_would_stay_the_same_is_refused(db: None) -> None:
    with pytest.raises(TypeError, match="moment"):
        prepared(lambda: Post.objects.held_at())()


def test_an_actor_is_given_by_their_ids_and_asked_of_by_their_roles(cast: RegistryCast) -> None:
    built: list[frozenset[Role]] = []

    @prepared
    def theirs(*, who: Any) -> QuerySet[Office, str]:
        built.append(who.roles)
        inside = Q(pk__in=[])
        for post in who.posts:
            below = Q(path__startswith=post.office_path) if post.role == Role.FOCAL else Q()
            inside |= Q(pk=post.office_id) | (below & Q(posts__user_id=who.user_id))
        return Office.objects.filter(inside).distinct().values_list("code", flat=True)

    people = (cast.focal, cast.ministry_focal, cast.rival_focal, cast.focal, cast.case_officer)
    for user in people:
        actor = actor_for(user)
        held = Office.objects.filter(posts__user=user)
        assert theirs(who=actor) == list(held.values_list("code", flat=True))
    assert built == [{Role.FOCAL}, {Role.CASE_OFFICER}]


def test_the_country_of_the_installation_is_part_of_a_question(db: None, settings: Any) -> None:
    @prepared
    def here() -> QuerySet[Office, str]:
        found = Office.objects.filter(country=settings.COUNTRY).order_by("code")
        return found.values_list("code", flat=True)

    make_office("there", "There", country="id")
    assert here() == []
    settings.COUNTRY = "id"
    assert here() == ["there"]


def test_no_more_is_kept_than_a_process_can_bear(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared_module, "MOST_KEPT", 2)
    built: list[int] = []

    @prepared
    def some(of: int) -> QuerySet[Office]:
        built.append(of)
        return Office.objects.all()[:of]

    for of in (1, 2, 3, 3, 1):
        assert some(of) == []
    assert built == [1, 2, 3, 3]


@prepared
def locked(*, pk: Any) -> QuerySet[Office]:
    return Office.objects.select_for_update().filter(pk=pk)


def test_within_a_transaction_rows_are_locked(cast: RegistryCast) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert locked(pk=cast.department) == [cast.department]
    assert captured[0]["sql"].endswith("FOR UPDATE")


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_rows_are_not_locked_for_no_time_at_all() -> None:
    office = make_registry().department
    with pytest.raises(TransactionManagementError):
        locked(pk=office)
    # Nor once it is put together.
    with transaction.atomic():
        assert locked(pk=office) == [office]
    with pytest.raises(TransactionManagementError):
        locked(pk=office)


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_over_its_own_connection() -> None:
    cast, seen = make_registry(), []
    offices_named(codes=[])

    def ask() -> None:
        seen.extend(posts_of(office=cast.department))
        connection.close()

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == 2 * list(Post.objects.filter(office=cast.department).order_by("id"))
