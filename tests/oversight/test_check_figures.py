"""The check finds nothing where nothing is wrong, and each kind of wrong figure."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F

from agencies.models import Office, Place
from complaints import moment
from complaints.models import Case, Heartbeat
from oversight.figures import checking, keeping, reading
from oversight.figures.asking import COUNTRYS_IN_PUBLIC, PUBLIC, Question
from oversight.figures.periods import days_period
from oversight.models import Fact, Handoff, Kept, Recount, Tally
from record.services.writing import write
from tests.complaints.conftest import SUNDAY
from tests.complaints.play import Play
from tests.factories.agencies import make_place
from tests.oversight.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


def count() -> None:
    """As the workers do it: the log, then the figures."""
    write()
    keeping.keep()


def sweep(play: Play) -> None:
    """The sweep, which has stood still at no time."""
    Heartbeat.objects.update_or_create(name="sweep", defaults={"beat_at": moment.now()})
    play.sweep()


def lives(house: House) -> list[Play]:
    """Cases that went each their own way, over three weeks, counted as they went."""

    def play(**parts: Any) -> Play:
        return Play(house.scene, **parts)

    declined, returned, paused, disputed = (play() for _each in range(4))
    appealed, withdrawn, silent, sealed = play(), play(), play(), play(about_official=True)
    lead, joined = play(), play()
    declined.decline()
    joined.merge(lead)
    for each in (returned, paused, disputed, appealed, silent):
        each.forward()
    count()
    house.day(1)
    returned.send_back()
    for each in (paused, disputed, appealed, silent):
        each.accept()
    paused.ask()
    withdrawn.withdraw()
    count()
    house.day(4)
    paused.reply()
    returned.forward()
    house.day(5)
    for each in (paused, disputed, appealed, silent):
        each.answer()
    sweep(withdrawn)
    count()
    house.day(7)
    paused.confirm(4)
    disputed.dispute()
    appealed.appeal()
    count()
    house.day(13)
    disputed.answer(outcome="partly")
    appealed.uphold()
    sweep(returned)
    house.day(20)
    sweep(silent)
    silent.reopen()
    sealed.forward()
    count()
    return [declined, returned, paused, disputed, appealed, withdrawn, silent, sealed, lead, joined]


def test_where_nothing_is_wrong_nothing_is_found(house: House) -> None:
    lives(house)
    assert checking.differences() == []
    keeping.rebuild()
    assert checking.differences() == []


def test_what_these_lives_count(house: House) -> None:
    lives(house)
    counts = reading.totals(Question(days_period(30)))
    # Worked out by hand from the days above.
    expected = {
        "received": 10,
        "forwarded_in_time": 5,
        "left_unforwarded": 2,
        "returned": 1,
        "hops": 1,
        "forwarded": 6,
        "answered": 4,
        "confirmed": 1,
        "contested": 2,
        "partly": 1,
        "rated": 1,
        "rating_sum": 4,
        "rating_squares": 16,
        "ended": 1,
        "disputed": 1,
        "appealed": 1,
        "decided": 1,
        "upheld": 1,
        "reopened": 1,
        "closed": 4,
        "withdrawn": 1,
        "declined": 1,
        "merged": 1,
    }
    assert {name: counts[name] for name in expected} == expected
    # Answered after 5, 5, 5 and 13 days; the one that waited for its citizen from day 1 to 4 worked 2.
    assert [counts.within("took", share) for share in (0.5, 0.9)] == [5, 15]
    assert counts.within("worked", 0.25) == 2


def test_an_answer_that_fell_before_its_case_was_withdrawn_is_counted_alike(house: House) -> None:
    stood, fell = (Play(house.scene).forward().accept() for _each in range(2))
    house.day(5)
    for each in (stood, fell):
        each.answer()
    house.day(6)
    fell.dispute()
    house.day(9)
    for each in (stood, fell):
        each.withdraw()
    house.day(12.5)
    sweep(stood)
    house.day(20)
    count()
    counts = reading.totals(Question(days_period(30)))
    assert (counts["withdrawn"], counts["kept_from_filing"], counts["kept_from_forward"]) == (
        2,
        1,
        1,
    )
    assert checking.differences() == []


def test_steps_that_wait_to_be_counted_are_late_and_not_wrong(house: House) -> None:
    play = Play(house.scene)
    count()
    play.forward()
    assert checking.differences() == []
    play.accept()
    write()
    assert checking.differences() == []


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("complaints_case", "status = 'closed'"),
        ("complaints_case", "answered_at = answered_at - interval '3 days'"),
        ("complaints_case", "hops = hops + 1"),
        ("oversight_fact", "took = took + 1, answered_on = answered_on + 1"),
        ("oversight_fact", "side = 2"),
    ],
)
def test_what_was_changed_by_hand_is_found(house: House, table: str, change: str) -> None:
    play = Play(house.scene).forward().accept().answer()
    count()
    assert checking.differences() == []
    key = "id" if table == "complaints_case" else "case_id"
    with connection.cursor() as cursor:
        # Table and change are this test's own.
        cursor.execute(f"UPDATE {table} SET {change} WHERE {key} = %s", [play.case.pk])  # noqa: S608
    assert checking.differences()


def test_a_sum_too_high_is_found_and_mended_by_counting_anew(house: House) -> None:
    Play(house.scene).forward()
    count()
    Tally.objects.filter(node=0, cut=0, grain="m").update(received=F("received") + 1)
    with pytest.raises(CommandError, match="differences"):
        call_command("check_figures", stdout=StringIO())
    said = StringIO()
    call_command("check_figures", "--rebuild", stdout=said)
    assert "No difference" in said.getvalue()


@pytest.mark.parametrize(
    "name", ["disputed", "reopened", "upheld", "decided", "appealed", "rated", "took[2]"]
)
def test_no_sum_is_left_unchecked(house: House, name: str) -> None:
    Play(house.scene).forward().accept().answer()
    count()
    with connection.cursor() as cursor:
        # The name is this test's own.
        cursor.execute(
            f"UPDATE oversight_tally SET {name} = coalesce({name}, 0) + 1"  # noqa: S608
            " WHERE node = 0 AND cut = 0 AND grain = 'm' AND answered = 1"
        )
        assert cursor.rowcount == 1
    assert checking.differences()


def test_a_missing_fact_and_one_too_many_are_found(house: House) -> None:
    play = Play(house.scene)
    count()
    fact = Fact.objects.get(case=play.case)
    Fact.objects.filter(pk=fact.pk).update(case_id=fact.pk + 1000)
    kinds = {difference.what for difference in checking.differences()}
    assert f"fact of case {fact.pk + 1000}" in kinds
    assert any(kind.startswith(f"case {play.number}") for kind in kinds)


def test_a_case_is_counted_anew_when_somebody_asks_for_it(house: House) -> None:
    play = Play(house.scene)
    count()
    Case.objects.filter(pk=play.case.pk).update(unranked="pattern")
    assert checking.differences()
    Recount.objects.create(case_id=play.case.pk)
    count()
    assert checking.differences() == []
    assert not Recount.objects.exists()


def test_an_office_that_moves_takes_its_sums_along(house: House) -> None:
    play = Play(house.scene).forward()
    count()
    office = play.case.holder
    assert office is not None
    assert office.parent is not None
    old = office.parent
    office.path = office.path.split("/")[-2] + "/"
    office.parent = None
    office.save()
    Kept.objects.update(registry=None)
    count()
    asked = Question(days_period(30))
    assert reading.totals(asked.of(old))["received"] == 0
    assert reading.totals(asked.of(office))["received"] == 1
    assert checking.differences() == []


def move(office: Office, above: Office | None) -> None:
    """The registry's way of moving an office without any below it."""
    office.parent = above
    office.path = f"{above.path if above else ''}{office.code}/"
    office.agency = above.agency or above if above else None
    office.save()
    Kept.objects.update(registry=None)
    count()


