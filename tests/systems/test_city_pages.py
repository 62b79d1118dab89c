"""A city's pages: the registrar sets it and asks it; the office sees how it goes and sends again."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from accounts.models import User
from agencies.models import RegistryChange
from channels.models import Provider
from complaints.services import sealing
from systems.cities import linking, sending
from systems.models import City, Forwarding, System
from systems.models.system import Way
from systems.out import led
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.systems.city import TheCity, failing, says
from tests.systems.conftest import Join, Joined
from tests.systems.handing_over import KEY, Linked


@pytest.fixture
def city(join: Join) -> System:
    """A city that has joined, and is not set yet."""
    return join(name="Kaliakair City", way=Way.OPEN311, scopes=()).system


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def registrar(scene: Scene) -> Client:
    return signed_in(scene.cast.registrar)


def page_of(system: System) -> str:
    return f"/en/registry/systems/{system.pk}/city/"


def office_page(system: System) -> str:
    return f"/en/office/systems/{system.pk}/city/"


def words(response: Any) -> str:
    return str(response.content.decode())


def form(server: TheCity, **given: str) -> dict[str, str]:
    return {"do": "set", "url": server.url, "jurisdiction": "", "publishes": "no", **given}


def rows(*services: tuple[str, str]) -> dict[str, str]:
    table = {"do": "services", "services-TOTAL_FORMS": str(len(services))}
    table["services-INITIAL_FORMS"] = "0"
    for at, (subject, service) in enumerate(services):
        table |= {f"services-{at}-subject": subject, f"services-{at}-service": service}
    return table


def test_a_registrar_sets_a_city_asks_it_and_chooses_services(
    registrar: Client, city: System, server: TheCity
) -> None:
    assert page_of(city) in words(registrar.get(f"/en/registry/systems/{city.pk}/"))
    empty = words(registrar.get(page_of(city)))
    assert "Where it is" in empty
    assert "Ask the city now" not in empty
    set_to = form(server, url=f"{server.url}services.json", key=KEY)
    assert registrar.post(page_of(city), set_to).status_code == 302
    assert City.objects.get().url == server.url
    page = words(registrar.post(page_of(city), {"do": "ask"}, follow=True))
    assert "The city answers. It offers 2 services." in page
    assert "Street lights" in page
    kept = registrar.post(page_of(city), rows(("roads", "roads"), ("*", "lights"), ("", "")))
    assert kept.status_code == 302
    assert "What waits goes to the city" in words(registrar.get(page_of(city)))
    assert City.objects.get().services == {"roads": "roads", "": "lights"}
    page = words(registrar.get(page_of(city)))
    assert 'value="lights"' in page
    assert KEY not in page


def test_a_city_with_one_service_offers_one(
    registrar: Client, city: System, server: TheCity
) -> None:
    registrar.post(page_of(city), form(server))
    server.instead = lambda _asked: says(
        200, [{"service_code": "lights", "service_name": "Street lights"}]
    )
    page = words(registrar.post(page_of(city), {"do": "ask"}, follow=True))
    assert "It offers 1 service." in page


def test_the_key_stays_unless_another_is_given_and_can_be_taken_away(
    registrar: Client, city: System, server: TheCity
) -> None:
    registrar.post(page_of(city), form(server, key=KEY))
    registrar.post(page_of(city), form(server, jurisdiction="kaliakair"))
    kept = City.objects.get()
    assert sealing.unseal(kept.sealed_key or b"") == {"key": KEY}
    assert kept.jurisdiction == "kaliakair"
    assert "There is one." in words(registrar.get(page_of(city)))
    registrar.post(page_of(city), form(server, no_key="on"))
    assert City.objects.get().sealed_key is None
    log = str(list(RegistryChange.objects.filter(table="city").values_list("before", "after")))
    assert KEY not in log
    assert "'has_key': True" in log


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"url": ""}, "This field is required."),
        ({"url": "ftp://city.example/"}, "begins with https://"),
        ({"url": "https://a:b@city.example/"}, "without a user"),
        ({"url": "https://city.example/v2?x=1"}, "without a “?”"),
        ({"publishes": ""}, "Choose yes or no."),
        ({"key": "x" * 501}, "at most 500"),
        ({"jurisdiction": "x" * 101}, "at most 100"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    registrar: Client, city: System, server: TheCity, given: dict[str, str], sentence: str
) -> None:
    answer = registrar.post(page_of(city), form(server, **given))
    assert answer.status_code == 422
    assert escape(sentence) in words(answer)
    assert not City.objects.exists()


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ((("", "roads"),), "Choose a subject."),
        ((("roads", "roads"), ("roads", "lights")), "one service only"),
        ((("roads", "bridges"),), "no service “bridges”"),
    ],
)
def test_a_table_that_cannot_be_is_not_kept(
    registrar: Client, city: System, server: TheCity, table: Any, sentence: str
) -> None:
    registrar.post(page_of(city), form(server))
    registrar.post(page_of(city), {"do": "ask"})
    answer = registrar.post(page_of(city), rows(*table))
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert City.objects.get().services == {}


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (says(200), "is not Open311"),
        (says(200, []), "It offers no service."),
        (says(403), "does not accept the key"),
        (says(404), "There is no Open311 at this address"),
        (says(500), "an error (http_500)"),
        (says(429), "left alone for a while"),
        ((0, b"", {}), "Nothing answers"),
    ],
)
def test_a_city_that_answers_badly_is_told_in_plain_words(
    registrar: Client, city: System, server: TheCity, answer: Any, sentence: str
) -> None:
    registrar.post(page_of(city), form(server))
    server.instead = lambda _asked: answer
    page = words(registrar.post(page_of(city), {"do": "ask"}, follow=True))
    assert "does not answer as it should" in page
    assert sentence in page


def test_an_address_is_not_changed_under_cases_that_are_there(
    registrar: Client, scene: Scene, server: TheCity
) -> None:
    linked = Linked(scene, server)
    linked.handed()
    given = form(server, url="https://other.example/", jurisdiction="kaliakair")
    answer = registrar.post(page_of(linked.system), given)
    assert "Cases are with this city already" in words(answer)
    assert linked.city.url == server.url


def test_an_agency_s_own_system_has_no_such_page_and_one_that_ended_is_not_set(
    registrar: Client, scene: Scene, joined: Joined, city: System, server: TheCity
) -> None:
    assert registrar.get(page_of(joined.system)).status_code == 404
    System.objects.filter(pk=city.pk).update(ended_at=scene.cast.registrar.date_joined)
    answer = registrar.post(page_of(city), form(server))
    assert "it has ended" in words(answer)
    assert not City.objects.exists()


@pytest.mark.parametrize("who", ["head", "focal", "desk", "overseer"])
def test_others_do_not_set_a_city(scene: Scene, city: System, server: TheCity, who: str) -> None:
    client = signed_in(getattr(scene.cast, who))
    assert client.post(page_of(city), form(server)).status_code == 403
    assert not City.objects.exists()


def test_the_registrar_s_list_and_page_say_how_a_city_is_reached(
    registrar: Client, city: System, scene: Scene, server: TheCity
) -> None:
    at = f"/en/registry/systems/{city.pk}/"
    assert "Nobody has said yet where its Open311 is" in words(registrar.get(at))
    linked = Linked(scene, server, name="Tongi City")
    at = f"/en/registry/systems/{linked.system.pk}/"
    assert server.url in words(registrar.get(at))
    assert "Not reached" not in words(registrar.get("/en/registry/systems/"))
    City.objects.update(error="tls")
    assert "Not reached" in words(registrar.get("/en/registry/systems/"))
    assert "Its certificate is not valid." in words(registrar.get(at))
    City.objects.update(error="", services={})
    assert "chosen no services yet" in words(registrar.get(at))


def keys_are_lost(settings: Any) -> None:
    """Another key than the one with which the city's was sealed."""
    settings.CONTACT_KEYS = ["b3RoZXItZmVybmV0LWtleS0zMi1ieXRlcy1sb25nISE="]


