"""A cluster handled as one: each filing joined by itself, everybody told, nothing done twice."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.roles import Role
from agencies.models import Post
from complaints.models import Event, Notice
from complaints.services import answering
from complaints.submission import ContactDetails
from fairplay.models import Cluster, Member
from fairplay.services import joining
from fairplay.services.finding import find_clusters
from fairplay.services.joining import join_waiting
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play, refused
from tests.complaints.test_together import assert_sound, at_once
from tests.complaints.test_together import together as together
from tests.factories.agencies import make_officer
from tests.fairplay.test_prints import ALIKE, LONG

State = Member.State


def filed(scene: Scene, number: int, text: str = LONG, first: int = 0) -> list[Play]:
    """So many filings, each with a telephone of its own."""
    return [
        Play(
            scene,
            named=False,
            text=text,
            contact=ContactDetails(phone=f"0171234{first + each:04d}"),
        )
        for each in range(number)
    ]


def found(clock: Any) -> Cluster:
    clock.shift(timedelta(minutes=5))
    find_clusters()
    return Cluster.objects.get()


def join(
    play: Play,
    cluster: Cluster,
    *,
    but: tuple[Play, ...] = (),
    by: str = "desk",
    exact: bool = False,
) -> int:
    cases = set(cluster.members.values_list("case_id", flat=True)) - {p.case.pk for p in but}
    return joining.join(
        actor=play.actor(by), cluster=cluster, lead=play.number, cases=cases, join_exact=exact
    )


def states(cluster: Cluster) -> dict[str, int]:
    counted: dict[str, int] = {}
    for state in cluster.members.values_list("state", flat=True):
        counted[state] = counted.get(state, 0) + 1
    return counted


def test_the_filings_are_joined_with_the_lead_and_each_citizen_is_told(
    scene: Scene, clock: Any
) -> None:
    lead, *others = filed(scene, 4)
    cluster = found(clock)
    assert join(lead, cluster) == 3
    for play in others:
        assert play.state == "closed: merged"
        assert play.case.lead == lead.case
        assert play.heard() == ["received", "merged"]
    assert lead.state == "received"
    assert states(cluster) == {"joined": 4}
    lead.forward()
    assert {play.heard()[-1] for play in others} == {"forwarded"}


def test_a_request_joins_a_few_and_the_task_the_rest(scene: Scene, clock: Any) -> None:
    lead, *_others = filed(scene, 9)
    cluster = found(clock)
    assert join(lead, cluster) == joining.AT_ONCE
    assert states(cluster) == {"joined": 6, "chosen": 3}
    assert join_waiting(25) == 3
    assert join_waiting(25) == 0
    assert states(cluster) == {"joined": 9}
    assert lead.case.merged_count == 8


def test_what_is_not_chosen_is_left_alone(scene: Scene, clock: Any) -> None:
    lead, other, third = filed(scene, 3)
    cluster = found(clock)
    join(lead, cluster, but=(third,))
    assert (other.state, third.state) == ("closed: merged", "received")
    assert states(cluster) == {"joined": 2, "left_out": 1}
    join(lead, cluster)
    assert third.state == "closed: merged"


def test_what_cannot_be_joined_says_why_and_stops_no_other(scene: Scene, clock: Any) -> None:
    lead, worked_on, sealed, last = filed(scene, 4)
    cluster = found(clock)
    worked_on.forward().accept()
    sealed.mark_sensitive()
    join(lead, cluster)
    assert last.state == "closed: merged"
    whys = dict(cluster.members.values_list("case_id", "why"))
    assert whys[worked_on.case.pk] == "wrong_state"
    assert whys[sealed.case.pk] == "sensitive"
    assert states(cluster) == {"joined": 2, "refused": 2}


def test_one_that_is_withdrawn_meanwhile_is_told_as_such(scene: Scene, clock: Any) -> None:
    lead, *others = filed(scene, 8)
    cluster = found(clock)
    join(lead, cluster)
    gone = others[-1]
    gone.withdraw()
    clock.shift(timedelta(hours=73))
    gone.sweep()
    assert gone.state == "closed: withdrawn"
    join_waiting(25)
    assert gone.state == "closed: withdrawn"
    assert cluster.members.get(case=gone.case).why == "wrong_state"


def test_when_the_lead_is_gone_the_rest_is_not_joined_with_it(scene: Scene, clock: Any) -> None:
    lead, *others = filed(scene, 8)
    cluster = found(clock)
    join(lead, cluster)
    lead.decline()
    join_waiting(25)
    assert states(cluster) == {"joined": 6, "refused": 2}
    assert {why for why in cluster.members.values_list("why", flat=True) if why} == {"lead_gone"}
    assert join(others[-1], cluster) >= 1
    assert others[-2].case.lead == others[-1].case


@pytest.mark.parametrize("how", ["closed", "sensitive", "stranger", "nothing"])
def test_a_lead_is_an_open_filing_of_the_cluster(scene: Scene, clock: Any, how: str) -> None:
    lead, *_others = filed(scene, 4)
    cluster = found(clock)
    if how == "closed":
        lead.decline()
    elif how == "sensitive":
        lead.mark_sensitive()
    elif how == "stranger":
        lead = Play(scene, named=False)
    number = "" if how == "nothing" else lead.number
    everything = list(cluster.members.values_list("case_id", flat=True))
    with refused("invalid"):
        joining.join(
            actor=scene.actor(scene.cast.desk),
            cluster=cluster,
            lead=number,
            cases=everything,
            join_exact=False,
        )
    assert states(cluster) == {"found": 4}


def test_nobody_joins_a_filing_from_which_they_are_barred(scene: Scene, clock: Any) -> None:
    lead, other, third = filed(scene, 3)
    cluster = found(clock)
    third.about(user_id=scene.cast.desk.pk)
    join(lead, cluster)
    assert (other.state, third.state) == ("closed: merged", "received")


def test_without_a_choice_nothing_is_joined(scene: Scene, clock: Any) -> None:
    lead, *others = filed(scene, 3)
    cluster = found(clock)
    with refused("invalid"):
        join(lead, cluster, but=tuple(others))
    assert Cluster.objects.get().state == "open"


def test_a_citizen_who_has_another_matter_parts_and_is_not_joined_again(
    scene: Scene, clock: Any
) -> None:
    lead, other, *_rest = filed(scene, 3)
    cluster = found(clock)
    join(lead, cluster, exact=True)
    answering.separate(actor=other.actor("citizen"), number=other.number)
    join_waiting(25)
    assert other.state == "received"


# --- What comes later ---------------------------------------------------------------------------


def test_new_ones_are_proposed(scene: Scene, clock: Any) -> None:
    lead, *_others = filed(scene, 3)
    cluster = found(clock)
    join(lead, cluster)
    (new,) = filed(scene, 1, first=50)
    found(clock)
    join_waiting(25)
    assert new.state == "received"
    assert states(cluster) == {"joined": 3, "found": 1}


def test_where_the_desk_chose_so_the_very_same_words_are_joined_at_once(
    scene: Scene, clock: Any
) -> None:
    lead, *_others = filed(scene, 3)
    cluster = found(clock)
    join(lead, cluster, exact=True)
    (same,), (alike,) = filed(scene, 1, first=50), filed(scene, 1, ALIKE, first=60)
    found(clock)
    join_waiting(25)
    assert (same.state, alike.state) == ("closed: merged", "received")
    event = Event.objects.get(case=same.case, move="merge")
    assert (event.actor_id, event.channel) == (scene.cast.desk.pk, "system")


def test_nothing_is_joined_in_the_name_of_somebody_who_has_left_the_desk(
    scene: Scene, clock: Any
) -> None:
    lead, *_others = filed(scene, 3)
    cluster = found(clock)
    join(lead, cluster, exact=True)
    Post.objects.filter(user=scene.cast.desk).update(held_to=SUNDAY)
    (same,) = filed(scene, 1, first=50)
    found(clock)
    join_waiting(25)
    assert same.state == "received"
    assert cluster.members.get(case=same.case).state == State.FOUND


def test_a_dismissed_one_comes_back_when_it_has_grown_by_half(scene: Scene, clock: Any) -> None:
    filed(scene, 4)
    cluster = found(clock)
    joining.dismiss(actor=scene.actor(scene.cast.desk), cluster=cluster, reason="A school class")
    filed(scene, 1, first=50)
    assert found(clock).state == "dismissed"
    filed(scene, 1, first=60)
    assert found(clock).state == "open"


def test_dismissing_needs_a_reason_and_an_open_cluster(scene: Scene, clock: Any) -> None:
    lead, *_others = filed(scene, 3)
    cluster, desk = found(clock), scene.actor(scene.cast.desk)
    with refused("invalid"):
        joining.dismiss(actor=desk, cluster=cluster, reason="")
    join(lead, cluster)
    with refused("joined"):
        joining.dismiss(actor=desk, cluster=cluster, reason="Not the same at all")


# --- Two at once --------------------------------------------------------------------------------


def test_two_officers_who_join_one_cluster_join_it_once(together: Scene) -> None:
    second = make_officer("Second Desk", Role.DESK, together.cast.cabinet)
    lead, *others = filed(together, 5)
    with time_machine.travel(SUNDAY + timedelta(minutes=5), tick=False):
        find_clusters()
        cluster = Cluster.objects.get()
        cases = list(cluster.members.values_list("case_id", flat=True))

        def act(actor: Any, number: str) -> int:
            return joining.join(
                actor=actor, cluster=cluster, lead=number, cases=cases, join_exact=False
            )

        done = at_once(
            lambda: act(together.actor(together.cast.desk), lead.number),
            lambda: act(together.actor(second), lead.number),
        )
        join_waiting(25)
    assert not [one for one in done if isinstance(one, AssertionError | KeyError | TypeError)]
    assert {play.state for play in others} == {"closed: merged"}
    assert lead.case.merged_count == len(others)
    assert Notice.objects.filter(template="merged").count() == len(others)
    assert_sound()


def test_the_task_and_a_withdrawal_at_once_leave_one_of_the_two(together: Scene) -> None:
    lead, *others = filed(together, 7)
    with time_machine.travel(SUNDAY + timedelta(minutes=5), tick=False):
        find_clusters()
        cluster = Cluster.objects.get()
        join(lead, cluster)
        last = others[-1]
        at_once(lambda: join_waiting(25), last.withdraw, lambda: join_waiting(25))
        join_waiting(25)
    assert last.case.status in ("closed", "received")
    assert states(cluster) == {"joined": 7} or last.case.withdrawal_pending
    assert_sound()