def test_an_office_that_moves_among_the_first_levels_and_back_leaves_no_difference(
    house: House,
) -> None:
    cast = house.cast
    play = Play(house.scene).forward(to=cast.district_office)
    count()
    # What it counted as open to all is an empty row from here on.
    play.mark_sensitive()
    Office.objects.filter(parent=cast.district_office).update(parent=None)
    for above in (cast.ministry, cast.department, cast.ministry):
        move(cast.district_office, above)
        assert checking.differences() == []
    asked = Question(days_period(30), cast.district_office)
    assert sum(each["received"] for each in reading.by(asked, "kind").values()) == 1


def test_an_office_that_gets_another_agency_takes_its_cases_along(house: House) -> None:
    cast = house.cast
    play = Play(house.scene).forward(to=cast.district_office)
    Play(house.scene).forward(to=cast.district_office).send_back(by="district_focal")
    count()
    office = Office.objects.get(pk=cast.district_office.pk)
    office.agency = cast.rival_ministry
    office.save()
    assert checking.differences()
    Kept.objects.update(registry=None)
    count()
    assert Fact.objects.get(case=play.case).agency == cast.rival_ministry.pk
    assert Handoff.objects.get().from_agency == cast.rival_ministry.pk
    assert checking.differences() == []


def test_a_place_that_is_in_another_district_now_takes_its_cases_along(house: House) -> None:
    division = make_place("div", "division", "Division")
    first, second = (
        make_place(code, "district", code, parent=division) for code in ("first", "second")
    )
    place = make_place("village", "upazila", "Village", parent=first)
    play = Play(house.scene, place=place.code)
    count()
    assert Fact.objects.get(case=play.case).district == first.pk
    Place.objects.filter(pk=place.pk).update(parent=second, path=f"{second.path}village/")
    assert checking.differences()
    Kept.objects.update(registry=None)
    count()
    assert Fact.objects.get(case=play.case).district == second.pk
    assert checking.differences() == []


