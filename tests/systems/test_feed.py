"""The feed over the API: pages, ends, and a reader that was away."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from accounts.roles import Role
from complaints.models import Respondent
from record.models import Entry
from systems.models import Delivery, Endpoint, Followed, Reading, System
from systems.out import feed, following, forgetting
from systems.out.endpoints import set_endpoint
from systems.scopes import Scope
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play, day
from tests.factories.agencies import make_policy
from tests.systems.conftest import Join, Joined
from tests.systems.hearing import asked, follow, moves, told

AsSystem = Callable[..., APIClient]


@pytest.fixture(autouse=True)
def _already_followed(scene: Scene) -> None:
    follow()


def test_an_empty_feed_says_how_far_it_goes(scene: Scene, as_system: AsSystem) -> None:
    Play(scene)
    follow()
    answer = asked(as_system())
    assert answer.status_code == 200
    head = Followed.objects.get().log_seq
    oldest = Followed.objects.get().forgotten
    assert answer.json() == {"events": [], "last": head, "head": head, "oldest": oldest}
    assert answer["Cache-Control"] == "no-store"


def test_a_reader_goes_on_from_what_it_was_told_last(scene: Scene, as_system: AsSystem) -> None:
    play = Play(scene).forward().accept().answer()
    follow()
    client = as_system()
    first = asked(client, limit=2).json()
    assert moves(first["events"]) == ["forward", "accept"]
    assert first["last"] < first["head"]
    second = asked(client, after=first["last"], limit=2).json()
    assert moves(second["events"]) == ["answer"]
    assert second["last"] == second["head"]
    play.confirm()
    assert asked(client, after=second["last"]).json()["events"] == []
    follow()
    assert moves(asked(client, after=second["last"]).json()["events"]) == ["confirm"]


def test_asking_twice_gives_the_same_ids(scene: Scene, as_system: AsSystem) -> None:
    Play(scene).forward()
    follow()
    client = as_system()
    assert asked(client).json()["events"] == asked(client).json()["events"] != []


def test_a_reader_ahead_of_the_log_is_led_back_to_its_end(
    scene: Scene, as_system: AsSystem
) -> None:
    """As after a backup that came back: it misses nothing of what comes."""
    answer = asked(as_system(), after=9_000_000).json()
    assert answer["last"] == answer["head"] < 9_000_000


@pytest.mark.parametrize(
    "query",
    [{"after": "-1"}, {"after": "x"}, {"limit": "0"}, {"limit": "1001"}, {"after": str(2**63)}],
)
def test_what_cannot_be_asked_is_refused(as_system: AsSystem, query: dict[str, str]) -> None:
    answer = asked(as_system(), **query)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_who_has_not_the_scope_reads_no_feed(join: Join) -> None:
    reader = join(scopes=[Scope.READ])
    answer = asked(reader.client())
    assert (answer.status_code, answer.json()["code"]) == (403, "scope")


def test_an_officer_reads_no_feed_of_systems(scene: Scene) -> None:
    client = APIClient()
    client.force_login(scene.cast.focal)
    assert asked(client).status_code == 401


def test_a_case_that_is_barred_by_now_is_left_out_and_the_reader_goes_on(
    scene: Scene, as_system: AsSystem
) -> None:
    barred, other = Play(scene).forward(), Play(scene).forward()
    follow()
    barred.about(office_id=scene.cast.department.pk, role=Role.HEAD)
    answer = asked(as_system(), limit=1).json()
    assert answer["events"] == []
    assert answer["last"] < answer["head"]
    rest = asked(as_system(), after=answer["last"]).json()
    assert {event["case"] for event in rest["events"]} == {other.number}


def test_once_nobody_is_named_any_more_the_feed_has_the_case_again(
    scene: Scene, joined: Joined
) -> None:
    play = Play(scene).forward()
    follow()
    play.about(office_id=scene.cast.department.pk, role=Role.HEAD)
    assert told(joined.system, joined.actor) == []
    Respondent.objects.update(ended_at=SUNDAY)
    assert moves(told(joined.system, joined.actor)) == ["forward"]


def test_a_hundred_events_cost_a_few_statements(
    scene: Scene, as_system: AsSystem, django_assert_max_num_queries: Any
) -> None:
    for _case in range(5):
        Play(scene).forward().accept().note().note().answer()
    follow()
    client = as_system()
    asked(client, limit=1)
    cache.clear()
    with django_assert_max_num_queries(6):
        answer = asked(client, limit=1000).json()
    assert len(answer["events"]) == 25


def test_how_far_a_system_has_read_is_kept(scene: Scene, as_system: AsSystem) -> None:
    Play(scene).forward()
    follow()
    asked(as_system())
    assert Reading.objects.get().log_seq == following.head()
    Play(scene).forward()
    follow()
    cache.clear()
    asked(as_system())
    assert Reading.objects.get().log_seq == following.head()


def test_a_system_away_for_a_week_catches_up_by_itself(
    scene: Scene, joined: Joined, clock: Any
) -> None:
    plays = [Play(scene).forward().accept() for _case in range(3)]
    follow()
    before = feed.read(joined.system, joined.actor, after=0, limit=100)
    for number in range(1, 8):
        clock.move_to(day(number))
        for play in plays:
            play.note()
        follow()
    missed = told(joined.system, joined.actor, after=before.last, limit=4)
    assert len(missed) == 21
    for play in plays:
        counted = [event["case_seq"] for event in missed if event["case"] == play.number]
        assert counted == list(range(4, 11))


def test_what_is_older_than_the_policy_is_erased_and_the_feed_says_so(
    scene: Scene, joined: Joined, as_system: AsSystem, clock: Any
) -> None:
    make_policy("feed_kept", 30, country="bd")
    Play(scene).forward()
    follow()
    early = asked(as_system()).json()["last"]
    clock.move_to(SUNDAY + timedelta(days=20))
    Play(scene).forward()
    follow()
    clock.move_to(SUNDAY + timedelta(days=31))
    assert forgetting.forget() == 1
    assert forgetting.forget() == 0
    begins_anew = asked(as_system()).json()
    assert len(begins_anew["events"]) == 1
    assert begins_anew["oldest"] == Followed.objects.get().forgotten
    assert asked(as_system(), after=early).status_code == 200
    gone = asked(as_system(), after=1)
    assert (gone.status_code, gone.json()["code"]) == (410, "forgotten")
    assert gone["Content-Type"] == "application/problem+json"
    assert gone.json()["oldest"] == begins_anew["oldest"]
    assert str(begins_anew["oldest"]) in gone.json()["title"]
    assert asked(as_system(), after=gone.json()["oldest"]).json()["events"] == begins_anew["events"]


def test_what_waits_is_not_erased(scene: Scene, joined: Joined, clock: Any) -> None:
    set_endpoint(joined.actor, joined.system, url="https://hooks.example.org/in")
    Play(scene).forward()
    follow()
    Delivery.objects.update(state="waiting", next_at=SUNDAY)
    clock.move_to(SUNDAY + timedelta(days=200))
    assert forgetting.forget() == 0


@pytest.mark.parametrize(
    "over",
    [
        lambda: System.objects.update(scopes=[Scope.READ]),
        lambda: Endpoint.objects.update(off_at=SUNDAY, off_because="stopped"),
    ],
)
def test_what_waits_for_a_system_that_is_called_no_more_is_erased(
    scene: Scene, joined: Joined, clock: Any, over: Callable[[], Any]
) -> None:
    """Else it would stand before all that comes after it, and nothing would ever be erased."""
    set_endpoint(joined.actor, joined.system, url="https://hooks.example.org/in")
    Play(scene).forward()
    follow()
    assert Delivery.objects.get().state == "waiting"
    over()
    clock.move_to(SUNDAY + timedelta(days=200))
    assert forgetting.forget() == 1


STEPS = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from(["note", "message", "withdraw", "poll", "follow"])
    ),
    max_size=25,
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, limit=st.integers(1, 4))
def test_whatever_happens_and_whenever_it_asks_a_reader_gets_what_it_may_see_once_and_in_order(
    scene: Scene, joined: Joined, steps: list[tuple[int, str]], limit: int
) -> None:
    follow()
    start = following.head()
    plays = [Play(scene).forward().accept() for _case in range(3)]
    got: list[dict[str, Any]] = []
    after = start
    for which, step in steps:
        play = plays[which]
        if step == "poll":
            part = feed.read(joined.system, joined.actor, after=after, limit=limit)
            got, after = [*got, *part.events], part.last
        elif step == "follow":
            follow()
        elif step == "withdraw":
            play.withdraw().call_back()
        else:
            getattr(play, step)()
    follow()
    got += told(joined.system, joined.actor, after=after, limit=limit)
    hidden = {"withdraw", "call_back", "submit"}
    for play in plays:
        assert moves(got, play.number) == [move for move in play.moves if move not in hidden]
    seqs = [event["seq"] for event in got]
    assert seqs == sorted(set(seqs))
    assert Entry.objects.filter(log_seq__in=seqs).count() == len(seqs)


def test_the_description_says_with_what_a_reader_goes_on_who_was_away_for_too_long() -> None:
    whole = SchemaGenerator().get_schema(request=None, public=True)
    gone = whole["paths"]["/api/v1/events/"]["get"]["responses"]["410"]
    assert gone["description"]
    schema = gone["content"]["application/problem+json"]["schema"]["$ref"].rpartition("/")[2]
    told = whole["components"]["schemas"][schema]
    assert {"type", "title", "status", "code", "oldest"} <= set(told["required"])
    assert told["properties"]["oldest"]["type"] == "integer"
