"""Telling people of something that is no step of a case, and what rooms above show beside one."""

from typing import Any

import pytest

from complaints import beside
from complaints.beside import Part
from complaints.models import Contact, Notice
from complaints.services import notice_words
from complaints.services.telling import tell_citizens, tell_officers
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play

VALUES = {"title": "Bills", "due": "2026-12-12T18:00:00+00:00", "path": "oversight/issues/"}


class TestOfficers:
    def test_people_and_whoever_answers_in_an_office(self, scene: Scene) -> None:
        cast = scene.cast
        people = [cast.head, cast.head, cast.overseer]
        tell_officers("issue_yours", key="k", values=VALUES, office=cast.department, people=people)
        rows = Notice.objects.filter(template="issue_yours")
        assert {(row.user, row.office) for row in rows} == {
            (cast.head, None),
            (cast.overseer, None),
            (None, cast.department),
        }

    def test_one_occasion_is_told_once(self, scene: Scene) -> None:
        for key, count in (("k", 1), ("k", 1), ("another", 2)):
            tell_officers("issue_yours", key=key, values=VALUES, people=[scene.cast.head])
            assert Notice.objects.filter(template="issue_yours").count() == count

    def test_nobody_is_no_mistake(self, scene: Scene) -> None:
        tell_officers("issue_yours", key="k", values=VALUES)
        assert not Notice.objects.filter(template="issue_yours").exists()

    def test_the_link_is_the_page_that_is_named(self, scene: Scene) -> None:
        tell_officers("issue_yours", key="k", values=VALUES, people=[scene.cast.head])
        body = notice_words.render(Notice.objects.get(template="issue_yours"), "en").body
        assert "/en/oversight/issues/\n" in body


class TestCitizens:
    def test_by_each_way_that_they_gave(self, scene: Scene) -> None:
        play = Play(scene)
        Contact.objects.filter(case=play.case).update(has_push=True)
        assert tell_citizens([play.case.pk], "issue_published", key="k") == 1
        assert Notice.objects.filter(template="issue_published").count() == 2
        tell_citizens([play.case.pk], "issue_published", key="k")
        assert Notice.objects.filter(template="issue_published").count() == 2

    def test_of_what_is_sealed_there_is_only_news(self, scene: Scene) -> None:
        sealed = Play(scene, about_official=True)
        tell_citizens([sealed.case.pk], "issue_published", key="k")
        assert sealed.heard()[-1] == "news"

    def test_sealed_meanwhile_it_is_news_by_the_time_it_leaves(self, scene: Scene) -> None:
        play = Play(scene)
        tell_citizens([play.case.pk], "issue_fixed", key="k")
        play.mark_sensitive()
        notice = Notice.objects.get(template="issue_fixed")
        assert "There is news" in notice_words.render(notice, "en").sms

    @pytest.mark.parametrize("changed", [{"way": ""}, {"erased_at": SUNDAY}])
    def test_who_has_no_way_is_passed_over(self, scene: Scene, changed: dict[str, Any]) -> None:
        play = Play(scene)
        Contact.objects.filter(case=play.case).update(**changed)
        assert tell_citizens([play.case.pk], "issue_published", key="k") == 0
        assert tell_citizens([], "issue_published", key="k") == 0


class TestBeside:
    def test_a_room_above_adds_to_a_page_once(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(beside, "_makers", {"officer": [], "citizen": [], "public": []})
        case = Play(scene).case

        def make(asked: Any, actor: Any) -> Part | None:
            return Part("part.html", {"number": asked.number}) if actor is None else None

        for _twice in range(2):
            beside.register("public", make)
        (part,) = beside.parts_of("public", case)
        assert part.shown == {"number": case.number}
        assert beside.parts_of("citizen", case) == []
        beside.register("citizen", make)
        assert beside.parts_of("citizen", case, scene.actor(scene.cast.alice)) == []
