"""Whole talks over real HTTP: pretended telephone → webhook → conversation → provider's API → telephone."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from channels import breaker, relay
from channels.models import Message, Played, Provider
from channels.simulator import bubbles, mailbox, pictures, played, playing, trouble
from channels.simulator.providers.base import Said
from complaints.models import Attachment, Case, Notice
from tests.channels.demonstration import KARIM, RAHIMA, Player, set_up
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.factories.agencies import RegistryCast, make_registry

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "The electricity meter shows a wrong number and nobody comes."


@pytest.fixture
def cast(live_server: Any) -> RegistryCast:
    """The tiny country, written where the live server sees it."""
    return make_registry()


@pytest.fixture
def scene(cast: RegistryCast) -> Scene:
    """The cast, in real time: telephones have clocks of their own."""
    return Scene(cast)


@pytest.fixture(autouse=True)
def demonstration(settings: Any, live_server: Any, scene: Scene, tmp_path: Path) -> None:
    set_up(settings, live_server.url, tmp_path)
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports are due as soon as a message is out."""
    for channel in ("sms", "whatsapp", "messenger", "x"):
        provider = Player(channel).provider
        now = tuple((0.0, status) for _after, status in provider.reports)
        monkeypatch.setattr(provider, "reports", now)


def filed(player: Player) -> Case:
    """A complaint filed to the end of its questions."""
    player.write(WORDS)
    player.write("2")
    player.write("skip")
    player.write("2")
    return Case.objects.latest("id")


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "messenger", "x"])
def test_a_complaint_is_filed_answered_and_confirmed(channel: str, scene: Scene) -> None:
    player = Player(channel)
    [question] = player.write(WORDS)
    assert "official" in question
    player.write("2")
    player.write("skip")
    receipt, withdrawal = player.write("2")
    case = Case.objects.get()
    assert case.channel == channel
    assert case.number in receipt
    assert case.number in withdrawal
    play = Play.__new__(Play)
    play.scene, play.cast, play.receipt, play.number = scene, scene.cast, case, case.number
    (play.forward() if case.status == "received" else play).accept().answer()
    answer = player.wait()[-1]
    digits = re.search(r"YES (\d{4})", answer)
    player.write(f"YES {digits[1]} 5" if digits else "YES 5")
    assert play.state == "closed: confirmed"


@pytest.mark.parametrize(
    ("channel", "furthest"),
    [("sms", "delivered"), ("whatsapp", "read"), ("messenger", "delivered")],
)
def test_what_became_of_it_comes_back(channel: str, furthest: str) -> None:
    player = Player(channel)
    player.write(WORDS)
    assert player.reported() == {furthest}
    [*_, bubble] = bubbles.bubbles(channel, RAHIMA)
    assert (bubble.from_us, bubble.state) == (True, furthest)


def test_reports_are_sent_once() -> None:
    player = Player("whatsapp")
    player.write(WORDS)
    player.reported()
    count = Message.objects.filter(kind=Message.Kind.RECEIPT).count()
    player.reported()
    assert Message.objects.filter(kind=Message.Kind.RECEIPT).count() == count == 3


def test_a_report_that_is_not_due_waits() -> None:
    player = Player("sms")
    player.write(WORDS)
    row = Played.objects.get(from_us=True)
    row.raw["due"] = played.due(((60.0, "delivered"),))
    row.save()
    assert played.take_due(timezone.now()) is None
    assert played.take_due(timezone.now() + timedelta(seconds=61)) is not None
    assert played.take_due(timezone.now() + timedelta(seconds=61)) is None


def test_whoever_hides_their_number_is_answered(scene: Scene) -> None:
    player = Player("whatsapp", KARIM)
    [question] = player.write(WORDS)
    assert "official" in question
    assert player.reported() == {"read"}


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "messenger", "x"])
def test_a_photo_is_kept_with_the_complaint(channel: str, scene: Scene) -> None:
    player = Player(channel)
    player.write(WORDS, photo=pictures.new_number())
    player.write("2")
    player.write("skip")
    player.write("2")
    [attachment] = Attachment.objects.all()
    assert attachment.case == Case.objects.get()
    assert not Message.objects.exclude(state=Message.State.DONE).exists()


def test_a_place_answers_where(scene: Scene) -> None:
    player = Player("whatsapp")
    player.write(WORDS)
    player.write("2")
    [question] = player.write(place=(23.7465, 90.376))
    assert "published" in question
    player.write("2")
    assert Case.objects.get().latitude is not None


