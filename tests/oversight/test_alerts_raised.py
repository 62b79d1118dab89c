"""Alerts: raised and told once, over well below what raised them; rules made, ended, refused."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections

from agencies.services.recording import bump
from complaints.models import Notice
from complaints.services import notice_words
from oversight import tasks
from oversight.alerts import unacknowledged
from oversight.alerts.acknowledging import acknowledge
from oversight.alerts.raising import look
from oversight.alerts.rules import make
from oversight.measures import ASIDE
from oversight.models import Alert, AlertRule, Backlog
from oversight.rising import DAYS, WEEK
from tests.complaints.conftest import SUNDAY
from tests.factories.agencies import make_category
from tests.oversight.alerting import (
    an_alert,
    late_rule,
    overseer,
    rising_days,
    silent_rule,
    surge_rule,
    usually,
)
from tests.oversight.conftest import House
from tests.oversight.sums import backlog, kept, quiet_others, received

pytestmark = pytest.mark.django_db


class TestLateShare:
    def test_what_is_set_aside_counts_as_on_the_page_behind(self, house: House) -> None:
        """Work is work: of how an office stands now nothing is left out, whoever looks."""
        kept()
        late_rule(house)
        backlog(100, 40, house.cast.department)
        Backlog.objects.update(side=ASIDE)
        assert look() == {"raised": 1, "over": 0}
        assert Alert.objects.get().found["then"] == {"late": 40, "open": 100, "percent": 40}

    def test_from_the_threshold_on_it_is_raised_and_told_once(self, house: House) -> None:
        kept()
        rule = late_rule(house)
        backlog(100, 29, house.cast.department)
        assert look() == {"raised": 0, "over": 0}
        backlog(100, 30, house.cast.department)
        assert look() == {"raised": 1, "over": 0}
        assert look() == {"raised": 0, "over": 0}
        alert = Alert.objects.get()
        assert (alert.rule, alert.subject) == (rule, "grid")
        assert alert.found["then"] == {"late": 30, "open": 100, "percent": 30}
        assert alert.told_at is not None
        assert Notice.objects.filter(key__startswith="alert:").count() == 1

    @pytest.mark.parametrize(
        ("open_", "late", "over"),
        [(100, 25, 0), (100, 24, 0), (100, 23, 1), (16, 16, 0), (15, 15, 1), (0, 0, 1)],
    )
    def test_it_is_over_well_below_and_not_at_the_threshold(
        self, house: House, open_: int, late: int, over: int
    ) -> None:
        kept()
        late_rule(house)
        backlog(100, 40, house.cast.department)
        look()
        backlog(open_, late, house.cast.department)
        assert look() == {"raised": 0, "over": over}
        alert = Alert.objects.get()
        assert (alert.over_at is not None) == bool(over)
        assert alert.found["then"]["late"] == 40
        assert alert.found["now"]["late"] == late

    def test_met_again_later_it_is_a_new_one(self, house: House) -> None:
        kept()
        late_rule(house)
        for late in (40, 26, 40, 10, 40):
            backlog(100, late, house.cast.department)
            look()
        assert Alert.objects.count() == 2
        assert Notice.objects.filter(template="alert_late").count() == 2

    def test_few_cases_alarm_nobody(self, house: House) -> None:
        kept()
        late_rule(house)
        backlog(19, 19, house.cast.department)
        assert look()["raised"] == 0

    def test_of_the_whole_country_and_of_a_subject(self, house: House) -> None:
        kept()
        late_rule(house, office=None)
        late_rule(house, office=None, category=house.cast.electricity)
        backlog(100, 31)
        backlog(50, 10, category=house.cast.billing.pk)
        backlog(50, 20, category=house.cast.electricity.pk)
        assert look()["raised"] == 2
        # A subject has all below it.
        found = set(Alert.objects.values_list("found__then__late", "found__then__open"))
        assert found == {(31, 100), (30, 100)}
        written = notice_words.render(Notice.objects.get(template="alert_late_country"), "en")
        assert "31 of all 100 open cases of the country are late, 31%" in written.body
        of_subject = notice_words.render(Notice.objects.get(template="alert_late"), "en")
        assert "Alert: 30% late: Electricity" in of_subject.subject

    def test_nothing_is_said_while_nothing_is_counted(self, house: House) -> None:
        late_rule(house)
        kept()
        backlog(100, 40, house.cast.department)
        look()
        kept(backlog_at=None)
        backlog(100, 0, house.cast.department)
        assert look() == {"raised": 0, "over": 0}

    @pytest.mark.django_db(transaction=True)
    def test_it_follows_from_real_cases(self, house: House) -> None:
        for _each in range(5):
            house.forwarded()
        late_rule(house, least=5)
        house.count()
        assert look()["raised"] == 0
        house.day(14)
        house.count()
        assert look()["raised"] == 1
        assert Alert.objects.get().found["then"] == {"late": 5, "open": 5, "percent": 100}


class TestSurge:
    def test_of_any_subject_each_by_itself(self, house: House) -> None:
        kept()
        roads = house.cast.roads
        water = make_category("water", "Water")
        quiet_others(house.cast.electricity, house.cast.billing)
        received(rising_days(10, 30), roads)
        received(rising_days(5, 20), water)
        surge_rule(house)
        assert look() == {"raised": 2, "over": 0}
        assert look() == {"raised": 0, "over": 0}
        assert set(Alert.objects.values_list("subject", flat=True)) == {"roads", "water"}
        figures = Alert.objects.get(subject="roads").found["then"]
        assert (figures["found"], figures["last"]) == (210, "2026-11-21")
        assert figures["usual"] == pytest.approx(70, abs=1)
        written = notice_words.render(Notice.objects.filter(template="alert_surge")[0], "en")
        assert "Alert: more cases than usual: " in written.subject

    def test_of_one_subject_with_all_below_it_together(self, house: House) -> None:
        kept()
        quiet_others(house.cast.roads)
        received(rising_days(5, 12), house.cast.electricity)
        received(rising_days(5, 12), house.cast.billing)
        surge_rule(house, category=house.cast.electricity)
        assert look()["raised"] == 1
        assert Alert.objects.get().found["then"]["found"] == 2 * 12 * WEEK

    def test_of_an_agency(self, house: House) -> None:
        kept()
        cast = house.cast
        for category in (cast.electricity, cast.billing, cast.roads):
            received([10] * DAYS, category)
            received([3] * DAYS, category, at=cast.rival_ministry)
        received(rising_days(3, 12), make_category("water", "Water"), at=cast.rival_ministry)
        surge_rule(house)
        surge_rule(house, office=cast.rival_ministry)
        assert look()["raised"] == 1
        written = notice_words.render(Notice.objects.get(template="alert_surge_agency"), "en")
        assert cast.rival_ministry.name_in("en") in written.body
        assert "84 cases" in written.body

    def test_it_is_over_once_the_weeks_are_as_ever(self, house: House) -> None:
        kept()
        quiet_others(house.cast.electricity, house.cast.billing)
        received(rising_days(10, 30), house.cast.roads)
        surge_rule(house)
        look()
        house.day(8)
        for category in (house.cast.electricity, house.cast.billing, house.cast.roads):
            received([10] * 8, category)
        assert look() == {"raised": 0, "over": 1}

    def test_a_subject_that_is_gone_is_over(self, house: House) -> None:
        kept()
        quiet_others(house.cast.electricity, house.cast.billing)
        received(rising_days(10, 30), house.cast.roads)
        surge_rule(house)
        look()
        Alert.objects.update(subject="never-heard-of")
        assert look() == {"raised": 1, "over": 1}

    def test_fewer_than_the_rule_says_alarm_nobody(self, house: House) -> None:
        kept()
        quiet_others(house.cast.electricity, house.cast.billing)
        received(rising_days(1, 4), house.cast.roads)
        surge_rule(house, least=29)
        assert look()["raised"] == 0
        surge_rule(house, least=28)
        assert look()["raised"] == 1

    @pytest.mark.parametrize("days", [WEEK * 4, 0])
    def test_a_young_portal_and_sums_that_are_not_kept_say_nothing(
        self, house: House, days: int
    ) -> None:
        kept(**({} if days else {"days_since": SUNDAY.date() - timedelta(days=DAYS - 1)}))
        received([10] * (days or DAYS), house.cast.electricity)
        received(rising_days(10, 40)[-(days or DAYS) :], house.cast.roads)
        surge_rule(house)
        assert look() == {"raised": 0, "over": 0}


class TestSilence:
    def test_nothing_where_there_usually_is_something(self, house: House) -> None:
        usually(house)
        silent_rule(house)
        assert look() == {"raised": 1, "over": 0}
        alert = Alert.objects.get()
        assert (alert.subject, alert.found["then"]["usual"]) == ("web", 5)
        written = notice_words.render(Notice.objects.get(template="alert_silent"), "en")
        assert "For 6 hours no case came in by the web form" in written.body
        house.clock.move_to(SUNDAY + timedelta(days=28, hours=3))
        assert look() == {"raised": 0, "over": 0}
        house.filed()
        house.clock.move_to(SUNDAY + timedelta(days=28, hours=4))
        assert look() == {"raised": 0, "over": 1}

    def test_one_case_is_no_silence(self, house: House) -> None:
        usually(house)
        house.clock.move_to(SUNDAY + timedelta(days=28, hours=-5))
        house.filed()
        house.clock.move_to(SUNDAY + timedelta(days=28))
        silent_rule(house)
        assert look()["raised"] == 0

    @pytest.mark.parametrize(("number", "weeks", "raised"), [(4, 4, 0), (5, 2, 0), (5, 3, 1)])
    def test_what_is_seldom_is_not_missed(
        self, house: House, number: int, weeks: int, raised: int
    ) -> None:
        usually(house, number, weeks)
        silent_rule(house)
        assert look()["raised"] == raised

    def test_on_a_holiday_five_times_as_many_are_missed(self, house: House) -> None:
        usually(house)
        day = (SUNDAY + timedelta(days=28)).date()
        house.cast.calendar.holidays.create(date=day, names={"en": "Eid"})
        bump("bd")
        silent_rule(house)
        assert look()["raised"] == 0

    def test_of_any_channel_each_by_itself(self, house: House) -> None:
        usually(house)
        silent_rule(house, channel="")
        look()
        assert list(Alert.objects.values_list("subject", flat=True)) == ["web"]


class TestTogether:
    def test_two_workers_at_once_raise_and_tell_once(
        self, transactional_db: None, house: House
    ) -> None:
        kept()
        late_rule(house)
        backlog(100, 40, house.cast.department)
        assert sum(at_once(look, look, key="raised")) == 1
        assert Alert.objects.count() == Notice.objects.filter(template="alert_late").count() == 1

    def test_two_who_set_the_same_set_one(self, transactional_db: None, house: House) -> None:
        asked = {"actor": overseer(house), "kind": "surge"}
        assert sorted(at_once(lambda: make(**asked).is_new, lambda: make(**asked).is_new)) == [
            False,
            True,
        ]
        assert AlertRule.objects.count() == 1

    def test_two_who_acknowledge_are_one(self, transactional_db: None, house: House) -> None:
        alert = an_alert(house)
        asked = {"actor": overseer(house), "alert_id": alert.pk}
        told = at_once(
            lambda: acknowledge(**asked, note="One"), lambda: acknowledge(**asked, note="Two")
        )
        assert sorted(told) == [False, True]

    def test_a_rule_that_fails_stops_no_other(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept()
        broken = late_rule(house, threshold=10)
        late_rule(house)
        backlog(100, 40, house.cast.department)
        # A rule of an older portal, of a kind that cannot be read any more.
        AlertRule.objects.filter(pk=broken.pk).update(kind="surge", category=None, office=None)
        monkeypatch.setattr("oversight.figures.days.is_kept_since", lambda _first: 1 / 0)
        assert look()["raised"] == 1

    def test_the_task_looks_and_counts_what_rises(self, house: House) -> None:
        kept()
        late_rule(house)
        backlog(100, 40, house.cast.department)
        tasks.look_for_alerts()
        assert unacknowledged() == 1


def at_once(*calls: Any, key: str = "") -> list[Any]:
    """What each of these calls gives, all begun at one moment, each with a connection of its own."""
    barrier, found = Barrier(len(calls)), []

    def run(call: Any) -> None:
        try:
            barrier.wait()
            given = call()
            found.append(given[key] if key else given)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def told() -> list[Notice]:
    return list(Notice.objects.filter(key__startswith="alert:").order_by("pk"))