SHUT = "The key of the city that is kept here cannot be opened, so nothing is sent to the city."


def test_a_key_that_does_not_open_is_said_to_the_registrar_and_nothing_is_asked(
    registrar: Client, scene: Scene, server: TheCity, settings: Any
) -> None:
    linked = Linked(scene, server)
    City.objects.update(error="tls")
    at = f"/en/registry/systems/{linked.system.pk}/"
    assert SHUT not in words(registrar.get(at))
    keys_are_lost(settings)
    assert "Key cannot be opened" in words(registrar.get("/en/registry/systems/"))
    shown = words(registrar.get(at))
    assert SHUT in shown
    assert "Its certificate is not valid." not in shown
    shown = words(registrar.get(page_of(linked.system)))
    assert SHUT in shown
    assert "When the city was last asked" not in shown
    assert SHUT in words(registrar.post(page_of(linked.system), {"do": "ask"}, follow=True))
    assert server.asked == []


def test_once_the_key_is_set_anew_what_waits_is_sent(
    registrar: Client, scene: Scene, server: TheCity, settings: Any
) -> None:
    linked = Linked(scene, server)
    Play(scene).forward()
    before = settings.CONTACT_KEYS
    keys_are_lost(settings)
    assert linked.send() == 0
    assert server.asked == []
    settings.CONTACT_KEYS = [*settings.CONTACT_KEYS, *before]
    assert SHUT not in words(registrar.get(page_of(linked.system)))
    keys_are_lost(settings)
    set_to = form(server, jurisdiction="kaliakair", key=KEY)
    assert registrar.post(page_of(linked.system), set_to).status_code == 302
    assert SHUT not in words(registrar.get(page_of(linked.system)))
    settings.CONTACT_KEYS = [*settings.CONTACT_KEYS, *before]
    assert linked.send() == 1