def test_an_answer_goes_to_the_case_that_the_message_was_about(scene: Scene) -> None:
    player = Player("whatsapp")
    first = filed(player)
    receipt = Notice.objects.get(template="receipt")
    player.write(f"NEW {WORDS}")
    for answer in ("2", "skip", "2"):
        player.write(answer)
    [said] = player.write("The meter is on the second floor.", answers=receipt.provider_id)
    assert first.number in said
    assert bubbles.bubbles("whatsapp", RAHIMA)[-2].quoted


# --- E-mail -----------------------------------------------------------------------------------


def letters() -> list[mailbox.Letter]:
    return mailbox.letters(RAHIMA.email)


def test_a_letter_is_filed_and_its_receipt_lies_in_the_mailbox(scene: Scene) -> None:
    player = Player("email")
    player.write(WORDS, subject="Our meter", photo=pictures.new_number())
    case = Case.objects.get()
    assert case.channel == "email"
    assert WORDS in case.text
    assert any(case.number in letter.text for letter in letters())
    assert Attachment.objects.get().case == case


def test_an_answer_to_a_letter_finds_its_case(scene: Scene) -> None:
    player = Player("email")
    player.write(WORDS, subject="Our meter")
    player.write("NEW the road in front of our school is broken", subject="A road")
    first = Case.objects.order_by("id").first()
    assert first is not None
    letter = next(one for one in letters() if first.number in one.subject + one.text)
    said = playing.as_answer(RAHIMA, Said("It is on the second floor.", answers=letter.message_id))
    assert said.to == letter.reply_to
    assert said.quoted.startswith("> ")
    assert playing.say(player.provider, RAHIMA, said).is_taken
    player.wait()
    message = Message.objects.latest("id")
    assert (message.state, message.case) == (Message.State.DONE, first)


def test_the_mail_service_is_refused_without_the_secret(scene: Scene) -> None:
    answer = playing.say(Player("email").provider, RAHIMA, Said("x", subject="y"), forged=True)
    assert answer.status in (400, 403)
    assert not Message.objects.exists()


# --- What goes wrong --------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "messenger", "x", "email"])
def test_the_same_message_again_changes_nothing(channel: str, scene: Scene) -> None:
    player = Player(channel)
    player.write(WORDS)
    row = played.last_of_theirs(channel, RAHIMA.key)
    assert row is not None
    assert playing.repeat(player.provider, row).status == 200
    assert Message.objects.filter(kind=Message.Kind.WORDS).count() == 1
    assert bubbles.bubbles(channel, RAHIMA)[0].times == 2


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "messenger", "x"])
def test_a_forged_message_is_refused_and_not_kept(channel: str, scene: Scene) -> None:
    player = Player(channel)
    answer = playing.say(player.provider, RAHIMA, Said("I am the provider"), forged=True)
    assert answer.status == 403
    assert not Message.objects.exists()
    [bubble] = bubbles.bubbles(channel, RAHIMA)
    assert (bubble.state, bubble.status) == ("refused", 403)
    assert played.last_of_theirs(channel, RAHIMA.key) is None


@pytest.mark.parametrize("channel", ["whatsapp", "messenger", "x"])
def test_hands_are_shaken(channel: str) -> None:
    assert playing.shake(Player(channel).provider) is True


def test_sms_shake_no_hands() -> None:
    assert playing.shake(Player("sms").provider) is None


@pytest.mark.parametrize(("channel", "kind"), [("sms", "503"), ("whatsapp", "429"), ("x", "503")])
def test_a_provider_out_of_order_makes_messages_wait(channel: str, kind: str, scene: Scene) -> None:
    player = Player(channel)
    trouble.begin(player.provider.name, kind)
    assert player.write(WORDS) == []
    health = bubbles.health(player.provider, timezone.now())
    assert (health.waiting, health.trouble) == (1, kind)
    assert health.failures >= 1
    trouble.end(player.provider.name)
    Provider.objects.update(open_until=None)
    Notice.objects.update(next_at=timezone.now())
    relay.deliver_notices()
    assert len(player.heard()) == 1
    assert bubbles.health(player.provider, timezone.now()).waiting == 0


def test_a_silent_provider_is_given_up_after_a_while(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trouble, "SECONDS_OF_SILENCE", 1.0)
    monkeypatch.setattr("channels.http.TIMEOUT", (1.0, 0.3))
    trouble.begin("whatsapp", "timeout")
    assert Player("whatsapp").write(WORDS) == []
    assert Provider.objects.get(pk="whatsapp").last_error == "timeout"
    assert not breaker.is_open("whatsapp", timezone.now())


def test_nobody_is_there(scene: Scene, settings: Any) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    answer = Player("sms").send(WORDS)
    assert not answer.is_taken
    assert bubbles.bubbles("sms", RAHIMA)[0].state == "silent"
