"""Views kept under a name: one's own, named once, at most so many, only of these screens."""

import re
from typing import Any

import pytest

from oversight.models import SavedView
from tests.oversight.conftest import House

VIEW = {"name": "Late in Dhaka", "path": "/oversight/", "query": "district=3&period=90"}


def keep(house: House, **parts: str) -> Any:
    return house.client.post("/en/oversight/saved/", VIEW | parts)


def names(house: House) -> list[str]:
    mine = SavedView.objects.filter(user=getattr(house.cast, house.who))
    return list(mine.order_by("name").values_list("name", flat=True))


def test_a_screen_offers_to_keep_it_as_it_is(house: House) -> None:
    html = house.page("/oversight/agency/grid/?category=electricity")
    assert 'name="path" value="/oversight/agency/grid/"' in html
    assert 'name="query" value="category=electricity"' in html
    assert 'value="Grid Department, Last 30 days, Electricity"' in html


@pytest.mark.parametrize("name", ["", "Late"])
def test_the_button_says_what_is_kept_in_each_language(house: House, name: str) -> None:
    # "Keep it" is also the way back from deleting something: other words in Indonesian.
    html = house.client.get("/id/oversight/").content.decode()
    assert re.search(r"<button[^>]*>Simpan tampilan ini</button>", html)
    refused = house.client.post("/id/oversight/saved/", VIEW | {"name": name * 40})
    assert re.search(r"<button[^>]*>Simpan tampilan ini</button>", refused.content.decode())


def test_it_is_kept_listed_and_opened_in_the_readers_language(house: House) -> None:
    assert keep(house)["Location"] == "/en/oversight/saved/"
    assert 'href="/en/oversight/?district=3&amp;period=90">Late in Dhaka' in house.page(
        "/oversight/saved/"
    )
    html = house.client.get("/bn/oversight/saved/").content.decode()
    assert 'href="/bn/oversight/?district=3&amp;period=90"' in html


def test_the_same_sent_twice_is_kept_once(house: House) -> None:
    keep(house)
    assert keep(house).status_code == 302
    assert names(house) == ["Late in Dhaka"]


def test_a_name_that_is_taken_is_refused_in_words(house: House) -> None:
    keep(house)
    answer = keep(house, query="district=3.47")
    assert answer.status_code == 422
    assert "You have a view of this name" in answer.content.decode()
    assert SavedView.objects.get().query == VIEW["query"]


def test_others_may_have_the_name_and_see_nothing_of_mine(house: House) -> None:
    keep(house)
    mine = SavedView.objects.get()
    house.sign_in("auditor")
    assert "Late in Dhaka" not in house.page("/oversight/saved/")
    assert keep(house).status_code == 302
    house.page(f"/oversight/saved/{mine.pk}/", 404)
    for data in ({"name": "Mine now"}, {"delete": "1"}):
        assert house.client.post(f"/en/oversight/saved/{mine.pk}/", data).status_code == 404
    mine.refresh_from_db()
    assert mine.name == "Late in Dhaka"


@pytest.mark.parametrize("name", ["", " ", "x" * 81, "a\0b"])
def test_a_name_that_cannot_be_is_refused(house: House, name: str) -> None:
    answer = keep(house, name=name)
    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.content.decode()
    assert names(house) == []


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "/office/", "/nothing/", "https://elsewhere.example/", "//elsewhere.example/"),
        *("/oversight/saved/", "/accounts/logout/", "javascript:alert(1)"),
    ],
)
def test_only_screens_of_oversight_are_kept(house: House, path: str) -> None:
    assert keep(house, path=path).status_code == 422
    assert names(house) == []


def test_what_is_of_the_moment_is_not_kept(house: House) -> None:
    keep(house, query="?page=3&district=3&format=csv")
    assert SavedView.objects.get().query == "district=3"


def test_so_many_and_no_more(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oversight.dashboards.saved.MOST", 2)
    keep(house)
    keep(house, name="Second")
    answer = keep(house, name="Third")
    assert answer.status_code == 422
    assert "as many views as can be kept" in answer.content.decode()
    assert names(house) == ["Late in Dhaka", "Second"]


def test_it_is_renamed(house: House) -> None:
    keep(house)
    keep(house, name="Second")
    path = f"/en/oversight/saved/{SavedView.objects.get(name='Second').pk}/"
    assert (
        "You have a view of this name"
        in house.client.post(path, {"name": "Late in Dhaka"}).content.decode()
    )
    assert house.client.post(path, {"name": ""}).status_code == 422
    assert house.client.post(path, {"name": "Another"}).status_code == 302
    assert names(house) == ["Another", "Late in Dhaka"]


def test_it_is_deleted_and_deleting_it_again_finds_nothing(house: House) -> None:
    keep(house)
    path = f"/en/oversight/saved/{SavedView.objects.get().pk}/"
    assert house.client.post(path, {"delete": "1"}).status_code == 302
    assert names(house) == []
    assert house.client.post(path, {"delete": "1"}).status_code == 404


def test_none_yet_is_said(house: House) -> None:
    assert "No view is kept yet" in house.page("/oversight/saved/")


def test_whoever_leads_an_office_keeps_views_too(house: House) -> None:
    house.sign_in("head")
    keep(house, path="/oversight/agency/grid/")
    assert names(house) == ["Late in Dhaka"]
    # What they may not see stays closed, kept or not.
    keep(house, name="Above", path="/oversight/agency/power/")
    house.page("/oversight/agency/power/", 403)


@pytest.mark.parametrize("who", ["case_officer", "operator", "alice"])
def test_nobody_else_keeps_any(house: House, who: str) -> None:
    house.sign_in(who)
    assert keep(house).status_code == 403
    assert not SavedView.objects.exists()


def test_a_query_that_grows_too_long_in_an_address_is_refused_in_words(house: House) -> None:
    answer = keep(house, query="category=" + "ক" * 200)
    assert answer.status_code == 422
    assert "This page cannot be kept as a view" in answer.content.decode()
    assert names(house) == []
