"""The API's description is complete: every address, each with what it takes and how it may refuse."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from rest_framework.views import APIView

from complaints.api.docs import Schema, document
from complaints.api.move_schemas import CITIZENS_MOVES, OFFICERS_MOVES
from complaints.api.problems import by_field
from complaints.api.schema_examples import EXAMPLES
from complaints.forms import MOVE_FORMS
from complaints.workflow import OF_MACHINES
from systems.out.calling import body_of
from systems.sandbox.api import Play

METHODS = ("get", "post", "put", "patch", "delete")
#: The description itself, and what there is in sandboxes alone.
NOT_DESCRIBED = (Schema, Play)


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The document, as everybody gets it."""
    return document()


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation, each under its method and address."""
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def addresses(patterns: Any = None, start: str = "/") -> Iterator[tuple[str, Any]]:
    """Every view of the API with its address, its parameters in braces."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = start + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, path)
            continue
        view = getattr(pattern.callback, "view_class", None) or getattr(
            pattern.callback, "cls", None
        )
        if view is not None and issubclass(view, APIView) and view not in NOT_DESCRIBED:
            yield path, view


def test_the_document_is_valid_openapi_3_1(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.1")
    validate_schema(schema)


def test_it_is_made_without_a_warning() -> None:
    GENERATOR_STATS.reset()
    SchemaGenerator().get_schema(request=None, public=True)
    assert not GENERATOR_STATS, [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache]


def test_everybody_gets_it_as_it_is_made(schema: dict[str, Any], client: Client, db: None) -> None:
    told = client.get("/api/v1/schema/?format=json", headers={"Accept-Language": "bn"})
    assert json.loads(told.content) == json.loads(json.dumps(schema, default=str))
    assert told["Cache-Control"] == "public, max-age=300"
    written = client.get("/api/v1/schema/")
    assert written["Content-Type"].startswith("application/vnd.oai.openapi")
    assert written.content.startswith(b"openapi: 3.1")


def test_each_address_of_the_api_is_in_it(schema: dict[str, Any]) -> None:
    seen: set[str] = set()
    for path, view in addresses():
        moves = (
            [path.replace("{move}", move) for move in MOVE_FORMS] if "{move}" in path else [path]
        )
        described = [one for one in moves if one in schema["paths"]]
        assert described, path
        seen |= set(described)
        for one in described:
            taken = {method for method in METHODS if hasattr(view, method)}
            assert set(schema["paths"][one]) == taken, one
    assert seen == set(schema["paths"])


def test_each_move_is_an_operation_with_its_own_body(schema: dict[str, Any]) -> None:
    families = {
        "/api/v1/cases/{number}": OFFICERS_MOVES,
        "/api/v1/complaints/{number}": CITIZENS_MOVES,
        "/api/v1/me/complaints/{number}": CITIZENS_MOVES,
    }
    for start, moves in families.items():
        paths = {path for path in schema["paths"] if path.startswith(f"{start}/moves/")}
        assert paths == {f"{start}/moves/{move}/" for move in moves}
    reply = schema["paths"]["/api/v1/complaints/{number}/moves/reply/"]["post"]
    parts = reply["requestBody"]["content"]["application/json"]["schema"]["allOf"]
    assert [part["$ref"].rpartition("/")[2] for part in parts] == ["SecretInRequest", "ReplyMove"]


def test_each_example_fits_its_operation(schema: dict[str, Any]) -> None:
    shown = {}
    for name, operation in operations(schema):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        if "example" in body:
            shown[operation["operationId"]] = name
            whole = {**body["schema"], "components": schema["components"]}
            jsonschema.validate(body["example"], json.loads(json.dumps(whole, default=str)))
    assert shown.keys() == EXAMPLES.keys()


def test_a_token_opens_no_move_that_systems_do_not_make(schema: dict[str, Any]) -> None:
    for move in OFFICERS_MOVES:
        security = schema["paths"][f"/api/v1/cases/{{number}}/moves/{move}/"]["post"]["security"]
        assert any("systemToken" in way for way in security) == (move in OF_MACHINES), move
        assert any("cookieAuth" in way for way in security), move


def test_each_operation_says_what_it_does_and_who_may(schema: dict[str, Any]) -> None:
    schemes = set(schema["components"]["securitySchemes"])
    tags = {tag["name"] for tag in schema["tags"]}
    names = [operation["operationId"] for _name, operation in operations(schema)]
    assert len(names) == len(set(names))
    for name, operation in operations(schema):
        assert operation["summary"], name
        assert len(operation["summary"]) < 150, name
        assert operation["description"], name
        assert set(operation["tags"]) <= tags, name
        assert operation["security"], name
        assert {key for one in operation["security"] for key in one} <= schemes, name


def test_each_operation_says_how_it_refuses(schema: dict[str, Any]) -> None:
    shared = schema["components"]["responses"]
    for name, operation in operations(schema):
        answers = operation["responses"]
        assert "406" in answers, name
        asks_who = any(operation["security"][0])
        assert ("401" in answers) >= asks_who, name
        if "requestBody" in operation:
            assert {"400", "413", "415", "422"} <= set(answers), name
        if "{" in name:
            assert "404" in answers, name
        for status, answer in answers.items():
            if status >= "400":
                whole = shared[answer["$ref"].rpartition("/")[2]] if "$ref" in answer else answer
                assert "application/problem+json" in whole["content"], (name, status)


def test_an_answer_that_has_a_tag_says_so(schema: dict[str, Any]) -> None:
    case = schema["paths"]["/api/v1/cases/{number}/"]["get"]["responses"]["200"]
    moved = schema["paths"]["/api/v1/cases/{number}/moves/accept/"]["post"]["responses"]
    assert "ETag" in case["headers"]
    assert "ETag" in moved["200"]["headers"]
    assert "WWW-Authenticate" in schema["components"]["responses"]["Problem401"]["headers"]
    assert "412" in moved


def test_whoever_need_not_say_who_they_are_is_told_so(schema: dict[str, Any]) -> None:
    open_to_all = schema["paths"]["/api/v1/agencies/"]["get"]["security"]
    for_officers = schema["paths"]["/api/v1/served/"]["get"]["security"]
    assert {} in open_to_all
    assert {} not in for_officers


def test_a_webhook_is_described_as_it_is_sent(schema: dict[str, Any]) -> None:
    sent = schema["webhooks"]["case_event"]["post"]["requestBody"]["content"]["application/json"]
    name = sent["schema"]["$ref"].rpartition("/")[2]
    described = schema["components"]["schemas"][name]["properties"]
    event = {"type": "case.answer", "happened_at": "2026-11-22T04:00:00Z"}
    assert all(f'"{key}":' in body_of(event) for key in described)
    assert set(described) == {"type", "timestamp", "data"}


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        ({"text": ["Too short."]}, {"text": ["Too short."]}),
        (
            {"files": {0: ["No key."], 2: ["No key."]}},
            {"files.0": ["No key."], "files.2": ["No key."]},
        ),
        ([{}, {"number": ["Missing."]}], {"1.number": ["Missing."]}),
        ({"statuses": [{}, {"move": ["Unknown."]}]}, {"statuses.1.move": ["Unknown."]}),
        (["Not a list."], {"": ["Not a list."]}),
        ({"number": "Missing."}, {"number": ["Missing."]}),
        ({}, {}),
    ],
)
def test_errors_are_sentences_by_field(detail: Any, told: dict[str, list[str]]) -> None:
    assert by_field(detail) == told
