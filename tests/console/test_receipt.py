"""The receipt at the console: read out step by step, printed, and gone."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from complaints.tracking import LETTERS
from console.receipts import qr_code
from console.spelling import WORDS, groups_of, spelt
from tests.complaints.conftest import Scene
from tests.console.operators import ON_AIR, SECRET, Console
from tests.factories.routing import publish_rules


@pytest.fixture
def console(scene: Scene, client: Client, clock: time_machine.Traveller) -> Console:
    return Console(scene, client, clock)


class TestSpelling:
    @pytest.mark.parametrize("language", sorted(WORDS))
    def test_every_letter_has_a_word_of_its_own(self, language: str) -> None:
        assert set(WORDS[language]) == set(LETTERS)
        assert len(set(WORDS[language].values())) == len(LETTERS)

    @pytest.mark.parametrize("language", ["en", "id"])
    def test_the_word_begins_with_the_letter(self, language: str) -> None:
        assert all(word[0] == letter for letter, word in WORDS[language].items())

    def test_bangla_words_are_bangla(self) -> None:
        assert all("\u0980" <= word[0] <= "\u09ff" for word in WORDS["bn"].values())

    def test_it_is_said_as_in(self) -> None:
        with translation.override("en"):
            assert spelt("K", "en") == "K as in Kilo"

    def test_a_number_is_said_in_groups(self) -> None:
        assert groups_of("4821-9530-7716-K") == (["4821", "9530", "7716"], "K")


class TestReadingItOut:
    def test_first_the_number_in_groups_with_its_letter_spelt(self, console: Console) -> None:
        html = console.page(f"done/{console.filed()}/")
        number = re.search(r"\d{4}-\d{4}-\d{4}-[A-Z]", html)
        assert number
        groups, letter = groups_of(number[0])
        for group in (*groups, letter):
            assert f'<span aria-hidden="true">{group}</span>' in html
        assert f"{letter} as in {WORDS['en'][letter]}" in html

    def test_no_secret_is_on_the_first_page(self, console: Console) -> None:
        assert not SECRET.search(console.page(f"done/{console.filed()}/"))

    def test_each_secret_has_a_page_of_its_own(self, console: Console) -> None:
        token = console.filed()
        _number, secret, withdrawal = console.receipt(token)
        assert secret != withdrawal
        assert withdrawal not in console.page(f"done/{token}/secret/")
        assert secret not in console.page(f"done/{token}/withdrawal/")

    def test_the_second_one_is_given_only_to_whoever_asks(self, console: Console) -> None:
        token = console.filed()
        assert "withdrawal/" not in console.page(f"done/{token}/")
        html = console.page(f"done/{token}/secret/")
        assert "They ask how it can be withdrawn" in html.split("withdrawal/")[0]

    def test_both_dates_are_said_in_words(self, console: Console) -> None:
        html = console.page(f"done/{console.filed()}/")
        assert "It reaches the office by the end of Wednesday 25 November 2026." in html
        assert "You have an answer by the end of Saturday 5 December 2026 at the latest." in html

    def test_dates_are_the_citizens_languages(self, console: Console) -> None:
        html = console.page(f"done/{console.filed(language='bn')}/")
        assert "বুধবার ২৫ নভেম্বর ২০২৬" in html
        html = console.page(f"done/{console.filed(language='id')}/")
        assert "Rabu 25 November 2026" in html

    def test_agency_and_why_are_one_sentence(self, console: Console) -> None:
        publish_rules({"words": "meter*", "target": console.cast.department.code})
        html = unescape(console.page(f"done/{console.filed()}/"))
        assert "It goes to Grid Department, because you said “meter”." in html
        assert "It is at the office already." in html

    def test_a_subject_or_a_place_may_be_the_reason(self, console: Console) -> None:
        publish_rules({"category": "roads", "target": console.cast.rival_ministry.code})
        html = console.page(f"done/{console.filed(category='roads')}/")
        assert "It goes to Ministry of Roads, because of the subject." in html

    def test_the_desk_may_have_to_find_out(self, console: Console) -> None:
        html = console.page(f"done/{console.filed(about='yes')}/")
        assert "because it is about an official or about corruption." in html

    def test_whoever_wrote_it_down_ends_it(self, console: Console) -> None:
        token = console.filed()
        html = console.page(f"done/{token}/secret/")
        assert "They have written it down: end of call" in html
        assert 'action="/en/console/end/"' in html

    def test_a_number_on_the_first_page_is_ended_only_on_purpose(self, console: Console) -> None:
        assert "End of call, without the secret" in console.page(f"done/{console.filed()}/")

    @pytest.mark.parametrize("step", ["nothing", "what"])
    def test_there_are_no_other_steps(self, console: Console, step: str) -> None:
        token = console.filed()
        console.page(f"done/{token}/{step}/", 404)

    @pytest.mark.parametrize("step", ["", "secret/", "withdrawal/", "print/"])
    def test_nothing_can_be_copied_or_kept(self, console: Console, step: str) -> None:
        answer = console.get(f"done/{console.filed()}/{step}")
        assert "data-copy" not in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]

    @pytest.mark.parametrize("step", ["", "secret/", "withdrawal/", "print/"])
    def test_it_is_gone_after_ten_minutes(self, console: Console, step: str) -> None:
        token = console.filed()
        console.clock.shift(timedelta(seconds=599))
        console.page(f"done/{token}/{step}")
        console.clock.shift(timedelta(seconds=1))
        html = console.page(f"done/{token}/{step}", 410)
        assert "no longer shown" in html
        assert not SECRET.search(html)

    def test_every_page_with_a_secret_clears_itself(self, console: Console) -> None:
        token = console.filed()
        for step in ("", "secret/", "withdrawal/", "print/"):
            html = console.page(f"done/{token}/{step}")
            assert 'data-idle="180"' in html
            assert "data-idle-end" in html


class TestAtTheRadio:
    def test_without_a_contact_the_station_keeps_the_secret(self, console: Console) -> None:
        token = console.filed(**ON_AIR, name="", phone="")
        html = console.page(f"done/{token}/secret/")
        assert "give it to the station" in html
        assert SECRET.search(html)

    def test_and_nobody_gets_the_one_to_withdraw(self, console: Console) -> None:
        token = console.filed(**ON_AIR, name="", phone="")
        html = console.page(f"done/{token}/withdrawal/")
        assert "it is given to nobody" in html
        assert not SECRET.search(html)
        assert "withdrawal/" not in console.page(f"done/{token}/secret/")
        sheet = console.page(f"done/{token}/print/")
        assert len(SECRET.findall(sheet)) == 1
        assert "sheet-withdraw" not in sheet

    def test_with_a_contact_it_is_as_for_everybody(self, console: Console) -> None:
        token = console.filed(**ON_AIR)
        assert len(SECRET.findall(console.page(f"done/{token}/print/"))) == 2


class TestTheSheet:
    def test_the_secrets_are_on_parts_of_their_own(self, console: Console) -> None:
        token = console.filed(channel="counter")
        number, secret, withdrawal = console.receipt(token)
        parts = console.page(f"done/{token}/print/").split('class="app-sheet__part"')[1:]
        assert [bool(secret in part) for part in parts] == [False, True, False]
        assert [bool(withdrawal in part) for part in parts] == [False, False, True]
        assert all(number in part for part in parts)

    def test_it_says_where_and_by_which_phone_it_is_followed(self, console: Console) -> None:
        html = console.page(f"done/{console.filed()}/print/")
        assert "http://testserver</p>" in html
        assert "Help by phone: 333" in html

    def test_names_and_the_story_are_not_on_it(self, console: Console) -> None:
        html = console.page(f"done/{console.filed()}/print/")
        for told in ("Rahima", "1712345678", "electricity"):
            assert told not in html

    def test_the_code_is_of_the_address_without_a_secret(
        self, console: Console, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        drawn: list[str] = []
        monkeypatch.setattr("console.receipts.qr_code", lambda url: drawn.append(url) or "")
        token = console.filed()
        number, secret, withdrawal = console.receipt(token)
        console.page(f"done/{token}/print/")
        assert set(drawn) == {f"http://testserver/complaints/track/?number={number}"}
        assert not any(s.replace(" ", "") in drawn[0] for s in (secret, withdrawal))

    def test_the_code_is_drawn_without_styles_or_scripts(self) -> None:
        drawn = qr_code("https://complaints.example.org/complaints/track/?number=1-2-3-T")
        assert drawn.startswith("<svg")
        assert "style" not in drawn
        assert "<script" not in drawn

    def test_a_counter_is_led_to_the_printer_first(self, console: Console) -> None:
        html = console.page(f"done/{console.filed(channel='counter')}/")
        assert re.search(r'print/"[^>]* autofocus', html)
        html = console.page(f"done/{console.filed()}/")
        assert re.search(r'secret/"[^>]* autofocus', html)

    def test_the_sheet_is_in_the_citizens_language(self, console: Console) -> None:
        html = console.page(f"done/{console.filed(language='bn')}/print/")
        assert 'class="app-sheet" lang="bn"' in html
        assert "জাতীয় অভিযোগ পোর্টাল" in html

    def test_the_sheet_does_not_tell_that_it_is_about_an_official(self, console: Console) -> None:
        token = console.filed(channel="counter", about="yes")
        assert "it is about an official" in console.page(f"done/{token}/")
        sheet = console.page(f"done/{token}/print/")
        assert "official" not in sheet.split('class="app-sheet"')[1].split("Part 1")[0]
        assert "The central desk reads it first" in sheet
