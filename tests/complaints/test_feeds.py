"""Feeds of published cases: the same as the page shows, never more, and little work for the server."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints.models import Case
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play

ATOM = "{http://www.w3.org/2005/Atom}"
SECRET_WORDS = "Rahima of house 12 says that the meter is wrong."
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def published(scene: Scene, text: str = "A meter shows a wrong number.", **parts: Any) -> Play:
    """A case that the desk released with this text."""
    play = Play(scene, text=SECRET_WORDS, publish_consent=True, **parts).forward().publish()
    Case.objects.filter(number=play.number).update(public_text=text)
    return play


def atom(client: Client, query: str = "", language: str = "/en") -> ElementTree.Element:
    answer = client.get(f"{language}/cases/feed.atom{query}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)  # noqa: S314 - our own


def feed(client: Client, query: str = "", language: str = "/en") -> dict[str, Any]:
    answer = client.get(f"{language}/cases/feed.json{query}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/feed+json"
    found: dict[str, Any] = json.loads(answer.content)
    return found


def numbers(client: Client, query: str = "") -> list[str]:
    """The cases of both feeds, which are the same."""
    by_json = [item["url"].split("/")[-2] for item in feed(client, query)["items"]]
    entries = atom(client, query).findall(f"{ATOM}entry")
    by_atom = [entry.find(f"{ATOM}link").attrib["href"].split("/")[-2] for entry in entries]
    assert by_json == by_atom
    return by_json


# --- What is in it ----------------------------------------------------------------------------


def test_a_case_as_json(client: Client, scene: Scene) -> None:
    play = published(scene, place=scene.cast.upazila.code, category=scene.cast.billing.code)
    play.accept().answer().confirm()
    found = feed(client)
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert found["home_page_url"] == "http://testserver/en/cases/"
    assert found["feed_url"] == "http://testserver/en/cases/feed.json"
    assert found["language"] == "en"
    assert found["items"] == [
        {
            "id": f"http://testserver/cases/{play.number}/",
            "url": f"http://testserver/en/cases/{play.number}/",
            "title": f"{play.number}: closed",
            "content_text": "A meter shows a wrong number.\n\n"
            "Outcome: Resolved. How it ended: Confirmed by the citizen",
            "date_published": "2026-11-22T04:00:00+00:00",
            "date_modified": "2026-11-22T04:00:00+00:00",
            "tags": ["Grid Department", "Wrong bill", "Kaliakair"],
            "language": "en",
        }
    ]


def test_a_case_as_atom(client: Client, scene: Scene, clock: Any) -> None:
    play = published(scene, "A <b>meter</b> & a wire.\n\nBoth are old.")
    clock.shift(timedelta(days=2))
    play.accept().answer()
    root = atom(client)
    assert root.attrib[LANG] == "en"
    assert root.find(f"{ATOM}title").text == "Published cases"
    assert root.find(f"{ATOM}updated").text == "2026-11-24T04:00:00+00:00"
    assert root.find(f"{ATOM}author/{ATOM}name").text == "National Complaint Portal"
    links = {link.attrib["rel"]: link.attrib["href"] for link in root.findall(f"{ATOM}link")}
    assert links == {
        "alternate": "http://testserver/en/cases/",
        "self": "http://testserver/en/cases/feed.atom",
    }
    [entry] = root.findall(f"{ATOM}entry")
    assert entry.find(f"{ATOM}id").text == f"http://testserver/cases/{play.number}/"
    assert entry.find(f"{ATOM}title").text == f"{play.number}: answered"
    assert entry.find(f"{ATOM}published").text == "2026-11-22T04:00:00+00:00"
    assert entry.find(f"{ATOM}updated").text == "2026-11-24T04:00:00+00:00"
    summary = entry.find(f"{ATOM}summary")
    assert summary.attrib["type"] == "html"
    assert summary.text == (
        '<div lang="en"><p>A &lt;b&gt;meter&lt;/b&gt; &amp; a wire.</p>\n\n'
        "<p>Both are old.</p></div><p>Outcome: Resolved</p>"
    )


def test_it_is_well_formed_whatever_stands_in_a_text(client: Client, scene: Scene) -> None:
    strange = "Bell \x07 and form feed \x0c, \x1b[31m, \x85, \ufffe\uffff ]]> <!-- 😀 আলো"
    published(scene, strange)
    [entry] = atom(client).findall(f"{ATOM}entry")
    assert "Bell  and form feed , [31m," in entry.find(f"{ATOM}summary").text
    assert "😀 আলো" in entry.find(f"{ATOM}summary").text
    [item] = feed(client)["items"]
    assert "\x07" not in item["content_text"]
    assert "😀 আলো" in item["content_text"]


def test_each_speaks_the_language_of_its_address(client: Client, scene: Scene) -> None:
    play = published(scene, "মিটারে ভুল সংখ্যা দেখায়।", language="bn")
    for language in ("en", "bn", "id"):
        assert atom(client, language=f"/{language}").attrib[LANG] == language
        found = feed(client, language=f"/{language}")
        assert found["language"] == language
        [item] = found["items"]
        assert item["url"] == f"http://testserver/{language}/cases/{play.number}/"
        # The words are in the language in which they were written; the case is one and the same.
        assert item["language"] == "bn"
        assert item["id"] == f"http://testserver/cases/{play.number}/"
    # Without a language: the country's first.
    assert feed(client, language="")["language"] == "bn"
    assert '<div lang="bn">' in atom(client).find(f"{ATOM}entry/{ATOM}summary").text


def test_of_a_case_that_asks_its_citizen_nothing_is_said_to_the_reader(
    client: Client, scene: Scene
) -> None:
    published(scene).accept().ask()
    [item] = feed(client)["items"]
    assert item["title"].endswith(": the citizen was asked something")


# --- What is not in it ------------------------------------------------------------------------


def test_only_what_was_released_is_in_it(client: Client, scene: Scene) -> None:
    shown = published(scene, place_note="Beside the blue door")
    shown.accept().answer(text="Mr Karim changed it.").dispute()
    hidden = Play(scene, publish_consent=True).forward()
    sensitive = Play(scene, about_official=True)
    # Even if a column said so.
    Case.objects.filter(number=sensitive.number).update(
        published_at=SUNDAY, public_at=SUNDAY, public_text="It was hidden", publish_consent=True
    )
    assert numbers(client) == [shown.number]
    for kind in ("atom", "json"):
        text = client.get(f"/en/cases/feed.{kind}").content.decode()
        assert hidden.number not in text
        for secret in (SECRET_WORDS, "Rahima", "blue door", "Karim", "01712345678", "It was"):
            assert secret not in text


@pytest.mark.parametrize("hide", ["unpublish", "mark_sensitive"])
def test_what_is_public_no_longer_is_gone_and_readers_are_told(
    client: Client, scene: Scene, hide: str
) -> None:
    play = published(scene)
    before = client.get("/en/cases/feed.atom")
    getattr(play, hide)()
    assert numbers(client) == []
    again = client.get("/en/cases/feed.atom", headers={"If-None-Match": before["ETag"]})
    assert again.status_code == 200


# --- Which, and in which order ----------------------------------------------------------------


def test_the_latest_public_news_come_first(client: Client, scene: Scene, clock: Any) -> None:
    first = published(scene, "The first case.")
    clock.shift(timedelta(hours=1))
    second = published(scene, "The second case.")
    assert numbers(client) == [second.number, first.number]
    clock.shift(timedelta(hours=1))
    second.message()
    first.accept().answer()
    assert numbers(client) == [first.number, second.number]
    clock.shift(timedelta(hours=1))
    first.unpublish()
    second.accept().note()
    assert numbers(client) == [second.number]


def test_it_holds_fifty(client: Client, scene: Scene) -> None:
    case = published(scene).case
    Case.objects.bulk_create(
        Case(
            country="bd",
            number=f"1000-0000-{n:04d}-A",
            status="received",
            language="en",
            channel="web",
            text="x",
            publish_consent=True,
            public_text=f"Case {n}",
            published_at=case.published_at + timedelta(minutes=n),
            public_at=case.published_at + timedelta(minutes=n),
            filed_at=case.filed_at,
        )
        for n in range(60)
    )
    found = numbers(client)
    assert len(found) == 50
    assert found[0] == "1000-0000-0059-A"


def test_it_is_narrowed_by_the_codes_of_the_page(client: Client, scene: Scene) -> None:
    cast = scene.cast
    meter = published(scene, category=cast.billing.code, place=cast.upazila.code).number
    road = published(scene, category=cast.roads.code, place=cast.other_upazila.code).number
    assert numbers(client, f"?category={cast.electricity.code}") == [meter]
    assert numbers(client, f"?category={cast.roads.code}") == [road]
    assert numbers(client, f"?place={cast.district.code}") == [meter]
    assert set(numbers(client, f"?place={cast.division.code}")) == {meter, road}
    assert set(numbers(client, f"?agency={cast.ministry.code}")) == {meter, road}
    assert numbers(client, f"?agency={cast.rival_ministry.code}") == []
    assert numbers(client, "?agency=nobody") == []
    assert numbers(client, "?place=%00&agency=%FF") == []
    assert set(numbers(client, "?q=words+are+for+the+page")) == {meter, road}


def test_a_narrowed_feed_says_so(client: Client, scene: Scene) -> None:
    query = f"?agency={scene.cast.ministry.code}&category={scene.cast.roads.code}"
    found = feed(client, query)
    names = f"{scene.cast.ministry.name_in('en')}, {scene.cast.roads.name_in('en')}"
    assert found["title"] == f"Published cases: {names}"
    assert found["items"] == []
    codes = f"?category={scene.cast.roads.code}&agency={scene.cast.ministry.code}"
    assert found["home_page_url"] == f"http://testserver/en/cases/{codes}"
    assert found["feed_url"] == f"http://testserver/en/cases/feed.json{codes}"


# --- Asked again and again --------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["atom", "json"])
def test_who_has_it_already_is_told_so(client: Client, scene: Scene, clock: Any, kind: str) -> None:
    play = published(scene)
    address = f"/en/cases/feed.{kind}"
    answer = client.get(address)
    assert answer["Cache-Control"] == "public, max-age=300"
    assert answer["Last-Modified"] == "Sun, 22 Nov 2026 04:00:00 GMT"
    for header in (
        {"If-None-Match": answer["ETag"]},
        {"If-None-Match": f'W/"other", {answer["ETag"]}'},
        {"If-Modified-Since": answer["Last-Modified"]},
    ):
        again = client.get(address, headers=header)
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == answer["ETag"]
        assert again["Cache-Control"] == "public, max-age=300"
    clock.shift(timedelta(minutes=5))
    play.accept().answer()
    for header in (
        {"If-None-Match": answer["ETag"]},
        {"If-Modified-Since": answer["Last-Modified"]},
    ):
        assert client.get(address, headers=header).status_code == 200


def test_other_languages_and_choices_are_other_answers(client: Client, scene: Scene) -> None:
    published(scene)
    addresses = ["/en/cases/feed.atom", "/bn/cases/feed.atom", "/en/cases/feed.json"]
    addresses.append(f"/en/cases/feed.atom?agency={scene.cast.rival_ministry.code}")
    assert len({client.get(address)["ETag"] for address in addresses}) == 4
    assert "Accept-Language" in client.get("/cases/feed.atom")["Vary"]
    assert "Cookie" not in client.get("/en/cases/feed.atom").get("Vary", "")


def test_an_empty_feed_is_good_and_always_the_same(
    client: Client, scene: Scene, clock: Any
) -> None:
    first = client.get("/en/cases/feed.atom")
    clock.shift(timedelta(days=1))
    assert client.get("/en/cases/feed.atom").content == first.content
    assert atom(client).find(f"{ATOM}updated").text == datetime(1970, 1, 1, tzinfo=UTC).isoformat()
    assert feed(client)["items"] == []


@pytest.mark.parametrize(("query", "most"), [("", 1), ("?agency=x&place=y&category=z", 4)])
def test_it_asks_little_of_the_database(
    client: Client, scene: Scene, query: str, most: int
) -> None:
    for n in range(5):
        published(scene, f"Case {n}", category=scene.cast.billing.code)
    for kind in ("atom", "json"):
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/en/cases/feed.{kind}{query}")
        assert len(asked) <= most


def test_the_newest_are_found_by_an_index(scene: Scene, client: Client) -> None:
    published(scene)
    with CaptureQueriesContext(connection) as asked:
        client.get("/en/cases/feed.json")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {asked[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "case_public_news_idx" in plan
    assert "Sort" not in plan


@pytest.mark.parametrize("kind", ["atom", "json"])
def test_it_is_only_read(client: Client, scene: Scene, kind: str) -> None:
    assert client.post(f"/en/cases/feed.{kind}").status_code == 405
    head = client.head(f"/en/cases/feed.{kind}")
    assert (head.status_code, head.content) == (200, b"")


# --- The way to it ----------------------------------------------------------------------------


def test_the_page_of_published_cases_leads_to_both(client: Client, scene: Scene) -> None:
    page = client.get("/en/cases/").content.decode()
    for kind, form in (("atom", "atom+xml"), ("json", "feed+json")):
        address = f'href="/en/cases/feed.{kind}"'
        assert (
            f'<link rel="alternate" type="application/{form}" title="Published cases" {address}>'
            in page
        )
        assert page.count(address) == 2


def test_what_the_page_is_narrowed_to_its_feeds_are_too(client: Client, scene: Scene) -> None:
    query = f"?q=meter&place={scene.cast.district.code}&agency={scene.cast.ministry.code}"
    page = client.get(f"/en/cases/{query}").content.decode()
    codes = f"?place={scene.cast.district.code}&amp;agency={scene.cast.ministry.code}"
    assert page.count(f'href="/en/cases/feed.atom{codes}"') == 2
