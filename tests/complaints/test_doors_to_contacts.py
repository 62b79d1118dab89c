"""Every door behind which an officer could read who filed: shut, but for one that the citizen reads of."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from channels import intake
from channels.models import Message
from complaints.models import Case, IdentityLook, Notice
from complaints.services import identity
from complaints.services.notice_words import render
from tests.access_rules import ROLES, WITHOUT_ACCOUNT
from tests.access_table import RULES
from tests.channels.conftest import _ways_as_before
from tests.channels.talking import Person
from tests.complaints.conftest import Scene
from tests.complaints.filing import html
from tests.complaints.following import TRACK, Follower
from tests.complaints.play import Play
from tests.test_access_matrix import Stage

__all__ = ["_ways_as_before"]
#: Of whoever files in these tests; digits as they are stored, and as people write them.
CONTACT = ("Rahima", "1712345678", "1712-345678", "rahima@example", "+880171", "১৭১২৩৪৫৬৭৮")
OFFICERS = [role for role in ROLES if role not in (*WITHOUT_ACCOUNT, "charlie")]
#: Would end the visit; and the description of the API, whose example is a number like these.
PASSED_OVER = ("account_logout", "api-schema")
REASON = "The street number is missing, and nobody answers there."


def told(words: str) -> list[str]:
    return [word for word in CONTACT if word in words]


@pytest.mark.parametrize("role", OFFICERS)
def test_no_address_of_the_portal_shows_an_officer_who_filed(scene: Scene, role: str) -> None:
    stage = Stage(scene)
    for play in stage.plays.values():
        # One who looked is no key for the others.
        holder = play.case.holder
        if holder is not None and holder.pk == scene.cast.department.pk:
            play.break_seal("focal")
    client = stage.client(role)
    seen = 0
    for name, rule in RULES.items():
        if not rule.methods.startswith("GET") or name in PASSED_OVER:
            continue
        for _case, url in stage.urls(name):
            answer = client.get(url)
            body = answer.getvalue() if answer.streaming else answer.content
            words = f"{answer.headers} {body.decode('utf-8', 'replace')}"
            seen += answer.status_code == 200
            assert told(words) == [], f"{name} {url}"
        cache.clear()
    assert seen > 20


def test_the_walk_would_see_it(scene: Scene, client: Client) -> None:
    play = Play(scene).forward().accept()
    client.force_login(scene.cast.focal)
    url = f"/office/cases/{play.number}/break_seal/"
    page = html(client.post(url, {"reason": REASON, "seen": play.case.last_seq}))
    assert "rahima@example" in told(page)
    # It was shown that once: the same page asks for a reason again.
    assert told(html(client.get(url))) == []


def test_a_letter_that_waits_in_the_tray_shows_what_was_written_and_not_from_where(
    scene: Scene, client: Client
) -> None:
    person = Person("sms", "+8801712345678")
    person.send("Nobody can read this.", error="odd")
    intake.take_messages()
    message = Message.objects.get()
    Message.objects.update(state=Message.State.UNREADABLE)
    for user in (scene.cast.desk, scene.cast.overseer, scene.cast.auditor):
        client.force_login(user)
        for url in ("/en/desk/messages/", f"/en/desk/messages/{message.key}/"):
            answer = client.get(url)
            if answer.status_code == 200:
                assert told(html(answer)) == []


def test_notices_about_a_sensitive_case_say_only_that_there_is_news(scene: Scene) -> None:
    play = Play(scene, about_official=True, text="The clerk Karimullah wants money for a paper.")
    play.forward(to=scene.cast.ministry)
    play.break_seal("ministry_focal")
    notices = Notice.objects.filter(contact__case=play.case).exclude(template__startswith="receipt")
    assert notices.exists()
    for notice in notices:
        words = render(notice)
        said = " ".join((words.subject, words.body, words.sms, words.chat))
        for word in ("Karimullah", "clerk", "looked", "reason", scene.cast.ministry.name):
            assert word not in said, notice.template


# --- What the citizen reads of it ---------------------------------------------------------------


def looked_at(follower: Follower) -> str:
    page = follower.open().page()
    return page[page.index("app-looks") :]


def test_the_citizen_reads_office_post_moment_and_reason_and_no_name(
    scene: Scene, client: Client, clock: Any
) -> None:
    follower = Follower(client, scene).in_progress()
    clock.shift(timedelta(hours=3))
    follower.by(scene.cast.case_officer, identity.break_seal, reason=REASON)
    look = looked_at(follower)
    assert scene.cast.department.name in look
    assert "(Case officer)" in look
    assert "13:00" in look
    assert REASON in look
    assert scene.cast.case_officer.name not in follower.page()
    assert scene.cast.case_officer.email not in follower.page()


def test_a_look_that_the_citizen_allowed_is_read_too(scene: Scene, client: Client) -> None:
    play = Play(scene, share_contact=True).forward().accept()
    client.force_login(scene.cast.focal)
    page = html(
        client.post(f"/office/cases/{play.number}/break_seal/", {"seen": play.case.last_seq})
    )
    assert "rahima@example" in told(page)
    visitor = Client()
    visitor.post(TRACK, {"number": play.number, "secret": play.receipt.secret})
    page = html(visitor.get(f"{TRACK}{play.number}/"))
    assert "You had allowed it." in page
    assert "(Focal officer)" in page


def test_the_post_is_the_one_held_then_whoever_holds_it_now(scene: Scene, clock: Any) -> None:
    play = Play(scene).forward().accept()
    play.break_seal("focal")
    before = play.file_for("citizen").looks
    clock.shift(timedelta(days=1))
    scene.cast.focal.posts.update(held_to=timezone.now())
    after = play.file_for("citizen").looks
    assert [look.role for look in before] == [look.role for look in after] == ["focal"]


@pytest.mark.parametrize("language", ["en", "bn", "id"])
def test_the_api_says_the_same_in_each_language(
    scene: Scene, client: Client, language: str
) -> None:
    play = Play(scene).forward().accept()
    play.break_seal("focal")
    url = f"/{language}/api/v1/complaints/{play.number}/follow/"
    answer = client.post(url, {"secret": play.receipt.secret}, content_type="application/json")
    [look] = answer.json()["looks"]
    row = IdentityLook.objects.get()
    assert (look["role"], look["ground"]) == ("focal", "seal_broken")
    assert look["reason"] == row.event.statement.body["text"]
    assert look["office"]
    assert scene.cast.focal.name not in answer.content.decode()


def test_nobody_looked_and_nothing_was_given_are_said_as_such(scene: Scene, client: Client) -> None:
    assert "Nobody has looked so far." in Follower(client, scene).open().page()
    receipt = scene.file()
    client.post(TRACK, {"number": receipt.number, "secret": receipt.secret})
    page = html(client.get(f"{TRACK}{receipt.number}/"))
    assert "You did not say who you are." in page


def test_no_reason_no_look(scene: Scene, client: Client) -> None:
    play = Play(scene).forward().accept()
    client.force_login(scene.cast.focal)
    for reason in ("", "because"):
        answer = client.post(
            f"/office/cases/{play.number}/break_seal/",
            {"reason": reason, "seen": play.case.last_seq},
        )
        assert answer.status_code == 422
        assert told(html(answer)) == []
    assert not IdentityLook.objects.exists()
    assert Case.objects.get(pk=play.case.pk).last_seq == play.case.last_seq
