"""The portal as an app: what the manifest, the worker and the offline page say, and to whom."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from channels.app import pages
from complaints.api.serializers import FilingIn
from tests.complaints.conftest import Scene

pytestmark = pytest.mark.django_db


def shell(client: Client) -> dict[str, Any]:
    """What the worker is told to keep."""
    line = client.get("/service-worker.js").content.decode().splitlines()[0]
    found: dict[str, Any] = json.loads(line.removeprefix("const SHELL = ").removesuffix(";"))
    return found


# --- Manifest ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "bn", "id"])
def test_the_manifest_is_in_the_language_of_its_address(client: Client, language: str) -> None:
    answer = client.get(f"/{language}/app.webmanifest")
    body = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert "public" in answer["Cache-Control"]
    assert (body["lang"], body["start_url"]) == (language, f"/{language}/")
    assert (body["id"], body["scope"], body["display"]) == ("/", "/", "standalone")
    assert body["theme_color"] == "#0b5a52"
    assert [shortcut["url"] for shortcut in body["shortcuts"]] == [
        f"/{language}/complaints/new/",
        f"/{language}/complaints/track/",
        f"/{language}/app/offline/",
    ]


def test_its_name_is_translated(client: Client) -> None:
    addresses = ("/en/app.webmanifest", "/bn/app.webmanifest")
    names = {json.loads(client.get(address).content)["name"] for address in addresses}
    assert len(names) == 2
    assert "National Complaint Portal" in names


def test_each_icon_is_there_in_the_size_that_it_says(client: Client) -> None:
    icons = json.loads(client.get("/en/app.webmanifest").content)["icons"]
    assert {(icon["sizes"], icon["purpose"]) for icon in icons} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("192x192", "maskable"),
        ("512x512", "maskable"),
    }
    for icon in icons:
        path = finders.find(icon["src"].removeprefix("/static/"))
        with Image.open(path) as image:
            assert f"{image.width}x{image.height}" == icon["sizes"]
            assert image.format == "PNG"


def test_a_maskable_icon_has_no_clear_corner_and_its_sign_within_the_safe_circle() -> None:
    with Image.open(finders.find("images/icon-maskable-512.png")) as image:
        pixels = image.convert("RGBA")
    assert pixels.getpixel((0, 0)) == (11, 90, 82, 255)
    for x in range(0, 512, 4):
        for y in range(0, 512, 4):
            if pixels.getpixel((x, y))[0] > 200:
                assert (x - 256) ** 2 + (y - 256) ** 2 <= (512 * 0.4) ** 2


def test_every_page_names_the_manifest_of_its_language(client: Client) -> None:
    assert (
        '<link rel="manifest" href="/id/app.webmanifest">'
        in client.get("/id/help/").content.decode()
    )


# --- Worker -----------------------------------------------------------------------------------


def test_the_worker_may_serve_the_whole_portal_and_is_asked_for_anew(client: Client) -> None:
    answer = client.get("/service-worker.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Service-Worker-Allowed"] == "/"
    assert answer["Cache-Control"] == "no-cache"


def test_it_is_the_same_for_all_readers(client: Client, scene: Scene) -> None:
    bare = client.get("/service-worker.js").content
    client.force_login(scene.cast.focal)
    asked = client.get("/service-worker.js", headers={"Accept-Language": "id"})
    assert asked.content == bare
    client.cookies["language"] = "en"
    assert client.get("/service-worker.js").content == bare


def test_it_keeps_static_files_and_the_offline_page_and_nothing_else(client: Client) -> None:
    kept = shell(client)
    assert all(path.startswith("/static/") for path in kept["files"])
    assert all(finders.find(path.removeprefix("/static/")) for path in kept["files"])
    assert kept["offline"] == "app/offline/"
    source = Path(finders.find("build/worker.js")).read_text(encoding="utf-8")
    # The one place that fills the cache of pages, and the one that writes down a language.
    assert source.count("addAll(") == 1
    assert source.count(".put(") == 1


def test_it_changes_when_what_it_keeps_changes(
    client: Client, settings: Any, tmp_path: Any
) -> None:
    pages._release.cache_clear()
    before = shell(client)["version"]
    settings.BASE_DIR = tmp_path
    pages._release.cache_clear()
    try:
        assert shell(client)["version"] != before
    finally:
        pages._release.cache_clear()


def test_where_officers_work_no_worker_is_registered(client: Client, scene: Scene) -> None:
    worker = 'data-worker="/service-worker.js"'
    assert worker in client.get("/en/help/").content.decode()
    for officer in ("operator", "focal", "desk", "registrar"):
        client.force_login(getattr(scene.cast, officer))
        page = client.get("/en/help/").content.decode()
        assert worker not in page
        assert "data-kept" not in page


# --- Offline page -----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "bn", "id"])
def test_the_page_asks_first_whether_it_is_about_an_official(client: Client, language: str) -> None:
    html = client.get(f"/{language}/app/offline/").content.decode()
    assert html.index('name="about"') < html.index('name="text"') < html.index('name="phone"')
    assert f'<html lang="{language}"' in html
    # Nothing in it is chosen beforehand, and no browser fills in what somebody else had typed.
    assert not re.search(r'name="(about|keep)"[^>]*checked', html)
    assert 'autocomplete="off"' in html


def test_without_a_script_it_says_so_and_leads_to_the_usual_form(client: Client) -> None:
    html = client.get("/en/app/offline/").content.decode()
    alone = re.search(r"<noscript>(.*?)</noscript>", html, re.DOTALL).group(1)
    assert "needs JavaScript" in alone
    assert 'href="/en/complaints/new/"' in alone
    assert re.search(r"<div data-writing data-needs-script hidden", html)


def test_nothing_of_whoever_looks_is_in_it(client: Client) -> None:
    answer = client.get("/en/app/offline/")
    html = answer.content.decode()
    assert "csrfmiddlewaretoken" not in html
    assert "sessionid" not in answer.cookies
    assert "public" in answer["Cache-Control"]


def test_an_officer_finds_no_form_there(client: Client, scene: Scene) -> None:
    client.force_login(scene.cast.operator)
    answer = client.get("/en/app/offline/")
    html = answer.content.decode()
    assert 'name="text"' not in html
    assert "offline.js" not in html
    assert "public" not in answer.headers.get("Cache-Control", "")


def test_digits_in_its_sentences_are_the_readers(client: Client) -> None:
    html = client.get("/bn/app/offline/").content.decode()
    assert "১০" in re.search(r'data-too-short="([^"]*)"', html).group(1)


def test_every_field_is_one_that_the_api_takes(client: Client) -> None:
    asked = set(pages.OfflineForm.base_fields) - {"about", "keep"}
    assert asked <= set(FilingIn().fields)


def test_the_start_page_and_the_receipt_hint_at_the_app_without_showing_it(
    client: Client,
) -> None:
    html = client.get("/en/").content.decode()
    assert re.search(r"<section[^>]*data-install hidden", html)
    assert 'href="/en/app/offline/"' in html
