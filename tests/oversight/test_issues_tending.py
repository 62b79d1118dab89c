"""What time brings to issues: each thing once, however often the task runs."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections

from complaints.models import Contact, Notice
from complaints.services import notice_words
from oversight import tasks
from oversight.issues import services
from oversight.issues.tending import tend
from oversight.models import Issue
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play
from tests.factories.agencies import make_policy, make_registry
from tests.oversight.conftest import House
from tests.oversight.issues import as_overseer, begin, day, file_many, fix, publish


def told(template: str) -> set[str]:
    """Who was told of something: names of people, codes of offices."""
    rows = Notice.objects.filter(template=template).select_related("user", "office")
    return {row.user.name if row.user else row.office.code if row.office else "?" for row in rows}


def count(template: str) -> int:
    return Notice.objects.filter(template=template).count()


class TestReminders:
    def test_the_owner_hears_of_it_at_once(self, house: House) -> None:
        begin(house)
        assert told("issue_yours") == {"grid", "Head"}

    def test_a_week_and_a_day_before_and_no_third_time(self, house: House) -> None:
        begin(house, due=day(20))
        house.day(12)
        assert tend()["reminded"] == 0
        house.day(13)
        assert tend()["reminded"] == 1
        assert tend()["reminded"] == 0
        house.day(19)
        assert tend()["reminded"] == 1
        house.day(19.5)
        assert tend()["reminded"] == 0
        assert told("issue_reminder") == {"grid", "Head"}
        assert count("issue_reminder") == 4

    @pytest.mark.parametrize(
        ("moment", "reminded"),
        [
            (datetime(2026, 12, 4, 17, 59, 59, tzinfo=UTC), 0),
            (datetime(2026, 12, 4, 18, 0, tzinfo=UTC), 1),
        ],
    )
    def test_the_day_begins_at_midnight_in_dhaka(
        self, house: House, moment: datetime, reminded: int
    ) -> None:
        begin(house, due=day(20))
        house.clock.move_to(moment)
        assert tend()["reminded"] == reminded

    def test_who_was_given_it_within_the_week_is_not_reminded_at_once(self, house: House) -> None:
        begin(house, due=day(4))
        assert tend()["reminded"] == 0
        house.day(3)
        assert tend()["reminded"] == 1

    def test_after_an_outage_one_reminder_is_enough(self, house: House) -> None:
        begin(house, due=day(20))
        house.day(19.5)
        assert tend()["reminded"] == 1
        assert tend()["reminded"] == 0

    def test_officers_hear_of_it_in_office_hours(self, house: House) -> None:
        begin(house, due=day(20))
        house.clock.move_to(datetime(2026, 12, 4, 18, 5, tzinfo=UTC))
        tend()
        # Saturday is no working day in Dhaka; Sunday at nine there is three in UTC.
        at = set(Notice.objects.filter(template="issue_reminder").values_list("next_at", flat=True))
        assert at == {datetime(2026, 12, 6, 3, 0, tzinfo=UTC)}

    def test_the_notice_leads_to_the_issue(self, house: House) -> None:
        issue = begin(house)
        written = notice_words.render(Notice.objects.filter(template="issue_yours")[0], "en")
        assert f"/en/oversight/issues/{issue.key}/" in written.body
        assert "Saturday, 12 December 2026" in written.body
        assert issue.title in written.subject

    def test_what_is_fixed_or_dropped_is_not_reminded_of(self, house: House) -> None:
        fix(house, begin(house, due=day(20)))
        dropped = begin(house, due=day(20))
        services.drop(**as_overseer(house, dropped), reason="It is no problem at all")
        house.day(21)
        assert tend()["reminded"] == tend()["late"] == 0


class TestLate:
    def test_the_owner_those_above_and_the_overseers_hear_of_it_once(self, house: House) -> None:
        begin(house, due=day(20))
        house.clock.move_to(datetime(2026, 12, 12, 17, 59, tzinfo=UTC))
        assert tend()["late"] == 0
        house.clock.move_to(datetime(2026, 12, 12, 18, 0, tzinfo=UTC))
        assert tend()["late"] == 1
        assert tend()["late"] == 0
        assert told("issue_late") == {"grid", "Head", "Ministry Head", "Overseer"}

    def test_a_ministry_has_nobody_above(self, house: House) -> None:
        begin(house, owner=house.cast.ministry, due=day(1))
        house.day(3)
        assert tend()["late"] == 1
        assert told("issue_late") == {"power", "Ministry Head", "Overseer"}

    def test_a_new_date_can_be_missed_too(self, house: House) -> None:
        issue = begin(house, due=day(1))
        house.day(3)
        tend()
        services.edit(**as_overseer(house, issue), **_same(issue) | {"due": day(10)})
        assert told("issue_new_date") == {"grid", "Head"}
        house.day(12)
        assert tend()["late"] == 1


def _same(issue: Any) -> dict[str, Any]:
    names = ("title", "owner", "due", "cause", "category", "place", "only_owners")
    return {name: getattr(issue, name) for name in names}


class TestItIsBack:
    def test_cases_come_again_and_so_does_the_issue(self, house: House) -> None:
        file_many(house, 10)
        house.day(1)
        issue = fix(house, begin(house), day(1))
        house.day(20)
        file_many(house, 5)
        house.day(30)
        assert tend()["back"] == 0
        house.day(31)
        assert tend()["back"] == 1
        issue.refresh_from_db()
        assert (issue.state, issue.due) == ("back", day(61))
        assert told("issue_back") == {"grid", "Head", "Overseer"}
        assert issue.notes.filter(step="back", text="5", by=None).count() == 1

    def test_twice_is_once(self, house: House) -> None:
        file_many(house, 5)
        house.day(1)
        fix(house, begin(house), day(1))
        file_many(house, 5)
        house.day(31)
        assert [tend()["back"], tend()["back"]] == [1, 0]

    def test_fewer_than_the_share_leave_it_fixed(self, house: House) -> None:
        file_many(house, 11)
        house.day(1)
        issue = fix(house, begin(house), day(1))
        file_many(house, 5)
        house.day(31)
        assert tend()["back"] == 0
        issue.refresh_from_db()
        assert issue.state == "fixed"

    def test_the_share_and_the_days_are_numbers_of_the_government(self, house: House) -> None:
        make_policy("issue_back_percent", 40, "count")
        make_policy("issue_again", 5)
        file_many(house, 11)
        house.day(1)
        issue = fix(house, begin(house), day(1))
        file_many(house, 5)
        house.day(31)
        assert tend()["back"] == 1
        issue.refresh_from_db()
        assert issue.due == day(36)

    def test_it_can_be_fixed_once_more(self, house: House) -> None:
        file_many(house, 5)
        house.day(1)
        issue = fix(house, begin(house), day(1))
        file_many(house, 5)
        house.day(31)
        tend()
        fix(house, issue, day(31))
        assert (issue.state, issue.fixed_on) == ("fixed", day(31))


class TestTheCitizens:
    @pytest.fixture
    def play(self, house: House) -> Play:
        return Play(house.scene).forward()

    def test_they_hear_that_it_is_public_by_the_way_they_gave(
        self, house: House, play: Play
    ) -> None:
        publish(house, begin(house, numbers=[play.number]))
        assert tend()["told"] == 1
        assert play.heard()[-1] == "issue_published"
        assert tend()["told"] == 0

    def test_and_that_it_is_fixed_once_a_fix(self, house: House, play: Play) -> None:
        issue = publish(house, begin(house, numbers=[play.number]))
        tend()
        fix(house, issue)
        assert [tend()["told"], tend()["told"]] == [1, 0]
        assert play.heard()[-2:] == ["issue_published", "issue_fixed"]

    def test_published_when_it_is_fixed_they_hear_of_the_fix_alone(
        self, house: House, play: Play
    ) -> None:
        issue = fix(house, begin(house, numbers=[play.number]))
        assert tend()["told"] == 0
        publish(house, issue, we_did="All meters in the district were changed.")
        tend()
        assert "issue_published" not in play.heard()
        assert play.heard()[-1] == "issue_fixed"

    def test_of_a_sensitive_case_there_is_news_and_no_more(self, house: House) -> None:
        play = Play(house.scene, about_official=True)
        publish(house, begin(house, numbers=[play.number]))
        assert tend()["told"] == 1
        assert play.heard()[-1] == "news"
        assert tend()["told"] == 0

    def test_a_case_added_later_hears_of_it_then(self, house: House, play: Play) -> None:
        issue = publish(house, begin(house))
        assert tend()["told"] == 0
        house.day(60)
        services.link(**as_overseer(house, issue), numbers=[play.number])
        assert tend()["told"] == 1

    def test_many_are_told_in_small_batches(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("oversight.issues.tending.BATCH", 2)
        plays = [Play(house.scene) for _each in range(5)]
        publish(house, begin(house, numbers=[play.number for play in plays]))
        assert tend()["told"] == 5
        assert {play.heard()[-1] for play in plays} == {"issue_published"}

    def test_when_the_time_is_up_the_rest_hears_next_time(self, house: House, play: Play) -> None:
        publish(house, begin(house, numbers=[play.number]))
        assert tend(seconds=-1)["told"] == 0
        assert tend()["told"] == 1

    def test_nobody_is_told_of_what_is_not_public(self, house: House, play: Play) -> None:
        fix(house, begin(house, numbers=[play.number]))
        assert tend()["told"] == 0

    def test_an_anonymous_case_and_an_erased_person_are_passed_over(
        self, house: House, play: Play
    ) -> None:
        nameless = house.filed()
        issue = begin(house, numbers=[play.number, nameless.number])
        Contact.objects.filter(case=play.case).update(erased_at=SUNDAY)
        publish(house, issue)
        assert tend()["told"] == 0

    def test_the_words_name_neither_the_issue_nor_the_complaint(
        self, house: House, play: Play
    ) -> None:
        publish(house, begin(house, numbers=[play.number]))
        tend()
        notice = Notice.objects.get(template="issue_published")
        written = notice_words.render(notice, "en")
        assert "Bills" not in written.body + written.subject + written.sms
        assert play.number in written.sms

    def test_devices_hear_of_it_too(self, house: House, play: Play) -> None:
        Contact.objects.filter(case=play.case).update(has_push=True)
        publish(house, begin(house, numbers=[play.number]))
        tend()
        ways = Notice.objects.filter(template="issue_published").values_list("channel", flat=True)
        assert sorted(ways) == sorted(["push", play.case.contact.way])


def test_all_of_it_twice_is_all_of_it_once(house: House) -> None:
    play = Play(house.scene).forward()
    publish(house, begin(house, numbers=[play.number], due=day(1)))
    house.clock.shift(timedelta(days=3))
    first = tend()
    assert first == {"reminded": 0, "late": 1, "back": 0, "told": 1}
    before = Notice.objects.count()
    assert tend() == {"reminded": 0, "late": 0, "back": 0, "told": 0}
    assert Notice.objects.count() == before


class TestTheTask:
    @pytest.mark.parametrize("name", ["tend-issues", "count-piles"])
    def test_it_is_on_the_schedule_by_its_own_name(self, name: str, settings: Any) -> None:
        entry = settings.CELERY_BEAT_SCHEDULE[name]
        task = getattr(tasks, entry["task"].rpartition(".")[2])
        assert task.name == entry["task"]
        assert entry["options"]["expires"] < entry["schedule"].total_seconds()

    def test_it_does_what_time_brings(self, house: House) -> None:
        begin(house, due=day(1))
        house.day(3)
        tasks.tend_issues()
        tasks.tend_issues()
        assert count("issue_late") == 4

    def test_of_another_country_nothing_is_tended(self, house: House) -> None:
        play = Play(house.scene).forward()
        publish(house, begin(house, due=day(1), numbers=[play.number]))
        Issue.objects.update(country="id")
        house.day(3)
        assert set(tend().values()) == {0}


@pytest.mark.django_db(transaction=True)
def test_two_at_once_tell_once(clock: Any) -> None:
    scene = Scene(make_registry())
    play = Play(scene)
    overseer = scene.actor(scene.cast.overseer)
    issue = services.begin(
        actor=overseer,
        title="Bills",
        language="en",
        owner=scene.cast.department,
        due=day(1),
        numbers=[play.number],
    )
    services.publish(
        actor=overseer, key=issue.key, title="Bills", language="en", you_said="Bills are too high."
    )
    clock.shift(timedelta(days=3))
    start = Barrier(2)

    def one() -> None:
        start.wait()
        try:
            tend()
        finally:
            connections.close_all()

    threads = [Thread(target=one) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count("issue_late") == 4
    assert play.heard().count("issue_published") == 1
