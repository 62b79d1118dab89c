"""An officer's page of a case while it is open: what is new, what it costs, and who learns nothing."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from agencies.models import Post
from complaints.models import Case
from complaints.selectors import find_case
from complaints.selectors.pulse import pulse, pulse_of
from complaints.services import casework, escalation, withdrawing
from complaints.services.intake import Receipt
from tests.complaints.conftest import Scene
from tests.complaints.officers import OTHERS, READERS, Office
from tests.factories.agencies import make_officer

#: Statements that a question costs while nothing has changed: who asks, their posts, the case.
BUDGET = 3


class Watcher(Office):
    """An officer with a case's page open."""

    receipt: Receipt
    url = tag = ""

    def watch(self, name: str = "focal", **parts: Any) -> "Watcher":
        self.receipt = self.accepted(**parts)
        self.read(self.page(name, self.receipt))
        return self

    def read(self, page: str) -> None:
        """Where the page asks, and with which tag."""
        url = re.search(r'hx-get="([^"]+/live/\?seen=\d+)"', page)
        tag = re.search(r'If-None-Match": "\\"(\w+)\\""', page)
        assert url
        assert tag
        self.url, self.tag = url[1], f'"{tag[1]}"'

    def ask(self, client: Client | None = None) -> Any:
        return (client or self.client).get(self.url, headers={"if-none-match": self.tag})

    def message(self, text: str = "We come on Monday.") -> None:
        actor = self.scene.actor(self.cast.case_officer)
        casework.message(actor=actor, number=self.receipt.number, text=text)


@pytest.fixture
def watcher(scene: Scene, client: Client) -> Watcher:
    return Watcher(scene, client)


class TestNothingNew:
    @pytest.mark.parametrize("name", READERS)
    def test_it_is_304_for_three_statements(self, watcher: Watcher, name: str) -> None:
        watcher.watch(name)
        watcher.ask()
        with CaptureQueriesContext(connection) as queries:
            answer = watcher.ask()
        assert (answer.status_code, answer.content) == (304, b"")
        assert len(queries) <= BUDGET, [q["sql"][:200] for q in queries]

    def test_nor_do_respondents_and_their_bars_cost_more(self, watcher: Watcher) -> None:
        cast = watcher.cast
        watcher.watch("overseer", about_official=True)
        other = cast.rival_ministry
        Case.objects.get(number=watcher.receipt.number).respondents.create(
            office=other, role=Role.HEAD, rank=9, linked_at=timezone.now()
        )
        watcher.ask()
        with CaptureQueriesContext(connection) as queries:
            assert watcher.ask().status_code == 304
        assert len(queries) <= BUDGET, [q["sql"][:200] for q in queries]

    def test_no_cache_keeps_it(self, watcher: Watcher) -> None:
        assert watcher.watch().ask()["Cache-Control"] == "private, no-store"

    def test_a_page_and_a_question_agree_on_the_tag(self, watcher: Watcher) -> None:
        receipt = watcher.answered()
        for name in READERS:
            actor = watcher.scene.actor(getattr(watcher.cast, name))
            case = find_case(actor, receipt.number)
            assert case
            assert pulse(actor, receipt.number) == pulse_of(case, actor)


