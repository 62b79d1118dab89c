"""A client that others wrote (PyPI `georeport`) against the running server, in both formats.

It reads only: filing and updates go over the wire as any HTTP client sends them.
"""

from typing import Any

import pytest
import requests
from georeport import GeoReport

from tests.channels.open311 import new_key, published, read_xml
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play

FORMS = ("json", "xml")


@pytest.fixture
def base(live_server: Any) -> str:
    return f"{live_server.url}/en/open311/v2"


@pytest.fixture
def play(base: str, scene: Scene) -> Play:
    return published(scene).forward()


def client(base: str, form: str) -> GeoReport:
    return GeoReport(base, jurisdiction="bd", output_format=form)


@pytest.mark.parametrize("form", FORMS)
def test_it_reads_services_and_definitions(base: str, scene: Scene, form: str):
    services = client(base, form).get_service_list()
    assert {row["service_code"] for row in services} == {
        "electricity",
        "electricity-billing",
        "roads",
    }
    definition = client(base, form).get_service_definition("roads")
    assert definition["service_code"] == "roads"
    attributes: Any = definition["attributes"]
    rows = attributes if form == "json" else attributes["attribute"]
    assert [row["code"] for row in rows] == ["about_official", "publish"]


@pytest.mark.parametrize("form", FORMS)
def test_it_reads_published_requests(base: str, play: Play, scene: Scene, form: str):
    other = published(scene, category="roads")
    api = client(base, form)
    rows = api.get_service_requests(service_code="roads,electricity-billing", status="open")
    assert [row["service_request_id"] for row in rows] == [other.number, play.number]
    day = f"{SUNDAY:%Y-%m-%dT%H:%M:%SZ}"
    found = api.get_service_requests(
        service_request_id=f"{play.number},{other.number}", start_date=day, end_date=day
    )
    assert len(found) == 2
    one = api.get_service_request(play.number)
    assert one["description"] == "A meter shows a wrong number."
    assert one["agency_responsible"] == "Grid Department"


def test_it_is_refused_in_the_way_that_it_expects(base: str, scene: Scene):
    with pytest.raises(requests.HTTPError, match="404"):
        client(base, "json").get_service_definition("nothing")
    with pytest.raises(requests.HTTPError, match="404"):
        GeoReport(base, jurisdiction="city.gov").get_service_list()


def test_a_request_is_filed_over_the_wire_and_read_once_it_is_published(base: str, scene: Scene):
    _row, key = new_key(scene)
    form = {
        "api_key": key,
        "service_code": "roads",
        "lat": "24.0758",
        "long": "90.2184",
        "description": "A hole in the road in front of the school.",
        "attribute[publish]": "true",
    }
    answers = [requests.post(f"{base}/requests.xml", form, timeout=10) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    number, again = (
        read_xml(answer.content).findtext("request/service_request_id") for answer in answers
    )
    assert number == again
    api = client(base, "json")
    assert api.get_service_requests() == []
    play = Play.__new__(Play)
    play.scene, play.cast, play.number = scene, scene.cast, str(number)
    play.publish()
    assert api.get_service_request(str(number))["service_code"] == "roads"
    update = {
        "api_key": key,
        "service_request_id": number,
        "update_id": "1",
        "description": "It is deeper now.",
    }
    url = f"{base}/servicerequestupdates.json"
    assert requests.post(url, update, timeout=10).json()[0]["update_id"]
    [row] = requests.get(url, timeout=10).json()
    assert (row["service_request_id"], row["status"]) == (number, "OPEN")


def test_a_large_form_over_the_wire_is_refused_in_the_format(base: str, scene: Scene):
    answer = requests.post(f"{base}/requests.json", {"a": "x" * 4_000_000}, timeout=10)
    assert answer.status_code == 400
    assert answer.json()[0]["code"] == 400
