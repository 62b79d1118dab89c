"""A program that talks GeoReport v2, and cases for it to see."""

import json
from typing import Any
from xml.etree import ElementTree

from django.test import Client

from channels.models import ApiKey
from channels.open311 import keys
from complaints.models import Case
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

BASE = "/en/open311/v2/"
#: What a published case must never show: the words as they were typed, and who typed them.
TYPED = "Rahima of house 12 says that the meter shows a wrong number."
NOTE = "Beside the blue door of Rahima"
FORM_TYPE = "application/x-www-form-urlencoded"


def published(scene: Scene, **filing: Any) -> Play:
    """A case of a named citizen that the desk released."""
    filing.setdefault("text", TYPED)
    filing.setdefault("place", scene.cast.upazila.code)
    filing.setdefault("category", scene.cast.billing.code)
    filing.setdefault("place_note", NOTE)
    return Play(scene, publish_consent=True, **filing).publish()


def new_key(scene: Scene, name: str = "City app") -> tuple[ApiKey, str]:
    """A key that a registrar has just made."""
    return keys.make(scene.actor(scene.cast.registrar), name)


def read_xml(written: bytes) -> ElementTree.Element:
    """A document of ours, which has to be one."""
    return ElementTree.fromstring(written)  # noqa: S314


class Program:
    """Somebody else's program; what it gets is read in the format that it asks for."""

    def __init__(self, key: str = "", **headers: str) -> None:
        self.key, self.client, self.headers = key, Client(), headers

    def get(self, what: str, form: str = "json", *, expect: int = 200, **query: str) -> Any:
        """Ask for something, and read the answer; `expect` is the status."""
        return self._read(self.raw(what, form, **query), form, expect)

    def raw(self, what: str, form: str = "json", **query: str) -> Any:
        """The response itself."""
        return self.client.get(f"{BASE}{what}.{form}", query, headers=self.headers)

    def post(
        self, what: str = "requests", form: str = "json", *, expect: int = 200, **given: Any
    ) -> Any:
        """Send a form, with the key unless another is given, and read the answer."""
        given = {"api_key": self.key, **given}
        response = self.client.post(f"{BASE}{what}.{form}", given, headers=self.headers)
        return self._read(response, form, expect)

    def file(self, expect: int = 200, **given: Any) -> Any:
        """File what is complete, changed by what is given (None: left out); gives its one row."""
        form = {
            "service_code": "electricity-billing",
            "address_id": "3.47.1",
            "description": "The electricity meter shows a wrong number since May.",
            **given,
        }
        form = {name: value for name, value in form.items() if value is not None}
        rows = self.post(expect=expect, **form)
        return rows[0] if expect == 200 else [row["description"] for row in rows]

    def _read(self, response: Any, form: str, expect: int) -> Any:
        assert response.status_code == expect, response.content
        if form == "json":
            assert response["Content-Type"] == "application/json; charset=utf-8"
            return json.loads(response.content)
        assert response["Content-Type"] == "text/xml; charset=utf-8"
        return read_xml(response.content)


def case_of(row: Any) -> Case:
    """The case that an answer names."""
    return Case.objects.get(number=row["service_request_id"])
