"""Random walks: whatever allowed moves are made in whatever order and time, what has to hold holds.

A walk plays two or three complaints at once. Each step is a move that somebody is offered, or time
that passes, with the sweep that comes with it or after an outage. After each step all is checked.
"""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from accounts.roles import Role
from agencies.models import Office
from complaints import clocks, moment
from complaints.bars import barred_users, respondents_of
from complaints.errors import Invalid
from complaints.models import Appeal, Case, Clock, Event, Heartbeat, Notice
from complaints.selectors import visible_to
from complaints.services import (
    answering,
    appeals,
    bar_changes,
    casework,
    hearings,
    identity,
    investigations,
    publishing,
    recommendations,
    restrictions,
    served_summaries,
    withdrawing,
)
from complaints.services.escalation import sweep
from complaints.services.verifying import Verification
from complaints.submission import Whom
from complaints.workflow import MOVES
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play
from tests.complaints.test_together import picture

PEOPLE = (
    "citizen",
    "withdrawing",
    "desk",
    "focal",
    "case_officer",
    "head",
    "ministry_focal",
    "ministry_head",
    "district_focal",
    "rival_focal",
    "overseer",
)
#: In each state, who brings a case forward, and by what. Some of them hold no post in its office.
ONWARD = {
    "received": ("desk",),
    "waiting": ("citizen",),
    "forwarded": ("focal", "district_focal", "rival_focal", "ministry_focal", "head", "desk"),
    "in_progress": ("case_officer", "focal", "district_focal", "rival_focal", "ministry_focal"),
    "disputed_owner": ("overseer",),
    "answered": ("citizen",),
    "appealed": ("ministry_focal", "focal", "ministry_head", "overseer"),
    "closed": ("overseer", "citizen"),
}
ONWARD_MOVES = {
    *("ask", "reply", "forward", "decline", "merge", "separate", "accept", "return", "rule"),
    *("pass_down", "assign", "answer", "confirm", "dispute", "appeal", "uphold", "dismiss"),
    "reopen",
}
#: Drawn more often, so that walks get past the desk.
FURTHER = {"forward", "accept", "answer", "dispute", "appeal", "return", "reply"}
#: Whom a case may be about: people on the way of a complaint.
ABOUT = ("focal", "head", "case_officer", "ministry_focal", "district_focal", "rival_focal")
#: In each state, the clock that somebody answers for.
CLOCK_OF = {
    "received": {"forward"},
    "waiting": {"waiting"},
    "forwarded": {"accept", "resolve"},
    "in_progress": {"resolve"},
    "disputed_owner": {"rule", "resolve"},
    "answered": {"confirm"},
    "appealed": {"appeal"},
    "closed": set(),
}
KEEPS_RESOLVE = ("return", "pass_down", "accept", "assign", "ask", "reply", "rule")
REASON = "This is said with enough words."


def within_appeals(data: st.DataObject, play: Play) -> dict[str, Any]:
    """Ways to make the moves of an appeal; some a form would refuse."""
    at = moment.now() + timedelta(days=data.draw(st.sampled_from([1, 5, 30])))
    lead = getattr(play.cast, data.draw(st.sampled_from(["rival_focal", "focal", "overseer"])))
    office = data.draw(st.sampled_from([play.cast.department, play.cast.ministry]))
    said = {"place": REASON, "at": at}
    return {
        "set_hearing": partial(
            hearings.set_hearing, text=REASON, invited=("citizen", "other"), **said
        ),
        "move_hearing": partial(hearings.move_hearing, reason=REASON, **said),
        "call_off_hearing": partial(hearings.call_off_hearing, reason=REASON),
        "hold_hearing": partial(hearings.hold_hearing, came=("citizen",), text=REASON),
        "testify": partial(hearings.give_statement, text=REASON),
        "investigate": partial(investigations.investigate, text=REASON, lead=lead),
        "report": partial(investigations.report, text=REASON, finding="unclear"),
        "end_investigation": partial(investigations.end_investigation, reason=REASON),
        "guide": partial(recommendations.guide, text=REASON),
        "recommend": partial(recommendations.recommend, office=office, text=REASON),
        "follow": partial(
            recommendations.follow, recommendation=None, followed="acted", text=REASON
        ),
    }


