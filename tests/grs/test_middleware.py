"""Language by prefix, cookie and browser; request ids; one log line without people."""

import json
import logging

import pytest
import structlog
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language

from grs.context import portal
from grs.middleware import (
    BodyLimitMiddleware,
    LanguagePrefixMiddleware,
    RequestLogMiddleware,
)

factory = RequestFactory()


def served(path="/", **headers):
    """What a view sees behind the language middleware, and the response."""
    seen = {}

    def view(request):
        seen.update(
            language=get_language(), path_info=request.path_info, path=request.path,
            prefix=get_script_prefix(), live=reverse("health-live"),
            absolute=request.build_absolute_uri(), context=portal(request),
        )  # fmt: skip
        return HttpResponse("x")

    response = LanguagePrefixMiddleware(view)(factory.get(path, **headers))
    return seen, response


@pytest.mark.parametrize("code", ["en", "bn", "id"])
def test_a_prefix_serves_the_page_in_place_and_keeps_links_in_the_language(code):
    seen, response = served(f"/{code}/cases/?page=2")
    assert seen["language"] == code
    assert seen["path_info"] == "/cases/"
    assert seen["live"] == f"/{code}/healthz/live"
    assert seen["absolute"].endswith(f"/{code}/cases/?page=2")
    assert response.headers["Content-Language"] == code


def test_after_the_request_links_and_language_are_as_before():
    before = get_language()
    served("/bn/")
    assert get_script_prefix() == "/"
    assert get_language() == before


def test_also_after_a_view_that_fails():
    def view(request):
        raise ValueError

    with pytest.raises(ValueError):
        LanguagePrefixMiddleware(view)(factory.get("/id/"))
    assert get_script_prefix() == "/"


@pytest.mark.parametrize("path", ["/enrol/", "/bn", "/fr/", "/idea/x/"])
def test_what_only_looks_like_a_prefix_is_none(path):
    seen, _response = served(path)
    assert seen["path_info"] == path
    assert seen["prefix"] == "/"


def test_the_cookie_may_name_any_of_the_three():
    request = factory.get("/")
    request.COOKIES["language"] = "id"
    seen = []
    LanguagePrefixMiddleware(lambda r: seen.append(get_language()) or HttpResponse())(request)
    assert seen == ["id"]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("en-GB,en;q=0.9", "en"),
        ("bn-BD", "bn"),
        ("id,en;q=0.5", "en"),  # Indonesian is not offered unasked in Bangladesh
        ("fr", "bn"),
        ("*", "bn"),
        ("", "bn"),
        ("x" * 5000, "bn"),
    ],
)
def test_without_either_the_browser_chooses_among_the_countrys_languages(accepted, language):
    seen, response = served("/", headers={"Accept-Language": accepted})
    assert seen["language"] == language
    assert response.headers["Content-Language"] == language


def test_caches_are_told_what_the_language_depends_on():
    _seen, response = served("/")
    assert {v.strip() for v in response.headers["Vary"].split(",")} == {"Accept-Language", "Cookie"}
    _seen, response = served("/bn/")
    assert "Vary" not in response.headers


def test_the_language_switch_keeps_the_page_and_its_query():
    seen, _response = served("/bn/cases/?page=2&q=a")
    urls = {language["code"]: language["url"] for language in seen["context"]["languages"]}
    assert urls == {code: f"/{code}/cases/?page=2&q=a" for code in ("en", "bn", "id")}
    current = [language["code"] for language in seen["context"]["languages"] if language["current"]]
    assert current == ["bn"]


def test_a_page_that_is_not_there_is_said_in_the_language(client):
    response = client.get("/id/nothing-here/")
    assert response.status_code == 404
    assert response.headers["Content-Language"] == "id"


def test_each_answer_has_a_request_id_and_a_given_one_is_kept(client):
    first, second = (client.get("/healthz/live").headers["X-Request-ID"] for _ in range(2))
    assert first != second
    given = client.get("/healthz/live", headers={"X-Request-ID": "abc-12345"})
    assert given.headers["X-Request-ID"] == "abc-12345"


@pytest.mark.parametrize("bad", ["short", "x" * 65, "a b c d e f g", "<script>xyz", 'a"\n12345678'])
def test_a_request_id_that_could_harm_a_log_is_replaced(client, bad):
    response = client.get("/healthz/live", headers={"X-Request-ID": bad})
    assert response.headers["X-Request-ID"] != bad


def test_a_request_is_logged_once_by_route_without_path_query_and_address(caplog):
    request = factory.get("/language/?secret=1234567812345678", REMOTE_ADDR="203.0.113.9")

    def view(request):
        structlog.get_logger("inside").warning("something")
        request.resolver_match = type("Match", (), {"route": "language/"})
        return HttpResponse(status=204)

    with caplog.at_level(logging.INFO):
        RequestLogMiddleware(view)(request)
    text = json.dumps([record.msg for record in caplog.records], default=str)
    assert "1234567812345678" not in text
    assert "203.0.113.9" not in text
    inside, line = (record.msg for record in caplog.records)
    assert line["event"] == "request"
    assert (line["route"], line["status"], line["method"]) == ("language/", 204, "GET")
    assert inside["request_id"] == line["request_id"]


def test_health_pages_do_not_fill_the_log(caplog, client):
    with caplog.at_level(logging.INFO):
        client.get("/healthz/live")
    assert not [record for record in caplog.records if record.name == "grs.request"]


def test_a_streamed_answer_passes():
    response = LanguagePrefixMiddleware(lambda r: StreamingHttpResponse(["x"]))(factory.get("/en/"))
    assert response.getvalue() == b"x"


def test_pages_carry_a_strict_policy(client):
    headers = client.get("/healthz/live").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("length", "status"),
    [("", 200), ("0", 200), ("105000000", 200), ("999999999999", 413), ("1" * 40, 413), ("x", 413)],
)
def test_what_is_larger_than_any_form_is_refused_before_it_is_read(length, status):
    request = factory.post("/complaints/new/", CONTENT_LENGTH=length)
    response = BodyLimitMiddleware(lambda _request: HttpResponse("x"))(request)
    assert response.status_code == status


@pytest.mark.parametrize("path", ["/api/v1/files/", "/bn/api/v1/files/"])
def test_an_app_is_told_that_it_is_too_large_as_a_problem(path):
    request = factory.post(path, CONTENT_LENGTH="999999999999")
    response = BodyLimitMiddleware(lambda _request: HttpResponse("x"))(request)
    assert (response.status_code, response["Content-Type"]) == (413, "application/problem+json")
