"""Public moves of published cases on the portal's account at X: what is told, and what never is."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from agencies.models import Office
from channels.models import PublicPost
from channels.x import posting, wording
from complaints.models import Case, Heartbeat
from complaints.workflow import PUBLIC_MOVES
from tests.channels.xapi import X, is_signed, x
from tests.channels.xposts import later, lines, play
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

__all__ = ["play", "x"]


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


def test_published_in_an_appeal_it_is_with_the_office_that_decides(
    play: Play, x: X, clock: Any
) -> None:
    play.forward().accept().answer().appeal()
    clock.shift(timedelta(minutes=3))
    play.publish()
    later(clock, minutes=1)
    [line] = lines(x)
    assert line.startswith(f"Published: case {play.number}. Now: with {play.cast.ministry.name}.")


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


# --- However many there are -------------------------------------------------------------------


def asked_of_the_database(play: Play) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        posting.note_news(play.case.filed_at)
    return [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]


def test_looking_for_news_asks_the_same_however_many_cases_there_are(
    scene: Scene, play: Play, x: X, clock: Any
) -> None:
    later(clock, minutes=1)
    quiet = len(asked_of_the_database(play))
    for n in range(5):
        Play(scene, text=f"Street light number {n} is dark.", publish_consent=True).publish()
    clock.shift(timedelta(minutes=1))
    # The events of the cases with news, and the rows of posts about them.
    assert len(asked_of_the_database(play)) == quiet + 2
    clock.shift(timedelta(hours=1))
    asked_of_the_database(play)
    clock.shift(timedelta(hours=1))
    assert len(asked_of_the_database(play)) == quiet


def test_cases_with_news_are_found_by_an_index(play: Play, clock: Any) -> None:
    play.publish()
    clock.shift(timedelta(minutes=1))
    [cases] = [sql for sql in asked_of_the_database(play) if '"public_at" >=' in sql]
    with connection.cursor() as cursor:
        # A table of a test is read at once; the index has to be one that can be used.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {cases}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "case_public_news_idx" in plan
    assert "Sort" not in plan


def test_more_news_than_are_looked_at_together_are_noted_all(
    scene: Scene, play: Play, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "AT_ONCE", 2)
    for n in range(5):
        Play(scene, text=f"Street light number {n} is dark.", publish_consent=True).publish()
    assert posting.note_news(play.case.filed_at) == 5
    assert posting.note_news(play.case.filed_at) == 0
    assert PublicPost.objects.count() == 5
