"""Erasing who somebody is, and their words: gone everywhere, while the record stays provable."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import models
from django.test import Client
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import User
from channels.models import Device, Message
from channels.push import devices
from channels.push.subscription import Subscription
from complaints.errors import NoSuchCase
from complaints.models import (
    Contact,
    ContactProof,
    DataKey,
    Event,
    Handle,
    Notice,
)
from complaints.services import (
    answering,
    casework,
    contacts,
    correspondence,
    erasing,
    links,
    lost_secret,
    notices,
    sealing,
)
from complaints.services.notice_words import Unreachable
from complaints.services.sealing import CannotUnseal
from complaints.services.verifying import Verification
from complaints.submission import ContactDetails
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play, refused
from tests.complaints.test_together import assert_sound, at_once
from tests.factories.agencies import make_registry

NAME, PHONE, EMAIL = "Rahima", "01712345678", "rahima@example.org"
TEXT = "The electricity meter of my house shows a wrong number."
REPLY = "It is the left one beside the mango tree."
PLACE = "The blue house behind the mosque"


def filed(scene: Scene, **parts: Any) -> Play:
    """A complaint with name and contact, of which the place is told in words."""
    return Play(scene, text=TEXT, place_note=PLACE, latitude=23.7, longitude=90.4, **parts)


def closed(scene: Scene, **parts: Any) -> Play:
    """The same, asked about, answered and confirmed, with a photo; its time for appeals is over."""
    play = filed(scene, **parts).forward().accept()
    casework.ask(actor=play.actor("case_officer"), number=play.number, text="Which meter is it?")
    answering.reply(
        actor=play.actor("citizen"), number=play.number, text=REPLY, files=[play.photo("citizen")]
    )
    return play.answer().confirm()


def erase(play: Play, *, words: bool = False, by: str = "citizen") -> None:
    erasing.erase(actor=play.actor(by), number=play.number, words=words)


def faults() -> list[str]:
    """What the record says is wrong with it, anywhere."""
    return [f"{fault.seq} {fault.code}" for fault in Verification().faults()]


def opened(value: Any) -> str:
    """A value of any column as text; what is sealed is opened with the keys there are."""
    if isinstance(value, memoryview | bytes):
        raw = bytes(value)
        with suppress(CannotUnseal, ValueError):
            return str(sealing.unseal(raw))
        for key in DataKey.objects.all():
            contact = Contact(sealed=raw, data_key=key)
            try:
                return str(contacts.details_of(contact))
            except CannotUnseal:
                continue
        return raw.decode("latin-1")
    return str(value)


def found_in_database(*words: str) -> list[str]:
    """Every column of every table in which one of the words can still be read."""
    found = []
    for model in apps.get_models():
        names = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(
                field,
                models.CharField
                | models.TextField
                | models.JSONField
                | models.BinaryField
                | models.FileField,
            )
        ]
        for row in model._base_manager.values_list(*names) if names else ():
            for name, value in zip(names, row, strict=True):
                text = opened(value)
                found += [f"{model.__name__}.{name}: {w}" for w in words if w in text]
    return found


class TestWhoSomebodyIs:
    def test_name_and_contact_are_in_no_table_any_more(self, scene: Scene) -> None:
        play = closed(scene)
        phone_index = sealing.blind_index("phone", "+8801712345678")
        told = (NAME, PHONE[1:], EMAIL, phone_index)
        assert len({line.rpartition(": ")[2] for line in found_in_database(*told)}) == 4
        erase(play)
        assert found_in_database(*told) == []

    def test_the_record_has_no_fault_and_says_what_was_erased(self, scene: Scene) -> None:
        play = closed(scene)
        erase(play)
        assert (play.last.move, play.last.party, play.last.data) == (
            "erase",
            "citizen",
            {"what": ["person"]},
        )
        assert play.last.actor_id is None
        assert faults() == []

    def test_a_second_time_nothing_happens(self, scene: Scene) -> None:
        play = closed(scene)
        erase(play)
        at, events = play.case.person_erased_at, play.case.last_seq
        erase(play)
        assert (play.case.person_erased_at, play.case.last_seq) == (at, events)

    def test_an_open_case_goes_on_without_anybody_to_tell(self, scene: Scene) -> None:
        play = filed(scene).forward().accept()
        erase(play)
        heard = play.heard()
        play.answer()
        assert play.state == "answered"
        assert play.heard() == heard
        assert play.may("citizen")

    def test_who_is_joined_with_it_is_still_told(self, scene: Scene) -> None:
        lead, other = filed(scene), Play(scene)
        other.merge(lead)
        erase(lead)
        lead.forward()
        assert "forwarded" in other.heard()

    def test_nobody_but_the_citizen_may(self, scene: Scene) -> None:
        play = closed(scene)
        for who in ("case_officer", "focal", "head", "desk", "overseer", "rival_focal"):
            with pytest.raises(NoSuchCase):
                erase(play, by=who)
        other = Play(scene)
        with pytest.raises(NoSuchCase):
            erasing.erase(actor=other.actor("citizen"), number=play.number)
        assert play.case.person_erased_at is None

    def test_officers_can_look_no_more_and_no_look_is_written(self, scene: Scene) -> None:
        play = filed(scene).forward().accept()
        erase(play)
        with refused("person_erased"):
            play.break_seal()
        assert "break_seal" not in play.moves

    def test_an_old_backup_of_the_contact_cannot_be_opened(self, scene: Scene) -> None:
        play = closed(scene)
        row = Contact.objects.filter(case=play.case).values().get()
        before = Contact(**row)
        assert contacts.details_of(before)["name"] == NAME
        erase(play)
        restored = {**row, "data_key_id": None}
        Contact.objects.filter(pk=row["id"]).update(
            sealed=restored["sealed"], erased_at=None, phone_index=row["phone_index"]
        )
        with pytest.raises(CannotUnseal):
            contacts.details_of(Contact.objects.get(pk=row["id"]))
        for key in DataKey.objects.all():
            with pytest.raises(CannotUnseal):
                contacts.details_of(Contact(sealed=row["sealed"], data_key=key))

    def test_the_account_that_filed_it_has_it_no_more(self, scene: Scene) -> None:
        play = closed(scene)
        charlie = scene.cast.charlie
        type(play.case).objects.filter(pk=play.case.pk).update(owner=charlie)
        erasing.erase(actor=scene.actor(charlie), number=play.number)
        assert play.case.owner_id is None
        assert not play.sees("charlie")
        assert User.objects.filter(pk=charlie.pk).exists()

    def test_devices_codes_and_replies_by_mail_are_cut(self, scene: Scene) -> None:
        play = closed(scene)
        devices.add(
            actor=play.actor("citizen"),
            number=play.number,
            subscription=Subscription("https://push.example/abc", "p" * 87, "a" * 22),
        )
        lost_secret.ask_code(number=play.number, contact=EMAIL)
        token = links.reply_token(play.case.pk)
        assert links.case_of_reply(token) == play.case
        erase(play)
        assert not Device.objects.exists()
        assert not ContactProof.objects.filter(case=play.case).exists()
        assert links.case_of_reply(token) is None

    def test_a_lost_secret_cannot_be_replaced_any_more(self, scene: Scene) -> None:
        play = closed(scene)
        erase(play)
        proof = lost_secret.ask_code(number=play.number, contact=EMAIL)
        assert proof.case is None

    def test_what_was_to_be_sent_is_not_and_what_was_sent_is_emptied(self, scene: Scene) -> None:
        play = filed(scene).forward()
        sent, waiting = Notice.objects.filter(contact__case=play.case).order_by("id")[:2]
        notices.mark_sent(sent, provider_id="<8801712345678@provider>", now=timezone.now())
        erase(play)
        sent.refresh_from_db()
        waiting.refresh_from_db()
        assert (sent.status, sent.provider_id, sent.values) == ("sent", "", {})
        assert (waiting.status, waiting.error, waiting.sealed) == ("unreachable", "erased", None)

    def test_a_notice_that_is_just_being_sent_leaves_nothing_behind(self, scene: Scene) -> None:
        play = filed(scene)
        claimed = [n for n in notices.claim_due(50, timezone.now()) if n.contact_id]
        assert claimed
        erase(play)
        for notice in claimed:
            notices.mark_sent(notice, provider_id="<secret@provider>", now=timezone.now())
            fresh = Notice.objects.select_related("contact").get(pk=notice.pk)
            assert (fresh.status, fresh.provider_id) == ("unreachable", "")
            with pytest.raises(Unreachable):
                notices.address_of(fresh)

    def test_sessions_that_had_opened_the_case_are_closed(
        self, scene: Scene, client: Client
    ) -> None:
        play = closed(scene)
        given = {"number": play.number, "secret": play.receipt.secret}
        client.post("/complaints/track/", given)
        address = f"/complaints/track/{play.number}/"
        assert client.get(address).status_code == 200
        erase(play)
        assert client.get(address).status_code == 302
        client.post("/complaints/track/", given)
        assert client.get(address).status_code == 200


class TestTheHandleThatSomebodyWritesFrom:
    @pytest.fixture
    def handle(self, scene: Scene) -> Handle:
        sender = correspondence.Sender("sms", "+8801712345678")
        return correspondence.handles_of([sender])[sender]

    def joined(self, play: Play, handle: Handle) -> Play:
        correspondence.join(handle=handle, actor=play.actor("citizen"), number=play.number)
        Message.objects.create(
            channel="sms",
            external_id=f"8801712345678-{play.number}",
            sealed=sealing.seal({"text": TEXT, "from": "+8801712345678"}),
            handle=handle,
            case=play.case,
            state=Message.State.DONE,
            next_at=timezone.now(),
            received_at=timezone.now(),
        )
        return play

    def test_it_is_forgotten_with_its_messages(self, scene: Scene, handle: Handle) -> None:
        play = self.joined(closed(scene), handle)
        erase(play)
        assert not Handle.objects.exists()
        message = Message.objects.get()
        assert (message.sealed, message.handle, message.fetched) == (None, None, {})
        assert found_in_database("1712345678") == []

    def test_it_stays_while_another_case_is_followed_from_there(
        self, scene: Scene, handle: Handle
    ) -> None:
        first, second = self.joined(closed(scene), handle), self.joined(Play(scene), handle)
        erase(first)
        assert Handle.objects.filter(pk=handle.pk).exists()
        assert Message.objects.get(case=first.case).handle is None
        assert Message.objects.get(case=second.case).sealed is not None
        erase(second)
        assert not Handle.objects.exists()

    def test_it_stays_while_a_message_of_it_waits(self, scene: Scene, handle: Handle) -> None:
        play = self.joined(closed(scene), handle)
        Message.objects.create(
            channel="sms",
            external_id="new",
            sealed=sealing.seal({"text": "More"}),
            handle=handle,
            next_at=timezone.now(),
            received_at=timezone.now(),
        )
        erase(play)
        assert Handle.objects.filter(pk=handle.pk).exists()
        assert Contact.objects.get(case=play.case).handle is None


@pytest.fixture
def crowd(transactional_db: None) -> Iterator[Scene]:
    """A scene whose rows other connections see; time stands still for all threads."""
    with time_machine.travel(SUNDAY, tick=False):
        yield Scene(make_registry())


def test_two_at_once_erase_once(crowd: Scene) -> None:
    """The second waits for the first, and finds nothing left to do."""
    play = closed(crowd)
    done = at_once(*[lambda: erase(play)] * 4)
    assert done == [None] * 4
    assert Event.objects.filter(case=play.case, move="erase").count() == 1
    assert not DataKey.objects.exists()
    assert_sound()


def test_erasing_and_answering_at_once_keep_the_record_sound(crowd: Scene) -> None:
    play = filed(crowd).forward().accept()
    done = at_once(lambda: erase(play), play.answer, play.note, play.message)
    assert not [one for one in done if isinstance(one, BaseException)]
    assert play.case.person_erased_at is not None
    assert_sound()


def test_erasing_while_a_worker_sends_leaves_no_id_behind(crowd: Scene) -> None:
    play = filed(crowd)

    def send() -> None:
        for notice in notices.claim_due(50, timezone.now()):
            notices.mark_sent(notice, provider_id="<secret@provider>", now=timezone.now())

    done = at_once(lambda: erase(play), send)
    assert not [one for one in done if isinstance(one, BaseException)]
    # Whatever went first: if it was sent before, the id went with the erasure.
    theirs = Notice.objects.filter(contact__case=play.case)
    assert set(theirs.values_list("provider_id", flat=True)) == {""}
    assert not theirs.filter(status="pending").exists()


def test_what_officers_are_shown_says_when_it_was_erased(scene: Scene, client: Client) -> None:
    play = filed(scene).forward().accept()
    erase(play)
    client.force_login(scene.cast.case_officer)
    page = client.get(f"/en/office/cases/{play.number}/").content.decode()
    assert "Erased on" in page
    assert "break_seal" not in page
    assert "Erased: who filed it" in page


def test_an_anonymous_case_has_nobody_to_erase(scene: Scene) -> None:
    play = Play(scene, named=False).forward().accept().answer().confirm()
    assert not erasing.erase_by_system(play.number, erasing.PERSON, because="time_is_over")
    assert play.case.person_erased_at is not None
    assert "erase" not in play.moves
    assert faults() == []


def test_a_citizen_without_a_case_of_that_number_erases_nothing(scene: Scene) -> None:
    with pytest.raises(NoSuchCase):
        erasing.erase(actor=Actor(kind="citizen"), number="0000-0000-0000-T")


def test_the_details_of_an_erased_contact_are_empty(scene: Scene) -> None:
    play = closed(scene)
    erase(play)
    from complaints.services.identity import contact_of

    assert contact_of(play.case) == ContactDetails()
    assert Contact.objects.get(case=play.case).erased_at is not None
    assert timezone.now() - play.case.person_erased_at < timedelta(minutes=1)
