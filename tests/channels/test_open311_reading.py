"""What Open311 shows: services, published cases in both formats, and nothing that is not public."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from agencies import services as registry
from agencies.models import RegistryVersion
from channels.open311.answers import SPECIFICATION
from complaints.services import answering, publishing
from complaints.tracking import new_number
from tests.channels.open311 import BASE, NOTE, TYPED, Program, published, read_xml
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

#: Both formats of one answer, as one shape.
FORMS = ("xml", "json")
ANY = Program()


# --- Services -------------------------------------------------------------------------------


def test_every_subject_in_use_is_a_service_with_the_one_above_as_its_group(scene: Scene):
    rows = {row["service_code"]: row for row in ANY.get("services")}
    assert set(rows) == {"electricity", "electricity-billing", "roads"}
    assert rows["electricity-billing"] == {
        "service_code": "electricity-billing",
        "service_name": "Wrong bill",
        "description": "Electricity: Wrong bill",
        "metadata": True,
        "type": "realtime",
        "keywords": None,
        "group": "Electricity",
    }
    assert rows["roads"]["group"] is None


def test_services_in_xml_say_the_same(scene: Scene):
    xml = ANY.get("services", "xml")
    assert xml.tag == "services"
    assert {row.tag for row in xml} == {"service"}
    told = {row.findtext("service_code"): row.findtext("group") for row in xml}
    assert told["electricity-billing"] == "Electricity"
    assert not told["roads"]


def test_a_subject_out_of_use_is_no_service(scene: Scene):
    registry.retire_category(scene.actor(scene.cast.registrar), scene.cast.roads)
    assert "roads" not in {row["service_code"] for row in ANY.get("services")}
    assert ANY.get("services/roads", expect=404)[0]["code"] == 404


def test_names_follow_the_language_asked_for_and_the_others_are_keywords(scene: Scene):
    roads = scene.cast.roads
    roads.names = {"en": "Roads", "bn": "সড়ক"}
    roads.save()
    by_header = Client().get("/open311/v2/services.json", headers={"Accept-Language": "bn"})
    by_prefix = Client().get("/bn/open311/v2/services.json")
    for response in (by_header, by_prefix):
        [row] = [row for row in json.loads(response.content) if row["service_code"] == "roads"]
        assert (row["service_name"], row["keywords"]) == ("সড়ক", "Roads")
        assert response["Content-Language"] == "bn"


@pytest.mark.parametrize("form", FORMS)
def test_a_definition_asks_the_two_questions_that_decide_about_publishing(scene: Scene, form):
    found = ANY.get("services/roads", form)
    if form == "xml":
        assert found.tag == "service_definition"
        codes = [row.findtext("code") for row in found.findall("attributes/attribute")]
        keys = [key.text for key in found.findall("attributes/attribute/values/value/key")]
    else:
        assert found["service_code"] == "roads"
        codes = [row["code"] for row in found["attributes"]]
        keys = [value["key"] for row in found["attributes"] for value in row["values"]]
        assert not any(row["required"] for row in found["attributes"])
    assert codes == ["about_official", "publish"]
    assert keys == ["true", "false", "true", "false"]


# --- Requests -------------------------------------------------------------------------------


def test_a_published_case_is_shown_with_its_released_text(scene: Scene):
    play = published(scene).forward().accept()
    [row] = ANY.get("requests")
    due = play.clock("resolve").due_at
    assert row == {
        "service_request_id": play.number,
        "status": "open",
        "status_notes": "with Grid Department",
        "service_name": "Wrong bill",
        "service_code": "electricity-billing",
        "description": "A meter shows a wrong number.",
        "agency_responsible": "Grid Department",
        "service_notice": None,
        "requested_datetime": "2026-11-22T04:00:00Z",
        "updated_datetime": "2026-11-22T04:00:00Z",
        "expected_datetime": f"{due:%Y-%m-%dT%H:%M:%SZ}",
        "address": "Kaliakair, Gazipur, Dhaka",
        "address_id": "3.47.1",
        "zipcode": None,
        "lat": None,
        "long": None,
        "media_url": None,
    }


def test_xml_and_json_of_requests_say_the_same(scene: Scene):
    published(scene)
    xml, [row] = ANY.get("requests", "xml"), ANY.get("requests")
    assert xml.tag == "service_requests"
    [request] = xml
    assert request.tag == "request"
    assert {part.tag: part.text for part in request} == row


def test_one_request_is_a_list_of_one(scene: Scene):
    play = published(scene)
    [row] = ANY.get(f"requests/{play.number}")
    assert row["service_request_id"] == play.number
    assert ANY.get(f"requests/{play.number}", "xml").findtext("request/status") == "open"
    assert ANY.get(f"requests/{play.number.lower().replace('-', '')}")[0] == row


def test_an_answer_closes_nothing_until_the_citizen_said_so(scene: Scene, clock):
    play = published(scene).forward().accept()
    clock.shift(timedelta(days=1))
    play.answer()
    [row] = ANY.get("requests")
    assert (row["status"], row["status_notes"]) == ("open", "Answered: Resolved")
    assert row["updated_datetime"] == "2026-11-23T04:00:00Z"
    clock.shift(timedelta(days=1))
    answering.confirm(actor=play.actor("citizen"), number=play.number, rating=5)
    [row] = ANY.get("requests")
    assert (row["status"], row["status_notes"]) == ("closed", "Resolved; Confirmed by the citizen")
    assert row["updated_datetime"] == "2026-11-24T04:00:00Z"


@pytest.mark.parametrize(
    ("put", "words"),
    [
        (lambda play: play, "received, being checked"),
        (lambda play: play.ask(by="desk"), "the citizen was asked something"),
        (lambda play: play.forward().send_back().forward().send_back(), "received, being checked"),
        (lambda play: play.decline(), "Not for this portal"),
    ],
)
def test_where_it_stands_is_said_in_public_words(scene: Scene, put, words):
    put(published(scene))
    assert ANY.get("requests")[0]["status_notes"] == words


def test_a_field_offices_case_is_its_agencys(scene: Scene):
    published(scene).forward(to=scene.cast.district_office)
    assert ANY.get("requests")[0]["agency_responsible"] == "Grid Department"


def test_a_case_without_subject_and_place_is_shown_all_the_same(scene: Scene):
    published(scene, place="", category="")
    [row] = ANY.get("requests")
    assert (row["service_code"], row["service_name"]) == ("", None)
    assert (row["address"], row["address_id"], row["agency_responsible"]) == (None, None, None)
    ANY.get("requests", "xml")


# --- What is never shown --------------------------------------------------------------------


def test_coordinates_are_the_places_else_rounded_to_a_kilometre(scene: Scene):
    exact = {"latitude": 24.0758312, "longitude": 90.2183964}
    published(scene, place="", **exact)
    [row] = ANY.get("requests")
    assert (row["lat"], row["long"]) == (24.08, 90.22)
    scene.cast.upazila.latitude, scene.cast.upazila.longitude = 24.0, 90.3
    scene.cast.upazila.save()
    play = published(scene, **exact)
    [row] = ANY.get(f"requests/{play.number}")
    assert (row["lat"], row["long"]) == (24.0, 90.3)
    assert ANY.get(f"requests/{play.number}", "xml").findtext("request/lat") == "24.0"


def test_nothing_that_the_reporter_typed_or_is_called_is_ever_shown(scene: Scene):
    play = published(scene).forward().accept().answer()
    said = "Tell Rahima at 01712345678 that it is done."
    publishing.publish(
        actor=play.actor("desk"), number=play.number, public_text="A meter is wrong."
    )
    play.message()
    for what in ("requests", f"requests/{play.number}", "servicerequestupdates"):
        for form in FORMS:
            body = ANY.raw(what, form).content.decode()
            assert play.number in body
            for hidden in (TYPED, NOTE, "Rahima", "1712345678", "rahima@", said, "news?"):
                assert hidden not in body


def _never_released(scene: Scene) -> Play:
    return Play(scene, publish_consent=True)


def _without_consent(scene: Scene) -> Play:
    return Play(scene)


def _taken_back(scene: Scene) -> Play:
    return published(scene).unpublish()


def _sensitive_since(scene: Scene) -> Play:
    return published(scene).mark_sensitive()


@pytest.mark.parametrize("put", [_never_released, _without_consent, _taken_back, _sensitive_since])
def test_what_is_not_public_is_not_there(scene: Scene, put):
    play = put(scene).forward().accept().answer()
    assert ANY.get("requests") == []
    assert ANY.get("requests", service_request_id=play.number) == []
    assert ANY.get("servicerequestupdates") == []
    unknown = ANY.get(f"requests/{new_number()}", expect=404)
    assert ANY.get(f"requests/{play.number}", expect=404) == unknown


# --- Errors, and what is around -------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "query", "status", "said"),
    [
        ("requests/1234-5678-9012-A", {}, 404, "service_request_id was not found."),
        ("requests/nothing", {}, 404, "service_request_id was not found."),
        ("services/nothing", {}, 404, "service_code was not found."),
        ("tokens/123456", {}, 404, "token was not found"),
        ("services", {"jurisdiction_id": "city.gov"}, 404, "jurisdiction_id was not found."),
        ("nothing", {}, 404, "There is nothing here."),
        ("requests", {"status": "fixed"}, 400, "status: give open or closed."),
    ],
)
def test_errors_come_in_the_format_that_was_asked_for(scene: Scene, what, query, status, said):
    [row] = ANY.get(what, expect=status, **query)
    assert row["code"] == status
    assert said in row["description"]
    xml = ANY.get(what, "xml", expect=status, **query)
    assert xml.tag == "errors"
    assert xml.findtext("error/code") == str(status)
    assert xml.findtext("error/description") == row["description"]


@pytest.mark.parametrize("path", ["", "services", "services.html", "requests/", "requests.yaml"])
def test_an_address_without_a_format_is_told_of_in_xml(db, path):
    response = Client().get(f"{BASE}{path}")
    assert response.status_code == 404
    assert read_xml(response.content).tag == "errors"


@pytest.mark.parametrize("ours", ["bd", "BD", "grs.example", "www.grs.example:8000", ""])
def test_our_own_jurisdiction_is_the_country_or_the_host(scene: Scene, settings, ours):
    settings.PUBLIC_URL = "https://www.grs.example:8000"
    assert ANY.get("services", jurisdiction_id=ours)


def test_another_method_is_refused_in_the_format(db):
    for method in ("put", "delete", "patch"):
        response = getattr(Client(), method)(f"{BASE}requests.json")
        assert (response.status_code, response["Allow"]) == (405, "GET, POST")
        assert json.loads(response.content)[0]["code"] == 405
    assert Client().post(f"{BASE}services.xml").status_code == 405


def test_a_head_request_gets_the_head(scene: Scene):
    response = Client().head(f"{BASE}services.json")
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize(
    "name", ["service_request_id", "service_code", "status", "jurisdiction_id"]
)
def test_what_no_database_keeps_breaks_nothing(scene: Scene, name):
    response = ANY.raw("requests", **{name: "\0"})
    assert response.status_code == 200


def test_what_everybody_may_read_may_be_kept_for_a_minute(scene: Scene):
    assert ANY.raw("services")["Cache-Control"] == "public, max-age=60"
    assert ANY.raw("services/nothing")["Cache-Control"] == "no-store"


def test_too_many_readings_are_told_to_wait(scene: Scene, monkeypatch):
    monkeypatch.setattr("channels.open311.views.ReadThrottle.rate", "2/hour", raising=False)
    assert [ANY.raw("services").status_code for _ in range(3)] == [200, 200, 429]
    refused = ANY.raw("services")
    assert json.loads(refused.content)[0]["code"] == 429
    assert 0 < int(refused["Retry-After"]) <= 3600


def test_discovery_says_where_and_in_which_formats(scene: Scene, settings):
    settings.PUBLIC_URL, settings.DEMO = "https://grs.example", False
    found = ANY.get("discovery")
    [endpoint] = found["endpoints"]
    assert endpoint["specification"] == SPECIFICATION
    assert endpoint["url"] == "https://grs.example/open311/v2"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    assert endpoint["type"] == "production"
    changed = RegistryVersion.objects.get(country="bd").changed_at
    assert found["changeset"] == f"{changed:%Y-%m-%dT%H:%M:%SZ}"
    assert "registrar" in found["key_service"]
    xml = ANY.get("discovery", "xml")
    assert xml.tag == "discovery"
    assert xml.findtext("endpoints/endpoint/url") == endpoint["url"]
    settings.DEMO = True
    assert ANY.get("discovery")["endpoints"][0]["type"] == "test"
