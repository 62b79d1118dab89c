"""The record's log followed: who is told of which step, in which order, once."""

from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.actors import SYSTEM
from accounts.roles import Role
from complaints.models import Case, Event
from complaints.services.work import at_work
from record.services import writing
from systems.models import Delivery, Followed
from systems.out import following
from systems.scopes import Scope
from systems.services import joining
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day
from tests.factories.agencies import make_office
from tests.systems.conftest import Join, Joined
from tests.systems.hearing import follow, moves, told


@pytest.fixture(autouse=True)
def _already_followed(scene: Scene) -> None:
    """The log was followed before the first system joined, as on any installation."""
    follow()


def heard(whose: Joined, number: str = "") -> list[str]:
    follow()
    return moves(told(whose.system, whose.actor), number)


def test_a_system_is_told_what_happens_while_its_office_has_the_case(
    scene: Scene, joined: Joined
) -> None:
    play = Play(scene).forward().accept().answer()
    assert heard(joined, play.number) == ["forward", "accept", "answer"]


def test_what_was_before_the_office_had_the_case_is_not_told_however_late_the_log_is_read(
    scene: Scene, joined: Joined
) -> None:
    play = Play(scene)
    follow()
    play.forward()
    late = Play(scene).forward()
    assert heard(joined, play.number) == heard(joined, late.number) == ["forward"]


def test_a_case_with_the_desk_or_with_a_stranger_is_not_told(scene: Scene, joined: Joined) -> None:
    Play(scene)
    Play(scene).forward(to=scene.cast.rival_ministry)
    assert heard(joined) == []


def test_a_system_is_told_of_the_offices_below_its_own_and_not_of_those_above(
    scene: Scene, join: Join
) -> None:
    ministry = join(scene.cast.ministry, name="Ministry")
    district = join(scene.cast.district_office, name="District")
    play = Play(scene).forward()
    assert heard(ministry, play.number) == ["forward"]
    assert heard(district, play.number) == []
    play.pass_down()
    assert heard(district, play.number) == ["pass_down"]


def test_an_office_whose_code_begins_as_another_s_hears_nothing_of_it(
    scene: Scene, join: Join
) -> None:
    alike = make_office(f"{scene.cast.department.code}-2", "Alike", parent=scene.cast.ministry)
    stranger = join(alike, name="Alike")
    Play(scene).forward()
    assert heard(stranger) == []


def test_a_case_that_was_handed_on_is_still_told_to_who_had_it_and_from_then_on_to_who_has_it(
    scene: Scene, joined: Joined, join: Join
) -> None:
    rival = join(scene.cast.rival_ministry, name="Rival")
    play = Play(scene).forward().send_back()
    play.forward(to=scene.cast.rival_ministry)
    assert heard(joined, play.number) == ["forward", "return", "forward"]
    assert heard(rival, play.number) == ["forward"]


def test_what_is_between_the_citizen_and_the_overseers_is_told_to_no_system(
    scene: Scene, joined: Joined
) -> None:
    play = Play(scene).forward().accept()
    play.withdraw(pressured=True)
    play.call_back()
    play.note()
    assert {"withdraw", "say_pressured", "call_back"} <= set(play.moves)
    assert heard(joined, play.number) == ["forward", "accept", "note"]


def test_steps_are_numbered_as_officers_count_them_without_a_gap(
    scene: Scene, joined: Joined
) -> None:
    play = Play(scene).forward().accept()
    play.withdraw().call_back()
    play.note()
    follow()
    counted = [event["case_seq"] for event in told(joined.system, joined.actor)]
    assert counted == [2, 3, 4]
    assert counted[-1] == play.case.office_seq < play.case.last_seq


def test_a_system_that_joins_today_begins_with_today(scene: Scene, join: Join) -> None:
    play = Play(scene).forward()
    follow()
    late = join()
    play.accept()
    assert heard(late, play.number) == ["accept"]