def test_a_mark_is_of_the_answer_that_it_was_given_for(house: House) -> None:
    def marks() -> list[int]:
        count()
        assert checking.differences() == []
        counts = reading.totals(Question(days_period(30)))
        return [counts["answered"], counts["rated"], counts["rating_sum"]]

    play = Play(house.scene).forward().accept().answer().confirm(2)
    assert marks() == [1, 1, 2]
    play.reopen()
    house.day(3)
    play.answer()
    assert marks() == [1, 0, 0]
    house.day(15)
    sweep(play)
    assert (play.state, marks()) == ("closed: silent", [1, 0, 0])
    play.reopen()
    play.answer().confirm(5)
    assert marks() == [1, 1, 5]


def test_marks_are_a_share_of_the_answers_that_ended_their_case(house: House) -> None:
    Play(house.scene).forward().accept().answer().confirm(5).appeal()
    count()
    counts = reading.totals(Question(days_period(30)))
    assert (counts["rated"], counts["ended"]) == (0, 0)


def test_a_case_about_somebody_is_in_no_public_figure(house: House) -> None:
    play = Play(house.scene).forward()
    count()
    public = Question(days_period(30), sides=PUBLIC)
    assert reading.totals(public)["received"] == 1
    play.about(user_id=house.cast.overseer.pk)
    count()
    assert not play.case.sensitive
    for sides in (PUBLIC, COUNTRYS_IN_PUBLIC):
        assert reading.totals(Question(days_period(30), sides=sides))["received"] == 0
    assert reading.totals(Question(days_period(30)))["received"] == 1
    assert checking.differences() == []


def test_killed_between_two_steps_nothing_is_counted_twice(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    count()
    Play(house.scene).forward()
    write()

    def killed(*_args: object, **_named: object) -> None:
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(keeping.facts, "make_facts", killed)
        with pytest.raises(SystemExit):
            keeping.keep()
    keeping.keep()
    keeping.keep()
    assert reading.totals(Question(days_period(30)))["received"] == 1
    assert checking.differences() == []


def test_days_that_are_over_for_long_are_read_by_their_months(house: House) -> None:
    Play(house.scene).forward()
    count()
    house.clock.move_to(SUNDAY + timedelta(days=300))
    count()
    assert not Tally.objects.filter(grain="d").exists()
    assert Tally.objects.filter(grain="m").exists()
    assert checking.differences() == []
