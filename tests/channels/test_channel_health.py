"""Overseers see how each channel does, and try again by hand what never left."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from channels import breaker, relay, selectors
from channels.models import Provider
from channels.outbound import CannotSend, Letter
from channels.registry import CHANNELS, Channel
from complaints.models import Notice
from complaints.submission import ContactDetails
from tests.channels.conftest import NoWay
from tests.channels.talking import Person
from tests.complaints.conftest import Scene

PAGE = "/en/oversight/channels/"


class Away(NoWay):
    """A provider that is away until it is told otherwise."""

    provider = "away"
    error: Exception | None = CannotSend("http_503", is_outage=True)
    asked = 0
    got: list[Letter] = []

    def send(self, letter: Letter) -> str:
        type(self).asked += 1
        if self.error is not None:
            raise self.error
        self.got.append(letter)
        return f"out-{letter.reference}"


@pytest.fixture
def away(scene: Scene) -> type[Away]:
    """SMS leave by a provider that is away."""
    Away.error, Away.asked, Away.got = CannotSend("http_503", is_outage=True), 0, []
    CHANNELS["sms"] = Channel("sms", "SMS", Away, talks=True)
    return Away


def file_by_phone(scene: Scene, count: int) -> None:
    for n in range(count):
        scene.file(contact=ContactDetails(phone=f"0171234{n:04d}"))


# --- The breaker ------------------------------------------------------------------------------


def test_a_provider_that_fails_again_and_again_is_left_alone(
    scene: Scene, away: type[Away]
) -> None:
    file_by_phone(scene, 10)
    relay.deliver_notices()
    assert away.asked <= 6
    assert breaker.is_open("away", timezone.now())
    asked = away.asked
    relay.deliver_notices()
    assert away.asked == asked


def test_a_mistake_with_one_letter_stops_no_other(scene: Scene, away: type[Away]) -> None:
    file_by_phone(scene, 3)
    away.error = AttributeError("nobody foresaw this")
    relay.deliver_notices()
    assert away.asked == 3
    assert set(Notice.objects.values_list("status", "error")) == {("pending", "AttributeError")}
    assert not breaker.is_open("away", timezone.now())


def test_an_hour_of_outage_loses_nothing_and_sends_nothing_twice(
    scene: Scene, away: type[Away], clock: Any
) -> None:
    file_by_phone(scene, 10)
    for _minute in range(60):
        relay.deliver_notices()
        clock.shift(timedelta(minutes=1))
    assert away.asked < 60
    away.error = None
    for _minute in range(40):
        clock.shift(timedelta(minutes=1))
        relay.deliver_notices()
    assert len(away.got) == 10
    assert len({letter.reference for letter in away.got}) == 10
    assert not Notice.objects.exclude(status="sent").exists()
    assert Provider.objects.get(pk="away").failures == 0


def test_after_the_wait_one_is_tried_before_the_others(
    scene: Scene, away: type[Away], clock: Any
) -> None:
    file_by_phone(scene, 10)
    relay.deliver_notices()
    asked = away.asked
    clock.shift(timedelta(minutes=10))
    relay.deliver_notices()
    assert away.asked == asked + 1


def test_a_provider_that_asks_to_wait_is_left_alone_at_once(scene: Scene, away: type[Away]) -> None:
    away.error = CannotSend("too_many", is_outage=True, wait=120)
    file_by_phone(scene, 3)
    relay.deliver_notices()
    assert away.asked <= 2
    assert Provider.objects.get().open_until >= timezone.now() + timedelta(seconds=120)


def test_a_channel_that_is_away_holds_up_no_other(scene: Scene, away: type[Away]) -> None:
    file_by_phone(scene, 5)
    scene.file(contact=ContactDetails(email="rahima@example.org"))
    assert relay.deliver_notices() == 1


def test_a_bad_address_is_not_the_providers_fault(scene: Scene, away: type[Away]) -> None:
    away.error = CannotSend("refused", for_good=True)
    file_by_phone(scene, 8)
    relay.deliver_notices()
    assert away.asked == 8
    assert not Provider.objects.exists()


# --- The page ---------------------------------------------------------------------------------


@pytest.fixture
def dead(scene: Scene, away: type[Away]) -> Notice:
    away.error = CannotSend("refused", for_good=True)
    file_by_phone(scene, 1)
    relay.deliver_notices()
    return Notice.objects.get(status="failed")


def test_it_says_what_waits_and_what_never_left(client: Client, scene: Scene, dead: Notice) -> None:
    client.force_login(scene.cast.overseer)
    shown = client.get(PAGE).content.decode()
    assert dead.case.number in shown
    assert "The address was refused" in shown


def test_an_overseer_tries_it_again(
    client: Client, scene: Scene, dead: Notice, away: type[Away]
) -> None:
    client.force_login(scene.cast.overseer)
    client.post(f"{PAGE}again/", {"notice": dead.pk})
    away.error = None
    relay.deliver_notices()
    dead.refresh_from_db()
    assert (dead.status, dead.attempts) == ("sent", 1)
    client.post(f"{PAGE}again/", {"notice": dead.pk})
    dead.refresh_from_db()
    assert dead.status == "sent"


def test_all_of_a_channel_are_tried_again(client: Client, scene: Scene, away: type[Away]) -> None:
    away.error = CannotSend("refused", for_good=True)
    file_by_phone(scene, 3)
    relay.deliver_notices()
    client.force_login(scene.cast.overseer)
    client.post(f"{PAGE}again/", {"channel": "email"})
    assert Notice.objects.filter(status="failed").count() == 3
    client.post(f"{PAGE}again/", {"channel": "sms"})
    assert not Notice.objects.filter(status="failed").exists()


def test_an_auditor_looks_on(client: Client, scene: Scene, dead: Notice) -> None:
    client.force_login(scene.cast.auditor)
    assert dead.case.number in client.get(PAGE).content.decode()
    assert client.post(f"{PAGE}again/", {"notice": dead.pk}).status_code == 403


@pytest.mark.parametrize("who", ["desk", "focal", "registrar", "operator"])
def test_it_is_for_those_who_oversee(client: Client, scene: Scene, who: str) -> None:
    client.force_login(getattr(scene.cast, who))
    assert client.get(PAGE).status_code == 403


def test_whoever_is_barred_from_a_case_sees_no_letter_of_it(
    client: Client, scene: Scene, dead: Notice
) -> None:
    from complaints.models import Respondent

    overseer = scene.cast.overseer
    Respondent.objects.create(case=dead.case, user=overseer, linked_at=timezone.now())
    client.force_login(overseer)
    assert dead.case.number not in client.get(PAGE).content.decode()
    client.post(f"{PAGE}again/", {"notice": dead.pk})
    dead.refresh_from_db()
    assert dead.status == "failed"


def test_a_silent_channel_says_when_it_last_spoke(
    scene: Scene, rahima: Person, clock: Any, django_assert_max_num_queries: Any
) -> None:
    rahima.write("The electricity meter shows a wrong number.")
    spoke = timezone.now()
    clock.shift(timedelta(days=2))
    with django_assert_max_num_queries(6 + len(CHANNELS)):
        [sms] = [row for row in selectors.health() if row.code == "sms"]
    assert (sms.came_in, sms.last_in) == (0, spoke)


def test_when_it_is_back_what_failed_before_leaves_at_once(
    scene: Scene, away: type[Away], clock: Any
) -> None:
    file_by_phone(scene, 3)
    relay.deliver_notices()
    assert not breaker.is_open("away", timezone.now())
    away.error = None
    clock.shift(timedelta(seconds=20))
    file_by_phone(scene, 1)
    relay.deliver_notices()
    assert len(away.got) == 4


def test_what_is_just_being_sent_is_not_due_again(scene: Scene, away: type[Away]) -> None:
    from complaints.services import notices

    file_by_phone(scene, 2)
    [first] = notices.claim_due(1, timezone.now(), "sms")
    notices.mark_failed(first, error="timeout")
    [second] = notices.claim_due(1, timezone.now(), "sms")
    assert notices.due_again("sms", timezone.now()) == 1
    assert [row.pk for row in notices.claim_due(5, timezone.now(), "sms")] == [first.pk]
    assert second.pk != first.pk
