"""Posts at X leave once and in one thread, whatever breaks on the way."""

import time
from typing import Any

import pytest

from channels import breaker
from channels.models import PublicPost
from channels.x import posting
from tests.channels.xapi import DUPLICATE, X, x
from tests.channels.xposts import later, lines, play
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

__all__ = ["play", "x"]


# --- Once, in one thread ----------------------------------------------------------------------


def test_later_posts_reply_to_the_first_one(play: Play, x: X, clock: Any) -> None:
    play.publish().forward()
    later(clock, minutes=1)
    play.accept().answer()
    later(clock, minutes=1)
    first, second, third = x.posts
    [first_id] = PublicPost.objects.filter(event__move="publish").values_list(
        "provider_id", flat=True
    )
    assert "reply" not in first.body
    assert second.body["reply"] == third.body["reply"] == {"in_reply_to_tweet_id": first_id}


def test_two_cases_are_two_threads(scene: Scene, play: Play, x: X, clock: Any) -> None:
    play.publish().forward()
    Play(scene, text="The road is broken since May.", publish_consent=True).publish().forward()
    later(clock, minutes=1)
    replies = [asked.body.get("reply", {}).get("in_reply_to_tweet_id") for asked in x.posts]
    assert len({reply for reply in replies if reply}) == 2


@pytest.mark.parametrize("status", [400, 403])
def test_where_the_first_post_is_gone_the_next_stands_on_its_own(
    play: Play, x: X, clock: Any, status: int
) -> None:
    play.publish()
    later(clock, minutes=1)
    play.forward()
    gone = {"detail": "The Tweet you are replying to has been deleted.", "type": "about:blank"}
    x.answers.append((status, gone, {}))
    assert later(clock, minutes=1) == 1
    assert "reply" in x.posts[1].body
    assert "reply" not in x.posts[2].body
    assert x.posts[1].text == x.posts[2].text


def test_a_crash_between_sending_and_writing_it_down_repeats_nothing_in_public(
    play: Play, x: X, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    play.publish()
    sent = posting._sent

    def killed(*given: Any) -> str:
        sent(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr(posting, "_sent", killed)
    with pytest.raises(KeyboardInterrupt):
        posting.post_publicly()
    assert PublicPost.objects.get().status == "pending"
    monkeypatch.setattr(posting, "_sent", sent)
    # Nobody else takes it meanwhile; then it is tried again, and X knows the text.
    assert posting.post_publicly() == 0
    assert later(clock, minutes=1) == 1
    assert len(x.posts) == 2
    assert list(x.out) == [x.posts[0].text]
    row = PublicPost.objects.get()
    assert (row.status, row.provider_id, row.attempts) == ("sent", "", 2)
    # Without the first one's id the next post begins the thread.
    play.forward()
    assert later(clock, minutes=1) == 1
    assert "reply" not in x.posts[-1].body


def test_one_that_kills_the_worker_each_time_is_given_up(
    play: Play, x: X, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_given: Any) -> str:
        raise KeyboardInterrupt

    play.publish()
    monkeypatch.setattr(posting, "_sent", killed)
    for _try in range(7):
        with pytest.raises(KeyboardInterrupt):
            later(clock, days=1)
    assert later(clock, days=2) == 0
    assert PublicPost.objects.values_list("status", "error").get() == ("failed", "never_reported")


def test_two_workers_note_and_send_one(play: Play, x: X) -> None:
    play.publish()
    posting.note_news(play.case.published_at)
    posting.note_news(play.case.published_at)
    assert PublicPost.objects.count() == 1
    row = posting._claim(play.case.published_at)
    assert row is not None
    assert posting._claim(play.case.published_at) is None
    assert not x.asked


# --- When X is away ---------------------------------------------------------------------------


def test_an_hour_without_x_loses_nothing_and_keeps_the_order(play: Play, x: X, clock: Any) -> None:
    x.always = 503, {}, {}
    play.publish().forward()
    for _minute in range(60):
        later(clock, minutes=1)
    assert len(x.asked) < 15
    assert PublicPost.objects.filter(status="pending").count() == 2
    play.accept().answer()
    x.always = None
    x.asked.clear()
    for _run in range(12):
        later(clock, minutes=15)
    moves = [line.partition(play.number)[2].split()[:2] for line in lines(x)]
    assert moves == [[".", "Now:"], ["was", "sent"], ["is", "answered."]]
    assert set(PublicPost.objects.values_list("status", flat=True)) == {"sent"}


def test_too_many_posts_wait_until_the_window_ends(play: Play, x: X, clock: Any) -> None:
    x.always = 429, {}, {"x-rate-limit-reset": str(int(time.time()) + 840)}
    play.publish()
    posting.post_publicly()
    later(clock, minutes=13)
    assert len(x.asked) == 1
    x.always = None
    assert later(clock, minutes=2) == 1
    assert PublicPost.objects.get().attempts == 1


def test_direct_messages_are_not_held_up_by_posts(play: Play, x: X) -> None:
    x.always = 429, {}, {}
    play.publish()
    posting.post_publicly()
    now = play.case.published_at
    assert breaker.is_open("x-posts", now)
    assert not breaker.is_open("x", now)


def test_a_post_that_x_refuses_is_given_up_and_the_next_goes_out(
    play: Play, x: X, clock: Any
) -> None:
    x.answers.append((400, {"type": "https://api.x.com/2/problems/invalid-request"}, {}))
    play.publish().forward()
    later(clock, minutes=1)
    rows = PublicPost.objects.order_by("id").values_list("status", "error")
    assert list(rows) == [("failed", "http_400"), ("sent", "")]


def test_an_app_without_the_right_to_post_gives_up_nothing(play: Play, x: X, clock: Any) -> None:
    x.always = 403, {"type": "https://api.x.com/2/problems/oauth1-permissions"}, {}
    play.publish()
    for _run in range(30):
        later(clock, minutes=10)
    assert PublicPost.objects.get().status == "pending"
    x.always = None
    later(clock, hours=7)
    assert PublicPost.objects.get().status == "sent"


def test_a_repeat_that_x_refuses_is_out_already(play: Play, x: X) -> None:
    x.answers.append((403, DUPLICATE, {}))
    play.publish()
    assert posting.post_publicly() == 1
    assert PublicPost.objects.get().status == "sent"
