"""Retention: at night, whatever has reached the end of its time is erased, and nothing before."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from agencies.models import Post
from agencies.services.policies import set_policy
from channels.models import Conversation, Message
from complaints.models import (
    Attachment,
    Case,
    Contact,
    DataKey,
    Event,
    Handle,
    Notice,
    Restriction,
    Statement,
)
from complaints.services import correspondence, erasing, forgetting, sealing
from complaints.services.verifying import Verification
from complaints.tasks import forget_by_retention
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day

CONTACT, WORDS, NOTICE = 730, 3650, 180


@pytest.fixture
def play(scene: Scene) -> Play:
    """A case that was closed on the Sunday of the scene."""
    return Play(scene).forward().accept().answer().confirm()


def sound() -> bool:
    return list(Verification().faults()) == []


class TestWhoFiled:
    def test_is_kept_to_the_last_day_and_then_erased(self, play: Play, clock: Any) -> None:
        clock.move_to(play.case.closed_at + timedelta(days=CONTACT))
        assert forgetting.by_retention()["contact"] == 0
        clock.shift(timedelta(seconds=1))
        assert forgetting.by_retention()["contact"] == 1
        assert (play.last.move, play.last.party) == ("erase", "system")
        assert play.last.data == {"what": ["person"], "because": "time_is_over"}
        assert not DataKey.objects.exists()
        assert bytes(Contact.objects.get().sealed) == b""
        assert sound()

    def test_a_second_run_does_nothing(self, play: Play, clock: Any) -> None:
        clock.move_to(day(CONTACT + 1))
        forget_by_retention()
        events = Event.objects.count()
        forget_by_retention()
        assert Event.objects.count() == events

    def test_the_words_stay(self, play: Play, clock: Any) -> None:
        clock.move_to(day(CONTACT + 1))
        forgetting.by_retention()
        assert play.case.text
        assert play.case.words_erased_at is None
        assert Statement.objects.filter(case=play.case, erased_at=None).exists()

    def test_an_open_case_is_never_touched(self, scene: Scene, clock: Any) -> None:
        play = Play(scene).forward()
        clock.move_to(day(WORDS + 1))
        assert forgetting.by_retention()["contact"] == 0
        assert Contact.objects.get(case=play.case).erased_at is None

    def test_of_an_anonymous_case_the_record_says_nothing(self, scene: Scene, clock: Any) -> None:
        play = Play(scene, named=False).decline()
        clock.move_to(day(CONTACT + 1))
        assert forgetting.by_retention()["contact"] == 0
        assert "erase" not in play.moves
        # It is not looked at again.
        assert play.case.person_erased_at is not None

    def test_a_joined_case_waits_for_the_one_that_leads(self, scene: Scene, clock: Any) -> None:
        lead, play = Play(scene), Play(scene)
        play.merge(lead)
        clock.move_to(day(CONTACT + 1))
        assert forgetting.by_retention()["contact"] == 0
        lead.forward().accept().answer().confirm()
        clock.move_to(day(CONTACT + 40))
        assert forgetting.by_retention()["contact"] == 1
        assert play.case.person_erased_at is not None

    def test_the_government_sets_the_number(self, scene: Scene, play: Play, clock: Any) -> None:
        registrar = scene.actor(scene.cast.registrar)
        set_policy(registrar, country="bd", name="contact_kept", amount=60, unit="calendar_days")
        clock.move_to(day(61))
        assert forgetting.by_retention()["contact"] == 1

    def test_a_number_shorter_than_an_appeal_does_not_cut_it_off(
        self, scene: Scene, play: Play, clock: Any
    ) -> None:
        registrar = scene.actor(scene.cast.registrar)
        set_policy(registrar, country="bd", name="contact_kept", amount=5, unit="calendar_days")
        clock.move_to(day(10))
        assert forgetting.by_retention()["contact"] == 0
        clock.move_to(day(40))
        assert forgetting.by_retention()["contact"] == 1


class TestWords:
    def test_all_words_and_files_of_both_sides_go(
        self, scene: Scene, clock: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        play = Play(scene).forward().accept().note()
        play.answer(files=[play.photo("case_officer")]).confirm()
        stored = Attachment.objects.get().file.name
        clock.move_to(day(WORDS + 1))
        with django_capture_on_commit_callbacks(execute=True):
            assert forgetting.by_retention()["words"] == 1
        case = play.case
        assert (case.text, case.text_salt, case.public_text) == ("", "", "")
        assert case.words_erased_at is not None
        assert not Statement.objects.filter(case=case, erased_at=None).exists()
        assert not Statement.objects.filter(case=case).exclude(body={}).exists()
        assert not Attachment.objects.exists()
        assert not default_storage.exists(stored)
        assert play.last.data["what"] == ["person", "all_words"]
        assert sound()

    def test_those_of_whoever_erased_their_own_before_go_too(self, play: Play, clock: Any) -> None:
        clock.move_to(day(40))
        erasing.erase(actor=play.actor("citizen"), number=play.number, words=True)
        assert Statement.objects.filter(case=play.case, kind="answer", erased_at=None).exists()
        clock.move_to(day(WORDS + 1))
        assert forgetting.by_retention()["words"] == 1
        assert play.last.data["what"] == ["all_words"]
        assert not Statement.objects.filter(case=play.case, erased_at=None).exists()
        assert sound()

    def test_what_is_said_afterwards_has_an_end_as_well(self, play: Play, clock: Any) -> None:
        clock.move_to(day(WORDS + 1))
        forgetting.by_retention()
        play.reopen().answer(files=[play.photo("case_officer")]).confirm()
        assert play.case.words_erased_at is None
        assert forgetting.by_retention()["words"] == 0
        clock.move_to(day(2 * WORDS + 2))
        assert forgetting.by_retention()["words"] == 1
        assert not Statement.objects.exclude(body={}).exists()
        assert not Attachment.objects.exclude(case=None).exists()
        assert sound()

    def test_sensitive_cases_have_a_number_of_their_own(self, scene: Scene, clock: Any) -> None:
        registrar = scene.actor(scene.cast.registrar)
        set_policy(
            registrar, country="bd", name="sensitive_words_kept", amount=100, unit="calendar_days"
        )
        open_one = Play(scene).decline()
        sealed = Play(scene, about_official=True).decline()
        clock.move_to(day(101))
        assert forgetting.by_retention()["words"] == 1
        assert (sealed.case.text, bool(open_one.case.text)) == ("", True)

    def test_a_longer_number_for_sensitive_cases_holds_as_well(
        self, scene: Scene, clock: Any
    ) -> None:
        registrar = scene.actor(scene.cast.registrar)
        set_policy(registrar, country="bd", name="words_kept", amount=100, unit="calendar_days")
        sealed, open_one = Play(scene, about_official=True).decline(), Play(scene).decline()
        clock.move_to(day(101))
        assert forgetting.by_retention()["words"] == 1
        assert (bool(sealed.case.text), open_one.case.text) == (True, "")

    def test_one_case_that_fails_stops_no_other(
        self, scene: Scene, clock: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, second = Play(scene).decline(), Play(scene).decline()
        clock.move_to(day(WORDS + 1))
        real = erasing.erase_by_system

        def stumble(number: str, *what: str, because: str) -> bool:
            if number == first.number:
                raise RuntimeError(number)
            return real(number, *what, because=because)

        monkeypatch.setattr(erasing, "erase_by_system", stumble)
        assert forgetting.by_retention()["words"] == 1
        assert (bool(first.case.text), second.case.text) == (True, "")
        monkeypatch.undo()
        assert forgetting.by_retention()["words"] == 1

    def test_more_than_one_page_is_done_in_one_run(
        self, scene: Scene, clock: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(forgetting, "AT_ONCE", 2)
        plays = [Play(scene).decline() for _ in range(5)]
        clock.move_to(day(WORDS + 1))
        assert forgetting.by_retention()["words"] == 5
        assert not any(play.case.text for play in plays)

    def test_a_run_ends_in_time_and_the_next_goes_on(self, scene: Scene, clock: Any) -> None:
        Play(scene).decline()
        clock.move_to(day(WORDS + 1))
        assert not any(forgetting.by_retention(seconds=-1).values())
        assert forgetting.by_retention()["words"] == 1

    def test_the_index_finds_them(self, play: Play) -> None:
        """Neither walk reads cases that are done: both conditions are those of the partial indexes."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT indexdef FROM pg_indexes WHERE indexname IN"
                " ('case_kept_idx', 'case_person_kept_idx') ORDER BY indexname"
            )
            kept, person = [row[0] for row in cursor.fetchall()]
        assert "words_erased_at IS NULL" in kept
        assert "person_erased_at IS NULL" in person


