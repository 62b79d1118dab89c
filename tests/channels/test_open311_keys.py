"""Keys of programs: a registrar makes them, sees them once, and takes them back."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client

from accounts.actors import SYSTEM
from agencies.models import RegistryChange
from channels.models import ApiKey
from channels.open311 import keys
from tests.channels.open311 import Program, new_key
from tests.complaints.conftest import Scene

PAGE = "/en/registry/keys/"
SHOWN = re.compile(r'id="api-key">([a-z2-7]{16})<wbr>([a-z2-7]{16})<')


@pytest.fixture
def pages(scene: Scene) -> Client:
    client = Client()
    client.force_login(scene.cast.registrar)
    return client


def made(pages: Client, name: str = "City app of Gazipur") -> str:
    response = pages.post(PAGE, {"name": name})
    found = SHOWN.search(response.content.decode())
    assert found, response.content.decode()
    return found[1] + found[2]


# --- The page -------------------------------------------------------------------------------


def test_a_new_key_is_shown_once_and_files(pages: Client):
    key = made(pages)
    assert Program(key).file()
    assert key not in pages.get(PAGE).content.decode()


def test_the_answer_with_the_key_is_kept_by_nobody(pages: Client):
    assert pages.post(PAGE, {"name": "City app"})["Cache-Control"] == "private, no-store"


def test_only_a_keyed_hash_is_in_the_database(pages: Client):
    key = made(pages)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(k)::text FROM channels_apikey k")
        assert key not in cursor.fetchone()[0]
    assert len(ApiKey.objects.get().key_hash) == 64
    assert key not in str(list(RegistryChange.objects.values()))


def test_keys_differ_and_have_160_bits(scene: Scene):
    made_keys = {new_key(scene, f"App {n}")[1] for n in range(20)}
    assert len(made_keys) == 20
    assert keys.BYTES * 8 == 160


def test_the_list_says_who_made_it_and_when_it_was_used_last(pages: Client, clock):
    key = made(pages)
    assert "never" in pages.get(PAGE).content.decode()
    clock.shift(timedelta(days=1))
    Program(key).file()
    page = pages.get(PAGE).content.decode()
    assert "City app of Gazipur" in page
    assert "Registrar" in page
    assert "23 Nov" in page


def test_the_day_of_use_is_written_once_a_day(scene: Scene, django_assert_num_queries):
    _row, key = new_key(scene)
    with django_assert_num_queries(2):
        keys.opened(key, "")
    with django_assert_num_queries(1):
        keys.opened(key, "")


def test_a_key_that_is_taken_back_files_no_more(pages: Client):
    key, row = made(pages), ApiKey.objects.get()
    response = pages.post(f"{PAGE}{row.pk}/revoke/", follow=True)
    page = response.content.decode()
    assert "The key of City app of Gazipur is no longer in force." in page
    assert "No longer in force" in page
    assert f"{PAGE}{row.pk}/revoke/" not in page
    assert Program(key).file(403)


def test_taking_back_twice_changes_nothing(pages: Client, clock):
    made(pages)
    row = ApiKey.objects.get()
    pages.post(f"{PAGE}{row.pk}/revoke/")
    first = ApiKey.objects.get().revoked_at
    clock.shift(timedelta(hours=1))
    assert pages.post(f"{PAGE}{row.pk}/revoke/").status_code == 302
    assert ApiKey.objects.get().revoked_at == first
    assert pages.post(f"{PAGE}999/revoke/").status_code == 404


def test_sending_the_form_twice_makes_one_key(pages: Client):
    made(pages)
    again = pages.post(PAGE, {"name": " city  app of GAZIPUR "}).content.decode()
    assert "Another key in force has this name." in again
    assert not SHOWN.search(again)
    assert ApiKey.objects.count() == 1


def test_a_name_is_free_again_once_its_key_is_taken_back(pages: Client):
    made(pages)
    pages.post(f"{PAGE}{ApiKey.objects.get().pk}/revoke/")
    assert made(pages)


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_key_needs_a_name(pages: Client, name):
    assert not SHOWN.search(pages.post(PAGE, {"name": name}).content.decode())
    assert not ApiKey.objects.exists()


def test_the_registrys_log_says_who_made_and_took_back(pages: Client, scene: Scene):
    made(pages)
    pages.post(f"{PAGE}{ApiKey.objects.get().pk}/revoke/")
    rows = RegistryChange.objects.filter(table="apikey").order_by("id")
    assert [row.before is None for row in rows] == [True, False]
    assert {row.user for row in rows} == {scene.cast.registrar}
    assert "Key of a program" in pages.get("/en/registry/changes/").content.decode()


def test_the_registry_leads_to_the_page(pages: Client):
    assert f'href="{PAGE}"' in pages.get("/en/registry/").content.decode()


@pytest.mark.parametrize("language", ["en", "bn", "id"])
def test_the_page_is_there_in_each_language(pages: Client, language):
    response = pages.get(f"/{language}/registry/keys/")
    assert response.status_code == 200
    assert response.headers["Content-Language"] == language


@pytest.mark.parametrize("role", ["desk", "focal", "overseer", "auditor", "operator", "alice"])
def test_nobody_else_gets_there(scene: Scene, role):
    client = Client()
    client.force_login(getattr(scene.cast, role))
    row, _key = new_key(scene)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"name": "Mine"}).status_code == 403
    assert client.post(f"{PAGE}{row.pk}/revoke/").status_code == 403
    assert ApiKey.objects.get().revoked_at is None
    assert Client().get(PAGE)["Location"].startswith("/en/accounts/login/")


# --- The service ----------------------------------------------------------------------------


def test_only_a_registrar_makes_keys_and_takes_them_back(scene: Scene):
    row, _key = new_key(scene)
    for actor in (scene.actor(scene.cast.desk), SYSTEM):
        with pytest.raises(PermissionDenied):
            keys.make(actor, "Mine")
    with pytest.raises(PermissionDenied):
        keys.revoke(scene.actor(scene.cast.desk), row.pk)


def test_two_keys_of_one_name_are_refused(scene: Scene):
    new_key(scene)
    with pytest.raises(ValidationError):
        new_key(scene)


def test_wrong_keys_are_counted_by_address(scene: Scene):
    def status(address: str) -> int:
        with pytest.raises(keys.Problem) as caught:
            keys.opened("wrong", address)
        return caught.value.status

    assert [status("203.0.113.7") for _ in range(11)] == [403] * 10 + [429]
    assert status("203.0.113.8") == 403
