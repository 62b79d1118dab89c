"""WhatsApp out: free words within a day, then the approved template; and what refusals mean."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from channels import http
from channels.meta import shortened
from channels.outbound import CannotSend, Letter
from channels.whatsapp.outbound import LANGUAGES, WhatsAppOut
from complaints.services.notice_words import Rendered
from complaints.services.notices import Address
from tests.channels.graph import NUMBER_ID, TOKEN, Graph, error, graph

__all__ = ["graph"]
USER = "BD.13491208655302741918"
LINK = "https://complaints.example.org/en/a/1-abc/"


def letter(
    to: str = "8801712345678", hours: float | None = 1, chat: str = "Words.", **parts: str
) -> Letter:
    """A message to somebody who last wrote so many hours ago."""
    last = None if hours is None else timezone.now() - timedelta(hours=hours)
    said = {
        "subject": "s",
        "body": "b",
        "sms": "s",
        "language": "bn",
        "number": "7KQ-3",
        "link": LINK,
    }
    words = Rendered(**said | {"chat": chat} | parts)
    return Letter(Address("whatsapp", to, "bn", last), words, "77")


def send(*args: Any, **parts: Any) -> str:
    with WhatsAppOut() as way:
        return way.send(letter(*args, **parts))


def refusal(*args: Any, **parts: Any) -> CannotSend:
    with pytest.raises(CannotSend) as caught:
        send(*args, **parts)
    return caught.value


TEXT = {
    "messaging_product": "whatsapp",
    "recipient_type": "individual",
    "to": "8801712345678",
    "type": "text",
    "text": {"preview_url": False, "body": "Words."},
    "biz_opaque_callback_data": "77",
}
TEMPLATE = {
    "messaging_product": "whatsapp",
    "recipient_type": "individual",
    "to": "8801712345678",
    "type": "template",
    "template": {
        "name": "case_news",
        "language": {"code": "bn"},
        "components": [
            {
                "type": "body",
                "parameters": [{"type": "text", "text": "7KQ-3"}, {"type": "text", "text": LINK}],
            }
        ],
    },
    "biz_opaque_callback_data": "77",
}


# --- What leaves ------------------------------------------------------------------------------


def test_a_text_is_sent_as_the_reference_shows_it(graph: Graph) -> None:
    assert send().startswith("wamid.out")
    assert graph.last.path == f"/v23.0/{NUMBER_ID}/messages"
    assert graph.last.body == TEXT
    assert graph.last.headers["Authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in graph.last.path


def test_somebody_without_a_number_is_reached_by_their_id(graph: Graph) -> None:
    send(USER)
    assert graph.last.body["recipient"] == USER
    assert "to" not in graph.last.body


@pytest.mark.parametrize(("hours", "kind"), [(0, "text"), (23.99, "text"), (24, "template")])
def test_a_day_after_they_wrote_only_the_template_leaves(
    graph: Graph, hours: float, kind: str
) -> None:
    send(hours=hours)
    assert [asked.body["type"] for asked in graph.asked] == [kind]


def test_the_template_is_sent_as_the_reference_shows_it(graph: Graph) -> None:
    assert send(hours=None).startswith("wamid.out")
    assert graph.last.body == TEMPLATE


@pytest.mark.parametrize(("language", "code"), [("en", "en"), ("id", "id"), ("fr", "en")])
def test_the_template_speaks_the_readers_language(graph: Graph, language: str, code: str) -> None:
    send(hours=None, language=language)
    assert graph.last.body["template"]["language"] == {"code": code}


@pytest.mark.parametrize(
    "parts", [{"number": ""}, {"link": ""}, {"template": "receipt_withdrawal"}]
)
def test_words_about_no_case_or_only_a_secret_are_not_sent_late(
    graph: Graph, parts: dict[str, str]
) -> None:
    failure = refusal(hours=25, **parts)
    assert (failure.kind, failure.for_good) == ("window_closed", True)
    assert not graph.asked


def test_where_meta_says_that_the_day_is_over_the_template_follows(graph: Graph) -> None:
    graph.answers.append((400, error(131047, words="Re-engagement message")))
    assert send().startswith("wamid.out")
    assert [asked.body for asked in graph.asked] == [TEXT, TEMPLATE]


def test_a_template_that_is_refused_so_too_is_the_last_word(graph: Graph) -> None:
    graph.always = (400, error(131047))
    failure = refusal()
    assert (failure.kind, failure.for_good, len(graph.asked)) == ("window_closed", True, 2)


def test_a_notice_without_words_for_messengers_is_not_sent(graph: Graph) -> None:
    failure = refusal(chat="")
    assert (failure.kind, failure.for_good) == ("no_text", True)
    assert not graph.asked


def test_the_words_to_register_are_written_down_for_each_language() -> None:
    page = (Path(__file__).parents[2] / "docs/channels-meta.md").read_text("utf-8")
    bodies = dict(re.findall(r"^\| \w+ \(`(\w\w)`\) \| (.+) \|$", page, re.MULTILINE))
    assert tuple(bodies) == LANGUAGES
    for body in bodies.values():
        assert re.findall(r"{{\d}}", body) == ["{{1}}", "{{2}}"]
        # Meta takes none that begins or ends with a value.
        assert not body.startswith("{{")
        assert not body.endswith("}}")


# --- How long it may be -----------------------------------------------------------------------


def test_a_long_text_keeps_its_beginning_and_what_to_do(graph: Graph) -> None:
    said = "Case 7KQ-3 is answered.\n\n" + "The meter was changed. " * 400
    send(chat=f"{said}\n\nIs it solved? Answer YES or NO.")
    sent = graph.last.text
    assert 4000 < len(sent) <= 4096
    assert sent.startswith("Case 7KQ-3 is answered.\n\nThe meter")
    assert re.search(r" (The|meter|was|changed\.)…\n\nIs it solved\? Answer YES or NO\.$", sent)


@given(st.text(max_size=200), st.text(max_size=60), st.integers(20, 150))
def test_it_is_never_longer_than_allowed_and_never_torn(start: str, end: str, most: int) -> None:
    text = f"{start}\n\n{end}"
    short = shortened(text, most)
    assert len(short.encode("utf-16-le")) // 2 <= most
    assert short == text or "…" in short
    assert short.replace("…", "")[:3] == text.replace("…", "")[:3] or len(text) < 4


def test_an_emoji_counts_twice_and_stays_whole() -> None:
    assert shortened("😀" * 20, 21) == "😀" * 10 + "…"


# --- Refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "kind", "what"),
    [
        ((400, error(131026)), "graph_131026", "for_good"),
        ((400, error(131030)), "graph_131030", "for_good"),
        ((400, error(131009)), "graph_131009", "for_good"),
        ((400, error(100)), "graph_100", "for_good"),
        ((400, error(100, 33)), "graph_100", "outage"),
        ((429, error(130429)), "graph_130429", "wait"),
        ((429, error(131048)), "graph_131048", "wait"),
        ((429, error(80007)), "graph_80007", "wait"),
        ((400, error(4)), "graph_4", "wait"),
        ((429, b"busy"), "too_many", "wait"),
        # One person's limit: nobody else waits.
        ((429, error(131056)), "graph_131056", "again"),
        ((401, error(190)), "graph_190", "outage"),
        ((403, error(10)), "graph_10", "outage"),
        ((403, error(200)), "graph_200", "outage"),
        ((403, error(131031)), "graph_131031", "outage"),
        ((403, b"no"), "http_403", "outage"),
        ((500, error(131000)), "http_500", "outage"),
        ((503, error(2)), "http_503", "outage"),
        ((502, b"<html>"), "http_502", "outage"),
        ((302, b""), "http_302", "outage"),
        ((404, error(132001)), "graph_132001", "again"),
        ((400, error(131042)), "graph_131042", "again"),
        ((400, {"error": "words"}), "http_400", "again"),
        ((400, {"error": {"code": "190"}}), "graph_190", "again"),
        ((200, {"error": {"message": "words"}}), "http_200", "again"),
        ((200, b"<html>"), "strange_answer", "outage"),
        ((200, {"messages": []}), "strange_answer", "outage"),
        ((200, {"messages": "wamid"}), "strange_answer", "outage"),
    ],
)
def test_what_a_refusal_means(graph: Graph, answer: tuple[int, Any], kind: str, what: str) -> None:
    graph.always = answer
    failure = refusal()
    found = "for_good" if failure.for_good else "outage" if failure.is_outage else "again"
    found = "wait" if failure.wait else found
    assert (failure.kind, found) == (kind, what)
    assert failure.for_good + failure.is_outage < 2


def test_what_meta_says_of_somebody_is_in_no_error(graph: Graph) -> None:
    graph.always = (400, error(131026, words="8801712345678 has no account"))
    assert "1712345678" not in repr(refusal()) + str(refusal().__cause__)


def test_a_time_out_is_an_outage(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TIMEOUT", (0.1, 0.1))
    graph.slow = 0.3
    failure = refusal()
    assert (failure.kind, failure.is_outage) == ("timeout", True)


def test_nobody_there_is_an_outage(graph: Graph, settings: Any) -> None:
    settings.PROVIDERS["whatsapp"]["url"] = "http://127.0.0.1:9"
    assert (refusal().kind, refusal().is_outage) == ("ConnectionError", True)


def test_without_a_token_nothing_is_asked_and_nothing_given_up(graph: Graph, settings: Any) -> None:
    settings.PROVIDERS["whatsapp"]["token"] = ""
    failure = refusal()
    assert (failure.kind, failure.is_outage, failure.for_good) == ("not_configured", True, False)
    assert not graph.asked


def test_times_are_compared_in_any_zone(graph: Graph) -> None:
    last = datetime(2000, 1, 1, tzinfo=UTC)
    with WhatsAppOut() as way:
        way.send(Letter(Address("whatsapp", USER, "bn", last), letter().message, "78"))
    assert graph.last.body["type"] == "template"
