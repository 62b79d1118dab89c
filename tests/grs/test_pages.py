"""The pages that belong to no room, and the frame around all pages."""

import re

import pytest

from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("page", ["help", "accessibility", "privacy"])
@pytest.mark.parametrize("language", ["en", "bn", "id"])
def test_a_page_to_be_read_is_there_in_each_language(client, page, language):
    answer = client.get(f"/{language}/{page}/")
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.content.decode()


def test_the_language_switch_keeps_the_page_and_its_query(client):
    html = client.get("/bn/help/?a=1").content.decode()
    for language in ("en", "bn", "id"):
        assert f'href="/{language}/help/?a=1"' in html
    assert re.search(r'href="/bn/help/\?a=1" lang="bn"[^>]*aria-current="true"', html)


def test_links_stay_in_the_language(client):
    html = client.get("/id/help/").content.decode()
    assert 'href="/id/complaints/new/"' in html
    assert 'href="/id/privacy/"' in html


def test_a_page_that_is_not_there_says_so_in_the_frame(client):
    answer = client.get("/en/no-such-page/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


def test_every_script_carries_the_nonce_of_the_policy(client):
    answer = client.get("/en/help/")
    nonce = re.search(r"'nonce-([^']+)'", answer["Content-Security-Policy"]).group(1)
    scripts = re.findall(r"<script[^>]*>", answer.content.decode())
    assert scripts
    assert all(f'nonce="{nonce}"' in script for script in scripts)


def test_a_page_has_no_inline_style(client):
    assert " style=" not in client.get("/en/help/").content.decode()


@pytest.mark.parametrize("language", ["en", "bn", "id"])
def test_who_signs_out_lands_on_the_start_page_in_their_language(client, language):
    client.force_login(User.objects.create_user(email="rahima@example.org"))
    answer = client.post(f"/{language}/accounts/logout/", headers={"accept-language": "en"})
    assert (answer.status_code, answer["Location"]) == (302, f"/{language}/")
