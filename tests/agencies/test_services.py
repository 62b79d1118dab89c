"""Registry writes: who may, what is kept, what is refused; each recorded, each raising the version."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.roles import Role
from agencies import selectors, services, snapshot
from agencies.models import (
    CalendarChange,
    Category,
    DeadlinePolicy,
    Holiday,
    Office,
    Post,
    RegistryChange,
    RegistryVersion,
    Service,
)
from agencies.policies import DEFAULTS
from tests.factories.agencies import make_office, make_user


def version() -> int:
    return RegistryVersion.objects.get(country="bd").version


def saved(actor, office: Office, **changes: object) -> Office:
    """Save an office with some things changed."""
    given = {
        "type": office.type,
        "parent": office.parent,
        "names": office.names,
        "places": list(office.places.all()),
    }
    return services.save_office(actor, office=office, **(given | changes))


def every_write(cast):
    """One call of each service, by name."""
    post, calendar = Post.objects.get(user=cast.focal), cast.calendar
    holiday = calendar.holidays.get()
    service = Service.objects.create(
        country="bd", code="s", office=cast.department, category=cast.roads, days=1
    )
    later = make_user("Later")
    names = {"en": "X"}
    return {
        "hold_post": lambda a: services.hold_post(
            a, user=later, role=Role.FOCAL, office=cast.upazila_office
        ),
        "end_post": lambda a: services.end_post(a, post),
        "hand_over": lambda a: services.hand_over(a, post, to=later),
        "save_office": lambda a: saved(a, cast.department, names=names),
        "close_office": lambda a: services.close_office(a, cast.rival_ministry),
        "save_calendar": lambda a: services.save_calendar(
            a, calendar=calendar, names=names, time_zone="Asia/Dhaka", weekend=[5]
        ),
        "add_holiday": lambda a: services.add_holiday(
            a, calendar=calendar, day=date(2027, 1, 1), names=names
        ),
        "remove_holiday": lambda a: services.remove_holiday(a, holiday),
        "set_policy": lambda a: services.set_policy(
            a, country="bd", name="forward", amount=4, unit="calendar_days"
        ),
        "save_category": lambda a: services.save_category(a, category=cast.roads, names=names),
        "retire_category": lambda a: services.retire_category(a, cast.roads),
        "save_service": lambda a: services.save_service(
            a, service=service, names=names, category=cast.roads, days=2, office=cast.department
        ),
        "remove_service": lambda a: services.remove_service(a, service),
    }


WRITES = [
    "hold_post",
    "end_post",
    "hand_over",
    "save_office",
    "close_office",
    "save_calendar",
    "add_holiday",
    "remove_holiday",
    "set_policy",
    "save_category",
    "retire_category",
    "save_service",
    "remove_service",
]
READ_LIVE = {"hold_post", "end_post", "hand_over"}


@pytest.mark.parametrize("name", WRITES)
class TestEveryWrite:
    def test_it_is_refused_to_everybody_but_a_registrar(self, cast, name):
        write = every_write(cast)[name]
        for who in ("alice", "desk", "focal", "head", "overseer", "auditor", "operator"):
            with pytest.raises(PermissionDenied):
                write(selectors.actor_for(getattr(cast, who)))
        assert not RegistryChange.objects.exists()

    def test_it_is_recorded_with_who_did_it(self, cast, registrar, name):
        every_write(cast)[name](registrar)
        assert {change.user for change in RegistryChange.objects.all()} == {cast.registrar}
        # The rival ministry has two posts, which end with it.
        rows = {"hand_over": 2, "close_office": 3}
        assert RegistryChange.objects.count() == rows.get(name, 1)

    def test_it_raises_the_version_unless_it_is_read_live(self, cast, registrar, name):
        write, before = every_write(cast)[name], version()
        write(registrar)
        assert (version() > before) == (name not in READ_LIVE)

    def test_the_system_may_do_it(self, cast, name):
        every_write(cast)[name](SYSTEM)
        assert RegistryChange.objects.filter(user=None).exists()


class TestPosts:
    def test_nobody_gives_a_post_to_themselves(self, cast, registrar):
        with pytest.raises(PermissionDenied):
            services.hold_post(
                registrar, user=cast.registrar, role=Role.DESK, office=cast.department
            )

    def test_a_post_is_not_held_twice_by_one_person(self, cast, registrar):
        with pytest.raises(ValidationError):
            services.hold_post(registrar, user=cast.focal, role=Role.FOCAL, office=cast.department)

    def test_the_same_post_can_be_held_again_later(self, cast, registrar):
        services.end_post(registrar, Post.objects.get(user=cast.focal))
        services.hold_post(registrar, user=cast.focal, role=Role.FOCAL, office=cast.department)
        assert Post.objects.filter(user=cast.focal).count() == 2

    def test_a_closed_office_and_a_switched_off_account_get_no_posts(self, cast, registrar):
        cast.alice.is_active = False
        cast.alice.save()
        closed = make_office("closed", "Closed", closed_at=timezone.now())
        for user, office in ((cast.alice, cast.department), (cast.charlie, closed)):
            with pytest.raises(ValidationError):
                services.hold_post(registrar, user=user, role=Role.FOCAL, office=office)

    def test_a_post_ends_once_and_after_its_beginning(self, cast, registrar):
        post = Post.objects.get(user=cast.focal)
        with pytest.raises(ValidationError):
            services.end_post(registrar, post, at=post.held_from)
        services.end_post(registrar, post)
        with pytest.raises(ValidationError):
            services.end_post(registrar, post)

    def test_there_is_no_moment_between_two_holders_and_none_shared(self, cast, registrar):
        at = timezone.now() + timedelta(days=3)
        services.hand_over(registrar, Post.objects.get(user=cast.focal), to=cast.alice, at=at)
        office = cast.department.pk
        [before] = selectors.holders(office, Role.FOCAL, at - timedelta(microseconds=1))
        [after] = selectors.holders(office, Role.FOCAL, at)
        assert (before.user, after.user) == (cast.focal, cast.alice)

    def test_a_refused_hand_over_ends_nothing(self, cast, registrar):
        post = Post.objects.get(user=cast.focal)
        for wrong in (cast.focal, cast.registrar):
            with pytest.raises((ValidationError, PermissionDenied)):
                services.hand_over(registrar, post, to=wrong)
        post.refresh_from_db()
        assert post.held_to is None


class TestOffices:
    def test_a_new_office_lies_in_the_tree(self, cast, registrar):
        made = services.save_office(
            registrar,
            country="bd",
            code="grid-x",
            type=cast.district_office.type,
            names={"en": "  New   Office ", "bn": ""},
            parent=cast.department,
            aliases=["  NEW ", "new"],
            places=[cast.other_district],
        )
        assert (made.path, made.agency) == ("power/grid/grid-x/", cast.department)
        assert (made.names, made.aliases) == ({"en": "New Office"}, ["new"])
        found = selectors.covering("bd", "grid-district", cast.other_upazila)
        assert found == made == selectors.search_offices("bd", "new office")[0]

    def test_all_below_move_with_it(self, cast, registrar):
        saved(registrar, cast.department, parent=cast.rival_ministry)
        cast.upazila_office.refresh_from_db()
        assert cast.upazila_office.path == ("roads/grid/grid-district-3.47/grid-upazila-3.47.1/")
        assert cast.upazila_office.agency == cast.department

    def test_field_offices_change_their_agency_when_they_move(self, cast, registrar):
        saved(registrar, cast.district_office, parent=cast.rival_ministry)
        cast.upazila_office.refresh_from_db()
        assert cast.upazila_office.agency == cast.rival_ministry

    def test_offices_below_follow_when_an_agency_becomes_a_field_office(self, cast, registrar):
        saved(registrar, cast.department, type=cast.district_office.type)
        cast.upazila_office.refresh_from_db()
        assert cast.upazila_office.agency == cast.ministry

    def test_an_office_cannot_lie_below_itself(self, cast, registrar):
        for parent in (cast.department, cast.upazila_office):
            with pytest.raises(ValidationError):
                saved(registrar, cast.department, parent=parent)

    def test_a_closed_office_takes_nothing_new_below_it(self, cast, registrar):
        closed = make_office("closed", "Closed", closed_at=timezone.now())
        with pytest.raises(ValidationError):
            saved(registrar, cast.department, parent=closed)

    def test_an_office_below_one_of_another_country_is_refused(self, cast, registrar):
        with pytest.raises(ValidationError):
            saved(registrar, cast.department, parent=make_office("x", "X", country="id"))

    @pytest.mark.parametrize(
        "code", ["", "A", "a b", "-a", "a--b", "ä", "new", "x" * 61, "a/b", "grid"]
    )
    def test_a_bad_or_taken_code_is_refused(self, cast, registrar, code):
        with pytest.raises(ValidationError) as caught:
            services.save_office(
                registrar, country="bd", code=code, type=cast.department.type, names={"en": "X"}
            )
        assert "code" in caught.value.error_dict

    @pytest.mark.parametrize("names", [{}, {"en": ""}, {"en": " \0 "}, {"en": "x" * 301}])
    def test_a_name_is_needed_and_has_an_end(self, cast, registrar, names):
        with pytest.raises(ValidationError):
            saved(registrar, cast.department, names=names)

    def test_saving_without_a_change_is_no_change(self, cast, registrar):
        saved(registrar, cast.department, aliases=cast.department.aliases)
        before = version()
        saved(registrar, cast.department, aliases=cast.department.aliases)
        assert version() == before
        assert RegistryChange.objects.count() == 0

    def test_what_was_and_what_is_are_recorded(self, cast, registrar):
        saved(registrar, cast.department, names={"en": "Wires"}, aliases=["grid"])
        change = RegistryChange.objects.get()
        assert (change.key, change.before["names"]) == ("grid", {"en": "Grid Department"})
        assert change.after["names"] == {"en": "Wires"}

    def test_closing_ends_the_posts_and_the_next_office_up_answers(self, cast, registrar):
        services.close_office(registrar, cast.department)
        assert not Post.objects.held_at().filter(office=cast.department).exists()
        assert selectors.answering_post(cast.department).user == cast.ministry_focal


class TestCalendars:
    def test_a_day_off_counts_from_the_next_look(self, cast, registrar):
        day = date(2026, 11, 23)
        assert snapshot.current("bd").calendar().is_working(day)
        holiday = services.add_holiday(
            registrar, calendar=cast.calendar, day=day, names={"en": "X"}
        )
        assert not snapshot.current("bd").calendar().is_working(day)
        services.remove_holiday(registrar, holiday)
        assert snapshot.current("bd").calendar().is_working(day)
        assert list(CalendarChange.objects.values_list("kind", flat=True)) == ["added", "removed"]

    def test_removing_a_day_twice_is_refused(self, cast, registrar):
        holiday = Holiday.objects.get()
        same = Holiday.objects.get()
        services.remove_holiday(registrar, holiday)
        with pytest.raises(ValidationError):
            services.remove_holiday(registrar, same)
        assert CalendarChange.objects.count() == 1

    @pytest.mark.parametrize("weekend", [[0], [8], [1, 2, 3, 4, 5, 6, 7]])
    def test_a_week_keeps_a_working_day(self, cast, registrar, weekend):
        with pytest.raises(ValidationError):
            services.save_calendar(
                registrar,
                calendar=cast.calendar,
                names={"en": "X"},
                time_zone="Asia/Dhaka",
                weekend=weekend,
            )

    @pytest.mark.parametrize("zone", ["", "Mars", "../etc/passwd", "Asia/"])
    def test_a_time_zone_must_exist(self, cast, registrar, zone):
        with pytest.raises(ValidationError):
            services.save_calendar(
                registrar, calendar=cast.calendar, names={"en": "X"}, time_zone=zone, weekend=[]
            )

    def test_the_first_calendar_of_a_country_is_its_default(self, registrar, cast):
        given = {"names": {"en": "X"}, "time_zone": "Asia/Jakarta", "weekend": [6, 7]}
        first = services.save_calendar(registrar, country="id", code="id", **given)
        second = services.save_calendar(registrar, country="id", code="id-banks", **given)
        assert (first.is_default, second.is_default) == (True, False)


class TestPolicies:
    def test_versions_count_up_for_each_narrowing(self, cast, registrar):
        given = {"country": "bd", "name": "resolve", "unit": "calendar_days"}
        services.set_policy(registrar, amount=9, **given)
        services.set_policy(registrar, amount=8, **given)
        narrow = services.set_policy(registrar, amount=7, agency=cast.department, **given)
        assert narrow.version == 1
        assert DeadlinePolicy.objects.filter(agency=None).latest("version").version == 2
        registry = snapshot.current("bd")
        now = timezone.now()
        assert registry.policy("resolve", now).amount == 8
        assert registry.policy("resolve", now, agency_id=cast.department.pk).amount == 7

    def test_a_later_beginning_changes_nothing_today(self, cast, registrar):
        tomorrow = timezone.now() + timedelta(days=1)
        services.set_policy(
            registrar,
            country="bd",
            name="resolve",
            amount=5,
            unit="calendar_days",
            valid_from=tomorrow,
        )
        registry = snapshot.current("bd")
        assert registry.policy("resolve", timezone.now()).amount == 10
        assert registry.policy("resolve", tomorrow).amount == 5

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": "lunch"},
            {"unit": "hours"},
            {"unit": "count"},
            {"amount": 0},
            {"amount": 3651},
            {"valid_from": "past"},
            {"agency": "field office"},
        ],
        ids=str,
    )
    def test_what_makes_no_sense_is_refused(self, cast, registrar, wrong):
        named = {"past": timezone.now() - timedelta(days=1), "field office": cast.district_office}
        wrong = {key: named.get(value, value) for key, value in wrong.items()}
        given = {"country": "bd", "name": "resolve", "amount": 5, "unit": "calendar_days"}
        with pytest.raises(ValidationError):
            services.set_policy(registrar, **(given | wrong))
        assert not DeadlinePolicy.objects.exists()

    @pytest.mark.parametrize("name", sorted(DEFAULTS))
    def test_every_default_may_be_set_as_it_is(self, cast, registrar, name):
        default = DEFAULTS[name]
        row = services.set_policy(
            registrar, country="bd", name=name, amount=default.amount, unit=default.unit
        )
        assert row.version == 1


class TestCatalogue:
    def test_categories_below_move_with_one(self, cast, registrar):
        services.save_category(
            registrar, category=cast.electricity, names={"en": "Power"}, parent=cast.roads
        )
        cast.billing.refresh_from_db()
        assert cast.billing.path == "roads/electricity/electricity-billing/"

    def test_a_category_cannot_lie_below_itself(self, cast, registrar):
        for parent in (cast.electricity, cast.billing):
            with pytest.raises(ValidationError):
                services.save_category(
                    registrar, category=cast.electricity, names={"en": "X"}, parent=parent
                )

    def test_retiring_twice_is_one_change(self, cast, registrar):
        services.retire_category(registrar, cast.roads)
        services.retire_category(registrar, cast.roads)
        assert RegistryChange.objects.count() == 1
        services.restore_category(registrar, cast.roads)
        assert Category.objects.get(code="roads").retired_at is None

    def test_a_service_needs_one_promiser_and_no_negative_fee(self, cast, registrar):
        given = {"country": "bd", "code": "x", "names": {"en": "X"}, "category": cast.roads}
        office, office_type = cast.department, cast.department.type
        for wrong in (
            {},
            {"office": office, "office_type": office_type},
            {"office": office, "fee": -1},
        ):
            with pytest.raises(ValidationError):
                services.save_service(registrar, days=1, **given, **wrong)


def test_a_write_locks_the_registry_so_that_two_registrars_take_turns(cast, registrar):
    with CaptureQueriesContext(connection) as queries:
        services.retire_category(registrar, cast.roads)
    locked = [query["sql"] for query in queries if "FOR UPDATE" in query["sql"]]
    assert "agencies_registryversion" in locked[0]