class TestNotices:
    def test_old_ones_go_from_the_oldest_on(self, play: Play, clock: Any) -> None:
        count = Notice.objects.count()
        assert count > 2
        clock.move_to(day(NOTICE + 1))
        new = Play(play.scene)
        assert forgetting.by_retention()["notices"] == count
        assert set(Notice.objects.values_list("case__number", flat=True)) == {new.number}

    def test_new_ones_stay(self, play: Play, clock: Any) -> None:
        clock.move_to(day(NOTICE - 1))
        assert forgetting.by_retention()["notices"] == 0


class TestSenders:
    @pytest.fixture
    def handle(self, scene: Scene) -> Handle:
        sender = correspondence.Sender("sms", "+8801712345678")
        handle = correspondence.handles_of([sender])[sender]
        Conversation.objects.create(
            handle=handle, step="", sealed=sealing.seal({"a": 1}), changed_at=timezone.now()
        )
        return handle

    def test_one_without_a_case_is_forgotten(self, handle: Handle, clock: Any) -> None:
        Message.objects.create(
            channel="sms",
            external_id="8801712345678",
            sealed=sealing.seal({"text": "STATUS"}),
            handle=handle,
            state=Message.State.DONE,
            next_at=timezone.now(),
            received_at=timezone.now(),
        )
        clock.move_to(day(179))
        assert forgetting.by_retention()["handles"] == 0
        clock.move_to(day(181))
        assert forgetting.by_retention()["handles"] == 1
        assert not Handle.objects.exists()
        assert not Conversation.objects.exists()
        assert Message.objects.get().external_id.startswith("erased:")

    def test_one_with_a_case_stays(self, scene: Scene, handle: Handle, clock: Any) -> None:
        play = Play(scene)
        correspondence.join(handle=handle, actor=play.actor("citizen"), number=play.number)
        clock.move_to(day(400))
        assert forgetting.by_retention()["handles"] == 0

    def test_one_that_is_restricted_stays_until_that_is_over(
        self, scene: Scene, handle: Handle, clock: Any
    ) -> None:
        play = Play(scene)
        Restriction.objects.create(
            country="bd",
            kind="handle",
            index=sealing.blind_index("handle", str(handle.pk)),
            case=play.case,
            reason="Threats",
            imposed_by=scene.cast.overseer,
            imposed_at=timezone.now(),
            until=day(300),
        )
        clock.move_to(day(200))
        assert forgetting.by_retention()["handles"] == 0
        clock.move_to(day(301))
        assert forgetting.by_retention()["handles"] == 1

    def test_a_restriction_goes_a_year_after_its_end(
        self, scene: Scene, handle: Handle, clock: Any
    ) -> None:
        self.test_one_that_is_restricted_stays_until_that_is_over(scene, handle, clock)
        clock.move_to(day(300 + 364))
        assert forgetting.by_retention()["restrictions"] == 0
        clock.move_to(day(300 + 366))
        assert forgetting.by_retention()["restrictions"] == 1


