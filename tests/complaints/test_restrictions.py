"""Restrictions: for a time, with a reason, open to appeal; and they never stop a report of danger."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.actors import Actor
from accounts.roles import Role
from complaints import safety
from complaints.models import Case, Notice, Restriction
from complaints.selectors import desk_tray
from complaints.selectors import restrictions as reading
from complaints.services import intake, restrictions
from complaints.services.correspondence import Sender, handles_of
from complaints.submission import ContactDetails, Submission
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play, end_of_day, refused
from tests.complaints.test_together import assert_sound, at_once, refusals
from tests.complaints.test_together import together as together
from tests.factories.routing import publish_rules

REASON = "The same false complaint was sent forty times."
UNTIL = date(2026, 12, 6)
HARMLESS = "The street lamp at our corner is too dim."


@pytest.fixture(autouse=True)
def _no_counts(db: None) -> None:
    cache.clear()


def restrict(play: Play, by: str = "desk", until: date = UNTIL, **parts: Any) -> Play:
    restrictions.restrict(
        actor=play.actor(by), number=play.number, reason=parts.pop("reason", REASON), until=until
    )
    return play


def appeal(play: Play, by: str = "citizen") -> Play:
    restrictions.appeal(
        actor=play.actor(by), number=play.number, grounds="It was my neighbour's telephone."
    )
    return play


def decide(play: Play, by: str = "overseer", *, lift: bool) -> Play:
    restrictions.decide(
        actor=play.actor(by), number=play.number, lift=lift, reason="Looked at all forty."
    )
    return play


def filed(scene: Scene, text: str = HARMLESS, actor: Actor | None = None, **parts: Any) -> Case:
    """A filing with the telephone of the restricted person, unless told otherwise."""
    parts.setdefault("contact", ContactDetails(phone="01712345678"))
    submission = Submission(text=text, language="en", **parts)
    receipt = intake.submit(actor=actor or Actor(kind="citizen"), submission=submission)
    assert receipt.number
    assert receipt.secret
    return Case.objects.get(number=receipt.number)


# --- Imposing -----------------------------------------------------------------------------------


def test_the_desk_restricts_whoever_filed_a_case_until_the_end_of_a_day(scene: Scene) -> None:
    play = restrict(Play(scene))
    rows = Restriction.objects.filter(case=play.case)
    assert {row.kind for row in rows} == {"phone", "email"}
    assert {row.until for row in rows} == {end_of_day(14)}
    assert {row.imposed_by for row in rows} == {scene.cast.desk}
    assert play.moves[-1] == "restrict"
    assert play.told("restricted") == {"citizen"}


def test_nothing_about_a_person_lies_in_clear(scene: Scene) -> None:
    play = restrict(Play(scene))
    kept = str(list(Restriction.objects.values())) + str(play.last.data)
    assert "1712345678" not in kept
    assert "rahima@" not in kept


@pytest.mark.parametrize("by", ["focal", "case_officer", "head", "overseer", "auditor", "citizen"])
def test_nobody_but_the_desk_restricts(scene: Scene, by: str) -> None:
    play = Play(scene).forward().accept()
    with refused("not_yours"):
        restrict(play, by)


def test_whoever_gave_no_contact_cannot_be_restricted(scene: Scene) -> None:
    with refused("nobody_to_restrict"):
        restrict(Play(scene, named=False))


def test_a_name_alone_is_nothing_to_be_found_by(scene: Scene) -> None:
    play = Play(scene, named=False, contact=ContactDetails(name="Rahima"))
    with refused("nobody_to_restrict"):
        restrict(play)
    assert play.moves == ["submit"]


@pytest.mark.parametrize("until", [date(2026, 11, 21), date(2027, 2, 21)])
def test_it_ends_neither_in_the_past_nor_after_the_longest_time(scene: Scene, until: date) -> None:
    with refused("invalid"):
        restrict(Play(scene), until=until)
    assert not Restriction.objects.exists()


def test_the_longest_time_is_a_number_of_the_government(scene: Scene) -> None:
    restrict(Play(scene), until=date(2027, 2, 20))
    assert Restriction.objects.filter(until__gt=SUNDAY + timedelta(days=90)).exists()


def test_a_reason_is_needed(scene: Scene) -> None:
    with refused("invalid"):
        restrict(Play(scene), reason="spam")


def test_somebody_is_restricted_once_at_a_time(scene: Scene, clock: Any) -> None:
    first, second = Play(scene), Play(scene)
    restrict(first)
    with refused("nobody_to_restrict"):
        restrict(first)
    with refused("nobody_to_restrict"):
        restrict(second)
    clock.move_to(end_of_day(14))
    restrict(second, until=date(2026, 12, 20))
    assert reading.of_case(second.case).count() == 2
    assert not reading.of_case(first.case).exists()


def test_of_two_who_restrict_one_person_at_once_one_does(together: Scene) -> None:
    first, second = Play(together), Play(together)
    done = at_once(lambda: restrict(first), lambda: restrict(first), lambda: restrict(second))
    refusals(done)
    assert Restriction.objects.filter(lifted_at=None).count() == 2
    assert_sound()


# --- What it does at filing ---------------------------------------------------------------------


def test_what_they_file_is_taken_and_waits_for_the_desk(scene: Scene) -> None:
    publish_rules({"words": "lamp*", "target": scene.cast.department.code})
    assert filed(scene).status == "forwarded"
    restrict(Play(scene))
    case = filed(scene)
    assert (case.status, case.tray, case.holder) == ("received", "restricted", None)
    assert case.held


@pytest.mark.parametrize(
    "contact",
    [ContactDetails(phone="+880 1712-345678"), ContactDetails(email="Rahima@Example.org")],
)
def test_one_way_to_reach_them_is_enough_to_know_them(scene: Scene, contact: Any) -> None:
    restrict(Play(scene))
    assert filed(scene, contact=contact).tray == "restricted"


def test_an_account_and_a_sender_are_known_too(scene: Scene) -> None:
    alice = Actor(kind="user", user_id=scene.cast.alice.pk)
    sender = Sender("whatsapp", "8801812345678")
    handle = handles_of([sender])[sender]
    no_contact = {"contact": ContactDetails()}
    by_account = filed(scene, actor=alice, **no_contact)
    by_handle = filed(scene, actor=Actor(kind="channel"), handle_id=handle.pk, **no_contact)
    for case in (by_account, by_handle):
        restrictions.restrict(
            actor=scene.actor(scene.cast.desk), number=case.number, reason=REASON, until=UNTIL
        )
    assert filed(scene, actor=alice, **no_contact).held
    again = filed(scene, actor=Actor(kind="channel"), handle_id=handle.pk, **no_contact)
    assert again.held
    kinds = Restriction.objects.values_list("kind", flat=True)
    assert sorted(kinds) == ["account", "handle"]


def test_an_operator_is_not_taken_for_whom_they_file(scene: Scene) -> None:
    operator = scene.actor(scene.cast.operator)
    at_counter = Actor(
        kind="user", user_id=operator.user_id, posts=operator.posts, channel="counter"
    )
    case = filed(scene, actor=at_counter)
    restrictions.restrict(
        actor=scene.actor(scene.cast.desk), number=case.number, reason=REASON, until=UNTIL
    )
    assert filed(scene, actor=at_counter).held
    somebody = ContactDetails(phone="01812345678")
    assert not filed(scene, actor=at_counter, contact=somebody).held


@pytest.mark.parametrize(
    "parts",
    [
        {"text": "There is a fire in the market behind the school."},
        {"text": "ছেঁড়া তার পড়ে আছে রাস্তার উপর, শিশুরা খেলে।"},
        {"text": "Ada kebocoran dan gas bocor di dekat sekolah kami."},
        {"about_official": True},
    ],
)
def test_a_report_of_danger_goes_on_as_everybodys(scene: Scene, parts: dict[str, Any]) -> None:
    restrict(Play(scene))
    assert filed(scene, **parts).tray == ""


def test_a_category_of_danger_is_enough(scene: Scene) -> None:
    restrict(Play(scene))
    scene.cast.billing.code = "electricity-safety"
    scene.cast.billing.save()
    assert filed(scene, category="electricity-safety").tray == ""


@pytest.mark.parametrize(
    "text", [HARMLESS, "বিষয়টি নিয়ে আবেদন করছি।", "Datang pukul delapan pagi."]
)
def test_everyday_words_are_no_danger(text: str) -> None:
    assert not safety.is_safety_report(text, "roads")


def test_some_a_day_are_looked_at_and_the_rest_stands_behind_them(scene: Scene) -> None:
    restrict(Play(scene))
    trays = [filed(scene).tray for _number in range(5)]
    # The one that gave the occasion was filed on the same day.
    assert trays == ["restricted", "restricted", *["restricted_more"] * 3]


def test_in_the_desks_tray_they_stand_behind_everybody_else(scene: Scene, client: Client) -> None:
    restrict(Play(scene))
    held = filed(scene)
    other = filed(scene, contact=ContactDetails())
    tray = [case.number for case in desk_tray(scene.actor(scene.cast.desk))]
    assert tray.index(other.number) < tray.index(held.number)
    client.force_login(scene.cast.desk)
    assert "From somebody restricted" in client.get("/en/desk/").content.decode()


def test_a_restriction_ends_by_itself(scene: Scene, clock: Any) -> None:
    restrict(Play(scene))
    clock.move_to(end_of_day(14) - timedelta(seconds=1))
    assert filed(scene).held
    clock.move_to(end_of_day(14))
    assert not filed(scene).held


def test_the_cases_that_are_there_go_on_as_before(scene: Scene) -> None:
    play = Play(scene).forward().accept().answer()
    restrict(play)
    play.message().dispute()
    play.answer().appeal()
    assert play.state == "appealed"


# --- Appeal and end -----------------------------------------------------------------------------


def test_the_person_appeals_and_an_overseer_decides(scene: Scene) -> None:
    play = appeal(restrict(Play(scene)))
    assert play.told("restriction_appealed") == {"Overseer"}
    decide(play, lift=True)
    assert not filed(scene).held
    assert play.heard()[-1] == "restriction_lifted"
    row = Restriction.objects.filter(case=play.case).first()
    assert row is not None
    assert (row.upheld, row.decided_by, row.lifted_by) == (True, *[scene.cast.overseer] * 2)


def test_a_restriction_that_stays_can_be_appealed_only_once(scene: Scene) -> None:
    play = decide(appeal(restrict(Play(scene))), lift=False)
    assert filed(scene).held
    assert play.heard()[-1] == "restriction_kept"
    with refused("no_restriction"):
        appeal(play)
    with refused("no_restriction"):
        decide(play, lift=True)


def test_nobody_decides_on_what_they_imposed(scene: Scene) -> None:
    from tests.factories.agencies import make_post

    play = restrict(Play(scene))
    make_post(scene.cast.desk, Role.OVERSEER, scene.cast.cabinet)
    appeal(play)
    with refused("imposed_it"):
        decide(play, "desk", lift=False)
    assert play.told("restriction_appealed") == {"Overseer"}
    assert Restriction.objects.filter(decided_at=None).count() == 2


@pytest.mark.parametrize("by", ["desk", "focal", "auditor"])
def test_nobody_else_decides(scene: Scene, by: str) -> None:
    play = appeal(restrict(Play(scene).forward()))
    with refused("not_yours"):
        decide(play, by, lift=False)


def test_without_a_restriction_there_is_nothing_to_appeal_or_to_end(scene: Scene) -> None:
    play = Play(scene)
    with refused("no_restriction"):
        appeal(play)
    with refused("no_restriction"):
        restrictions.lift(actor=play.actor("desk"), number=play.number, reason="A mistake")


@pytest.mark.parametrize("by", ["desk", "overseer"])
def test_it_can_be_ended_before_its_time(scene: Scene, by: str) -> None:
    play = restrict(Play(scene))
    restrictions.lift(actor=play.actor(by), number=play.number, reason="They apologised")
    assert not filed(scene).held
    assert play.heard()[-1] == "restriction_lifted"
    restrict(play)


def test_of_a_sensitive_case_its_citizen_is_told_only_that_there_is_news(scene: Scene) -> None:
    play = restrict(Play(scene, about_official=True))
    last = Notice.objects.filter(contact__case=play.case).latest("id")
    assert last.template == "news"
