"""Patterns of an office: flagged with what shows them, left out of rankings, decided by an overseer."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from accounts.actors import Actor
from accounts.roles import Role
from complaints.models import Case, Event, Notice
from complaints.services import intake
from complaints.services.verifying import Verification
from complaints.submission import ContactDetails, Submission
from fairplay.models import DayCount, Flag, Flagged
from fairplay.selectors.flags import flagged_cases
from fairplay.services import deciding, patterns
from fairplay.services.patterns import look_for_patterns, set_flagged_aside
from fairplay.views.flags import evidence
from oversight.figures.asking import AGENCYS, COUNTRYS, PUBLIC
from oversight.measures import ASIDE
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play
from tests.complaints.test_together import at_once
from tests.complaints.test_together import together as together
from tests.factories.agencies import make_policy, make_post
from tests.factories.routing import publish_rules
from tests.oversight.counted import counted, made

Kind = Flag.Kind
MINUTE = timedelta(minutes=1)


@pytest.fixture
def routed(scene: Scene) -> Scene:
    """A scene whose router sends meters to the department."""
    publish_rules({"words": "meter*", "target": scene.cast.department.code})
    return scene


def file_many(scene: Scene, number: int) -> list[Play]:
    return [Play(scene, named=False) for _each in range(number)]


def look() -> list[Flag]:
    look_for_patterns()
    return list(Flag.objects.order_by("id"))


def decide(scene: Scene, flag: Flag, *, confirm: bool, by: str = "overseer") -> Flag:
    return deciding.decide(
        actor=scene.actor(getattr(scene.cast, by)),
        flag=flag,
        confirm=confirm,
        reason="Looked at every one of them.",
    )


def unranked() -> int:
    return Case.objects.exclude(unranked="").count()


# --- Bursts -------------------------------------------------------------------------------------


def test_far_more_than_usual_in_a_day_is_flagged(routed: Scene) -> None:
    file_many(routed, 9)
    assert look() == []
    file_many(routed, 1)
    (flag,) = look()
    assert (flag.kind, flag.office) == (Kind.MANY_FILED, routed.cast.department)
    assert flag.numbers == {"count": 10, "median": 0.0, "limit": 6.0}
    assert flag.cases.count() == 10
    with translation.override("en"):
        assert "10 cases were filed in the day. Usual are 0" in evidence(flag)


def test_what_is_usual_for_an_office_is_none(routed: Scene, clock: Any) -> None:
    for day in range(1, 29):
        DayCount.objects.create(
            office=routed.cast.department, day=(SUNDAY - timedelta(days=day)).date(), filed=12
        )
    file_many(routed, 14)
    assert look() == []


def test_it_is_looked_at_by_office(routed: Scene) -> None:
    plays = file_many(routed, 12)
    for play in plays[:6]:
        play.send_back()
        play.forward(to=routed.cast.rival_ministry)
    assert look() == []


def test_what_comes_in_later_that_day_is_added_and_no_second_flag_is_made(routed: Scene) -> None:
    file_many(routed, 10)
    look()
    file_many(routed, 2)
    (flag,) = look()
    assert (flag.cases.count(), flag.numbers["count"]) == (12, 12)


def test_the_evening_before_is_looked_at_too(routed: Scene, clock: Any) -> None:
    file_many(routed, 10)
    clock.move_to(SUNDAY + timedelta(days=1))
    (flag,) = look()
    assert flag.day == SUNDAY.date()


def test_days_are_counted_once_and_forgotten_after_some_weeks(routed: Scene, clock: Any) -> None:
    file_many(routed, 2)
    clock.move_to(SUNDAY + timedelta(days=1))
    look()
    look()
    day = DayCount.objects.get()
    assert (day.office, day.day, day.filed) == (routed.cast.department, SUNDAY.date(), 2)
    clock.move_to(SUNDAY + timedelta(days=31))
    look()
    assert not DayCount.objects.exists()


def test_two_runs_at_once_make_one_flag(together: Scene) -> None:
    publish_rules({"words": "meter*", "target": together.cast.department.code})
    file_many(together, 10)
    at_once(look_for_patterns, look_for_patterns)
    assert Flag.objects.count() == 1
    assert Flagged.objects.count() == 10


def test_numbers_are_the_governments(routed: Scene) -> None:
    make_policy("burst_least", 3, "count")
    make_policy("burst_spread", 2, "count")
    file_many(routed, 3)
    (flag,) = look()
    assert flag.numbers["limit"] == 2


# --- Haste --------------------------------------------------------------------------------------


def answered(scene: Scene, number: int) -> list[Play]:
    return [
        Play(scene, contact=phone(100 + n), named=False).forward().accept() for n in range(number)
    ]


def phone(number: int) -> ContactDetails:
    return ContactDetails(phone=f"0171234{number:04d}")


def test_confirmations_within_minutes_in_series_are_flagged(scene: Scene, clock: Any) -> None:
    plays = answered(scene, 6)
    clock.shift(timedelta(hours=30))
    for play in plays[:5]:
        play.answer()
    clock.shift(10 * MINUTE)
    for play in plays[:5]:
        play.confirm(rating=4)
    plays[5].answer()
    clock.shift(11 * MINUTE)
    plays[5].confirm(rating=4)
    (flag,) = look()
    assert (flag.kind, flag.numbers) == (Kind.QUICK_CONFIRMED, {"count": 5, "minutes": 10})
    assert flag.cases.count() == 5


def test_answers_within_minutes_of_the_filing_are_flagged(scene: Scene, clock: Any) -> None:
    for play in answered(scene, 5):
        play.answer()
    (flag,) = look()
    assert flag.kind == Kind.QUICK_ANSWERED


def test_one_sender_with_the_best_mark_for_many_is_flagged(scene: Scene, clock: Any) -> None:
    same = [Play(scene, named=False, contact=phone(1)).forward().accept() for _n in range(5)]
    others = answered(scene, 4)
    clock.shift(timedelta(hours=30))
    for play in [*same, *others]:
        play.answer()
    clock.shift(timedelta(hours=1))
    for play in [*same, *others]:
        play.confirm(rating=5)
    flags = look()
    assert [flag.kind for flag in flags] == [Kind.ONE_CONFIRMS]
    assert set(flags[0].cases.values_list("case_id", flat=True)) == {p.case.pk for p in same}


# --- Filed by the office itself -----------------------------------------------------------------


def test_what_an_offices_people_file_with_it_is_flagged_from_a_number_on(routed: Scene) -> None:
    focal = routed.cast.focal
    focal.phone = "01811111111"
    focal.save()
    make_post(routed.cast.operator, Role.OPERATOR, routed.cast.department)
    at_counter = Actor(kind="user", user_id=routed.cast.operator.pk, channel="counter")
    ways = [
        (Actor(kind="user", user_id=routed.cast.case_officer.pk), ContactDetails()),
        (Actor(kind="citizen"), ContactDetails(phone="+8801811111111")),
        (Actor(kind="citizen"), ContactDetails(email=routed.cast.head.email.upper())),
        (at_counter, phone(7)),
    ]
    for number, (actor, contact) in enumerate(ways, start=1):
        text = "The electricity meter shows a wrong number."
        submission = Submission(text=text, language="en", contact=contact)
        intake.submit(actor=actor, submission=submission)
        assert len(look()) == (number >= 3)
    flag = Flag.objects.get()
    assert (flag.kind, flag.numbers, flag.cases.count()) == (Kind.SELF_FILED, {"count": 4}, 4)


def test_no_flag_tells_that_an_officer_blew_the_whistle(routed: Scene) -> None:
    office = routed.cast.department
    for way in ("account", "phone", "mail"):
        actor = Actor(kind="citizen")
        contact = ContactDetails()
        if way == "account":
            actor = Actor(kind="user", user_id=routed.cast.case_officer.pk)
        elif way == "phone":
            routed.cast.focal.phone = "01811111111"
            routed.cast.focal.save()
            contact = ContactDetails(phone="+8801811111111")
        else:
            contact = ContactDetails(email=routed.cast.head.email)
        text = "The electricity meter is read for money."
        submission = Submission(text=text, language="en", contact=contact, about_official=True)
        receipt = intake.submit(actor=actor, submission=submission)
        Case.objects.filter(number=receipt.number).update(holder=office)
    assert look() == []


def test_one_that_is_sealed_later_is_on_no_page_of_its_flag(routed: Scene) -> None:
    actor = Actor(kind="user", user_id=routed.cast.focal.pk)
    for _each in range(3):
        text = "The electricity meter is wrong."
        intake.submit(actor=actor, submission=Submission(text=text, language="en"))
    (flag,) = look()
    overseer = routed.actor(routed.cast.overseer)
    assert flagged_cases(flag, overseer).count() == 3
    Case.objects.filter(pk=flag.cases.first().case_id).update(sensitive=True)
    assert flagged_cases(flag, overseer).count() == 2


def test_people_of_other_offices_are_citizens_like_all(routed: Scene) -> None:
    for user in (routed.cast.rival_focal, routed.cast.ministry_focal, routed.cast.alice):
        for _each in range(3):
            actor = Actor(kind="user", user_id=user.pk)
            intake.submit(
                actor=actor,
                submission=Submission(text="The electricity meter is wrong.", language="en"),
            )
    assert look() == []


def test_what_was_decided_is_not_flagged_again(routed: Scene, clock: Any) -> None:
    actor = Actor(kind="user", user_id=routed.cast.focal.pk)
    for _each in range(3):
        intake.submit(
            actor=actor, submission=Submission(text="The meter is wrong again.", language="en")
        )
    (flag,) = look()
    decide(routed, flag, confirm=False)
    clock.shift(timedelta(days=2))
    assert len(look()) == 1


# --- Left out of rankings -----------------------------------------------------------------------


def test_flagged_cases_are_left_out_of_rankings_and_kept_in_the_sums(routed: Scene) -> None:
    file_many(routed, 10)
    Play(routed, named=False, text="A road is broken near the school.").forward(
        to=routed.cast.rival_ministry
    )
    look()
    assert set_flagged_aside(25) == 10
    assert set_flagged_aside(25) == 0
    file_many(routed, 1)
    of_sides = {sides: counted(sides=sides)["received"] for sides in (COUNTRYS, AGENCYS, PUBLIC)}
    assert of_sides == {COUNTRYS: 12, AGENCYS: 2, PUBLIC: 2}
    assert counted(sides=(ASIDE,))["received"] == 10
    event = Event.objects.filter(move="set_aside").first()
    assert event is not None
    assert event.data == {"why": "many_filed"}
    assert list(Verification().faults()) == []


def test_a_run_that_is_cut_short_goes_on_the_next_time(
    routed: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_many(routed, 10)
    look()
    ticks = iter(range(0, 1000, 10))
    monkeypatch.setattr(patterns, "monotonic", lambda: next(ticks))
    assert set_flagged_aside(25) == 2
    assert unranked() == 2
    monkeypatch.undo()
    assert set_flagged_aside(25) == 8


def test_the_pages_of_figures_say_what_is_left_out(routed: Scene, client: Client) -> None:
    file_many(routed, 10)
    for _each in range(6):
        Play(routed, named=False, text="A road is broken near the school.").forward(
            to=routed.cast.rival_ministry
        )
    look()
    set_flagged_aside(25)
    made()
    cache.clear()
    assert "10 cases are in no agency’s figures" in client.get("/en/performance/").content.decode()


def test_the_office_learns_nothing_while_it_is_open(routed: Scene, client: Client) -> None:
    play = file_many(routed, 10)[0]
    play.accept()

    def seen_by(who: str) -> int:
        return play.file_for(who).seen

    before = seen_by("focal")
    look()
    set_flagged_aside(25)
    assert "set_aside" in play.moves
    # Nor does a page of theirs say that there is something new.
    assert seen_by("focal") == before
    assert seen_by("overseer") != before
    for who in ("focal", "case_officer", "head", "desk"):
        assert "set_aside" not in [e.event.move for e in play.file_for(who).timeline]
    assert "set_aside" not in [e.event.move for e in play.file_for("citizen").timeline]
    assert "set_aside" in [e.event.move for e in play.file_for("overseer").timeline]
    assert not Notice.objects.filter(template="left_out").exists()
