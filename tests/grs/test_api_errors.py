"""An app is told of every failure in the same form, wherever the request failed."""

import pytest
from django.test import Client, RequestFactory

from grs import errors

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/api/v1/nonsense/", "/en/api/v1/nonsense/", "/api/v2/"])
def test_an_unknown_address_of_the_api_is_told_as_a_problem(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"
    assert answer.json()["type"] == "urn:grs:problem:not_found"


def test_our_own_fault_too() -> None:
    answer = errors.server_error(RequestFactory().get("/api/v1/cases/"))
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")


def test_people_get_a_page(client: Client) -> None:
    assert client.get("/nonsense/")["Content-Type"].startswith("text/html")
