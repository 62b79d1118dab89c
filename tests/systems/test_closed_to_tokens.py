"""A token opens what says that it is open to systems, and no other address of the API."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient
from rest_framework.views import APIView

from systems.access.authentication import SystemAuthentication
from systems.scopes import Scope
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.systems.conftest import Join, Joined
from tests.test_access_matrix import ARGUMENTS, SAMPLES, named

METHODS = ("get", "post", "put", "patch", "delete")


def views() -> Iterator[tuple[str, URLPattern, Any]]:
    """Every view of the API: its address's name, its pattern, its class."""
    for name, pattern in named(get_resolver().url_patterns):
        view = getattr(pattern.callback, "view_class", None) or getattr(
            pattern.callback, "cls", None
        )
        if view is not None and issubclass(view, APIView):
            yield name, pattern, view


VIEWS = list(views())


def open_methods(view: Any) -> list[tuple[str, str]]:
    """The methods by which a view is open to systems, each with its scope."""
    scopes = getattr(view, "system_scopes", {})
    return [(method, scope) for method, scope in scopes.items() if hasattr(view, method.lower())]


def address(name: str, pattern: URLPattern, number: str) -> str:
    values = dict(ARGUMENTS) | {"number": number, "pk": 1}
    for start, sample in SAMPLES.items():
        values |= sample if name.startswith(start) else {}
    return reverse(
        name, kwargs={key: values.get(key, 1) for key in pattern.pattern.regex.groupindex}
    )


def test_there_are_views_of_both_kinds() -> None:
    open_to = [name for name, _pattern, view in VIEWS if getattr(view, "system_scopes", None)]
    assert "api-system" in open_to
    assert len(VIEWS) - len(open_to) > 15


def test_a_token_opens_no_view_that_does_not_say_so(scene: Scene, joined: Joined) -> None:
    client, visitor, wrong = joined.client(), APIClient(raise_request_exception=False), []
    number = Play(scene).forward().number
    for name, pattern, view in VIEWS:
        scopes = getattr(view, "system_scopes", {})
        for method in METHODS:
            if method.upper() in scopes or not hasattr(view, method):
                continue
            url = address(name, pattern, number)
            answer = getattr(client, method)(url)
            closed = answer.status_code == 403 and answer.json()["code"] == "not_for_systems"
            # Elsewhere a token is not looked at: with it one is the visitor that one is without.
            if SystemAuthentication not in view.authentication_classes:
                closed = answer.status_code == getattr(visitor, method)(url).status_code
            if not closed:
                wrong.append(f"{method} {name}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_a_token_is_not_looked_at_by_pages(joined: Joined) -> None:
    client = joined.client()
    for page in ("office", "registry", "desk", "oversight", "my-data"):
        assert client.get(reverse(page)).status_code == 302


@pytest.mark.parametrize("scope", Scope.values)
def test_with_one_scope_only_what_it_opens_is_open(scene: Scene, join: Join, scope: str) -> None:
    client, wrong = join(scopes=[scope]).client(), []
    number = Play(scene).forward().number
    for name, pattern, view in VIEWS:
        for method, needed in open_methods(view):
            answer = getattr(client, method.lower())(address(name, pattern, number))
            refused = answer.status_code == 403 and answer.json()["code"] == "scope"
            if refused != (needed not in ("", scope)):
                wrong.append(f"{method} {name} needs {needed}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_each_scope_that_a_view_names_is_one() -> None:
    for name, _pattern, view in VIEWS:
        for scope in getattr(view, "system_scopes", {}).values():
            assert scope in ("", *Scope.values), name


def test_a_method_that_a_view_does_not_take_is_refused_as_such(joined: Joined) -> None:
    answer = joined.client().post("/api/v1/system/")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_people_are_told_what_they_were_before_there_were_systems(scene: Scene) -> None:
    client = Client()
    assert client.get("/api/v1/cases/").status_code == 403
    client.force_login(scene.cast.focal)
    assert client.get("/api/v1/cases/").status_code == 200
    assert client.get("/api/v1/system/").status_code == 401


def test_a_system_of_one_agency_is_told_of_anothers_case_that_there_is_none(
    scene: Scene, joined: Joined
) -> None:
    theirs, client = Play(scene).forward(to=scene.cast.rival_ministry), joined.client()
    told = []
    for name, pattern, view in VIEWS:
        if "number" not in pattern.pattern.regex.groupindex:
            continue
        for method, _scope in open_methods(view):
            answer = getattr(client, method.lower())(address(name, pattern, theirs.number))
            told.append(answer.status_code)
            assert answer.status_code in (404, 422), f"{method} {name}: {answer.status_code}"
            assert "Rahima" not in str(answer.content)
    assert theirs.last.move == "forward"


def test_the_description_says_how_a_token_is_got_and_where_it_is_needed() -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    scheme = schema["components"]["securitySchemes"]["systemToken"]
    flow = scheme["flows"]["clientCredentials"]
    assert (scheme["type"], flow["tokenUrl"]) == ("oauth2", "/oauth/token/")
    assert set(flow["scopes"]) == set(Scope.values)
    me = schema["paths"]["/api/v1/system/"]["get"]
    assert me["security"] == [{"systemToken": []}]
    agencies = schema["paths"]["/api/v1/complaints/"]["post"]
    assert not [one for one in agencies["security"] if "systemToken" in one]
