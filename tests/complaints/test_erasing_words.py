"""Erasing what somebody wrote: when it may be, what goes, what stays provable."""

from typing import Any

from django.core.files.storage import default_storage
from django.test import Client

from complaints.models import (
    Attachment,
    Statement,
)
from complaints.services import erasing, files
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day, refused
from tests.complaints.test_erasure import (
    EMAIL,
    NAME,
    PLACE,
    REPLY,
    TEXT,
    closed,
    erase,
    faults,
    filed,
    found_in_database,
)


class TestWords:
    SAID = (TEXT[:20], REPLY[:20], PLACE[:20])

    def over(self, scene: Scene, clock: Any, **parts: Any) -> Play:
        play = closed(scene, **parts)
        clock.move_to(day(40))
        return play

    def test_text_place_replies_and_files_are_gone(self, scene: Scene, clock: Any) -> None:
        play = self.over(scene, clock)
        stored = Attachment.objects.get().file.name
        assert default_storage.exists(stored)
        assert len({line.rpartition(": ")[2] for line in found_in_database(*self.SAID)}) == 3
        erase(play, words=True)
        assert found_in_database(*self.SAID, NAME, EMAIL) == []
        assert (play.case.latitude, play.case.longitude) == (None, None)
        assert Attachment.objects.filter(case=play.case).count() == 0

    def test_the_record_has_no_fault(self, scene: Scene, clock: Any) -> None:
        play = self.over(scene, clock)
        erase(play, words=True)
        assert play.last.data == {"what": ["person", "words"]}
        assert faults() == []

    def test_what_offices_wrote_stays_until_its_own_time_is_over(
        self, scene: Scene, clock: Any
    ) -> None:
        play = self.over(scene, clock)
        erase(play, words=True)
        kept = Statement.objects.filter(case=play.case, erased_at=None)
        assert set(kept.values_list("kind", flat=True)) >= {"answer", "question"}
        assert play.case.words_erased_at is None

    def test_what_the_router_found_in_the_words_is_gone(self, scene: Scene, clock: Any) -> None:
        play = self.over(scene, clock)
        erase(play, words=True)
        file = play.file_for("overseer")
        assert file.decision is None

    def test_person_first_and_words_later(self, scene: Scene, clock: Any) -> None:
        play = closed(scene)
        erase(play)
        clock.move_to(day(40))
        erase(play, words=True)
        assert play.last.data == {"what": ["words"]}
        erase(play, words=True)
        assert play.moves.count("erase") == 2
        assert faults() == []

    def test_what_they_wrote_afterwards_can_be_erased_as_well(
        self, scene: Scene, clock: Any
    ) -> None:
        play = self.over(scene, clock)
        erase(play, words=True)
        play.message(by="citizen")
        assert not erasing.words_are_erased(play.case)
        erase(play, words=True)
        assert play.moves.count("erase") == 2
        assert play.last.data == {"what": ["words"]}
        own = Statement.objects.filter(case=play.case, event__party="citizen")
        assert not own.exclude(body={}).exists()
        assert erasing.words_are_erased(play.case)
        assert faults() == []

    def test_an_open_case_keeps_them(self, scene: Scene) -> None:
        play = filed(scene).forward()
        with refused("case_open"):
            erase(play, words=True)
        # Nor is the person erased by half a wish.
        assert play.case.person_erased_at is None

    def test_they_stay_while_an_appeal_is_possible(self, scene: Scene, clock: Any) -> None:
        play = closed(scene)
        with refused("appeal_open"):
            erase(play, words=True)
        clock.move_to(day(31))
        erase(play, words=True)

    def test_of_a_joined_case_they_stay_while_the_lead_is_open(
        self, scene: Scene, clock: Any
    ) -> None:
        lead, play = Play(scene), filed(scene)
        play.merge(lead)
        clock.move_to(day(40))
        with refused("lead_open"):
            erase(play, words=True)
        assert lead.case.text
        lead.forward().accept().answer().confirm()
        clock.move_to(day(80))
        erase(play, words=True)
        assert (play.case.text, bool(lead.case.text)) == ("", True)
        assert faults() == []

    def test_a_published_case_leaves_the_public_pages(
        self, scene: Scene, clock: Any, client: Client
    ) -> None:
        play = filed(scene, publish_consent=True).publish().forward().accept().answer().confirm()
        clock.move_to(day(40))
        public = f"/cases/{play.number}/"
        assert client.get(public).status_code == 200
        erase(play, words=True)
        assert client.get(public).status_code == 404
        for feed in ("/cases/feed.json", "/cases/feed.atom", "/cases/"):
            assert play.number not in client.get(feed).content.decode()
        assert faults() == []

    def test_a_sensitive_case_can_be_erased_too(self, scene: Scene, clock: Any) -> None:
        play = filed(scene, about_official=True)
        play.forward().accept().answer(by="case_officer").confirm()
        clock.move_to(day(40))
        erase(play, words=True)
        assert found_in_database(*self.SAID, NAME) == []
        assert faults() == []

    def test_a_file_that_could_not_be_deleted_at_once_is_deleted_later(
        self, scene: Scene, clock: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        play = self.over(scene, clock)
        stored = Attachment.objects.get().file.name
        # The process dies between the commit and the file.
        with django_capture_on_commit_callbacks(execute=False):
            erase(play, words=True)
        assert default_storage.exists(stored)
        loose = Attachment.objects.get()
        assert (loose.case, loose.name, loose.uploaded_by) == (None, "", None)
        assert files.erase_loose() == 1
        assert not default_storage.exists(stored)

    def test_its_file_is_served_to_nobody_from_then_on(
        self, scene: Scene, clock: Any, django_capture_on_commit_callbacks: Any, client: Client
    ) -> None:
        play = self.over(scene, clock)
        key, stored = Attachment.objects.values_list("key", "file").get()
        with django_capture_on_commit_callbacks(execute=True):
            erase(play, words=True)
        assert not default_storage.exists(stored)
        client.force_login(scene.cast.overseer)
        assert client.get(f"/files/{key}/").status_code == 404