def test_a_city_without_a_key_has_none_to_open(
    registrar: Client, scene: Scene, server: TheCity, settings: Any
) -> None:
    linked = Linked(scene, server, key="")
    keys_are_lost(settings)
    assert SHUT not in words(registrar.get(page_of(linked.system)))
    assert "Key cannot be opened" not in words(registrar.get("/en/registry/systems/"))


# --- The office's page ------------------------------------------------------------------------


@pytest.fixture
def refused(scene: Scene, server: TheCity) -> tuple[Linked, Play]:
    linked = Linked(scene, server)
    server.instead = failing(says(400, [{"code": 400, "description": "No such street"}]))
    play = Play(scene).forward()
    linked.send()
    return linked, play


def test_the_office_sees_what_the_city_did_not_take_and_sends_it_again(
    scene: Scene, refused: tuple[Linked, Play]
) -> None:
    linked, play = refused
    client, url = signed_in(scene.cast.focal), office_page(linked.system)
    cache.clear()
    led.keep()
    assert url in words(client.get("/en/office/systems/"))
    page = words(client.get(url))
    assert play.number in page
    assert "refused it" in page
    assert f"/en/office/systems/{linked.system.pk}/statuses/" in page
    again = f"{url}again/"
    City.objects.update(error="updates")
    assert "its updates cannot be read" in words(client.get(url))
    assert "In part" in words(client.get("/en/office/systems/"))
    done = words(client.post(again, {"case": play.number}, follow=True))
    assert "sent once more" in done
    assert "took all" in done
    assert linked.send() == 1
    assert "does not wait any more" in words(client.post(again, {"case": play.number}, follow=True))
    assert client.post(again, {"case": "nothing"}).status_code == 404


def test_overseers_read_and_change_nothing(scene: Scene, refused: tuple[Linked, Play]) -> None:
    linked, play = refused
    client = signed_in(scene.cast.overseer)
    page = words(client.get(office_page(linked.system)))
    assert play.number in page
    assert "Send again" not in page
    answer = client.post(f"{office_page(linked.system)}again/", {"case": play.number})
    assert answer.status_code in (403, 404)
    assert linked.row.state == Forwarding.State.REFUSED


@pytest.mark.parametrize("who", ["focal", "overseer"])
def test_the_office_and_overseers_see_that_the_key_does_not_open(
    scene: Scene, server: TheCity, settings: Any, who: str
) -> None:
    linked = Linked(scene, server)
    Provider.objects.create(
        name=sending.breaker_of(linked.city),
        failures=6,
        open_until=timezone.now() + timedelta(minutes=9),
    )
    keys_are_lost(settings)
    client = signed_in(getattr(scene.cast, who))
    page = words(client.get(office_page(linked.system)))
    assert SHUT in page
    assert "A registrar can set the key anew" in page
    assert "It is left alone until" not in page
    assert "Key cannot be opened" in words(client.get("/en/office/systems/"))


@pytest.mark.parametrize("who", ["rival_focal", "district_focal", "desk", "case_officer"])
def test_strangers_see_nothing_of_it(scene: Scene, refused: tuple[Linked, Play], who: str) -> None:
    linked, play = refused
    client = signed_in(getattr(scene.cast, who))
    assert client.get(office_page(linked.system)).status_code in (403, 404)
    again = client.post(f"{office_page(linked.system)}again/", {"case": play.number})
    assert again.status_code in (403, 404)
    assert linked.row.state == Forwarding.State.REFUSED


def test_the_pages_of_the_case_say_where_it_is_worked_on(scene: Scene, server: TheCity) -> None:
    linked = Linked(scene, server)
    play = linked.handed()
    page = words(signed_in(scene.cast.focal).get(f"/en/office/cases/{play.number}/"))
    assert "Worked in Kaliakair City" in page
    assert "C-1" in page


def test_services_of_a_city_that_is_not_set_are_refused(
    registrar: Client, city: System, scene: Scene
) -> None:
    answer = registrar.post(page_of(city), rows(("roads", "roads")))
    assert answer.status_code == 422
    assert linking.city_of(city) is None
