from datetime import UTC, date, datetime, timedelta

import pytest

from agencies import snapshot
from agencies.policies import DEFAULTS
from agencies.selectors import actor_for
from agencies.services import close_office, reopen_office
from agencies.services.recording import bump
from tests.factories.agencies import LONG_AGO, make_calendar, make_policy, make_registry

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_a_warm_snapshot_costs_one_query(django_assert_num_queries):
    make_registry()
    snapshot.current("bd")
    with django_assert_num_queries(1):
        snapshot.current("bd")


def test_it_is_read_again_after_a_change():
    make_registry()
    before = snapshot.current("bd")
    make_policy("forward", 7)
    after = snapshot.current("bd")
    assert after.version > before.version
    assert (before.policy("forward", NOW).amount, after.policy("forward", NOW).amount) == (3, 7)


def test_it_is_the_same_object_while_nothing_changes():
    make_registry()
    assert snapshot.current("bd") is snapshot.current("bd")


def test_a_change_in_one_country_leaves_the_other_alone():
    bump("bd")
    bump("id")
    kept = snapshot.current("id")
    bump("bd")
    assert snapshot.current("id") is kept


def test_without_a_row_the_default_holds_as_version_0():
    policy = snapshot.current("bd").policy("appeal", NOW)
    assert (policy.amount, policy.unit, policy.version) == (20, "working_days", 0)


@pytest.mark.parametrize("name", sorted(DEFAULTS))
def test_every_name_has_a_default(name: str):
    assert snapshot.current("bd").policy(name, NOW) == DEFAULTS[name]


def test_an_unknown_name_is_an_error():
    with pytest.raises(KeyError):
        snapshot.current("bd").policy("lunch", NOW)


def test_a_version_holds_from_its_beginning_and_not_before():
    make_policy("resolve", 8)
    make_policy("resolve", 6, version=2, valid_from=NOW)
    registry = snapshot.current("bd")
    assert registry.policy("resolve", NOW - timedelta(microseconds=1)).version == 1
    assert registry.policy("resolve", NOW).version == 2


def test_the_narrowest_row_wins_agency_before_kind_before_priority():
    agency = make_registry().department
    make_policy("resolve", 1, priority="urgent")
    make_policy("resolve", 2, kind="suggestion")
    make_policy("resolve", 3, agency=agency)
    make_policy("resolve", 4, agency=agency, kind="suggestion")
    find = snapshot.current("bd").policy
    given = {"agency_id": agency.pk, "kind": "suggestion", "priority": "urgent"}
    assert find("resolve", NOW).amount == 10
    assert find("resolve", NOW, priority="urgent").amount == 1
    assert find("resolve", NOW, kind="suggestion", priority="urgent").amount == 2
    assert find("resolve", NOW, agency_id=agency.pk, priority="urgent").amount == 3
    assert find("resolve", NOW, **given).amount == 4


def test_a_row_of_one_agency_says_nothing_about_another():
    cast = make_registry()
    make_policy("resolve", 3, agency=cast.department)
    assert snapshot.current("bd").policy("resolve", NOW, agency_id=cast.ministry.pk).amount == 10


def test_calendars_are_values_and_the_default_stands_in():
    cast = make_registry()
    other = make_calendar(code="banks", weekend=(7,), time_zone="Asia/Kolkata", is_default=False)
    bump("bd")
    registry = snapshot.current("bd")
    assert not registry.calendar().is_working(date(2026, 12, 16))
    assert not registry.calendar().is_working(date(2026, 11, 20))  # a Friday
    assert registry.calendar().is_working(date(2026, 11, 22))  # a Sunday
    assert not registry.calendar(other.pk).is_working(date(2026, 11, 22))
    assert registry.calendar(other.pk).zone.key == "Asia/Kolkata"
    assert registry.calendar(-1) == registry.calendar(cast.calendar.pk) == registry.calendar()


def test_a_country_without_a_calendar_counts_in_utc():
    assert snapshot.current("id").calendar().zone.key == "UTC"


def test_the_long_ago_of_the_cast_is_before_every_frozen_clock():
    assert LONG_AGO < NOW


def test_it_knows_below_which_offices_another_one_lies():
    cast = make_registry()
    has_below = snapshot.current("bd").has_below
    assert has_below(cast.ministry.pk)
    assert has_below(cast.district_office.pk)
    assert not has_below(cast.upazila_office.pk)
    assert not has_below(cast.rival_ministry.pk)
    assert not has_below(None)


def test_an_office_that_closes_lies_below_none_and_one_that_opens_again_does():
    cast = make_registry()
    registrar = actor_for(cast.registrar)
    close_office(registrar, cast.upazila_office)
    assert not snapshot.current("bd").has_below(cast.district_office.pk)
    reopen_office(registrar, cast.upazila_office)
    assert snapshot.current("bd").has_below(cast.district_office.pk)


def test_what_lies_below_a_closed_office_lies_below_those_above_it():
    cast = make_registry()
    close_office(actor_for(cast.registrar), cast.district_office)
    has_below = snapshot.current("bd").has_below
    assert has_below(cast.department.pk)
    close_office(actor_for(cast.registrar), cast.upazila_office)
    assert not snapshot.current("bd").has_below(cast.department.pk)