class TestSomethingNew:
    def test_it_comes_with_state_dates_and_timeline(self, watcher: Watcher) -> None:
        watcher.watch()
        watcher.message()
        answer = watcher.ask()
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Somebody changed this case: see what is new." in page
        assert "We come on Monday." in page
        for part in ("status", "due", "timeline"):
            assert f'id="{part}" hx-swap-oob="true"' in page
        assert answer["ETag"] != watcher.tag

    def test_nothing_that_can_be_typed_into_comes_with_it(self, watcher: Watcher) -> None:
        watcher.watch("case_officer")
        watcher.message()
        page = watcher.ask().content.decode()
        for control in ("<form", "<input", "<textarea", "<select", "<button"):
            assert control not in page

    def test_the_new_state_is_told(self, watcher: Watcher) -> None:
        watcher.watch()
        actor = watcher.scene.actor(watcher.cast.case_officer)
        casework.ask(actor=actor, number=watcher.receipt.number, text="Which meter is it?")
        page = watcher.ask().content.decode()
        assert "Waiting for the citizen" in page
        assert "Asked the citizen" in page

    def test_what_the_page_knew_is_not_called_new(self, watcher: Watcher) -> None:
        watcher.watch()
        watcher.message()
        news = watcher.ask().content.decode().split('id="status"')[0]
        assert "Message to the citizen" in news
        assert "Accepted" not in news

    def test_the_next_question_is_answered_with_304_and_the_news_stay(
        self, watcher: Watcher
    ) -> None:
        watcher.watch()
        watcher.message()
        before = watcher.url
        watcher.read(watcher.ask().content.decode())
        assert watcher.url == before
        assert watcher.ask().status_code == 304

    def test_a_clock_that_runs_out_is_news_without_a_step(
        self, watcher: Watcher, clock: time_machine.Traveller
    ) -> None:
        watcher.watch()
        due = Case.objects.get(number=watcher.receipt.number).next_due
        assert due
        clock.move_to(due - timedelta(seconds=1))
        watcher.read(watcher.page("focal", watcher.receipt))
        clock.move_to(due)
        page = watcher.ask().content.decode()
        assert "app-badge--late" in page
        assert "Somebody changed this case" not in page

    def test_another_day_and_another_language_are_news(
        self, watcher: Watcher, clock: time_machine.Traveller
    ) -> None:
        watcher.watch()
        watcher.url = watcher.url.replace("/en/", "/bn/")
        assert watcher.ask().status_code == 200
        watcher.url = watcher.url.replace("/bn/", "/en/")
        clock.shift(timedelta(days=1))
        assert watcher.ask().status_code == 200

    def test_an_escalation_is_news(self, watcher: Watcher, clock: time_machine.Traveller) -> None:
        watcher.watch()
        clock.shift(timedelta(days=12))
        watcher.read(watcher.page("focal", watcher.receipt))
        escalation.sweep()
        assert "The head was told." in watcher.ask().content.decode()

    def test_a_case_that_is_joined_with_it_is_news(self, watcher: Watcher) -> None:
        watcher.watch()
        other = watcher.scene.file()
        casework.merge(
            actor=watcher.scene.actor(watcher.cast.desk),
            number=other.number,
            lead=watcher.receipt.number,
        )
        assert "1 more case is joined with this one." in watcher.ask().content.decode()

    def test_pressure_is_told_to_overseers_alone(self, watcher: Watcher) -> None:
        for name in ("focal", "overseer"):
            watcher.watch(name)
            citizen = watcher.scene.citizen(watcher.receipt, withdraws=True)
            withdrawing.withdraw(actor=citizen, number=watcher.receipt.number, pressured=True)
            told = "somebody put pressure on them" in watcher.ask().content.decode()
            assert told == (name == "overseer")

    @pytest.mark.parametrize("seen", ["", "x", "²", "9" * 5000, "-1", "%00"])
    def test_rubbish_does_no_harm(self, watcher: Watcher, seen: str) -> None:
        watcher.watch()
        url = f"{watcher.url.split('?')[0]}?seen={seen}"
        assert watcher.client.get(url).status_code == 200


class TestWhoLearnsNothing:
    def empty(self, answer: Any) -> bool:
        """Told to stop asking, and nothing else."""
        return (answer.status_code, answer.content) == (286, b"")

    @pytest.mark.parametrize("name", [*OTHERS, "charlie", "rival_focal", "rival_case_officer"])
    def test_whoever_may_not_see_the_case(self, watcher: Watcher, name: str) -> None:
        watcher.watch()
        answer = watcher.ask(watcher.sign_in(name))
        assert self.empty(answer)
        assert "ETag" not in answer

    def test_a_number_that_there_is_not_is_answered_the_same(self, watcher: Watcher) -> None:
        watcher.watch()
        for number in ("0000-0000-0000-T", "rubbish"):
            assert self.empty(watcher.client.get(f"/en/office/cases/{number}/live/"))

    def test_an_officer_who_signed_out(self, watcher: Watcher) -> None:
        watcher.watch().client.logout()
        answer = watcher.ask()
        assert self.empty(answer)
        assert answer["HX-Trigger"] == "no-more-news"

    def test_an_officer_whose_post_ended(self, watcher: Watcher) -> None:
        watcher.watch()
        watcher.message()
        Post.objects.filter(user=watcher.cast.focal).update(held_to=timezone.now())
        assert self.empty(watcher.ask())

    def test_a_case_officer_from_whom_it_was_taken(self, watcher: Watcher) -> None:
        watcher.watch("case_officer")
        other = make_officer("Second", Role.CASE_OFFICER, watcher.cast.department)
        actor = watcher.scene.actor(watcher.cast.focal)
        casework.assign(actor=actor, number=watcher.receipt.number, case_officer=other)
        assert self.empty(watcher.ask())

    def test_an_officer_who_turns_out_to_be_the_one_it_is_about(self, watcher: Watcher) -> None:
        watcher.watch("head", about_official=True)
        Case.objects.get(number=watcher.receipt.number).respondents.create(
            user=watcher.cast.head, linked_at=timezone.now()
        )
        assert self.empty(watcher.ask())

    def test_an_officer_whose_own_case_it_is(self, watcher: Watcher) -> None:
        watcher.watch("desk")
        Case.objects.filter(number=watcher.receipt.number).update(owner=watcher.cast.desk)
        assert self.empty(watcher.ask())

    def test_it_is_only_read(self, watcher: Watcher) -> None:
        assert watcher.watch().client.post(watcher.url).status_code == 405
