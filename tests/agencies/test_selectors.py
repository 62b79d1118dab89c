from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.roles import Role
from agencies import selectors
from agencies.models import Post
from tests.factories.agencies import make_office, make_officer, make_post, make_registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_registry()


class TestActorFor:
    def test_it_brings_the_posts_held_now_in_one_query(self, cast, django_assert_num_queries):
        with django_assert_num_queries(1):
            actor = selectors.actor_for(cast.focal, channel="api", language="bn")
        [post] = actor.posts
        assert (actor.kind, actor.user_id) == ("user", cast.focal.pk)
        assert (post.role, post.office_path) == (Role.FOCAL, "power/grid/")
        assert (actor.channel, actor.language) == ("api", "bn")

    def test_a_post_that_has_ended_or_not_begun_gives_nothing(self, cast):
        now = timezone.now()
        Post.objects.filter(user=cast.focal).update(held_to=now)
        make_post(cast.focal, Role.HEAD, cast.ministry, since=now + timedelta(days=1))
        assert selectors.actor_for(cast.focal).posts == ()

    def test_a_visitor_is_a_citizen_without_a_query(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            actor = selectors.actor_for(AnonymousUser())
        assert (actor.kind, actor.user_id, actor.posts) == ("citizen", None, ())


class TestHolders:
    def test_it_finds_them_at_a_moment(self, cast):
        now = timezone.now()
        Post.objects.filter(user=cast.focal).update(held_to=now)
        make_officer("Successor", Role.FOCAL, cast.department)
        before = selectors.holders(cast.department.pk, Role.FOCAL, now - timedelta(seconds=1))
        after = selectors.holders(cast.department.pk, Role.FOCAL, now)
        assert [post.user.name for post in before] == ["Focal", "Successor"]
        assert [post.user.name for post in after] == ["Successor"]

    def test_someone_who_may_not_sign_in_holds_nothing(self, cast):
        cast.focal.is_active = False
        cast.focal.save()
        assert selectors.holders(cast.department.pk, Role.FOCAL) == []


class TestOfficesAbove:
    def test_the_nearest_comes_first(self, cast, django_assert_num_queries):
        with django_assert_num_queries(1):
            above = selectors.offices_above(cast.upazila_office)
        assert above == [cast.district_office, cast.department, cast.ministry]

    def test_nothing_stands_above_a_ministry(self, cast):
        assert selectors.offices_above(cast.ministry) == []


class TestAnsweringPost:
    def test_the_holder_in_the_office_answers(self, cast, django_assert_num_queries):
        with django_assert_num_queries(1):
            post = selectors.answering_post(cast.department)
        assert post.user == cast.focal

    def test_an_empty_post_falls_to_the_next_office_up(self, cast):
        assert selectors.answering_post(cast.upazila_office).user == cast.district_focal

    def test_a_barred_holder_is_passed_over(self, cast):
        barred = frozenset({cast.district_focal.pk, cast.focal.pk})
        post = selectors.answering_post(cast.upazila_office, barred_users=barred)
        assert post.user == cast.ministry_focal

    def test_a_second_holder_answers_for_a_barred_one(self, cast):
        second = make_officer("Second", Role.FOCAL, cast.department)
        post = selectors.answering_post(cast.department, barred_users={cast.focal.pk})
        assert post.user == second

    def test_at_the_top_there_may_be_nobody(self, cast):
        assert selectors.answering_post(cast.cabinet) is None

    def test_it_never_crosses_to_the_rival(self, cast):
        Post.objects.exclude(user=cast.rival_focal).delete()
        assert selectors.answering_post(cast.upazila_office) is None

    def test_it_asks_for_any_role(self, cast):
        assert selectors.answering_post(cast.district_office, Role.HEAD).user == cast.head


class TestCovering:
    def test_the_office_of_the_nearest_place_above_is_found(self, cast, django_assert_num_queries):
        with django_assert_num_queries(1):
            found = selectors.covering("bd", "grid-district", cast.union)
        assert found == cast.district_office
        assert selectors.covering("bd", "grid-upazila", cast.union) == cast.upazila_office

    def test_a_place_outside_is_not_covered(self, cast):
        assert selectors.covering("bd", "grid-district", cast.other_upazila) is None

    def test_a_closed_office_covers_nothing(self, cast):
        cast.district_office.closed_at = timezone.now()
        cast.district_office.save()
        assert selectors.covering("bd", "grid-district", cast.union) is None


class TestSearching:
    def test_offices_are_found_by_any_name_and_in_any_order(self, cast):
        office = make_office("pdb", "Power Board", bn="বিদ্যু\u09ce বোর্ড", aliases=("PDB",))
        for words in ("board power", "pdb", "বোর্ড", "POWER-BOARD"):
            assert selectors.search_offices("bd", words) == [office]

    def test_closed_offices_and_other_countries_are_left_out(self, cast):
        make_office("gone", "Old Board", closed_at=timezone.now())
        make_office("foreign", "Foreign Board", country="id")
        assert selectors.search_offices("bd", "board") == []

    @pytest.mark.parametrize("words", ["", "  ", "%", "_", "\0"])
    def test_words_without_letters_find_nothing(self, cast, words):
        assert selectors.search_offices("bd", words) == []
        assert selectors.search_places("bd", words) == []

    def test_a_name_that_begins_so_comes_first_and_then_the_larger_place(self, cast):
        assert selectors.search_places("bd", "ga") == [cast.district, cast.other_district]
        assert selectors.search_places("bd", "a")[0] == cast.division
        assert selectors.search_places("bd", "কালিয়াকৈর") == [cast.upazila]

    def test_the_names_above_tell_two_places_apart(self, cast):
        assert selectors.place_names(cast.upazila, "en") == ["Dhaka", "Gazipur", "Kaliakair"]


def test_an_office_is_found_by_its_code_in_its_country(cast):
    assert selectors.office_by_code("bd", "grid") == cast.department
    assert selectors.office_by_code("id", "grid") is None


def test_retired_categories_are_left_out(cast):
    cast.roads.retired_at = timezone.now()
    cast.roads.save()
    assert list(selectors.categories("bd")) == [cast.electricity, cast.billing]
