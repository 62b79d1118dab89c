"""Investigations in an appeal: who may be of a team, what its members see, their report, its clock."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.roles import Role
from complaints import moment
from complaints.errors import Refused
from complaints.models import Escalation, Investigation, Investigator, Notice, Statement
from complaints.models.case import Status
from complaints.selectors import at_hand, find_case, inbox_counts, visible_to
from complaints.selectors.access import sees
from complaints.services import casework, investigations
from complaints.services.escalation import sweep
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day, refused
from tests.factories.agencies import make_officer, make_policy, make_user


def appealed(scene: Scene, **filing: Any) -> Play:
    return Play(scene, **filing).forward().accept().answer().appeal()


def unfit(play: Play, lead: str = "rival_focal", team: tuple[str, ...] = ()) -> str:
    """What whoever decides is told when they name a team."""
    with pytest.raises(Refused) as caught:
        play.investigate(lead=lead, team=team)
    assert list(caught.value.fields) == ["team"]
    assert not Investigation.objects.exists()
    return str(caught.value.fields["team"][0])


# --- Ordering ---------------------------------------------------------------------------------


def test_a_team_is_named_and_told_and_its_clock_starts(scene: Scene) -> None:
    play = appealed(scene).investigate(lead="rival_focal", team=("rival_case_officer",))
    row = Investigation.objects.get(appeal__case=play.case)
    team = {(m.user, m.leads) for m in row.team.all()}
    assert team == {(scene.cast.rival_focal, True), (scene.cast.rival_case_officer, False)}
    assert play.told("investigator_named") == {"Rival Focal", "Rival Case Officer"}
    assert play.told("investigation_begun") == {"citizen"}
    clock = play.clock("investigation")
    assert (clock.amount, clock.unit) == (60, "working_days")
    # Whoever decides answers for it, not the office that is looked into.
    assert clock.office == scene.cast.ministry
    assert play.running == {"appeal", "investigation"}


def test_only_those_who_decide_order_one_and_only_one_at_a_time(scene: Scene) -> None:
    play = appealed(scene)
    for by in ("focal", "head", "citizen", "desk", "overseer", "auditor"):
        with refused("not_yours"):
            play.investigate(by=by)
    play.investigate()
    with refused("investigating"):
        play.investigate()


def test_the_order_lies_beside_the_event_and_the_event_holds_ids(scene: Scene) -> None:
    play = appealed(scene).investigate()
    assert play.last.data == {
        "lead": scene.cast.rival_focal.pk,
        "team": [scene.cast.rival_focal.pk],
    }
    said = Statement.objects.get(event=play.last)
    assert (said.kind, said.internal) == ("order", True)


@pytest.mark.parametrize("who", ["focal", "case_officer", "desk"])
def test_nobody_who_handled_the_case_investigates(scene: Scene, who: str) -> None:
    said = unfit(appealed(scene), team=(who,))
    assert getattr(scene.cast, who).name in said
    assert "Rival" not in said


def test_nobody_who_is_barred_investigates(scene: Scene) -> None:
    play = Play(scene).about(user_id=scene.cast.rival_focal.pk).forward().accept().answer().appeal()
    unfit(play)


def test_the_citizens_own_account_is_refused_like_any_other(scene: Scene) -> None:
    play = appealed(scene)
    case = play.case
    case.owner = scene.cast.rival_focal
    case.save(update_fields=["owner"])
    own = unfit(play)
    case.owner = None
    case.save(update_fields=["owner"])
    # The sentence tells nobody who filed the case: it is the one for all reasons.
    scene.cast.rival_focal.posts.all().update(held_to=moment.now())
    assert unfit(play) == own


@pytest.mark.parametrize("who", ["alice", "registrar", "operator", "auditor"])
def test_only_officers_who_work_on_cases_investigate(scene: Scene, who: str) -> None:
    unfit(appealed(scene), lead=who)


def test_nobody_who_left_or_may_no_longer_sign_in_investigates(scene: Scene) -> None:
    play = appealed(scene)
    scene.cast.rival_focal.posts.update(held_to=moment.now())
    unfit(play)
    scene.cast.rival_case_officer.is_active = False
    scene.cast.rival_case_officer.save()
    unfit(play, lead="rival_case_officer")


def test_a_team_is_not_a_crowd(scene: Scene) -> None:
    play = appealed(scene)
    crowd = [
        make_officer(f"Officer {number}", Role.CASE_OFFICER, scene.cast.rival_ministry)
        for number in range(investigations.LARGEST_TEAM + 1)
    ]
    with pytest.raises(Refused) as caught:
        investigations.investigate(
            actor=play.actor("ministry_focal"),
            number=play.number,
            text="Find out who read the meter.",
            lead=crowd[0],
            team=crowd[1:],
        )
    assert "12" in str(caught.value.fields["team"][0])


# --- What the team sees -----------------------------------------------------------------------


def test_the_team_sees_the_case_while_it_investigates_and_no_longer(scene: Scene) -> None:
    play = appealed(scene)
    assert not play.sees("rival_focal")
    play.investigate()
    assert play.sees("rival_focal")
    assert set(play.may("rival_focal")) == {"testify", "report", "note"}
    play.report()
    assert not play.sees("rival_focal")
    with refused("no_such_case"):
        play.note(by="rival_focal")


def test_called_off_the_team_sees_it_no_longer_and_is_told(scene: Scene) -> None:
    play = appealed(scene).investigate().end_investigation()
    assert not play.sees("rival_focal")
    assert play.told("investigation_called_off") == {"Rival Focal"}
    assert play.told("investigation_over") == {"citizen"}
    assert play.clock("investigation").stopped_how == "cancelled"
    row = Investigation.objects.get()
    assert (row.reported, row.ended_at) == (False, moment.now())


def test_a_set_and_a_single_case_are_judged_alike_for_a_team(scene: Scene) -> None:
    plays = [appealed(scene) for _case in range(3)]
    plays[0].investigate()
    plays[1].investigate().end_investigation()
    for who in ("rival_focal", "rival_case_officer", "ministry_focal", "overseer", "registrar"):
        actor = scene.actor(getattr(scene.cast, who))
        visible = set(visible_to(actor).values_list("pk", flat=True))
        for play in plays:
            assert sees(actor, play.case) == (play.case.pk in visible), who


@pytest.mark.django_db(transaction=True)
def test_the_inbox_of_a_team_is_read_anew_once_it_is_named(scene: Scene) -> None:
    play = appealed(scene)
    actor = scene.actor(scene.cast.rival_case_officer)
    assert inbox_counts(actor)["open"] == 0
    play.investigate(lead="rival_case_officer")
    assert [case.number for case in at_hand(actor)] == [play.number]
    assert inbox_counts(actor)["open"] == 1
    play.report(by="rival_case_officer")
    assert list(at_hand(actor)) == []


def test_a_member_who_leaves_the_service_sees_it_no_longer(scene: Scene) -> None:
    play = appealed(scene).investigate()
    scene.cast.rival_focal.posts.update(held_to=moment.now())
    assert not play.sees("rival_focal")


def test_a_member_who_turns_out_to_be_meant_sees_it_no_longer(scene: Scene) -> None:
    play = appealed(scene).investigate().about(user_id=scene.cast.rival_focal.pk)
    assert not play.sees("rival_focal")
    assert find_case(play.actor("rival_focal"), play.number) is None


def test_the_team_reads_statements_and_takes_some_down(scene: Scene) -> None:
    play = appealed(scene).testify().investigate()
    told = [e for e in play.file_for("rival_focal").timeline if e.event.move == "testify"]
    assert told[0].said["text"] == "I saw it myself."
    play.testify(by="rival_focal", witness="Karim the grocer").note(by="rival_focal")
    assert play.last.party == "investigator"
    with refused("not_yours"):
        casework.message(actor=play.actor("rival_focal"), number=play.number, text="Hello there")


# --- The report -------------------------------------------------------------------------------


def test_the_report_ends_it_and_goes_to_whoever_decides(scene: Scene) -> None:
    play = appealed(scene).investigate().report()
    assert play.clock("investigation").stopped_how == "met"
    assert play.running == {"appeal"}
    assert play.told("investigation_reported") == {"power"}
    assert play.told("investigation_over") == {"citizen"}
    row = Investigation.objects.get()
    assert (row.reported, row.ended_event) == (True, play.last)
    assert play.last.data == {"finding": "founded"}
    assert set(Investigator.objects.values_list("until", flat=True)) == {moment.now()}


def test_only_the_team_reports_once_with_a_finding_and_words(scene: Scene) -> None:
    play = appealed(scene)
    with refused("not_yours"):
        play.report(by="ministry_focal")
    play.investigate()
    for parts in ({"finding": ""}, {"finding": "perhaps"}, {"text": "Short"}):
        with refused("invalid"):
            play.report(**parts)
    play.report()
    with refused("no_such_case"):
        play.report()
    with refused("no_investigation"):
        play.end_investigation()


def test_the_report_is_internal_until_the_decision_and_never_the_citizens(scene: Scene) -> None:
    play = appealed(scene).investigate().report()

    def reads(who: str) -> bool:
        told = [e for e in play.file_for(who).timeline if e.event.move == "report"]
        return bool(told[0].said)

    assert {who: reads(who) for who in ("ministry_focal", "overseer", "head", "citizen")} == {
        "ministry_focal": True,
        "overseer": True,
        "head": False,
        "citizen": False,
    }
    play.uphold()
    assert reads("head")
    assert not reads("citizen")


@pytest.mark.parametrize("decision", ["uphold", "dismiss"])
def test_nothing_is_decided_while_a_team_investigates(scene: Scene, decision: str) -> None:
    play = appealed(scene).investigate()
    assert decision not in play.may("ministry_focal")
    with refused("investigating"):
        getattr(play, decision)()
    play.report()
    assert decision in play.may("ministry_focal")
    getattr(play, decision)()


def test_a_second_one_may_follow_the_first(scene: Scene) -> None:
    play = appealed(scene).investigate().end_investigation().investigate()
    assert Investigation.objects.filter(ended_at=None).count() == 1
    assert play.running == {"appeal", "investigation"}


def test_whoever_investigated_the_first_appeal_decides_no_second_one(scene: Scene) -> None:
    another = make_officer("Second Overseer", Role.OVERSEER, scene.cast.cabinet)
    play = appealed(scene).investigate(lead="overseer").report(by="overseer").dismiss().appeal()
    assert "dismiss" not in play.may("overseer")
    file = find_case(scene.actor(another), play.number)
    assert file is not None
    with refused("not_yours"):
        play.uphold(by="overseer")


def test_a_withdrawal_ends_it_and_the_teams_sight(scene: Scene, clock: Any) -> None:
    play = appealed(scene).investigate().withdraw()
    clock.move_to(day(3))
    sweep()
    assert play.state == "closed: withdrawn"
    assert not play.sees("rival_focal")
    row = Investigation.objects.get()
    assert (row.reported, row.ended_at) == (False, day(3))
    assert play.told("investigation_called_off") == {"Rival Focal"}


# --- Its clock --------------------------------------------------------------------------------


def test_the_lead_is_reminded_a_day_before_and_then_it_goes_up(scene: Scene, clock: Any) -> None:
    make_policy("investigation", 5)
    play = appealed(scene).investigate(team=("rival_case_officer",))
    clock.move_to(day(5, 1))
    sweep()
    assert play.told("reminder") == {"Rival Focal"}
    assert play.levels("investigation") == []
    clock.move_to(day(6))
    sweep()
    assert play.levels("investigation") == [1]
    assert play.told("escalated") == {"Ministry Head"}
    clock.move_to(day(11))
    sweep()
    sweep()
    assert play.levels("investigation") == [1, 2, 3]
    offices = Escalation.objects.filter(clock__kind="investigation").order_by("level")
    # A ministry is at the top of its tree: from there it goes to the overseers.
    assert [row.office for row in offices] == [scene.cast.ministry, None, None]
    assert "Overseer" in play.told("escalated")


def test_a_late_report_is_late_for_good(scene: Scene, clock: Any) -> None:
    make_policy("investigation", 5)
    play = appealed(scene).investigate()
    due = play.clock("investigation").due_at
    clock.move_to(due + timedelta(hours=1))
    play.report()
    assert (play.clock("investigation").missed_at, play.clock("investigation").stopped_how) == (
        due,
        "met",
    )


def test_a_lead_who_may_no_longer_sign_in_is_not_reminded_but_the_office_is(
    scene: Scene, clock: Any
) -> None:
    make_policy("investigation", 5)
    play = appealed(scene).investigate()
    scene.cast.rival_focal.is_active = False
    scene.cast.rival_focal.save()
    clock.move_to(day(5, 1))
    sweep()
    assert play.told("reminder") == {"power"}


def test_an_overseers_investigation_goes_up_to_the_overseers(scene: Scene, clock: Any) -> None:
    make_policy("investigation", 5)
    play = Play(scene).decline().appeal().investigate(by="overseer")
    assert play.clock("investigation").office is None
    clock.move_to(day(6))
    sweep()
    assert play.levels("investigation") == [1]
    assert Notice.objects.filter(template="escalated", user=scene.cast.overseer).exists()


def test_the_case_stays_an_appeal_whatever_the_clock_of_the_team_does(
    scene: Scene, clock: Any
) -> None:
    make_policy("investigation", 5)
    play = appealed(scene).investigate()
    clock.move_to(day(20))
    sweep()
    assert play.case.status == Status.APPEALED
    assert play.case.next_due == play.clock("investigation").due_at


def test_a_stranger_named_by_mistake_learns_nothing(scene: Scene) -> None:
    make_user("Stranger")
    play = appealed(scene)
    unfit(play, lead="charlie")
    assert Notice.objects.filter(template="investigator_named").count() == 0
