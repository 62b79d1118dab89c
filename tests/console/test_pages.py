"""The operators' console: who gets in, the state of the desk, the day, and the end of a call."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints.models import Case
from complaints.services import casework
from console.shift import SHIFT_SECONDS
from tests.complaints.conftest import Scene
from tests.console.operators import CONSOLE, ON_AIR, TEXT, Console
from tests.factories.agencies import make_officer
from tests.factories.routing import publish_rules

PAGES = ["", "filings/x/", "filings/x/check/", "done/x/", "done/x/print/", "cases/x/"]
OTHERS = ["desk", "focal", "case_officer", "head", "overseer", "auditor", "registrar", "alice"]
READY = "Ready for the next person"


@pytest.fixture
def console(scene: Scene, client: Client, clock: time_machine.Traveller) -> Console:
    return Console(scene, client, clock)


class TestWhoGetsIn:
    @pytest.mark.parametrize("path", [*PAGES, "new/"])
    @pytest.mark.parametrize("who", OTHERS)
    def test_nobody_but_operators(self, console: Console, who: str, path: str) -> None:
        console.client.force_login(getattr(console.cast, who))
        assert "You can’t see this page" in console.page(path, 403)

    @pytest.mark.parametrize("path", ["filings/{}/", "filings/{}/look/", "filings/{}/check/"])
    def test_nobody_else_files(self, console: Console, path: str) -> None:
        token = console.to_check()
        console.client.force_login(console.cast.focal)
        assert console.post(path.format(token), **console.answers()).status_code == 403
        assert not Case.objects.exists()

    @pytest.mark.parametrize("path", PAGES)
    def test_a_visitor_is_asked_to_sign_in(self, scene: Scene, client: Client, path: str) -> None:
        assert "login" in client.get(f"{CONSOLE}{path}").headers["Location"]

    @pytest.mark.parametrize("path", [*PAGES, "new/"])
    def test_no_browser_keeps_them(self, console: Console, path: str) -> None:
        assert "no-store" in console.get(path)["Cache-Control"]

    def test_another_operator_sees_neither_filing_nor_receipt(self, console: Console) -> None:
        begun, sent = console.to_check(), console.filed()
        console.client.force_login(make_officer("Second", "operator", console.cast.cabinet))
        for path in (f"filings/{begun}/", f"filings/{begun}/check/", f"done/{sent}/secret/"):
            assert "Rahima" not in console.page(path, 410)

    @pytest.mark.parametrize("language", ["en", "bn", "id"])
    def test_the_pages_are_there_in_each_language(self, console: Console, language: str) -> None:
        token, sent = console.to_check(), console.filed()
        for path in ("", f"filings/{token}/", f"filings/{token}/check/", f"done/{sent}/print/"):
            answer = console.client.get(f"/{language}/console/{path}")
            assert answer.status_code == 200
            assert f'<html lang="{language}"' in answer.content.decode()


class TestTheDesk:
    def test_it_is_ready_for_the_next_person(self, console: Console) -> None:
        assert READY in console.page()

    def test_a_filing_that_is_not_sent_is_said_without_a_word_of_it(self, console: Console) -> None:
        token = console.to_check()
        html = console.page()
        assert READY not in html
        assert f"{CONSOLE}filings/{token}/" in html
        assert "A filing that is not sent: Phone" in html
        for told in (TEXT, "Rahima", "1712345678"):
            assert told not in html

    def test_a_receipt_and_a_case_that_are_open_are_said(self, console: Console) -> None:
        token = console.filed()
        number, secret, _withdrawal = console.receipt(token)
        console.open(number, secret)
        html = console.page()
        assert f"{CONSOLE}done/{token}/" in html
        assert f"{CONSOLE}cases/{number}/" in html
        assert secret not in html
        assert READY not in html

    def test_channel_station_programme_and_air_time_stay_for_the_shift(
        self, console: Console
    ) -> None:
        console.to_check(**ON_AIR)
        html = console.page(f"filings/{console.begin()}/")
        assert "A filing is open that is not sent yet" in html
        console.post("end/")
        html = console.page(f"filings/{console.begin()}/")
        assert re.search(r'value="radio"[^>]* checked', html)
        for remembered in ("betar", "shokal-7", "2026-11-22T07:30"):
            assert f'value="{remembered}"' in html
        assert "betar, shokal-7" in console.page()

    def test_another_channel_in_between_forgets_no_station(self, console: Console) -> None:
        console.filed(**ON_AIR)
        console.filed(channel="counter", station="", programme="", aired="")
        html = console.page(f"filings/{console.begin()}/")
        assert re.search(r'value="counter"[^>]* checked', html)
        assert 'value="betar"' in html

    def test_the_next_shift_begins_anew(self, console: Console) -> None:
        console.filed(**ON_AIR)
        console.clock.shift(timedelta(seconds=SHIFT_SECONDS - 1))
        assert 'value="betar"' in console.page(f"filings/{console.begin()}/")
        console.clock.shift(timedelta(seconds=1))
        assert 'value="betar"' not in console.page(f"filings/{console.begin()}/")

    def test_whoever_signs_out_leaves_nothing(self, console: Console) -> None:
        console.to_check(**ON_AIR)
        console.client.logout()
        console.client.force_login(console.cast.operator)
        assert READY in console.page()
        assert "betar" not in console.page(f"filings/{console.begin()}/")


class TestTheEndOfACall:
    def test_nothing_of_the_person_is_left(self, console: Console) -> None:
        token = console.filed()
        number, secret, withdrawal = console.receipt(token)
        console.open(number, secret)
        begun = console.to_check(name="Karim")
        console.post("end/")
        for path in (f"done/{token}/", f"done/{token}/secret/", f"filings/{begun}/"):
            html = console.page(path, 410)
            assert not {secret, withdrawal} & set(re.findall(r"\d{4} \d{4} \d{4} \d{4}", html))
        console.page(f"cases/{number}/", 410)
        assert READY in console.page()
        session = console.kept()
        assert set(session) <= {"_auth_user_id", "_auth_user_backend", "_auth_user_hash"} | {
            "desk",
            "filings",
        }
        assert session["filings"] == {}
        assert set(session["desk"]) == {"since", "channel", "station", "programme", "aired"}

    def test_nor_in_the_database(self, console: Console) -> None:
        console.to_check()
        console.post("end/")
        row = Session.objects.get(pk=console.client.session.session_key)
        assert row.get_decoded().get("filings", {}) == {}

    def test_what_was_done_on_a_citizens_own_pages_goes_too(self, console: Console) -> None:
        receipt = console.scene.file_named()
        opened = {"number": receipt.number, "secret": receipt.secret}
        console.client.post("/en/complaints/track/", opened)
        console.client.post("/en/complaints/new/", {"about": "no"})
        assert console.client.get(f"/en/complaints/track/{receipt.number}/").status_code == 200
        console.post("end/")
        assert console.client.get(f"/en/complaints/track/{receipt.number}/").status_code == 302
        assert not {"proofs", "drafts"} & set(console.kept())

    def test_it_is_said_once(self, console: Console) -> None:
        console.post("end/")
        assert "The call is over." in console.page()
        assert "The call is over." not in console.page()

    def test_a_page_that_ended_it_by_itself_says_so(self, console: Console) -> None:
        token = console.filed()
        console.post("end/", idle="idle")
        console.page(f"done/{token}/", 410)
        assert "Nobody touched the keyboard" in console.page()

    def test_the_next_filing_may_begin_at_once(self, console: Console) -> None:
        console.filed()
        answer = console.client.post(f"{CONSOLE}end/", {"next": "1"}, follow=True)
        html = answer.content.decode()
        assert "New filing for a citizen" in html
        for left in ("Rahima", TEXT, "1712345678"):
            assert left not in html

    def test_it_is_a_button_not_a_link(self, console: Console) -> None:
        assert console.get("end/").status_code == 405

    def test_a_page_that_is_still_being_kept_brings_nothing_back(self, console: Console) -> None:
        token = console.to_check()
        console.post("end/")
        assert console.post(f"filings/{token}/look/", **console.answers()).status_code == 204
        console.page(f"filings/{token}/", 410)


class TestTodaysFilings:
    def test_numbers_times_channels_and_where_they_went(self, console: Console) -> None:
        publish_rules({"words": "meter*", "target": console.cast.department.code})
        number, secret, _other = console.receipt(console.filed())
        other = console.receipt(console.filed(text="The bridge is broken.", **ON_AIR))[0]
        console.post("end/")
        html = console.page()
        assert "2 filings" in html
        assert "Phone 1" in html
        assert "Radio 1" in html
        row = html.split(number)[1].split("</tr>")[0]
        for shown in ("10:00", "Phone", "Grid Department"):
            assert shown in row
        assert "The central desk" in html.split(other)[1].split("</tr>")[0]
        for hidden in (secret, TEXT, "bridge", "Rahima"):
            assert hidden not in html

    def test_what_becomes_of_them_is_not_told(self, console: Console) -> None:
        number = console.receipt(console.filed())[0]
        casework.forward(
            actor=console.scene.actor(console.cast.desk),
            number=number,
            office=console.cast.department,
            reason="Power",
        )
        assert "Grid Department" not in console.page()

    def test_a_sensitive_one_is_with_the_desk(self, console: Console) -> None:
        publish_rules({"words": "meter*", "target": console.cast.department.code})
        console.filed(about="yes")
        assert "Grid Department" not in console.page()

    def test_not_yesterdays_and_not_somebody_elses(self, console: Console) -> None:
        number = console.receipt(console.filed())[0]
        console.post("end/")
        console.client.force_login(make_officer("Second", "operator", console.cast.cabinet))
        assert number not in console.page()
        console.clock.shift(timedelta(days=1))
        console.client.force_login(console.cast.operator)
        assert number not in console.page()
        assert "Nothing filed yet today" in console.page()

    def test_they_open_nothing(self, console: Console) -> None:
        number = console.receipt(console.filed())[0]
        console.page(f"cases/{number}/", 410)
        assert console.client.get(f"/en/office/cases/{number}/").status_code in (403, 404)
        assert console.client.get(f"/en/complaints/track/{number}/").status_code == 302

    def test_a_long_day_costs_no_more_than_a_short_one(self, console: Console) -> None:
        publish_rules({"words": "meter*", "target": console.cast.department.code})
        costs = []
        for _round in range(2):
            console.filed()
            console.post("end/")
            console.page()
            with CaptureQueriesContext(connection) as queries:
                console.page()
            costs.append(len(queries))
        assert costs[0] == costs[1] <= 6
