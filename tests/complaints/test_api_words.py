"""What the framework of the API says by itself comes in the language of whoever asks, as our own words do."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver
from django.utils.translation import override
from django_filters import rest_framework as filters
from rest_framework import exceptions, pagination, serializers

from complaints.api.problems import exception_handler
from grs.errors import TITLES, server_error
from grs.translations import SOURCES
from tests.complaints.conftest import Scene

LANGUAGES = ("bn", "id")
ONE = "/api/v1/complaints/"


def below(one: type[Any]) -> Iterator[type[Any]]:
    for child in one.__subclasses__():
        yield child
        yield from below(child)


def of_field(field: Any) -> Iterator[Any]:
    """All that a field, what it holds, and its validators can say."""
    yield from field.error_messages.values()
    yield from (one.message for one in field.validators if hasattr(one, "message"))
    inside = [*getattr(field, "fields", {}).values(), getattr(field, "child", None)]
    for child in filter(None, inside):
        yield from of_field(child)


def sentences() -> Iterator[Any]:
    """Each that an error, a list's place, a serializer or a filter of the API has ready."""
    assert get_resolver().url_patterns  # with which every view is there
    for error in below(exceptions.APIException):
        yield error.default_detail
    yield exceptions.Throttled.extra_detail_singular
    yield exceptions.Throttled.extra_detail_plural
    yield pagination.CursorPagination.invalid_cursor_message
    for made in dict.fromkeys(below(serializers.Serializer)):
        if made.__module__.split(".")[0] in SOURCES:
            yield from of_field(made())
    for narrowed in below(filters.FilterSet):
        for field in getattr(narrowed, "base_filters", {}).values():
            yield from of_field(field.field)
    yield from TITLES.values()


def in_language(language: str) -> list[str]:
    """All of them; anew for each language, as a sentence with a number keeps the language it was read in."""
    with override(language):
        return [str(sentence) for sentence in sentences()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_that_it_has_ready_is_english(language: str) -> None:
    found = dict(zip(in_language("en"), in_language(language), strict=True))
    assert {"This field is required.", "Not found.", "Must be a valid UUID."} <= found.keys()
    assert [english for english, words in found.items() if words == english] == []


# --- Asked for as an app does -----------------------------------------------------------------


def told(answer: Any, status: int) -> str:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    return " ".join(
        [body["title"], *(s for list_ in body.get("errors", {}).values() for s in list_)]
    )


def is_of(language: str, words: str) -> bool:
    """Whether no English word is left, beside names that are the same everywhere."""
    plain = re.sub(r"“[^”]*”|JSON|UUID|Accept|null|true|false|cursor|object|list", "", words)
    if language == "bn":
        return bool(plain.strip()) and not re.search("[A-Za-z]{2}", plain)
    return not re.search(r"(?i)\b(the|this|not|was|is|be|may|request|field|valid)\b", plain)


Asked = tuple[int, str, str, dict[str, Any]]
REFUSED: dict[str, Asked] = {
    "no_address": (404, "get", "/api/v1/nonsense/", {}),
    "no_such_file": (404, "get", "/api/v1/agencies/nonsense/", {}),
    "method": (405, "delete", ONE, {}),
    "accept": (406, "get", "/api/v1/agencies/", {"headers": {"Accept": "image/png"}}),
    "media_type": (415, "post", ONE, {"data": "a", "content_type": "text/plain"}),
    "not_json": (400, "post", ONE, {"data": "{\n 'a'", "content_type": "application/json"}),
    "not_utf8": (400, "post", ONE, {"data": b"\xff", "content_type": "application/json"}),
    "not_a_form": (
        *(400, "post", "/api/v1/files/"),
        {"data": b"a", "content_type": "multipart/form-data"},
    ),
    "nothing": (422, "post", ONE, {"data": {}, "content_type": "application/json"}),
    "a_list": (422, "post", ONE, {"data": [1], "content_type": "application/json"}),
    "odd_fields": (
        *(422, "post", ONE),
        {
            "data": {"text": "\ud800", "kind": "x", "files": ["y"], "latitude": 100, "name": None},
            "content_type": "application/json",
        },
    ),
    "signed_out": (403, "get", "/api/v1/cases/", {}),
    "signed_out_app": (401, "get", "/api/v1/me/complaints/", {}),
    "too_large": (413, "post", ONE, {"CONTENT_LENGTH": "999999999999"}),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_is_in_the_language_asked_for(
    name: str, language: str, scene: Scene, client: Client
) -> None:
    status, method, path, asked = REFUSED[name]
    words = told(getattr(client, method)(f"/{language}{path}", **asked), status)
    assert is_of(language, words), words


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_from_elsewhere_is_refused_in_it(language: str, scene: Scene) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(scene.cast.focal)
    number = scene.file().number
    words = told(strict.post(f"/{language}/api/v1/cases/{number}/moves/accept/"), 403)
    assert is_of(language, words), words
    assert "CSRF" not in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_of_cases_asked_oddly_too(language: str, scene: Scene, client: Client) -> None:
    client.force_login(scene.cast.focal)
    path = f"/{language}/api/v1/cases/"
    for status, query in ((404, {"cursor": "x"}), (422, {"due": "x", "filed_after": "y"})):
        words = told(client.get(path, query), status)
        assert is_of(language, words), words


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_reads_too_much_is_told_so_in_it(
    language: str, scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr("complaints.api.throttles.ReadThrottle.rate", "1/hour", raising=False)
    path = f"/{language}/api/v1/agencies/"
    assert client.get(path).status_code == 200
    words = told(client.get(path), 429)
    assert is_of(language, words), words
    cache.clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_fault_too(language: str, rf: Any) -> None:
    with override(language):
        words = told(server_error(rf.get("/api/v1/cases/")), 500)
    assert is_of(language, words), words


def test_what_is_no_json_is_shown_where(client: Client, db: None) -> None:
    answer = client.post(f"/en{ONE}", '{"text":\n "a",}', content_type="application/json")
    assert told(answer, 400) == "This is not valid JSON: look at line 2, column 6."


def test_a_permission_that_lacks_for_another_reason_keeps_its_sentence() -> None:
    answer = exception_handler(exceptions.PermissionDenied("Only on Sundays."), {})
    assert answer is not None
    assert answer.data["title"] == "Only on Sundays."