class TestAccounts:
    def account(self, at: Any, **parts: Any) -> User:
        user = User.objects.create_user("someone@example.org", "x", name="Someone", **parts)
        User.objects.filter(pk=user.pk).update(last_login=at, date_joined=at)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    def test_one_that_nobody_used_for_years_is_deleted(self, scene: Scene, clock: Any) -> None:
        user = self.account(timezone.now())
        clock.move_to(day(1094))
        assert forgetting.by_retention()["accounts"] == 0
        clock.move_to(day(1096))
        assert forgetting.by_retention()["accounts"] == 1
        assert not User.objects.filter(pk=user.pk).exists()
        assert not EmailAddress.objects.filter(email="someone@example.org").exists()

    def test_its_closed_cases_are_nobodys_and_its_files_too(self, scene: Scene, clock: Any) -> None:
        user, play = self.account(timezone.now()), Play(scene).decline()
        key = play.photo("citizen")
        Attachment.objects.filter(key=key).update(uploaded_by=user, case=play.case)
        Case.objects.filter(pk=play.case.pk).update(owner=user)
        clock.move_to(day(1096))
        assert forgetting.by_retention()["accounts"] == 1
        assert play.case.owner is None
        assert not Attachment.objects.filter(uploaded_by__isnull=False).exists()

    def test_one_with_an_open_case_stays(self, scene: Scene, clock: Any) -> None:
        user, play = self.account(timezone.now()), Play(scene)
        Case.objects.filter(pk=play.case.pk).update(owner=user)
        clock.move_to(day(1096))
        assert forgetting.by_retention()["accounts"] == 0
        assert not forgetting.delete_account(user.pk)

    def test_one_that_the_record_needs_is_emptied(self, scene: Scene, clock: Any) -> None:
        user, play = self.account(timezone.now()), Play(scene)
        Case.objects.filter(pk=play.case.pk).update(filed_by=user)
        clock.move_to(day(1096))
        assert forgetting.by_retention()["accounts"] == 1
        user.refresh_from_db()
        assert (user.email, user.name, user.is_active) == (f"{user.pk}@gone.invalid", "", False)
        assert forgetting.by_retention()["accounts"] == 0

    def test_officers_are_not_among_them(self, scene: Scene, clock: Any) -> None:
        officers = set(Post.objects.values_list("user", flat=True))
        clock.move_to(day(1096))
        forgetting.by_retention()
        assert set(User.objects.filter(pk__in=officers).values_list("pk", flat=True)) == officers


