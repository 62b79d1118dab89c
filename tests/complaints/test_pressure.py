"""That somebody was pressed is for overseers alone: no door of the offices shows it, or a trace of it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from complaints.errors import MoveRefused
from complaints.models import Case, IdentityLook, Notice, Respondent
from complaints.selectors import CaseFile, find_case
from complaints.selectors.pressure import pressured_cases, unusual_closings
from complaints.services import casework, identity, withdrawing
from complaints.services.escalation import sweep
from tests.complaints.conftest import Scene
from tests.complaints.officers import Office, case_url
from tests.complaints.play import Play, refused

WORDS = "The chairman's men came to our house."
OFFICERS = ["focal", "case_officer", "head", "desk", "auditor"]


@pytest.fixture
def office(scene: Scene, client: Client) -> Office:
    return Office(scene, client)


@pytest.fixture
def pressed(scene: Scene) -> Play:
    """A case on which work goes on, whose citizen gave in and said so."""
    play = Play(scene).forward().accept()
    citizen = play.actor("withdrawing")
    withdrawing.withdraw(actor=citizen, number=play.number, pressured=True, text=WORDS)
    return play


def api(client: Client, play: Play, who: str) -> dict[str, Any]:
    client.force_login(getattr(play.cast, who))
    answer = client.get(f"/api/v1/cases/{play.number}/")
    assert answer.status_code == 200
    return dict(answer.json())


class TestOfficers:
    @pytest.mark.parametrize("who", OFFICERS)
    def test_their_page_shows_no_trace(self, office: Office, pressed: Play, who: str) -> None:
        page = office.page(who, pressed.receipt).lower()
        assert not [word for word in ("withdraw", "press", "chairman") if word in page]

    @pytest.mark.parametrize("who", OFFICERS)
    def test_nor_does_the_api(self, client: Client, pressed: Play, who: str) -> None:
        body = api(client, pressed, who)
        said = json.dumps({**body, "withdrawal_pending": None}).lower()
        assert not [word for word in ('withdrawal"', "pressure", "chairman") if word in said]
        assert body["withdrawal_pending"] is False
        # No number is left out where a step is.
        assert [entry["seq"] for entry in body["timeline"]] == list(
            range(1, len(body["timeline"]) + 1)
        )

    @pytest.mark.parametrize("who", OFFICERS)
    def test_an_open_page_is_told_of_no_news(self, office: Office, scene: Scene, who: str) -> None:
        play = Play(scene).forward().accept()
        before = office.page(who, play.receipt)
        tag = before.split('If-None-Match": "\\"')[1].split('\\"')[0]
        withdrawing.withdraw(
            actor=play.actor("withdrawing"), number=play.number, pressured=True, text=WORDS
        )
        answer = office.client.get(
            f"/en{case_url(play.receipt)}live/", headers={"If-None-Match": f'"{tag}"'}
        )
        assert answer.status_code == 304

    def test_what_they_send_is_not_called_outdated(self, pressed: Play) -> None:
        seen = pressed.case.office_seq
        assert seen < pressed.case.last_seq
        focal = pressed.actor("focal")
        officer = pressed.cast.case_officer
        casework.assign(actor=focal, number=pressed.number, case_officer=officer, seen=seen)

    @pytest.mark.parametrize("who", OFFICERS)
    def test_no_number_is_left_out_that_would_tell_of_a_hidden_step(
        self, client: Client, scene: Scene, who: str
    ) -> None:
        play = Play(scene).forward().accept()
        before = api(client, play, who)
        withdrawing.withdraw(
            actor=play.actor("withdrawing"), number=play.number, pressured=True, text=WORDS
        )
        withdrawing.call_back(actor=play.actor("citizen"), number=play.number)
        note = casework.note(actor=play.actor("focal"), number=play.number, text="Seen.")
        after = api(client, play, who)
        assert after["seen"] == before["seen"] + 1 == len(after["timeline"])
        assert note.last_seq > after["seen"]

    def test_what_is_new_is_still_shown_as_new(self, office: Office, pressed: Play) -> None:
        seen = pressed.file_for("focal").seen
        casework.note(actor=pressed.actor("case_officer"), number=pressed.number, text="Look here.")
        live = office.get("focal", f"{case_url(pressed.receipt)}live/", seen=str(seen))
        assert [entry["text"] for entry in live.context["new"]] == ["Look here."]
        assert pressed.file_for("overseer").timeline[-1].step == pressed.case.last_seq

    def test_they_are_told_nothing(self, pressed: Play) -> None:
        told = Notice.objects.filter(case=pressed.case, template="pressured")
        assert {row.user.name for row in told if row.user} == {"Overseer"}
        assert not Notice.objects.filter(case=pressed.case, template="case_withdrawn").exists()

    def test_called_back_it_leaves_no_trace_either(self, office: Office, pressed: Play) -> None:
        withdrawing.call_back(actor=pressed.actor("citizen"), number=pressed.number)
        page = office.page("focal", pressed.receipt).lower()
        assert "withdraw" not in page
        assert "keeps" not in page

    @pytest.mark.parametrize("who", OFFICERS)
    def test_nor_does_a_withdrawal_that_an_outage_lengthened(
        self, office: Office, client: Client, pressed: Play, who: str, clock: Any
    ) -> None:
        sweep()
        clock.shift(timedelta(hours=10))
        seen = pressed.file_for(who).seen
        sweep()
        assert "lengthen" in pressed.moves
        assert pressed.file_for(who).seen == seen
        assert "withdraw" not in office.page(who, pressed.receipt).lower()
        assert '"withdrawal"' not in json.dumps(api(client, pressed, who)).lower()
        assert "lengthen" in [e.event.move for e in pressed.file_for("citizen").timeline]

    def test_once_it_took_effect_they_know_and_are_told(
        self, office: Office, pressed: Play, clock: Any
    ) -> None:
        clock.shift(timedelta(hours=72))
        sweep()
        page = office.page("focal", pressed.receipt)
        assert "Withdrawn" in page
        assert "press" not in page.lower()
        assert pressed.told("case_withdrawn")

    @pytest.mark.parametrize("who", [*OFFICERS, "citizen"])
    def test_none_of_them_notes_or_reads_notes(self, pressed: Play, who: str) -> None:
        with refused("not_yours"):
            withdrawing.note_pressure(
                actor=pressed.actor(who), number=pressed.number, text="We spoke with them."
            )


class TestOverseers:
    def test_their_page_shows_all_of_it(self, office: Office, pressed: Play) -> None:
        page = office.page("overseer", pressed.receipt)
        assert "The citizen asked to withdraw." in page
        assert "chairman" in page

    def test_they_find_who_filed_it_and_no_office_learns_of_that(
        self, office: Office, pressed: Play
    ) -> None:
        overseer = pressed.actor("overseer")
        _case, contact = identity.break_seal(
            actor=overseer, number=pressed.number, reason="To ask about the pressure"
        )
        assert contact.name == "Rahima"
        assert IdentityLook.objects.get().ground == "seal_broken"
        assert "ask about the pressure" not in office.page("focal", pressed.receipt)
        # The citizen reads it.
        file = pressed.file_for("citizen")
        assert [look.user for look in file.looks] == [pressed.cast.overseer]

    def test_without_pressure_they_do_not_break_the_seal(self, scene: Scene) -> None:
        play = Play(scene).forward().accept()
        with pytest.raises(MoveRefused):
            identity.break_seal(
                actor=play.actor("overseer"), number=play.number, reason="Only to see who it is"
            )

    def test_what_was_done_is_noted_until_more_is_said(self, office: Office, pressed: Play) -> None:
        overseer = pressed.actor("overseer")
        withdrawing.note_pressure(
            actor=overseer, number=pressed.number, text="We spoke with her at home."
        )
        assert not pressured_cases(overseer, noted=False)
        page = office.get("overseer", "/oversight/pressured/", state="noted").content.decode()
        assert "We spoke with her at home." in page
        assert "at home" not in office.page("focal", pressed.receipt)
        withdrawing.say_pressured(actor=pressed.actor("citizen"), number=pressed.number)
        assert [case.number for case in pressured_cases(overseer, noted=False)] == [pressed.number]

    def test_their_list_shows_the_words(self, office: Office, pressed: Play) -> None:
        page = office.get("overseer", "/oversight/pressured/").content.decode()
        assert pressed.number in page
        assert "chairman" in page
        assert "To look into (1)" in page

    def test_the_list_is_empty_in_words(self, office: Office) -> None:
        assert "Nobody waits" in office.get("overseer", "/oversight/pressured/").content.decode()

    @pytest.mark.parametrize("who", OFFICERS)
    def test_the_list_is_for_nobody_else(self, office: Office, pressed: Play, who: str) -> None:
        assert office.get(who, "/oversight/pressured/").status_code == 403

    def test_one_whom_it_is_about_sees_nothing(self, office: Office, pressed: Play) -> None:
        Respondent.objects.create(
            case=pressed.case, user=pressed.cast.overseer, linked_at=pressed.case.filed_at
        )
        assert (
            pressed.number not in office.get("overseer", "/oversight/pressured/").content.decode()
        )
        assert find_case(pressed.actor("overseer"), pressed.number) is None

    def test_unusual_withdrawals_of_an_agency_stand_out(self, scene: Scene, clock: Any) -> None:
        for _case in range(20):
            Play(scene).forward().withdraw()
        for _case in range(80):
            Play(scene).decline()
        clock.shift(timedelta(hours=72))
        sweep()
        closings = unusual_closings(scene.actor(scene.cast.overseer))
        assert closings.withdrawn == pytest.approx(0.2)
        [row] = closings.agencies
        assert (row.closed, row.withdrawn, row.is_withdrawn) == (20, 1.0, True)

    def test_an_agency_does_not_stand_out_by_a_case_that_is_about_the_reader(
        self, pressed: Play, clock: Any
    ) -> None:
        clock.shift(timedelta(hours=72))
        sweep()
        overseer = pressed.actor("overseer")
        assert [row.pressed for row in unusual_closings(overseer).agencies] == [1]
        Respondent.objects.create(
            case=pressed.case, user=pressed.cast.overseer, linked_at=pressed.case.filed_at
        )
        assert unusual_closings(overseer).agencies == []


class TestWritingToThem:
    def test_whoever_gave_no_name_reads_it_and_no_office_does(
        self, office: Office, scene: Scene
    ) -> None:
        play = Play(scene, named=False).forward().accept()
        withdrawing.say_pressured(actor=play.actor("citizen"), number=play.number)
        withdrawing.write_privately(
            actor=play.actor("overseer"), number=play.number, text="Call us at 16123, any hour."
        )
        said = [entry.said.get("text") for entry in play.file_for("citizen").timeline]
        assert "Call us at 16123, any hour." in said
        for who in OFFICERS:
            assert "16123" not in office.page(who, play.receipt)

    def test_the_notice_says_only_that_there_is_a_message(self, pressed: Play) -> None:
        withdrawing.write_privately(
            actor=pressed.actor("overseer"), number=pressed.number, text="Call us at 16123."
        )
        assert pressed.heard()[-1] == "message"

    def test_nobody_else_writes_so_and_not_without_pressure(
        self, scene: Scene, pressed: Play
    ) -> None:
        for who in (*OFFICERS, "citizen"):
            with refused("not_yours"):
                withdrawing.write_privately(
                    actor=pressed.actor(who), number=pressed.number, text="Call us."
                )
        play = Play(scene)
        with refused("not_pressured"):
            withdrawing.write_privately(
                actor=play.actor("overseer"), number=play.number, text="Call us."
            )


class TestCitizen:
    def test_it_can_be_said_at_any_time_without_words(self, scene: Scene) -> None:
        play = Play(scene)
        withdrawing.say_pressured(actor=play.actor("citizen"), number=play.number)
        assert play.case.pressured
        assert play.state == "received"

    def test_their_own_page_is_silent_about_it(self, pressed: Play) -> None:
        file: CaseFile = pressed.file_for("citizen")
        assert "say_pressured" not in [entry.event.move for entry in file.timeline]
        assert "withdraw" in [entry.event.move for entry in file.timeline]

    def test_twice_is_told_twice_and_kept_once(self, pressed: Play) -> None:
        withdrawing.say_pressured(
            actor=pressed.actor("citizen"), number=pressed.number, text="They came again."
        )
        assert Notice.objects.filter(template="pressured").count() == 2
        assert Case.objects.filter(pressured=True).count() == 1
