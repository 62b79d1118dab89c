"""Who hears what of a case by a channel: nobody of somebody else's, nobody who wants no more, and
nothing lies in clear that says who they are.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from channels import breaker, intake, relay
from channels.models import Message, Provider
from channels.whatsapp.inbound import WhatsAppIn, kept_id
from complaints.models import Case, Contact, Notice
from complaints.services import notices
from complaints.services.correspondence import Sender, handles_of, is_operators
from complaints.services.notice_words import Unreachable, render
from tests.channels.talking import Person
from tests.channels.test_conversation import WORDS, filed
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

#: Ids as Meta makes them: what is written in base 64 begins with the person's number.
WAMIDS = (
    "wamid.HBgLNjAxNzM1MjYyMzMVAgASGBQzQUI0NkE4NjM1QTU2NjVGOURGQgA=",
    "wamid.HBgNNTUxNjk5MjMxODIyMhUCABEYEjgxQkVFRDVBQTVDODFDOTg3MQA=",
)


def play_of(scene: Scene, case: Case) -> Play:
    play = Play.__new__(Play)
    play.scene, play.cast, play.receipt, play.number = scene, scene.cast, case, case.number
    return play


# --- Joined cases -----------------------------------------------------------------------------


@pytest.fixture
def lead(scene: Scene, budi: Person) -> Play:
    """Somebody else's case, with which Budi's was joined."""
    play = Play(scene).forward().accept()
    play_of(scene, filed(budi)).merge(play)
    budi.heard()
    return play


def test_what_is_asked_in_the_case_of_somebody_else_is_not_told(lead: Play, budi: Person) -> None:
    lead.ask()
    budi.heard()
    [answer] = budi.write("STATUS")
    assert "Which meter is it?" not in answer
    assert "Grid Department" in answer
    assert "asked you" not in answer
    lead.reply().message(by="case_officer")
    assert "Is there any news?" not in budi.write("STATUS")[-1]
    lead.answer()
    assert "The meter was changed." in budi.write("STATUS")[-1]


def test_of_a_case_that_was_sealed_after_theirs_was_joined_nothing_is_told(
    lead: Play, budi: Person
) -> None:
    lead.answer().mark_sensitive()
    budi.heard()
    [answer] = budi.write("STATUS")
    assert "The meter was changed." not in answer
    assert "Grid" not in answer
    told = Notice.objects.filter(contact__handle__channel="whatsapp").order_by("id").last()
    assert told is not None
    told.template, told.values = "forwarded", {**told.values, "agency": {"en": "Grid"}}
    assert render(told, "en").template == "news"


# --- No more, elsewhere, too late -------------------------------------------------------------


def test_a_stop_counts_for_the_number_that_was_typed_on_a_page(
    scene: Scene, rahima: Person
) -> None:
    play = Play(scene)
    Contact.objects.update(way="sms")
    rahima.write("STOP")
    relay.deliver_notices()
    play.forward()
    relay.deliver_notices()
    last = Notice.objects.filter(contact__case=play.case).latest("id")
    assert (last.template, last.status, last.error) == ("forwarded", "unreachable", "stopped")
    rahima.write("START")
    play.accept()
    relay.deliver_notices()
    assert Notice.objects.filter(contact__case=play.case).latest("id").status == "sent"


def test_whoever_got_the_news_before_is_told_that_it_goes_elsewhere(
    scene: Scene, budi: Person, rahima: Person
) -> None:
    receipt = scene.file_named()
    budi.write(f"STATUS {receipt.number} {receipt.secret}")
    told = Notice.objects.get(template="news_elsewhere")
    assert notices.address_of(told).to == "rahima@example.org"
    assert receipt.number in render(told).sms
    third = Person("whatsapp", "BD.2020", "8801912345678")
    third.write(f"STATUS {receipt.number} {receipt.secret}")
    third.write(f"STATUS {receipt.number} {receipt.secret}")
    told = Notice.objects.filter(template="news_elsewhere").latest("id")
    assert Notice.objects.filter(template="news_elsewhere").count() == 2
    assert notices.address_of(told).to == "BD.1349"


def test_no_case_is_joined_to_an_operators_whatsapp(scene: Scene) -> None:
    scene.cast.operator.phone = "+8801812345678"
    scene.cast.operator.save()
    receipt = scene.file_named()
    for at, address in enumerate((("BD.1349", "8801812345678"), ("8801812345678", ""))):
        [handle] = handles_of([Sender("whatsapp", *address)]).values()
        assert is_operators(handle), at
    operator = Person("whatsapp", "BD.1349", "8801812345678")
    [answer] = operator.write(f"STATUS {receipt.number} {receipt.secret}")
    assert receipt.number in answer
    assert Contact.objects.get().handle is None


def test_a_question_is_not_asked_days_later(rahima: Person, clock: Any) -> None:
    rahima.write(WORDS)
    asked = Notice.objects.get()
    clock.shift(timedelta(hours=23))
    assert notices.address_of(asked).to
    clock.shift(timedelta(hours=1))
    with pytest.raises(Unreachable, match="too_late"):
        notices.address_of(asked)


def test_the_message_that_they_answer_says_which_case_it_is(scene: Scene, budi: Person) -> None:
    first = filed(budi)
    filed(budi, "NEW the road in front of our school is broken")
    budi.write(f"{first.number} The meter is on the second floor.")
    Notice.objects.filter(template="chat_added").update(provider_id="out-1")
    [answer] = budi.write("And it is the left one.", reply_to="out-1")
    assert first.number in answer
    assert budi.message.case == first


# --- What lies in the database ----------------------------------------------------------------


def test_secrets_of_letters_that_never_left_are_erased_with_the_messages(
    rahima: Person, clock: Any
) -> None:
    filed(rahima)
    for notice in Notice.objects.exclude(sealed=None):
        notices.mark_failed(notice, error="refused", for_good=True)
    clock.shift(timedelta(days=89))
    intake.forget_messages()
    assert Notice.objects.exclude(sealed=None).count() == 2
    clock.shift(timedelta(days=2))
    intake.forget_messages()
    assert not Notice.objects.exclude(sealed=None).exists()


def test_everything_old_is_erased_however_much_there_is(
    rahima: Person, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "AT_ONCE", 2)
    for n in range(5):
        rahima.write(f"{n} of the lamps in our street are broken")
    rahima.send(provider_id="strange", delivery="delivered")
    for _try in range(4):
        clock.shift(timedelta(minutes=11))
        intake.take_messages()
    clock.shift(timedelta(days=91))
    assert intake.forget_messages() == 6
    assert set(Message.objects.values_list("kind", "sealed")) == {("words", None)}
    assert intake.forget_messages() == 0


@pytest.mark.parametrize("wamid", WAMIDS)
def test_an_id_of_whatsapp_is_kept_without_the_number_in_it(wamid: str) -> None:
    assert kept_id(wamid) != wamid
    assert kept_id(wamid) == kept_id(wamid)
    assert kept_id("wamid.out1") == "wamid.out1"
    assert kept_id("") == ""
    batch = WhatsAppIn()
    [status] = batch._of_status({"id": wamid, "status": "delivered"})
    assert wamid not in status.external_id
    report = batch.read(status.payload)
    assert report.provider_id == kept_id(wamid)
    said = {"id": wamid, "from": "60173526233", "type": "text", "text": {"body": "x"}}
    assert batch._of_message(said, {}).external_id == kept_id(wamid)
    answer = batch.read({"message": {**said, "context": {"id": wamid}}})
    assert answer.reply_to == kept_id(wamid)


def test_only_what_came_to_the_desk_is_shown_and_nothing_of_a_barred_case(
    scene: Scene, rahima: Person, client: Client
) -> None:
    filed(rahima)
    client.force_login(scene.cast.overseer)
    pages = [f"/en/desk/messages/{message.key}/" for message in Message.objects.all()]
    assert {client.get(page).status_code for page in pages} == {404}
    last = rahima.message
    page = f"/en/desk/messages/{last.key}/"
    Message.objects.filter(pk=last.pk).update(done_by=scene.cast.desk)
    assert client.get(page).status_code == 200
    play_of(scene, rahima.case).about(user_id=scene.cast.overseer.pk)
    assert client.get(page).status_code == 404


# --- A provider that was away -----------------------------------------------------------------


def test_what_was_over_long_ago_says_nothing_of_the_next_failure(db: None) -> None:
    now = timezone.now()
    assert breaker.failed("there", "too_many", now, wait=60) == now + timedelta(minutes=1)
    later = now + timedelta(minutes=5)
    assert breaker.failed("there", "timeout", later) is None
    assert Provider.objects.get().failures == 2


@pytest.mark.parametrize(("channel", "has_phone"), [("whatsapp", True), ("messenger", False)])
def test_an_id_that_looks_like_a_number_is_none(
    scene: Scene, budi: Person, channel: str, has_phone: bool
) -> None:
    person = Person(channel, "8801912345678")
    filed(person)
    assert Contact.objects.get().has_phone == has_phone