class TestOfficers:
    def test_who_left_keeps_nothing_but_the_name(self, scene: Scene, clock: Any) -> None:
        officer = scene.cast.case_officer
        User.objects.filter(pk=officer.pk).update(phone="+8801700000001", name="Karim Uddin")
        Post.objects.filter(user=officer).update(held_to=day(1))
        clock.move_to(day(365))
        assert forgetting.by_retention()["officers"] == 0
        clock.move_to(day(367))
        assert forgetting.by_retention()["officers"] == 1
        officer.refresh_from_db()
        assert (officer.name, officer.phone, officer.is_active) == ("Karim Uddin", "", False)
        assert officer.email == f"{officer.pk}@gone.invalid"
        assert not officer.has_usable_password()
        assert forgetting.by_retention()["officers"] == 0

    def test_who_has_another_post_stays(self, scene: Scene, clock: Any) -> None:
        officer = scene.cast.case_officer
        Post.objects.filter(user=officer).update(held_to=day(1))
        Post.objects.create(
            user=officer, role=Role.FOCAL, office=scene.cast.district_office, held_from=day(2)
        )
        clock.move_to(day(400))
        assert forgetting.by_retention()["officers"] == 0


def test_at_night_the_task_runs_by_itself() -> None:
    from django.conf import settings

    entry = settings.CELERY_BEAT_SCHEDULE["forget-by-retention"]
    assert entry["task"] == forget_by_retention.name
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        assert not entry["schedule"].is_due(timezone.now() - timedelta(minutes=5)).is_due
    with time_machine.travel("2026-11-22T19:00:00Z", tick=False):
        assert entry["schedule"].is_due(timezone.now() - timedelta(minutes=5)).is_due
