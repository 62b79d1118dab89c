"""Messenger out, and a whole conversation by it, from webhook to Graph API and back."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from channels import breaker, http, intake, relay
from channels.messenger.outbound import MessengerOut
from channels.models import Message
from channels.outbound import CannotSend, Letter
from complaints.models import Attachment, Case, Contact, Notice
from complaints.services.notice_words import Rendered
from complaints.services.notices import Address
from tests.channels.graph import (
    PAGE_ID,
    TOKEN,
    Graph,
    OnMessenger,
    bring,
    error,
    graph,
    messenger_batch,
)
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

__all__ = ["graph"]
WORDS = "The electricity meter shows a wrong number and nobody comes."
PSID = OnMessenger.psid


def send(hours: float | None = 1, chat: str = "Words.") -> str:
    """A message to somebody who last wrote so many hours ago."""
    last = None if hours is None else timezone.now() - timedelta(hours=hours)
    words = Rendered(subject="s", body="b", sms="s", language="en", chat=chat, number="7", link="l")
    with MessengerOut() as way:
        return way.send(Letter(Address("messenger", PSID, "en", last), words, "77"))


def refusal(hours: float | None = 1, chat: str = "Words.") -> CannotSend:
    with pytest.raises(CannotSend) as caught:
        send(hours, chat)
    return caught.value


ANSWER = {
    "recipient": {"id": PSID},
    "messaging_type": "RESPONSE",
    "message": {"text": "Words."},
}
TAGGED = {**ANSWER, "messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
OUTSIDE = (400, error(10, 2018278, "This message is sent outside of allowed window."))


# --- What leaves ------------------------------------------------------------------------------


def test_an_answer_is_sent_as_the_reference_shows_it(graph: Graph) -> None:
    assert send().startswith("m_out")
    assert graph.last.path == f"/v23.0/{PAGE_ID}/messages"
    assert graph.last.body == ANSWER
    assert graph.last.headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    ("hours", "body"), [(0, ANSWER), (23.9, ANSWER), (24, TAGGED), (7 * 24 - 0.1, TAGGED)]
)
def test_after_a_day_it_leaves_with_the_tag(
    graph: Graph, hours: float, body: dict[str, Any]
) -> None:
    send(hours)
    assert [asked.body for asked in graph.asked] == [body]


@pytest.mark.parametrize("hours", [7 * 24, None])
def test_after_a_week_nothing_leaves(graph: Graph, hours: float | None) -> None:
    failure = refusal(hours)
    assert (failure.kind, failure.for_good) == ("window_closed", True)
    assert not graph.asked


def test_where_meta_says_that_the_day_is_over_the_tag_follows(graph: Graph) -> None:
    graph.answers.append(OUTSIDE)
    assert send().startswith("m_out")
    assert [asked.body for asked in graph.asked] == [ANSWER, TAGGED]


@pytest.mark.parametrize(
    "answer", [OUTSIDE, (403, error(10)), (403, error(200)), (400, error(100))]
)
def test_without_the_right_to_the_tag_one_message_is_lost_and_no_other_held_up(
    graph: Graph, answer: tuple[int, Any]
) -> None:
    graph.always = answer
    failure = refusal(25)
    assert (failure.kind, failure.for_good, failure.is_outage) == ("window_closed", True, False)


def test_two_thousand_characters_leave_and_no_more(graph: Graph) -> None:
    said = "মিটার বদলানো হয়েছে। " * 300
    send(chat=f"Case 7 is answered.\n\n{said}\n\nIs it solved?")
    assert 1900 < len(graph.last.text) <= 2000
    assert graph.last.text.endswith("…\n\nIs it solved?")


def test_a_notice_without_words_for_messengers_is_not_sent(graph: Graph) -> None:
    assert (refusal(chat="").kind, refusal(chat="").for_good) == ("no_text", True)


@pytest.mark.parametrize(
    ("answer", "kind", "what"),
    [
        ((400, error(551, 1545041)), "graph_551", "for_good"),
        ((400, error(100, 2018001)), "graph_100", "for_good"),
        ((400, error(613)), "graph_613", "wait"),
        ((400, error(4)), "graph_4", "wait"),
        ((400, error(32)), "graph_32", "wait"),
        ((401, error(190)), "graph_190", "outage"),
        ((403, error(10)), "graph_10", "outage"),
        ((403, error(200)), "graph_200", "outage"),
        ((500, error(2)), "http_500", "outage"),
        ((400, error(1200)), "graph_1200", "again"),
        ((200, {"recipient_id": PSID}), "strange_answer", "outage"),
    ],
)
def test_what_a_refusal_means(graph: Graph, answer: tuple[int, Any], kind: str, what: str) -> None:
    graph.always = answer
    failure = refusal()
    found = "for_good" if failure.for_good else "outage" if failure.is_outage else "again"
    assert (failure.kind, "wait" if failure.wait else found) == (kind, what)


def test_a_time_out_is_an_outage(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TIMEOUT", (0.1, 0.1))
    graph.slow = 0.3
    assert (refusal().kind, refusal().is_outage) == ("timeout", True)


# --- A whole conversation ---------------------------------------------------------------------


@pytest.fixture
def budi(scene: Scene, client: Client, graph: Graph) -> OnMessenger:
    """Somebody who writes to the page, on a Sunday morning in Dhaka."""
    return OnMessenger(client, graph)


def photo() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30)).save(picture, "JPEG")
    return picture.getvalue()


def played(scene: Scene, case: Case) -> Play:
    play = Play.__new__(Play)
    play.scene, play.cast, play.receipt, play.number = scene, scene.cast, case, case.number
    return (play.forward() if case.status == "received" else play).accept()


def delivered(person: OnMessenger, *mids: str) -> None:
    """Meta says that messages of ours came."""
    done = person.event(delivery={"mids": list(mids), "watermark": 1795320000000})
    bring(person.client, "messenger", messenger_batch(done))
    intake.take_messages()


def test_a_complaint_with_a_photo_is_filed_asked_about_answered_and_confirmed(
    scene: Scene, budi: OnMessenger, graph: Graph
) -> None:
    graph.keep("photo.jpg", photo())
    image = {"type": "image", "payload": {"url": f"{graph.origin}/cdn/photo.jpg"}}
    [question] = budi.write(text=WORDS, attachments=[image])
    assert "official" in question
    [question] = budi.write("2", quick_reply={"payload": "2"})
    assert "Where" in question
    budi.write("skip")
    receipt, _withdrawal = budi.write("2")
    case = Case.objects.get(channel="messenger")
    assert case.number in receipt
    assert case.text == WORDS
    assert Attachment.objects.get().case == case
    assert not Contact.objects.get(case=case).has_phone

    play = played(scene, case)
    play.ask()
    assert "Which meter is it?" in budi.heard()[-1]
    asked = Notice.objects.get(template="asked")
    delivered(budi, asked.provider_id)
    asked.refresh_from_db()
    assert asked.delivery == "delivered"
    budi.write(text="The left one.", reply_to={"mid": asked.provider_id})
    assert play.state == "in_progress"

    play.answer()
    assert "The meter was changed." in budi.heard()[-1]
    budi.write("Yes 5")
    assert play.state == "closed: confirmed"
    assert {asked.body["recipient"]["id"] for asked in graph.messages} == {PSID}


def test_repeated_posts_file_one_complaint_and_ask_once(budi: OnMessenger) -> None:
    body = budi.batch({"text": WORDS})
    for _ in range(3):
        bring(budi.client, "messenger", body)
        intake.take_messages()
    assert len(budi.heard()) == 1
    delivered(budi, *[Notice.objects.get().provider_id] * 3)
    assert Message.objects.filter(kind="receipt").count() == 1


def test_a_voice_message_waits_for_the_desk_and_they_are_told(budi: OnMessenger) -> None:
    voice = {"type": "audio", "payload": {"url": "https://cdn.fbsbx.com/v/a.mp4"}}
    [answer] = budi.write(attachments=[voice])
    assert "শুনতে পারি না" in answer


def test_after_a_week_the_answer_is_a_dead_letter_that_somebody_can_see(
    scene: Scene, budi: OnMessenger, graph: Graph, clock: Any
) -> None:
    for said in (WORDS, "2", "skip", "2"):
        budi.write(said)
    play = played(scene, Case.objects.get(channel="messenger"))
    budi.heard()
    clock.shift(timedelta(days=3))
    play.ask()
    budi.heard()
    assert graph.last.body["tag"] == "HUMAN_AGENT"
    budi.write("The left one.")
    clock.shift(timedelta(days=7))
    play.answer()
    assert budi.heard() == []
    notice = Notice.objects.get(template="answered")
    assert (notice.status, notice.error) == ("failed", "window_closed")


def test_an_hour_without_meta_costs_no_message(budi: OnMessenger, graph: Graph, clock: Any) -> None:
    graph.always = (500, error(2))
    for number in range(8):
        person = OnMessenger(budi.client, graph)
        person.psid = f"7000{number}"
        bring(person.client, "messenger", person.batch({"text": WORDS}))
    intake.take_messages()
    relay.deliver_notices()
    assert breaker.is_open("messenger", timezone.now())
    for _ in range(60):
        clock.shift(timedelta(minutes=1))
        relay.deliver_notices()
    assert Notice.objects.filter(status="pending").count() == 8
    graph.always = None
    for _ in range(12):
        clock.shift(timedelta(minutes=1))
        relay.deliver_notices()
    assert Notice.objects.filter(status="sent").count() == 8
    assert not breaker.is_on_trial("messenger")
