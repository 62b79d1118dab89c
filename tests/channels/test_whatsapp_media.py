"""Files of WhatsApp messages: asked for anew each time, from known hosts, checked, none too large."""

import base64
import hashlib
from typing import Any

import pytest
from structlog.testing import capture_logs

from channels import http
from channels.inbound import CannotFetch, File
from channels.whatsapp.inbound import WhatsAppIn
from tests.channels.graph import TOKEN, Graph, error, graph

__all__ = ["graph"]
PHOTO = b"\xff\xd8\xff a photo"
WAY = WhatsAppIn()


def fetch(media_id: str = "1003383421", **ref: Any) -> tuple[str, bytes]:
    return WAY.fetch(File({"id": media_id, **ref}, "image"))


def refusal(media_id: str = "1003383421", **ref: Any) -> tuple[str, bool]:
    with pytest.raises(CannotFetch) as caught:
        fetch(media_id, **ref)
    return caught.value.why, caught.value.for_good


def test_a_file_is_asked_for_by_its_id_and_fetched_with_our_token(graph: Graph) -> None:
    graph.keep("1003383421", PHOTO)
    assert fetch() == ("image", PHOTO)
    assert [asked.path for asked in graph.asked] == ["/v23.0/1003383421", "/file/1003383421"]
    assert {asked.headers["Authorization"] for asked in graph.asked} == {f"Bearer {TOKEN}"}


def test_the_address_is_asked_for_again_at_each_try(graph: Graph) -> None:
    graph.keep("1003383421", PHOTO)
    graph.answers.extend([(200, graph.media["1003383421"][1]), (500, error(2))])
    assert refusal() == ("http_500", False)
    assert fetch()[1] == PHOTO
    assert [asked.path for asked in graph.asked].count("/v23.0/1003383421") == 2


def test_twenty_megabytes_are_not_fetched_at_all(graph: Graph) -> None:
    graph.keep("1003383421", PHOTO, file_size=20 * 1024 * 1024)
    assert refusal() == ("large", True)
    assert len(graph.asked) == 1


@pytest.mark.parametrize("told", [None, "unknown", "12"])
def test_twenty_megabytes_that_hide_are_given_up_on_the_way(graph: Graph, told: Any) -> None:
    graph.keep("1003383421", b"x" * 20 * 1024 * 1024, file_size=told)
    assert refusal() == ("large", True)


@pytest.mark.parametrize("kind", ["video/mp4", "audio/ogg; codecs=opus"])
def test_films_and_sounds_are_never_kept_and_never_fetched(graph: Graph, kind: str) -> None:
    assert refusal(type=kind) == ("type", True)
    assert not graph.asked


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/file",
        "http://127.0.0.1.evil.example/file",
        "http://evil.example\\@127.0.0.1/file",
        "http://127.0.0.1@evil.example/file",
        "file:///etc/passwd",
        "//127.0.0.1/file",
        "http://[",
        "",
        None,
        ["http://127.0.0.1"],
    ],
)
def test_our_token_goes_to_no_other_host(graph: Graph, url: Any) -> None:
    graph.keep("1003383421", PHOTO, url=url)
    assert refusal() == ("strange_address", True)
    assert len(graph.asked) == 1


def test_a_redirect_is_not_followed(graph: Graph) -> None:
    graph.keep("1003383421", PHOTO)
    graph.answers.extend([(200, graph.media["1003383421"][1]), (302, b"")])
    assert refusal() == ("http_302", False)
    assert len(graph.asked) == 2


def test_a_sum_in_hex_or_base_64_has_to_fit(graph: Graph) -> None:
    digest = base64.b64encode(hashlib.sha256(PHOTO).digest()).decode()
    graph.keep("1003383421", PHOTO, sha256=digest)
    assert fetch()[1] == PHOTO
    graph.keep("1003383421", PHOTO, sha256=None)
    assert fetch(sha256=digest)[1] == PHOTO
    graph.keep("1003383421", PHOTO, sha256="0" * 64)
    assert refusal() == ("damaged", False)


@pytest.mark.parametrize(
    ("answer", "why", "for_good"),
    [
        ((400, error(100, 33)), "graph_100", True),
        ((404, b"not found"), "http_404", True),
        ((401, error(190)), "graph_190", False),
        ((429, error(80007)), "graph_80007", False),
        ((503, b"<html>"), "http_503", False),
        ((200, b"<html>"), "strange_address", True),
    ],
)
def test_why_a_file_cannot_be_had(
    graph: Graph, answer: tuple[int, Any], why: str, for_good: bool
) -> None:
    graph.answers.append(answer)
    assert refusal() == (why, for_good)


def test_a_host_that_is_slow_may_be_quicker_later(
    graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph.keep("1003383421", PHOTO)
    monkeypatch.setattr(http, "TIMEOUT", (0.1, 0.1))
    graph.slow = 0.3
    with capture_logs() as logs:
        assert refusal() == ("timeout", False)
    assert not logs