def test_a_system_that_has_ended_is_told_nothing_more(scene: Scene, joined: Joined) -> None:
    play = Play(scene).forward()
    follow()
    joining.end(scene.actor(scene.cast.registrar), joined.system)
    play.accept()
    assert follow() == 0
    assert Delivery.objects.count() == 1


def test_a_system_without_the_scope_is_not_told(scene: Scene, joined: Joined, join: Join) -> None:
    reader = join(name="Reader", scopes=[Scope.READ])
    play = Play(scene).forward()
    assert heard(joined, play.number) == ["forward"]
    assert heard(reader, play.number) == []


def test_what_was_brought_from_the_past_is_not_told(scene: Scene, joined: Joined) -> None:
    play = Play(scene).forward()
    follow()
    with at_work(SYSTEM, play.number) as work:
        work.write("history", party="system", before=play.case.status, data={"status": "Done"})
    assert heard(joined, play.number) == ["forward"]


def test_a_case_of_another_country_is_not_told(scene: Scene, joined: Joined, settings: Any) -> None:
    play = Play(scene).forward()
    Case.objects.filter(pk=play.case.pk).update(country="id")
    assert follow() == 0


def test_a_worker_killed_in_the_middle_tells_everything_once(
    scene: Scene, joined: Joined, monkeypatch: Any
) -> None:
    play = Play(scene).forward()
    follow()
    play.accept()
    real = Followed.save

    def killed(*_args: Any, **_named: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Followed, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        follow()
    monkeypatch.setattr(Followed, "save", real)
    assert heard(joined, play.number) == ["forward", "accept"]
    assert Delivery.objects.count() == 2


def test_many_steps_are_followed_in_batches(scene: Scene, joined: Joined, monkeypatch: Any) -> None:
    monkeypatch.setattr(following, "BATCH", 2)
    play = Play(scene).forward().accept().answer().dispute().answer().confirm()
    expected = ["forward", "accept", "answer", "dispute", "answer", "confirm"]
    assert heard(joined, play.number) == expected
    assert follow() == 0


def test_where_nobody_joined_the_log_is_passed_over_at_once(
    scene: Scene, monkeypatch: Any, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(following, "BATCH", 2)
    Play(scene).forward().accept().answer()
    writing.write()
    with django_assert_max_num_queries(12):
        assert following.follow() == 0
    assert following.head() == Event.objects.count()


def test_what_is_not_in_the_log_yet_waits(scene: Scene, joined: Joined) -> None:
    Play(scene).forward()
    assert following.follow() == 0
    assert follow() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_that_follow_at_once_one_does_the_work(scene: Scene, joined: Joined) -> None:
    Play(scene).forward()
    follow()
    Play(scene).forward()
    made: list[int] = []

    def beside() -> None:
        try:
            made.append(follow())
        finally:
            connection.close()

    with transaction.atomic():
        assert following._is_ours()
        thread = Thread(target=beside)
        thread.start()
        thread.join(20)
    assert made == [0]
    assert follow() == 1


def test_a_case_about_the_head_of_the_office_is_written_down_but_not_read(
    scene: Scene, joined: Joined
) -> None:
    play = Play(scene).forward()
    follow()
    play.about(office_id=scene.cast.department.pk, role=Role.HEAD)
    follow()
    assert Delivery.objects.filter(case=play.case).count() > 1
    assert told(joined.system, joined.actor) == []


def test_an_escalation_is_told_with_its_level(scene: Scene, joined: Joined, clock: Any) -> None:
    play = Play(scene).forward()
    clock.move_to(day(20))
    play.sweep()
    follow()
    event = next(e for e in told(joined.system, joined.actor) if e["move"] == "escalate")
    assert set(event["data"]) == {"clock", "level", "office", "due"}
    assert event["party"] == "system"


def test_the_feed_goes_on_from_where_the_log_stood_when_it_was_first_followed(
    scene: Scene, joined: Joined
) -> None:
    Followed.objects.all().delete()
    Play(scene).forward()
    assert follow() == 0
    Play(scene).forward()
    assert follow() == 1
