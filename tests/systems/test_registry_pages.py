"""The registrar's pages of systems: they join, are changed, get a new secret, end."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils.html import escape

from agencies.models import RegistryChange
from complaints.models import Event
from systems.models import Delivery, Endpoint, System
from systems.models.system import Way
from systems.scopes import Scope
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play
from tests.systems.conftest import Join, Joined

LIST = "/en/registry/systems/"


@pytest.fixture
def registrar(scene: Scene) -> Client:
    client = Client()
    client.force_login(scene.cast.registrar)
    return client


def form(**given: Any) -> dict[str, Any]:
    return {
        "office": "grid",
        "name": "Grid Works",
        "way": "api",
        "scopes": ["cases:read", "events:read"],
        "networks": "203.0.113.7\n2001:db8::/48",
        **given,
    }


def words(response: Any) -> str:
    return str(response.content.decode())


def test_without_systems_the_list_says_so_and_leads_to_the_form(registrar: Client) -> None:
    page = words(registrar.get(LIST))
    assert "No system has joined yet" in page
    assert f"{LIST}new/" in page
    assert LIST in words(registrar.get("/en/registry/"))


def test_a_system_joins_and_its_secret_is_shown_once(registrar: Client) -> None:
    answer = registrar.post(f"{LIST}new/", form())
    made = System.objects.get()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    assert made.client_id in words(answer)
    secret = words(answer).split('id="client-secret">')[1].split("<")[0]
    assert Joined(made, secret).ask_token().status_code in (200, 403)
    for url in (f"{LIST}{made.pk}/", f"{LIST}{made.pk}/secret/", LIST, "/en/registry/changes/"):
        assert secret not in words(registrar.get(url))
    assert secret not in str(dict(registrar.session))


def test_the_form_sent_twice_makes_one_system(registrar: Client) -> None:
    registrar.post(f"{LIST}new/", form())
    again = registrar.post(f"{LIST}new/", form())
    assert "Another system of this office has this name." in words(again)
    assert System.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": " "}, "This field is required."),
        ({"office": "nowhere"}, "No office has this code or name."),
        ({"scopes": []}, "Choose what the system may do."),
        ({"scopes": ["cases:all"]}, "Select a valid choice."),
        ({"networks": "10.0.0.5/8"}, "“10.0.0.5/8” is no network."),
        ({"networks": "grid.example"}, "“grid.example” is no network."),
        ({"way": "fax"}, "Select a valid choice."),
        ({"networks": "\n".join(f"203.0.113.{n}" for n in range(60))}, "no more than 50"),
    ],
)
def test_what_does_not_do_is_said_at_its_field(
    registrar: Client, given: dict[str, Any], sentence: str
) -> None:
    page = words(registrar.post(f"{LIST}new/", form(**given)))
    assert escape(sentence) in page
    assert "<title>Error:" in page.replace("\n", "")
    assert not System.objects.exists()


def test_what_we_call_ourselves_has_no_secret_and_no_scopes(registrar: Client) -> None:
    answer = registrar.post(f"{LIST}new/", form(way="open311"))
    made = System.objects.get()
    assert answer["Location"] == f"{LIST}{made.pk}/"
    assert (made.way, made.scopes, made.networks) == (Way.OPEN311, [], [])
    page = words(registrar.get(answer["Location"]))
    assert "Client id" not in page
    assert "Open311" in page


def test_the_page_says_what_it_may_do_from_where_and_since_when(
    registrar: Client, join: Join
) -> None:
    joined = join(scopes=["cases:read"], networks=["203.0.113.7"])
    page = words(registrar.get(f"{LIST}{joined.system.pk}/"))
    assert str(Scope.READ.label) in page
    assert str(Scope.MOVE.label) not in page
    assert "203.0.113.7/32" in page
    assert "never" in page
    assert "Registrar" in page


def test_the_list_finds_by_name_and_office_and_keeps_the_ended_apart(
    registrar: Client, join: Join, scene: Scene
) -> None:
    join()
    gone = join(scene.cast.rival_ministry, name="Road Desk")
    registrar.post(f"{LIST}{gone.system.pk}/end/")
    assert "Grid Works" in words(registrar.get(LIST))
    assert "Road Desk" not in words(registrar.get(LIST))
    assert "Road Desk" in words(registrar.get(f"{LIST}?ended=on"))
    assert "Grid Works" in words(registrar.get(f"{LIST}?words=grid+depart"))
    assert "No system fits" in words(registrar.get(f"{LIST}?words=water"))


def test_what_was_not_delivered_and_an_address_called_no_more_are_shown(
    registrar: Client, joined: Joined, scene: Scene
) -> None:
    case = Play(scene).forward().case
    event = Event.objects.filter(case=case).last()
    assert event is not None
    for number, state in ((1, "failed"), (2, "failed"), (3, "waiting"), (4, "sent")):
        Delivery.objects.create(
            system=joined.system,
            log_seq=number,
            event=event,
            case=case,
            case_seq=1,
            state=state,
            made_at=SUNDAY,
        )
    assert "2 not delivered" in words(registrar.get(LIST))
    page = words(registrar.get(f"{LIST}{joined.system.pk}/"))
    assert "2 not delivered" in page
    assert "1 waiting" in page
    Endpoint.objects.create(
        system=joined.system,
        url="https://grid.example/hook",
        sealed_secret=b"",
        set_at=SUNDAY,
        off_at=SUNDAY,
    )
    assert "Called no more" in words(registrar.get(LIST))
    assert "https://grid.example/hook" in words(registrar.get(f"{LIST}{joined.system.pk}/"))


def test_the_list_asks_no_more_for_many_systems(
    registrar: Client, join: Join, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        join(name=f"System {number}")
    with django_assert_max_num_queries(6):
        registrar.get(LIST)


def test_name_scopes_and_networks_are_changed_and_the_change_is_kept(
    registrar: Client, joined: Joined
) -> None:
    url = f"{LIST}{joined.system.pk}/"
    shown = words(registrar.get(f"{url}edit/"))
    assert 'value="Grid Works"' in shown
    given = form(name="Grid Works 2", scopes=["cases:move"], networks="198.51.100.0/24")
    assert registrar.post(f"{url}edit/", given)["Location"] == url
    joined.system.refresh_from_db()
    assert joined.system.scopes == ["cases:move"]
    assert joined.system.networks == ["198.51.100.0/24"]
    assert joined.system.user is not None
    assert joined.system.user.name == "Grid Works 2"
    change = RegistryChange.objects.filter(table="system").latest("id")
    assert change.before is not None
    assert change.after is not None
    assert (change.before["name"], change.after["name"]) == ("Grid Works", "Grid Works 2")


def test_a_new_secret_is_shown_with_how_long_the_old_one_works(
    registrar: Client, joined: Joined, scene: Scene, clock: time_machine.Traveller
) -> None:
    url = f"{LIST}{joined.system.pk}/"
    answer = words(registrar.post(f"{url}secret/", {"days": "3"}))
    new = answer.split('id="client-secret">')[1].split("<")[0]
    assert "The old secret works until" in answer
    assert Joined(joined.system, new).ask_token().status_code == 200
    assert joined.ask_token().status_code == 200
    assert "The old one works until" in words(registrar.get(url))
    clock.move_to(SUNDAY + timedelta(days=3))
    registrar.force_login(scene.cast.registrar)
    assert "The old one works until" not in words(registrar.get(url))
    assert joined.ask_token().status_code == 401


@pytest.mark.parametrize("days", ["", "-1", "31", "soon"])
def test_an_odd_number_of_days_changes_nothing(
    registrar: Client, joined: Joined, days: str
) -> None:
    page = words(registrar.post(f"{LIST}{joined.system.pk}/secret/", {"days": days}))
    assert "govuk-error-summary" in page
    assert joined.ask_token().status_code == 200


def test_the_old_secret_is_ended_by_a_button(registrar: Client, joined: Joined) -> None:
    url = f"{LIST}{joined.system.pk}/"
    registrar.post(f"{url}secret/", {"days": "3"})
    assert registrar.get(f"{url}old-secret/").status_code == 405
    assert registrar.post(f"{url}old-secret/")["Location"] == url
    assert joined.ask_token().status_code == 401


def test_ending_asks_once_more_and_is_the_end(registrar: Client, joined: Joined) -> None:
    url = f"{LIST}{joined.system.pk}/"
    assert "can’t be undone" in words(registrar.get(f"{url}end/"))
    assert joined.ask_token().status_code == 200
    for _ in range(2):
        assert registrar.post(f"{url}end/")["Location"] == url
    page = words(registrar.get(url))
    assert "Ended" in page
    assert f"{url}edit/" not in page
    refused = words(registrar.post(f"{url}secret/", {"days": "3"}))
    assert escape("This system has ended. Let it join anew.") in refused
    assert RegistryChange.objects.filter(table="system").count() == 2


def test_the_sandbox_is_named_where_there_is_one(
    registrar: Client, joined: Joined, settings: Any
) -> None:
    url = f"{LIST}{joined.system.pk}/"
    assert "To try things" not in words(registrar.get(url))
    settings.SANDBOX_URL = "https://sandbox.example"
    assert "https://sandbox.example" in words(registrar.get(url))


def test_people_are_never_given_the_role_of_a_system(
    registrar: Client, joined: Joined, scene: Scene
) -> None:
    post = joined.system.user.posts.get()
    for page in ("hand-over", "end"):
        assert registrar.get(f"/en/registry/posts/{post.pk}/{page}/").status_code == 404
    assert "Grid Works" not in words(registrar.get("/en/registry/posts/"))
    assert (
        "Grid Works" not in words(registrar.get("/en/registry/offices/grid/")).split("Changes")[0]
    )
    given = {"email": "eve@example.org", "name": "Eve", "role": "system", "begins": ""}
    answer = registrar.post("/en/registry/offices/grid/posts/new/", given)
    assert answer.status_code == 200
    assert not scene.cast.department.posts.filter(user__email="eve@example.org").exists()
