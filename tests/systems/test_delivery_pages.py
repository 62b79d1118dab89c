"""An office's page about what its systems are told."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from channels import breaker
from systems.models import Delivery, Endpoint
from systems.out import endpoints, led, listing, sending
from systems.services import joining
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play
from tests.systems.conftest import Join, Joined
from tests.systems.hearing import asked, follow
from tests.systems.receiving import Receiver, receiver

URL = "https://grid.example.org/hook?token=abc"


@pytest.fixture(autouse=True)
def _already_followed(scene: Scene) -> None:
    follow()


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


def client(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def page(user: User, path: str, status: int = 200, **query: Any) -> str:
    answer = client(user).get(f"/en/office/systems/{path}", query)
    assert answer.status_code == status
    return str(answer.content.decode())


def send(user: User, path: str, **given: Any) -> Any:
    return client(user).post(f"/en/office/systems/{path}", given, follow=True)


def test_an_office_without_a_system_is_told_how_to_get_one(scene: Scene) -> None:
    assert "No system has joined" in page(scene.cast.focal, "")


def test_whoever_leads_the_office_or_one_above_sees_its_systems_and_nobody_else(
    scene: Scene, joined: Joined
) -> None:
    path = f"{joined.system.pk}/deliveries/"
    cast = scene.cast
    for user in (cast.focal, cast.head, cast.ministry_focal, cast.auditor, cast.overseer):
        assert "Grid Works" in page(user, "")
        assert "Grid Works" in page(user, path)
    assert "Grid Works" not in page(cast.rival_focal, "")
    page(cast.rival_focal, path, 404)
    for user in (cast.case_officer, cast.desk, cast.operator, cast.registrar):
        page(user, path, 403)


def test_a_system_that_has_ended_has_no_page(scene: Scene, joined: Joined) -> None:
    joining.end(scene.actor(scene.cast.registrar), joined.system)
    page(scene.cast.focal, f"{joined.system.pk}/deliveries/", 404)
    page(scene.cast.focal, f"{2**70}/deliveries/", 404)


def test_the_list_shows_steps_errors_and_what_waits(scene: Scene, joined: Joined) -> None:
    endpoints.set_endpoint(joined.actor, joined.system, url=URL)
    play = Play(scene).forward().accept()
    follow()
    Delivery.objects.filter(event__move="forward").update(error="http_500", tries=3)
    breaker.failed(sending.breaker_of(joined.system), "http_500", SUNDAY)
    shown = page(scene.cast.focal, f"{joined.system.pk}/deliveries/")
    for words in (
        "case.forward",
        "case.accept",
        play.number,
        "It failed (500)",
        "Next try",
        "2, the",
    ):
        assert words in shown
    assert "https://grid.example.org/hook?…" in shown
    assert "token=abc" not in shown


def test_the_next_try_is_not_that_of_a_step_which_waits_for_another(
    scene: Scene, joined: Joined
) -> None:
    endpoints.set_endpoint(joined.actor, joined.system, url=URL)
    Play(scene).forward().accept()
    follow()
    later = SUNDAY + timedelta(minutes=7)
    Delivery.objects.filter(event__move="forward").update(next_at=later)
    Delivery.objects.filter(event__move="accept").update(next_at=SUNDAY - timedelta(minutes=7))
    assert listing.doing(joined.system, SUNDAY).next_at == later


def test_the_list_is_narrowed_and_goes_on(scene: Scene, joined: Joined, monkeypatch: Any) -> None:
    monkeypatch.setattr("systems.out.listing.PAGE", 2)
    Play(scene).forward().accept().answer()
    follow()
    path = f"{joined.system.pk}/deliveries/"
    failed = page(scene.cast.focal, path, state="failed")
    assert "Nothing here" in failed
    assert '<option value="failed" selected>' in failed
    assert 'href="?#list">Show all' in failed
    assert "case.forward" in page(scene.cast.focal, path, state="feed")
    second = Delivery.objects.get(event__move="accept").log_seq
    shown = page(scene.cast.focal, path, before=second)
    assert "case.forward" in shown
    assert "case.answer" not in shown
    assert "case.answer" in page(scene.cast.focal, path, before="nonsense", state="nonsense")


def test_who_is_barred_from_a_case_finds_nothing_of_it(scene: Scene, joined: Joined) -> None:
    barred, other = Play(scene).forward(), Play(scene).forward()
    follow()
    row = Delivery.objects.get(case=barred.case)
    barred.about(office_id=scene.cast.department.pk, role=Role.FOCAL)
    path = f"{joined.system.pk}/deliveries/"
    shown = page(scene.cast.focal, path)
    assert barred.number not in shown
    assert other.number in shown
    page(scene.cast.focal, f"{path}{row.log_seq}/", 404)
    answer = send(scene.cast.focal, f"{path}again/", seq=row.log_seq)
    assert answer.status_code == 404
    assert barred.number in page(scene.cast.head, path)


def test_ones_own_complaint_is_not_on_the_page(scene: Scene, joined: Joined) -> None:
    play = Play(scene).forward()
    follow()
    case = play.case
    case.owner = scene.cast.focal
    case.save(update_fields=["owner"])
    assert play.number not in page(scene.cast.focal, f"{joined.system.pk}/deliveries/")


def test_one_delivery_shows_its_tries_and_is_sent_again(
    scene: Scene, joined: Joined, server: Receiver
) -> None:
    done = endpoints.set_endpoint(joined.actor, joined.system, url=server.url)
    server.secret = done.secret
    server.answers = lambda _call: 404
    Play(scene).forward()
    follow()
    sending.send_due()
    Delivery.objects.update(state="failed", next_at=None)
    row = Delivery.objects.get()
    path = f"{joined.system.pk}/deliveries/"
    shown = page(scene.cast.focal, f"{path}{row.log_seq}/")
    assert "There is nothing at this address (404)" in shown
    assert "Send it again" in shown
    assert "Send it again" not in page(scene.cast.auditor, f"{path}{row.log_seq}/")
    answer = send(scene.cast.focal, f"{path}again/", seq=row.log_seq)
    assert "1 is sent again" in answer.content.decode()
    server.answers = lambda _call: 204
    assert sending.send_due() == 1
    assert "It arrived" in page(scene.cast.focal, f"{path}{row.log_seq}/")


def test_all_that_was_given_up_is_sent_again_at_once(scene: Scene, joined: Joined) -> None:
    endpoints.set_endpoint(joined.actor, joined.system, url=URL)
    Play(scene).forward().accept()
    follow()
    endpoints.stop(joined.actor, joined.system)
    path = f"{joined.system.pk}/deliveries/"
    assert "Once an address is called again" in page(scene.cast.focal, path)
    refused = send(scene.cast.focal, f"{path}again/")
    assert "No address of this system is called now" in refused.content.decode()
    endpoints.set_endpoint(joined.actor, joined.system, url=URL)
    assert "2 are sent again" in send(scene.cast.head, f"{path}again/").content.decode()
    again = send(scene.cast.head, f"{path}again/").content.decode()
    assert "There is nothing to send again." in again
    assert set(Delivery.objects.values_list("state", flat=True)) == {"waiting"}


@pytest.mark.parametrize("who", ["auditor", "overseer", "case_officer", "rival_focal"])
def test_who_does_not_lead_the_office_changes_nothing(
    scene: Scene, joined: Joined, who: str
) -> None:
    user = getattr(scene.cast, who)
    for path, given in (("deliveries/again/", {}), ("address/", {"url": URL})):
        answer = send(user, f"{joined.system.pk}/{path}", **given)
        assert answer.status_code in (403, 404)
    assert not Endpoint.objects.exists()


def test_an_address_is_set_and_its_secret_shown_once(scene: Scene, joined: Joined) -> None:
    path = f"{joined.system.pk}/address/"
    answer = send(scene.cast.head, path, url=URL)
    assert "whsec_" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert "whsec_" not in page(scene.cast.head, path)
    assert "whsec_" not in send(scene.cast.head, path, url=URL).content.decode()
    assert "whsec_" in send(scene.cast.head, path, do="secret").content.decode()
    assert "called no more" in send(scene.cast.head, path, do="stop").content.decode()
    assert Endpoint.objects.get().off_because == "stopped"


def test_an_address_that_will_not_do_is_said_beside_the_field(scene: Scene, joined: Joined) -> None:
    path = f"{joined.system.pk}/address/"
    shown = send(scene.cast.focal, path, url="ftp://grid.example.org/").content.decode()
    assert "Enter an address that begins with https://." in shown
    assert "Enter the address." in send(scene.cast.focal, path, url="").content.decode()
    assert "No address is set." in send(scene.cast.focal, path, do="secret").content.decode()


def test_a_test_says_on_the_page_how_it_ended(
    scene: Scene, joined: Joined, server: Receiver
) -> None:
    path = f"{joined.system.pk}/address/"
    done = endpoints.set_endpoint(joined.actor, joined.system, url=server.url)
    server.secret = done.secret
    assert "The test arrived." in send(scene.cast.focal, path, do="test").content.decode()
    assert "Too many tries" in send(scene.cast.focal, path, do="test").content.decode()
    cache.clear()
    server.answers = lambda _call: 302
    shown = send(scene.cast.focal, path, do="test").content.decode()
    assert "The test did not arrive: It sent us elsewhere" in shown


@pytest.mark.parametrize(("status", "is_back"), [(204, True), (500, False)])
def test_a_test_that_arrives_after_failures_sends_what_waits(
    scene: Scene, joined: Joined, server: Receiver, status: int, is_back: bool
) -> None:
    done = endpoints.set_endpoint(joined.actor, joined.system, url=server.url)
    server.secret = done.secret
    Play(scene).forward()
    follow()
    hours = timezone.now() + timedelta(hours=10)
    Delivery.objects.update(tries=6, next_at=hours)
    name = sending.breaker_of(joined.system)
    for _time in range(breaker.FAILURES):
        breaker.failed(name, "http_500", timezone.now())
    server.answers = lambda _call: status
    send(scene.cast.focal, f"{joined.system.pk}/address/", do="test")
    assert breaker.is_open(name, timezone.now()) is not is_back
    assert (Delivery.objects.get().next_at != hours) is is_back


def test_how_far_a_reader_of_the_feed_is_behind_is_shown(scene: Scene, joined: Joined) -> None:
    path = f"{joined.system.pk}/deliveries/"
    Play(scene).forward()
    follow()
    assert "Asked last" not in page(scene.cast.focal, path)
    asked(joined.client())
    assert "It has everything." in page(scene.cast.focal, path)
    Play(scene).forward()
    follow()
    assert "Not fetched yet: 1" in page(scene.cast.focal, path)


def test_the_way_there_is_shown_only_where_the_office_has_a_system(
    scene: Scene, joined: Joined, join: Join
) -> None:
    led.keep()
    link = "/office/systems/"
    assert link in page(scene.cast.focal, "")
    office = client(scene.cast.rival_focal).get("/en/office/").content.decode()
    assert link not in office
    assert link in client(scene.cast.ministry_focal).get("/en/office/").content.decode()
    assert link not in client(scene.cast.case_officer).get("/en/office/").content.decode()


def test_the_page_costs_the_same_however_much_was_told(
    scene: Scene, joined: Joined, django_assert_max_num_queries: Any
) -> None:
    Play(scene).forward().accept()
    for _case in range(6):
        Play(scene).forward()
    follow()
    browser = client(scene.cast.focal)
    path = f"/en/office/systems/{joined.system.pk}/deliveries/"
    browser.get(path)
    with django_assert_max_num_queries(16):
        browser.get(path)
