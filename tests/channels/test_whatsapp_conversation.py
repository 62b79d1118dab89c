"""A whole conversation by WhatsApp, from webhook to Graph API and back; and what goes wrong on the way."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image
from structlog.testing import capture_logs

from channels import breaker, http, intake, relay
from channels.models import Message, Provider
from complaints.models import Attachment, Case, Contact, Feedback, Handle, Notice
from tests.channels.graph import Graph, OnWhatsApp, bring, error, graph, status, whatsapp_batch
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

__all__ = ["graph"]
WORDS = "The electricity meter shows a wrong number and nobody comes."


@pytest.fixture
def rahima(scene: Scene, client: Client, graph: Graph) -> OnWhatsApp:
    """Somebody with a number and an id, on a Sunday morning in Dhaka."""
    return OnWhatsApp(client, graph)


def photo() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30)).save(picture, "JPEG")
    return picture.getvalue()


def filed(person: OnWhatsApp) -> Case:
    """A complaint filed to the end of its questions."""
    for said in (WORDS, "2", "skip", "2"):
        person.write(said)
    return Case.objects.get(channel="whatsapp")


def played(scene: Scene, case: Case) -> Play:
    play = Play.__new__(Play)
    play.scene, play.cast, play.receipt, play.number = scene, scene.cast, case, case.number
    return (play.forward() if case.status == "received" else play).accept()


def report(person: OnWhatsApp, message_id: str, *said: str, codes: tuple[int, ...] = ()) -> None:
    """Meta says what became of a message of ours."""
    reports = [status(message_id, word, *codes) for word in said]
    assert bring(person.client, "whatsapp", whatsapp_batch(statuses=reports)).status_code == 200
    intake.take_messages()


def test_a_complaint_with_a_photo_is_filed_asked_about_answered_and_confirmed(
    scene: Scene, rahima: OnWhatsApp, graph: Graph
) -> None:
    graph.keep("1003383421", photo())
    image = {"caption": WORDS, "mime_type": "image/jpeg", "id": "1003383421"}
    [question] = rahima.write(type="image", image=image)
    assert "official" in question
    rahima.write(type="interactive", interactive={"button_reply": {"id": "2", "title": "2"}})
    [question] = rahima.write(
        type="location", location={"latitude": 23.8, "longitude": 90.4, "name": "Market"}
    )
    assert "published" in question
    receipt, _withdrawal = rahima.write("2")
    case = Case.objects.get(channel="whatsapp")
    assert case.number in receipt
    assert case.text.startswith(WORDS)
    assert Attachment.objects.get().case == case
    assert float(case.latitude) == pytest.approx(23.8)
    assert Contact.objects.get(case=case).has_phone

    play = played(scene, case)
    play.ask()
    assert "Which meter is it?" in rahima.heard()[-1]
    asked = Notice.objects.filter(template="asked").get()
    rahima.write(type="text", text={"body": "The left one."}, context={"id": asked.provider_id})
    assert play.state == "in_progress"

    play.answer()
    assert "The meter was changed." in rahima.heard()[-1]
    assert rahima.write("Yes 5")
    assert play.state == "closed: confirmed"
    assert Feedback.objects.get().rating == 5
    assert {asked.body["recipient"] for asked in graph.messages} == {rahima.user_id}


def test_repeated_posts_file_one_complaint_and_ask_once(rahima: OnWhatsApp, graph: Graph) -> None:
    body = rahima.batch({"type": "text", "text": {"body": WORDS}})
    for _ in range(3):
        bring(rahima.client, "whatsapp", body)
        intake.take_messages()
    assert len(rahima.heard()) == 1
    assert Message.objects.count() == 1


def test_a_voice_message_waits_for_the_desk_and_they_are_told(rahima: OnWhatsApp) -> None:
    [answer] = rahima.write(
        type="audio", audio={"id": "5", "mime_type": "audio/ogg", "voice": True}
    )
    assert "শুনতে পারি না" in answer
    assert Message.objects.get().why == "audio"


def test_a_thumb_is_answered_with_nothing(rahima: OnWhatsApp) -> None:
    reaction = {"message_id": "wamid.out1", "emoji": "👍"}
    assert rahima.write(type="reaction", reaction=reaction) == []
    assert Message.objects.get().state == "done"


def test_a_photo_of_twenty_megabytes_is_left_and_they_are_told(
    rahima: OnWhatsApp, graph: Graph
) -> None:
    graph.keep("1003383421", b"x" * 20 * 1024 * 1024)
    said = rahima.write(type="image", image={"caption": WORDS, "id": "1003383421"})
    assert any("Not all files" in words for words in said)
    assert any("official" in words for words in said)


# --- Who it is --------------------------------------------------------------------------------


def test_somebody_without_a_number_files_and_is_answered(rahima: OnWhatsApp, graph: Graph) -> None:
    rahima.number = ""
    case = filed(rahima)
    assert not Contact.objects.get(case=case).has_phone
    assert {asked.body["recipient"] for asked in graph.messages} == {rahima.user_id}


def test_first_a_number_then_an_id_is_one_person_with_one_case(
    rahima: OnWhatsApp, graph: Graph
) -> None:
    user_id, rahima.user_id = rahima.user_id, ""
    case = filed(rahima)
    assert graph.last.body["to"] == rahima.number
    rahima.user_id = user_id
    [answer] = rahima.write("STATUS")
    assert case.number in answer
    assert graph.last.body["recipient"] == user_id
    assert Handle.objects.count() == 1


def test_a_new_owner_of_the_number_is_shown_nothing(rahima: OnWhatsApp) -> None:
    case = filed(rahima)
    rahima.user_id = "BD.999"
    [answer] = rahima.write("STATUS")
    assert case.number not in answer
    assert Handle.objects.count() == 2


def test_a_changed_number_is_somebody_new_until_proved(rahima: OnWhatsApp) -> None:
    filed(rahima)
    system = {"type": "user_changed_number", "body": "changed", "wa_id": "8801812345678"}
    assert rahima.write(type="system", system=system) == []
    rahima.number, rahima.user_id = "8801812345678", "BD.777"
    [answer] = rahima.write("STATUS")
    assert "গোপন কোড" in answer


# --- What became of ours ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reports", "delivery", "state"),
    [
        (["sent", "delivered", "read"], "read", "sent"),
        (["read", "delivered", "sent"], "read", "sent"),
        (["delivered", "sent", "delivered"], "delivered", "sent"),
        (["sent", "failed", "delivered"], "failed", "failed"),
        (["failed", "sent"], "failed", "failed"),
    ],
)
def test_reports_come_in_any_order(
    rahima: OnWhatsApp, reports: list[str], delivery: str, state: str
) -> None:
    rahima.write(WORDS)
    notice = Notice.objects.get()
    for said in reports:
        codes = (131026,) if said == "failed" else ()
        report(rahima, notice.provider_id, said, codes=codes)
    notice.refresh_from_db()
    assert (notice.delivery, notice.status) == (delivery, state)
    assert notice.error == ("131026" if state == "failed" else "")


def test_a_report_about_nothing_of_ours_ends_quietly(rahima: OnWhatsApp, clock: Any) -> None:
    report(rahima, "wamid.elsewhere", "delivered")
    for _ in range(3):
        clock.shift(timedelta(minutes=10))
        intake.take_messages()
    row = Message.objects.get()
    assert (row.state, row.why) == ("done", "not_ours")


def test_what_came_too_late_goes_out_once_more_as_the_template(
    scene: Scene, rahima: OnWhatsApp, graph: Graph
) -> None:
    """Meta took the text, and says later that the day was over."""
    play = played(scene, filed(rahima))
    rahima.heard()
    play.answer()
    rahima.heard()
    notice = Notice.objects.get(template="answered")
    first = notice.provider_id
    report(rahima, first, "failed", codes=(131047,))
    [words] = rahima.heard()
    notice.refresh_from_db()
    assert graph.last.body["type"] == "template"
    assert words.startswith(f"{play.number} http")
    assert "/a/" in words
    assert (notice.status, notice.attempts, notice.delivery) == ("sent", 1, "")
    assert notice.provider_id not in ("", first)
    # Whatever is said of the first one, or of the second: it is not sent a third time.
    report(rahima, first, "sent")
    report(rahima, notice.provider_id, "failed", codes=(131047,))
    assert rahima.heard() == []
    notice.refresh_from_db()
    assert (notice.status, notice.error) == ("failed", "window_closed")


def test_a_receipt_that_came_too_late_says_its_number_without_the_secret(
    rahima: OnWhatsApp, graph: Graph
) -> None:
    case = filed(rahima)
    for receipt in Notice.objects.filter(template__startswith="receipt").order_by("id"):
        report(rahima, receipt.provider_id, "failed", codes=(131047,))
    [words] = rahima.heard()
    assert words.startswith(f"{case.number} http")


def test_a_question_that_came_too_late_names_no_case_and_is_given_up(rahima: OnWhatsApp) -> None:
    rahima.write(WORDS)
    notice = Notice.objects.get()
    report(rahima, notice.provider_id, "failed", codes=(131047,))
    assert rahima.heard() == []
    notice.refresh_from_db()
    assert (notice.status, notice.error) == ("failed", "window_closed")


def test_a_day_later_news_come_as_the_template(
    scene: Scene, rahima: OnWhatsApp, graph: Graph, clock: Any
) -> None:
    play = played(scene, filed(rahima))
    rahima.heard()
    clock.shift(timedelta(hours=24))
    play.answer()
    [words] = rahima.heard()
    assert graph.last.body["type"] == "template"
    assert words.startswith(play.number)
    # Whoever answers the template opens a new day.
    rahima.write("Yes 4")
    assert play.state == "closed: confirmed"
    assert graph.last.body["type"] == "text"


# --- When Meta is away ------------------------------------------------------------------------


def test_an_hour_without_meta_costs_no_message(
    scene: Scene, rahima: OnWhatsApp, graph: Graph, clock: Any
) -> None:
    graph.always = (503, b"<html>")
    people = [OnWhatsApp(rahima.client, graph) for _ in range(8)]
    for number, person in enumerate(people):
        person.user_id, person.number = f"BD.{number}", ""
        bring(person.client, "whatsapp", person.batch({"type": "text", "text": {"body": WORDS}}))
    intake.take_messages()
    with capture_logs() as logs:
        relay.deliver_notices()
        tried = len(graph.messages)
        assert tried < breaker.FAILURES + relay.AT_ONCE
        assert breaker.is_open("whatsapp", timezone.now())
        for _ in range(60):
            clock.shift(timedelta(minutes=1))
            relay.deliver_notices()
    # Left alone ever longer, it was asked a few times only, one message each.
    assert len(graph.messages) < tried + 15
    assert Notice.objects.filter(status="pending").count() == 8
    assert max(Notice.objects.values_list("attempts", flat=True)) <= 1
    assert "BD." not in str(logs)

    graph.always = None
    before = len(graph.messages)
    for _ in range(12):
        clock.shift(timedelta(minutes=1))
        relay.deliver_notices()
    assert Notice.objects.filter(status="sent").count() == 8
    assert len(graph.messages) - before == 8
    provider = Provider.objects.get(pk="whatsapp")
    assert (provider.failures, provider.open_until) == (0, None)


def test_an_expired_token_stops_all_and_loses_nothing(
    rahima: OnWhatsApp, graph: Graph, clock: Any
) -> None:
    graph.always = (401, error(190))
    rahima.write(WORDS)
    assert Notice.objects.get().status == "pending"
    graph.always = None
    clock.shift(timedelta(minutes=2))
    relay.deliver_notices()
    assert Notice.objects.get().status == "sent"


def test_one_persons_limit_holds_up_nobody_else(
    rahima: OnWhatsApp, graph: Graph, clock: Any
) -> None:
    other = OnWhatsApp(rahima.client, graph)
    other.user_id, other.number = "BD.2", ""
    for person in (rahima, other):
        bring(person.client, "whatsapp", person.batch({"type": "text", "text": {"body": WORDS}}))
    intake.take_messages()
    graph.answers.append((429, error(131056)))
    relay.deliver_notices()
    assert sorted(Notice.objects.values_list("status", flat=True)) == ["pending", "sent"]
    assert not Provider.objects.filter(failures__gt=0).exists()
    clock.shift(timedelta(minutes=1))
    relay.deliver_notices()
    assert Notice.objects.filter(status="sent").count() == 2


def test_too_much_at_once_waits_as_long_as_asked(
    rahima: OnWhatsApp, graph: Graph, clock: Any
) -> None:
    graph.answers.append((429, error(130429)))
    rahima.write(WORDS)
    clock.shift(timedelta(seconds=59))
    relay.deliver_notices()
    assert len(graph.messages) == 1
    clock.shift(timedelta(seconds=3))
    relay.deliver_notices()
    assert Notice.objects.get().status == "sent"


def test_a_time_out_is_tried_again(
    rahima: OnWhatsApp, graph: Graph, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as quick:
        quick.setattr(http, "TIMEOUT", (0.1, 0.1))
        graph.slow = 0.3
        rahima.write(WORDS)
    graph.slow = 0.0
    assert Notice.objects.get().error == "timeout"
    clock.shift(timedelta(minutes=1))
    relay.deliver_notices()
    notice = Notice.objects.get()
    assert (notice.status, notice.error) == ("sent", "")


def test_a_photo_that_cannot_be_had_yet_comes_later(
    rahima: OnWhatsApp, graph: Graph, clock: Any
) -> None:
    graph.keep("1003383421", photo())
    graph.answers.append((503, b""))
    assert rahima.write(type="image", image={"caption": WORDS, "id": "1003383421"}) == []
    assert Message.objects.get().why == "http_503"
    clock.shift(timedelta(seconds=5))
    intake.take_messages()
    assert len(rahima.heard()) == 1
    assert Attachment.objects.count() == 1
