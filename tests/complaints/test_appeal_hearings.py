"""Hearings of an appeal: set in time, moved, called off, held; reminders; two at once."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import translation

from complaints import moment
from complaints.errors import Refused
from complaints.forms import MOVE_FORMS
from complaints.models import Attendance, Hearing, Notice, Statement
from complaints.services import hearings
from complaints.services.bar_changes import unlink_respondent
from complaints.services.escalation import sweep
from complaints.services.notice_words import moment_in_words, zone_letters
from tests.complaints.appealing import appealed, entry
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day, refused
from tests.complaints.test_served import served_case
from tests.factories.agencies import make_policy


def test_the_hour_of_a_hearing_is_said_to_be_in_a_zone_that_people_know() -> None:
    at = datetime(2026, 12, 1, 2, tzinfo=UTC)
    assert zone_letters(at.astimezone(ZoneInfo("Asia/Jakarta"))) == "WIB"
    assert zone_letters(at.astimezone(ZoneInfo("Asia/Dhaka"))) == "UTC+6"


def test_an_indonesian_letter_has_a_point_before_the_minutes_of_a_hearing() -> None:
    at = "2026-12-04T03:00:00+00:00"
    assert moment_in_words(at, "id") == "Jumat, 4 Desember 2026, 09.00 (UTC+6)"
    assert moment_in_words(at, "en") == "Friday, 4 December 2026, 09:00 (UTC+6)"


def test_whoever_sets_a_hearing_reads_how_early_and_in_which_zone(scene: Scene) -> None:
    case = appealed(scene).case
    for language, zone in (("en", "(UTC+6)"), ("bn", "(UTC+৬)")):
        with translation.override(language):
            form = MOVE_FORMS["set_hearing"](
                case=case, actor=scene.actor(scene.cast.ministry_focal)
            )
            assert zone in str(form.fields["at"].help_text)


def the_hearing(play: Play) -> Hearing:
    return Hearing.objects.filter(appeal__case=play.case).latest("id")


# --- Setting ----------------------------------------------------------------------------------


def test_a_hearing_is_set_and_those_asked_are_told(scene: Scene) -> None:
    play = appealed(scene).set_hearing(day(7))
    hearing = the_hearing(play)
    assert hearing.at == day(7)
    assert set(hearing.attendances.values_list("party", "came")) == {
        ("citizen", None),
        ("office", None),
    }
    assert play.state == "appealed"
    assert play.told("hearing_set") == {"citizen"}
    assert play.told("hearing_set_for_office") == {"grid"}
    notice = Notice.objects.get(case=play.case, template="hearing_set")
    assert notice.values["hearing_due"] == day(7).isoformat()


def test_what_the_notice_says_lies_beside_the_event_and_not_in_it(scene: Scene) -> None:
    play = appealed(scene).set_hearing()
    said = Statement.objects.get(event=play.last)
    assert said.kind == "hearing"
    assert said.body == {"place": "Room 12, Ministry of Power", "text": "Bring the bill, please."}
    assert "Room" not in str(play.last.data)


def test_only_those_who_decide_set_one(scene: Scene) -> None:
    play = appealed(scene)
    for by in ("focal", "head", "case_officer", "citizen", "desk", "overseer", "auditor"):
        with refused("not_yours"):
            play.set_hearing(by=by)
    with refused("no_such_case"):
        play.set_hearing(by="rival_focal")
    assert not Hearing.objects.exists()


def test_the_head_of_the_deciding_office_may_too(scene: Scene) -> None:
    assert the_hearing(appealed(scene).set_hearing(by="ministry_head")).at


def test_there_is_one_at_a_time(scene: Scene) -> None:
    play = appealed(scene).set_hearing()
    with refused("hearing_set"):
        play.set_hearing()
    play.call_off_hearing().set_hearing()
    assert Hearing.objects.filter(called_off_at=None).count() == 1


def test_none_is_set_outside_an_appeal(scene: Scene) -> None:
    play = Play(scene).forward().accept()
    with refused("wrong_state"):
        play.set_hearing(by="focal")


# --- When -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "taken"), [(day(3, 23), False), (day(4, 0), False), (day(4, 9), True)]
)
def test_three_full_days_lie_before_it(scene: Scene, at: datetime, taken: bool) -> None:
    # Set on day 0: days 1, 2 and 3 are the notice; midnight is no hour for a hearing.
    play = appealed(scene)
    if taken:
        assert the_hearing(play.set_hearing(at)).at == at
        return
    with pytest.raises(Refused) as caught:
        play.set_hearing(at)
    assert list(caught.value.fields) == ["at"]


def test_a_government_sets_its_own_notice(scene: Scene) -> None:
    make_policy("hearing_notice", 10)
    play = appealed(scene)
    with translation.override("en"), pytest.raises(Refused, match="invalid") as caught:
        play.set_hearing(day(9))
    assert "10 days" in str(caught.value.fields["at"])
    assert the_hearing(play.set_hearing(day(11))).at == day(11)


def test_a_mistyped_year_is_refused(scene: Scene) -> None:
    with pytest.raises(Refused) as caught:
        appealed(scene).set_hearing(day(400))
    with translation.override("en"):
        assert "year" in str(caught.value.fields["at"])


@pytest.mark.parametrize("invited", [(), ("nobody",), ("citizen", "nobody"), ("respondent",)])
def test_somebody_who_can_be_asked_has_to_be(scene: Scene, invited: tuple[str, ...]) -> None:
    # Nobody was served, so there is no respondent to be asked.
    with pytest.raises(Refused) as caught:
        appealed(scene).set_hearing(invited=invited)
    assert list(caught.value.fields) == ["invited"]


def test_who_was_named_by_mistake_is_not_asked_any_more(scene: Scene) -> None:
    play, summary = served_case(scene)
    play.appeal()
    assert "respondent" in hearings.invitable(play.case)
    unlink_respondent(
        actor=play.actor("overseer"),
        number=play.number,
        respondent=summary.respondent_id,
        reason="Another person was meant.",
    )
    assert "respondent" not in hearings.invitable(play.case)


def test_where_no_office_had_it_no_office_is_asked(scene: Scene) -> None:
    play = Play(scene).decline().appeal()
    assert [p.value for p in hearings.invitable(play.case)] == ["citizen", "other"]
    play.set_hearing(by="overseer", invited=("citizen", "other"))
    assert play.told("hearing_set") == {"citizen"}


def test_a_citizen_who_is_not_asked_is_not_told_where_it_is(scene: Scene) -> None:
    play = appealed(scene).set_hearing(invited=("office",))
    assert play.told("hearing_set") == set()
    assert entry(play, "citizen", "set_hearing").said == {}
    assert entry(play, "focal", "set_hearing").said["place"]


def test_of_a_sensitive_case_the_citizen_is_told_only_that_there_is_news(scene: Scene) -> None:
    play = appealed(scene, about_official=True).set_hearing()
    assert "hearing_set" not in play.heard()
    assert play.heard()[-1] == "news"


def test_the_moment_is_kept_in_utc_whatever_zone_it_was_typed_in(scene: Scene) -> None:
    play = appealed(scene).set_hearing(datetime.fromisoformat("2026-12-01T10:00:00+06:00"))
    assert the_hearing(play).at == datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
    assert play.last.data["at"] == "2026-12-01T04:00:00+00:00"


# --- Moving, calling off ----------------------------------------------------------------------


def test_a_moved_one_keeps_who_was_asked_and_leaves_the_old_date_on_record(scene: Scene) -> None:
    play = appealed(scene).set_hearing(day(7), invited=("citizen", "other")).move_hearing(day(12))
    old, new = Hearing.objects.order_by("id")
    assert (old.at, old.called_off_at, new.at) == (day(7), moment.now(), day(12))
    assert set(new.attendances.values_list("party", flat=True)) == {"citizen", "other"}
    assert play.told("hearing_moved") == {"citizen"}
    assert play.told("hearing_moved_for_office") == set()


def test_moving_keeps_to_the_days_of_notice(scene: Scene) -> None:
    play = appealed(scene).set_hearing(day(7))
    with refused("invalid"):
        play.move_hearing(day(2))
    assert the_hearing(play).at == day(7)
    assert Hearing.objects.count() == 1


def test_called_off_with_a_reason_it_can_be_set_again(scene: Scene) -> None:
    play = appealed(scene).set_hearing()
    with refused("invalid"):
        hearings.call_off_hearing(
            actor=play.actor("ministry_focal"), number=play.number, reason="–"
        )
    play.call_off_hearing()
    assert the_hearing(play).called_off_at == moment.now()
    assert play.told("hearing_off") == {"citizen"}
    assert play.told("hearing_off_for_office") == {"grid"}
    with refused("no_hearing"):
        play.call_off_hearing()


@pytest.mark.parametrize("decision", ["uphold", "dismiss"])
def test_the_decision_calls_off_what_is_still_to_come(scene: Scene, decision: str) -> None:
    play = appealed(scene).set_hearing()
    getattr(play, decision)()
    assert the_hearing(play).called_off_at == moment.now()
    assert play.told("hearing_off") == {"citizen"}


def test_a_withdrawal_calls_it_off_too(scene: Scene, clock: Any) -> None:
    play = appealed(scene).set_hearing().withdraw()
    clock.move_to(day(3))
    sweep()
    assert play.state == "closed: withdrawn"
    assert the_hearing(play).called_off_at == day(3)
    assert play.told("hearing_off_for_office") == {"grid"}


# --- Holding ----------------------------------------------------------------------------------


def test_it_is_not_held_before_its_time(scene: Scene, clock: Any) -> None:
    play = appealed(scene).set_hearing(day(7))
    clock.move_to(day(7) - timedelta(seconds=1))
    with refused("hearing_to_come"):
        play.hold_hearing()
    clock.move_to(day(7))
    play.hold_hearing()
    assert the_hearing(play).held_at == day(7)


def test_it_is_kept_who_came_and_who_did_not(scene: Scene, clock: Any) -> None:
    play = appealed(scene).set_hearing(day(7))
    clock.move_to(day(8))
    play.hold_hearing(came=("citizen",))
    rows = Attendance.objects.filter(hearing=the_hearing(play))
    assert dict(rows.values_list("party", "came")) == {"citizen": True, "office": False}
    assert play.last.data == {"came": ["citizen"], "absent": ["office"]}
    assert play.told("hearing_held") == {"citizen"}
    with refused("no_hearing"):
        play.hold_hearing()


def test_nobody_came_who_was_not_asked(scene: Scene, clock: Any) -> None:
    play = appealed(scene).set_hearing(day(7))
    clock.move_to(day(8))
    with refused("invalid"):
        play.hold_hearing(came=("citizen", "other"))
    assert the_hearing(play).held_at is None


def test_two_may_be_held_one_after_the_other(scene: Scene, clock: Any) -> None:
    play = appealed(scene).set_hearing(day(7))
    clock.move_to(day(8))
    play.hold_hearing().set_hearing()
    assert Hearing.objects.filter(appeal__case=play.case).count() == 2


# --- Reminders --------------------------------------------------------------------------------


def test_all_who_are_asked_are_reminded_a_day_before_and_once(scene: Scene, clock: Any) -> None:
    play = appealed(scene).set_hearing(day(7))
    clock.move_to(day(6) - timedelta(minutes=1))
    sweep()
    assert play.told("hearing_tomorrow") == set()
    clock.move_to(day(6))
    sweep()
    sweep()
    assert play.told("hearing_tomorrow") == {"citizen"}
    assert play.told("hearing_tomorrow_for_office") == {"grid"}
    assert play.told("hearing_to_hold") == {"power"}
    told = Notice.objects.filter(case=play.case, template__startswith="hearing_to")
    assert told.count() == 3


def test_nobody_is_reminded_of_a_hearing_that_is_over_or_off(scene: Scene, clock: Any) -> None:
    off, over, moved = (appealed(scene).set_hearing(day(7)) for _case in range(3))
    off.call_off_hearing()
    moved.move_hearing(day(12))
    clock.move_to(day(8))
    sweep()
    for play in (off, over, moved):
        assert play.told("hearing_tomorrow") == set()
    clock.move_to(day(11, 12))
    sweep()
    assert moved.told("hearing_tomorrow") == {"citizen"}


def test_one_set_for_tomorrow_needs_no_reminder(scene: Scene) -> None:
    make_policy("hearing_notice", 0)
    play = appealed(scene).set_hearing(moment.now() + timedelta(hours=20))
    sweep()
    assert play.told("hearing_tomorrow") == set()


def test_a_reminder_that_fails_stops_no_other(scene: Scene, clock: Any, monkeypatch: Any) -> None:
    first, second = (appealed(scene).set_hearing(day(7)) for _case in range(2))
    remind = hearings._remind

    def fails_once(pk: int, number: str) -> int:
        if number == first.number:
            raise RuntimeError("broken")
        return remind(pk, number)

    monkeypatch.setattr(hearings, "_remind", fails_once)
    clock.move_to(day(6, 12))
    sweep()
    assert (first.told("hearing_tomorrow"), second.told("hearing_tomorrow")) == (
        set(),
        {"citizen"},
    )


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_remind_once(scene: Scene, clock: Any) -> None:
    play = appealed(scene).set_hearing(day(7))
    clock.move_to(day(6, 12))
    start, done = threading.Barrier(2), list[int]()

    def work() -> None:
        start.wait()
        done.append(hearings.remind_of_hearings())
        connection.close()

    workers = [threading.Thread(target=work) for _worker in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(done) == [0, 1]
    assert Notice.objects.filter(case=play.case, template="hearing_tomorrow").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_hearings_set_at_once_one_is_refused(scene: Scene) -> None:
    play = appealed(scene)
    start, said = threading.Barrier(2), list[str]()

    def work() -> None:
        start.wait()
        try:
            play.set_hearing(day(7))
            said.append("set")
        except Refused as refusal:
            said.append(refusal.code)
        connection.close()

    workers = [threading.Thread(target=work) for _worker in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(said) == ["hearing_set", "set"]
