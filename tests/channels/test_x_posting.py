"""Public moves of published cases on the portal's account at X: each once, and never a citizen's word."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from agencies.models import Office
from channels import breaker
from channels.models import PublicPost
from channels.x import posting, wording
from channels.x.api import values
from complaints.models import Case, Event, Heartbeat
from complaints.workflow import PUBLIC_MOVES
from tests.channels.xapi import DUPLICATE, X, is_signed, x
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

__all__ = ["x"]
SECRET_WORDS = "Rahima of house 12 says that the meter is wrong."


@pytest.fixture
def play(scene: Scene, settings: Any, x: X) -> Play:
    """A case that may be published; the account has been watching for a while, in English."""
    settings.LANGUAGE_CODE = "en"
    posting.post_publicly()
    return Play(scene, text=SECRET_WORDS, publish_consent=True, place_note="The blue door")


def later(clock: Any, **how: float) -> int:
    clock.shift(timedelta(**how))
    return posting.post_publicly()


def lines(x: X) -> list[str]:
    """The first line of each post."""
    return [asked.text.partition("\n")[0] for asked in x.posts]


# --- What is told -----------------------------------------------------------------------------


def test_a_publication_is_told_with_how_the_case_stands(play: Play, x: X) -> None:
    play.forward().accept().publish()
    assert posting.post_publicly() == 1
    [asked] = x.posts
    office = play.cast.department.name_in("en")
    assert asked.text == (
        f"Published: case {play.number}. Now: with {office}. (22 Nov 2026)\n"
        f"http://testserver/en/cases/{play.number}/"
    )
    assert "reply" not in asked.body
    assert is_signed(asked)


def test_what_was_before_the_publication_is_not_told(play: Play, x: X, clock: Any) -> None:
    play.forward().accept().answer().dispute().answer()
    clock.shift(timedelta(minutes=3))
    play.publish()
    later(clock, minutes=1)
    [line] = lines(x)
    assert line.startswith(f"Published: case {play.number}. Now: answered.")


def test_each_public_move_is_told_once_in_its_order(play: Play, x: X, clock: Any) -> None:
    play.publish()
    later(clock, minutes=1)
    by = "district_focal"
    play.forward().pass_down().accept(by, by=by).message().note(by).ask(by).reply()
    later(clock, minutes=1)
    play.answer(by).dispute().answer(by).confirm().reopen()
    for _run in range(5):
        later(clock, minutes=1)
    number = play.number
    department, district = play.cast.department.name, play.cast.district_office.name
    with override("en"):
        said = [
            f"Published: case {number}. Now: received, being checked.",
            f"Case {number} was sent to {department}.",
            f"Case {number} was passed on to {district}.",
            f"Case {number} is answered. Outcome: Resolved.",
            f"Case {number}: the citizen says that it is not solved. The work goes on.",
            f"Case {number} is answered. Outcome: Resolved.",
            f"Case {number} is closed. Disputed, then confirmed.",
            f"Case {number} was opened again after an audit.",
        ]
    assert [line.partition(" (")[0] for line in lines(x)] == said
    assert set(PublicPost.objects.values_list("status", flat=True)) == {"sent"}


def test_no_word_of_anybody_and_no_name_is_told(play: Play, x: X, clock: Any) -> None:
    play.publish().forward().accept().answer(text="Mr Karim changed it at house 12.").dispute()
    play.answer().dispute()
    play.uphold().answer().confirm()
    later(clock, minutes=1)
    everything = "\n".join(asked.text for asked in x.posts)
    assert everything.count(play.number) >= 8
    people = [user.name for user in vars(play.cast).values() if hasattr(user, "is_active")]
    words = ["Rahima", "house 12", "blue door", "meter", "Karim", "01712345678", *people]
    assert not [word for word in words if word and word in everything]


def test_it_is_told_in_the_countrys_first_language(play: Play, x: X, settings: Any) -> None:
    settings.LANGUAGE_CODE = "bn"
    names = {"en": "Grid Department", "bn": "গ্রিড অধিদপ্তর"}
    Office.objects.filter(pk=play.cast.department.pk).update(names=names)
    play.forward().publish()
    posting.post_publicly()
    asked = x.posts[-1]
    assert "গ্রিড অধিদপ্তর" in asked.text
    assert "Grid" not in asked.text
    assert "(২২ নভে ২০২৬)" in asked.text
    assert f"/bn/cases/{play.number}/" in asked.text


def test_every_public_move_has_its_words() -> None:
    assert set(wording.SAID) | set(wording.ENDINGS) == PUBLIC_MOVES | {"closed"}


def test_a_long_name_is_cut_and_nothing_else(play: Play, x: X) -> None:
    Office.objects.filter(pk=play.cast.department.pk).update(names={"en": "Office of Ω₂ " * 60})
    cache.clear()
    play.publish().forward()
    posting.post_publicly()
    asked = x.posts[-1]
    assert wording.length(asked.text) <= 280
    assert len(asked.text) > 200
    assert "..." in asked.text
    assert asked.text.endswith(f"/en/cases/{play.number}/")


def test_letters_are_counted_as_x_counts_them() -> None:
    assert wording.length("abc অআ") == 6
    assert wording.length("…") == 2
    assert wording.length("漢字") == 4
    assert wording.length("“–”") == 3


# --- What is not told -------------------------------------------------------------------------


@pytest.mark.parametrize("posts", ["", "0", "no"])
def test_nothing_is_told_unless_it_is_wanted(play: Play, x: X, settings: Any, posts: str) -> None:
    off = {**settings.PROVIDERS["x"], "posts": posts}
    settings.PROVIDERS = {**settings.PROVIDERS, "x": off}
    play.publish()
    assert posting.post_publicly() == 0
    assert not PublicPost.objects.exists()
    assert not x.asked


def test_at_the_first_run_nothing_old_is_told(play: Play, x: X, clock: Any) -> None:
    Heartbeat.objects.filter(name="posts").delete()
    play.publish().forward()
    later(clock, hours=2)
    later(clock, hours=2)
    assert not x.asked
    play.accept().answer()
    later(clock, minutes=1)
    assert [line.partition(" (")[0] for line in lines(x)] == [
        f"Case {play.number} is answered. Outcome: Resolved."
    ]


def test_a_day_without_a_worker_is_made_up_for_and_a_week_is_not(
    play: Play, x: X, clock: Any
) -> None:
    play.publish()
    assert later(clock, days=1) == 1
    play.forward()
    assert later(clock, days=7) == 0
    assert len(x.posts) == 1


def test_sensitive_and_unpublished_cases_are_never_told(
    scene: Scene, play: Play, x: X, clock: Any
) -> None:
    other = Play(scene, text="Somebody asks for money at the office.", about_official=True)
    other.forward().accept().answer()
    play.forward().accept().answer()
    later(clock, minutes=1)
    # Not even where the columns say different things.
    Case.objects.filter(number=other.number).update(
        published_at=other.case.filed_at, public_at=other.case.filed_at, publish_consent=True
    )
    later(clock, minutes=1)
    assert not PublicPost.objects.exists()
    assert not x.asked


@pytest.mark.parametrize("hide", ["unpublish", "mark_sensitive"])
def test_what_waits_is_dropped_when_the_case_is_public_no_longer(
    play: Play, x: X, clock: Any, hide: str
) -> None:
    x.always = 503, {}, {}
    play.publish().forward()
    later(clock, minutes=1)
    assert PublicPost.objects.filter(status="pending").count() == 2
    getattr(play, hide)()
    x.always = None
    asked = len(x.asked)
    later(clock, hours=1)
    later(clock, hours=1)
    assert set(PublicPost.objects.values_list("status", "error")) == {("failed", "unpublished")}
    assert len(x.asked) == asked


def test_published_again_it_is_told_anew_and_not_what_was_between(
    play: Play, x: X, clock: Any
) -> None:
    play.publish()
    later(clock, minutes=1)
    play.unpublish().forward()
    later(clock, minutes=1)
    play.publish()
    later(clock, minutes=1)
    moves = PublicPost.objects.filter(status="sent").values_list("event__move", flat=True)
    assert list(moves) == ["publish", "publish"]
    # A new thread: the old one is about what was public then.
    assert "reply" not in x.posts[-1].body


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


# --- However many there are -------------------------------------------------------------------


def test_looking_for_news_asks_the_same_of_the_database_however_many_cases_there_are(
    scene: Scene, play: Play, x: X, clock: Any
) -> None:
    for n in range(5):
        Play(scene, text=f"Street light number {n} is dark.", publish_consent=True).publish()
    later(clock, minutes=1)
    with CaptureQueriesContext(connection) as asked:
        posting.note_news(play.case.filed_at)
    assert len([query for query in asked if "SAVEPOINT" not in query["sql"]]) <= 5
    [news] = [query["sql"] for query in asked if "complaints_event" in query["sql"]]
    with connection.cursor() as cursor:
        # As many rows as a test has are read at once; the index has to be one that can be used.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {news}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "case_public_news_idx" in plan
    assert "Seq Scan" not in plan


def test_more_news_than_one_run_notes_is_noted_by_the_next(
    play: Play, x: X, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "MOST_NOTED", 1)
    play.publish().forward()
    clock.shift(timedelta(hours=1))
    assert posting.note_news(play.case.published_at) == 1
    assert posting.note_news(play.case.published_at) == 1
    assert posting.note_news(play.case.published_at) == 0
    assert Event.objects.filter(pk__in=PublicPost.objects.values("event")).count() == 2


def test_the_account_and_its_keys_are_this_installations(x: X) -> None:
    assert values()["url"] == x.origin