class Walk(RuleBasedStateMachine):
    """A walk; `scene` is set by the test, and all that a walk writes is rolled back at its end."""

    scene: Scene
    clock: time_machine.Traveller

    def __init__(self) -> None:
        super().__init__()
        self.clock.move_to(SUNDAY)
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.plays: list[Play] = []
        self.missed: dict[int, Any] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    # --- Steps --------------------------------------------------------------------------------

    @initialize(number=st.integers(2, 3), consent=st.booleans())
    def file(self, number: int, consent: bool) -> None:
        self.plays = [Play(self.scene, publish_consent=consent) for _case in range(number)]

    @rule(data=st.data())
    def it_goes_on(self, data: st.DataObject) -> None:
        """Somebody makes one of the moves that change where a case stands."""
        self._onward(data)

    def _onward(self, data: st.DataObject) -> None:
        play = data.draw(st.sampled_from(self.plays))
        for who in data.draw(st.permutations(ONWARD[play.case.status])):
            if self._moves(data, play, who, ONWARD_MOVES):
                return

    @rule(data=st.data())
    def it_goes_on_again(self, data: st.DataObject) -> None:
        """The same: walks are to get far."""
        self._onward(data)

    @rule(data=st.data())
    def somebody_does_something_beside(self, data: st.DataObject) -> None:
        play = data.draw(st.sampled_from(self.plays))
        self._moves(data, play, data.draw(st.sampled_from(PEOPLE)), set(MOVES) - ONWARD_MOVES)

    def _moves(self, data: st.DataObject, play: Play, who: str, which: set[str]) -> bool:
        """Make one of these moves, if any is on offer; says whether."""
        offered = [move for move in play.may(who) if move in which] if play.sees(who) else []
        if not offered:
            return False
        offered += [move for move in offered if move in FURTHER] * 3
        move = data.draw(st.sampled_from(offered), label=f"{who}'s move on {play.state}")
        before = Clock.objects.filter(case=play.case, kind="resolve", stopped_at=None).first()
        try:
            self._make(data, play, who, move)
        except Invalid:
            # What the form would have said; the move itself was on offer, so no other refusal.
            return True
        if before is not None and move in KEEPS_RESOLVE:
            after = play.clock("resolve")
            assert (after.pk, after.started_at) == (before.pk, before.started_at)
            assert after.due_at >= before.due_at
        return True

    def _make(self, data: st.DataObject, play: Play, who: str, move: str) -> None:
        cast = self.scene.cast
        ways: dict[str, Any] = {
            "ask": partial(casework.ask, text=REASON),
            "reply": partial(answering.reply, text=REASON),
            "decline": partial(casework.decline, reason=REASON, where_to="The court"),
            "return": partial(casework.return_case, reason=REASON, whose=None),
            "answer": partial(
                answering.answer, outcome="partly", text=REASON, evidence="Note", cause="delay"
            ),
            "confirm": partial(answering.confirm, rating=3),
            "dispute": partial(answering.dispute, reason=REASON),
            "appeal": partial(appeals.appeal, grounds=REASON),
            "uphold": partial(appeals.uphold, reason=REASON),
            "dismiss": partial(appeals.dismiss, reason=REASON),
            "reopen": partial(appeals.reopen, reason=REASON),
            **within_appeals(data, play),
            "withdraw": withdrawing.withdraw,
            "call_back": withdrawing.call_back,
            "say_pressured": partial(withdrawing.say_pressured, text=REASON),
            "note_pressure": partial(withdrawing.note_pressure, text=REASON),
            "write_privately": partial(withdrawing.write_privately, text=REASON),
            "separate": answering.separate,
            "message": partial(casework.message, text=REASON),
            "note": partial(casework.note, text=REASON),
            "publish": partial(publishing.publish, public_text=REASON),
            "unpublish": publishing.unpublish,
            "mark_sensitive": answering.mark_sensitive,
            "clear_sensitive": partial(answering.clear_sensitive, reason=REASON),
            "break_seal": partial(identity.break_seal, reason=REASON),
            "restrict": partial(
                restrictions.restrict,
                reason=REASON,
                until=(moment.now() + timedelta(days=9)).date(),
            ),
            "appeal_restriction": partial(restrictions.appeal, grounds=REASON),
            "decide_restriction": partial(restrictions.decide, lift=True, reason=REASON),
            "lift_restriction": partial(restrictions.lift, reason=REASON),
        }
        if move in ("forward", "rule", "pass_down"):
            service = {"forward": casework.forward, "rule": casework.rule}
            offices: list[Office] = [
                cast.department,
                cast.district_office,
                cast.upazila_office,
                cast.ministry,
                cast.rival_ministry,
            ]
            office = data.draw(st.sampled_from(offices))
            ways[move] = partial(
                service.get(move, casework.pass_down), office=office, reason=REASON
            )
        elif move in ("accept", "assign"):
            officer = getattr(cast, data.draw(st.sampled_from([who, "case_officer"])))
            ways[move] = partial(getattr(casework, move), case_officer=officer)
        elif move == "merge":
            lead = data.draw(st.sampled_from(self.plays)).number
            ways[move] = partial(casework.merge, lead=lead)
        elif move == "link_respondent":
            about = Whom(user_id=getattr(cast, data.draw(st.sampled_from(ABOUT))).pk)
            if data.draw(st.booleans()):
                role = data.draw(st.sampled_from([Role.HEAD, Role.FOCAL, Role.CASE_OFFICER]))
                about = Whom(office_id=cast.department.pk, role=role)
            ways[move] = partial(answering.link_respondent, respondent=about)
        elif move == "unlink_respondent":
            named = [row.pk for row in respondents_of(play.case)]
            row = data.draw(st.sampled_from(named))
            ways[move] = partial(bar_changes.unlink_respondent, respondent=row, reason=REASON)
        elif move == "serve":
            whom = [(row.pk, user.pk) for row, user in served_summaries.servable(play.case)]
            row, user = data.draw(st.sampled_from([*whom, (0, 0)]))
            ways[move] = partial(served_summaries.serve, respondent=row, user=user, text=REASON)
        with transaction.atomic():
            ways[move](actor=play.actor(who), number=play.number)

    @rule(hours=st.sampled_from([1, 5, 24, 49, 73, 10 * 24, 31 * 24]), swept=st.booleans())
    def time_passes(self, hours: int, swept: bool) -> None:
        """With the sweep at work all the time, or not at all."""
        self.clock.shift(timedelta(hours=hours))
        if swept:
            Heartbeat.objects.update_or_create(
                name="sweep", defaults={"beat_at": self._now() - timedelta(minutes=1)}
            )
            self.sweeps()

    @rule()
    def sweeps(self) -> None:
        """After a gap in the heartbeat, if there was one. Two sweeps equal one."""
        done = sweep()
        assert done.failed == []
        before = picture()
        again = sweep()
        assert (again.steps, picture()) == ({}, before)

    def _now(self) -> Any:
        from django.utils import timezone

        return timezone.now()

    # --- What has to hold ---------------------------------------------------------------------

    @invariant()
    def the_record_says_where_each_case_is(self) -> None:
        assert list(Verification().faults()) == []
        for play in self.plays:
            case, events = play.case, Event.objects.filter(case=play.case).order_by("seq")
            last = events.last()
            assert last is not None
            assert case.last_seq == last.seq == events.count()
            assert case.status == last.to_status
            assert (case.status == "closed") == bool(case.ending) == bool(case.closed_at)

    @invariant()
    def clocks_fit_the_state(self) -> None:
        for play in self.plays:
            case = play.case
            rows = list(Clock.objects.filter(case=case, stopped_at=None))
            kinds = [clock.kind for clock in rows]
            assert len(kinds) == len(set(kinds))
            assert set(kinds) >= CLOCK_OF[case.status]
            if case.status == "closed":
                assert kinds == []
            assert case.withdrawal_pending == ("withdrawal" in kinds)
            officers = [c for c in rows if c.kind in clocks.LADDERED and not c.paused_at]
            assert case.next_due == min((c.due_at for c in officers), default=None)
            for clock in rows:
                if clock.kind in ("accept", "resolve"):
                    assert clock.office_id == case.holder_id
                assert clock.paused_at is None or clock.next_at is None

    @invariant()
    def a_miss_is_never_undone(self) -> None:
        now = dict(Clock.objects.exclude(missed_at=None).values_list("pk", "missed_at"))
        assert self.missed.items() <= now.items()
        self.missed = now

    @invariant()
    def somebody_has_each_open_case(self) -> None:
        for play in self.plays:
            case = play.case
            if case.status in ("received", "disputed_owner"):
                assert case.holder_id is None
            elif case.status in ("forwarded", "in_progress", "answered"):
                assert case.holder_id is not None
            open_appeals = Appeal.objects.filter(case=case, decided_at=None).count()
            assert open_appeals == (case.status == "appealed")
            assert case.assigned_id not in barred_users(case)

    @invariant()
    def nobody_barred_sees_or_is_newly_told(self) -> None:
        for play in self.plays:
            barred = barred_users(play.case)
            for who in ABOUT:
                user = getattr(self.scene.cast, who)
                if user.pk in barred:
                    seen = visible_to(self.scene.actor(user))
                    assert not seen.filter(pk=play.case.pk).exists()

    @invariant()
    def what_is_sensitive_is_neither_public_nor_told(self) -> None:
        shown = Case.objects.filter(sensitive=True)
        assert not shown.exclude(published_at=None).exists()
        assert not shown.filter(publish_consent=True).exists()
        assert not shown.filter(share_contact=True).exists()
        for case in shown:
            marked = Event.objects.filter(case=case, move="mark_sensitive").latest("seq")
            since = Notice.objects.filter(contact__case=case, id__gt=0)
            since = since.filter(created_at__gt=marked.recorded_at)
            assert set(since.values_list("template", flat=True)) <= {"news"}


def walk(machine: type[Walk], walks: int, steps: int) -> None:
    """So many walks of so many steps, the same ones each time."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=walks,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_whatever_is_done_in_whatever_order_what_has_to_hold_holds(
    scene: Scene, clock: Any
) -> None:
    Walk.scene, Walk.clock = scene, clock
    walk(Walk, WALKS, STEPS)


#: About half a minute.
WALKS, STEPS = 8, 45
