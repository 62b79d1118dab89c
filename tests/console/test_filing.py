"""What an operator writes down: whose it is, what was agreed to, mistakes, and what is kept while typing."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from accounts.models import User
from complaints.models import Case
from console import shelf
from console.script import SCRIPT, VERSION
from tests.complaints.conftest import Scene
from tests.console.operators import FILLED, ON_AIR, TEXT, Console
from tests.factories.routing import publish_rules


@pytest.fixture
def console(scene: Scene, client: Client, clock: time_machine.Traveller) -> Console:
    return Console(scene, client, clock)


class TestFiling:
    def test_it_is_filed_by_the_operator_for_the_citizen(self, console: Console) -> None:
        token = console.filed(language="bn")
        number = console.receipt(token)[0]
        case = Case.objects.get(number=number)
        assert (case.filed_by, case.owner, case.channel) == (console.cast.operator, None, "hotline")
        assert (case.language, case.text, case.on_behalf) == ("bn", TEXT, False)
        event = console.event
        assert (event.party, event.actor_id) == ("operator", console.cast.operator.pk)
        details = console.contact()
        assert (details["name"], details["phone"]) == ("Rahima", "+8801712345678")

    def test_the_record_holds_what_was_agreed_to_as_codes(self, console: Console) -> None:
        console.filed(consent="written", language="id")
        data = console.event.data
        assert (data["consent"], data["script"]) == ("written", f"id.{VERSION}")
        assert "consent_for" not in data
        for code in (str(value) for value in data.values()):
            assert re.fullmatch(r"[A-Za-z0-9._:+-]*", code)

    def test_for_somebody_else_with_their_consent(self, console: Console) -> None:
        console.filed(for_whom="other", for_name="Karim", consent_for="guardian")
        details = console.contact()
        assert console.case.on_behalf
        assert (details["for_name"], details["consent"]) == ("Karim", "guardian")
        assert (console.event.data["consent"], console.event.data["consent_for"]) == (
            "spoken",
            "guardian",
        )

    def test_what_was_ticked_for_somebody_else_counts_only_for_them(self, console: Console) -> None:
        console.filed(for_whom="self", for_name="Karim", consent_for="guardian")
        assert not console.case.on_behalf
        assert "consent_for" not in console.event.data

    def test_somebody_without_a_name(self, console: Console) -> None:
        token = console.filed(name="", phone="")
        assert console.case.anonymous
        assert "a lost secret can’t be replaced" in console.page(f"done/{token}/secret/")
        assert console.event.data["consent"] == "spoken"

    def test_one_about_an_official_is_sealed_whatever_was_ticked(self, console: Console) -> None:
        console.filed(about="yes", share="on", publish="on")
        case = console.case
        assert (case.sensitive, case.share_contact, case.publish_consent) == (True, False, False)

    def test_what_was_allowed_is_kept(self, console: Console) -> None:
        console.filed(share="on", publish="on", kind="suggestion", category="roads")
        case = console.case
        assert (case.share_contact, case.publish_consent) == (True, True)
        assert (case.kind, case.category) == ("suggestion", console.cast.roads)

    def test_the_radio_says_station_programme_and_time(self, console: Console) -> None:
        console.filed(**ON_AIR)
        data = console.event.data
        assert console.case.channel == "radio"
        assert (data["station"], data["programme"]) == ("betar", "shokal-7")
        assert data["aired"] == "2026-11-22T01:30:00+00:00"

    def test_without_the_radio_no_station_is_kept(self, console: Console) -> None:
        console.filed(channel="counter", station="not a code!", aired="yesterday")
        assert not {"station", "programme", "aired"} & set(console.event.data)

    def test_sent_twice_it_is_filed_once(self, console: Console) -> None:
        token = console.to_check()
        first, second = console.send(token), console.send(token)
        assert first.url == second.url
        assert Case.objects.count() == 1

    def test_filled_in_again_after_it_was_sent_it_is_still_one(self, console: Console) -> None:
        token = console.filed()
        assert console.fill(token, text="Quite another story.").url.endswith(f"done/{token}/")
        assert Case.objects.count() == 1

    def test_many_from_one_call_centre_are_not_counted(self, console: Console, monkeypatch) -> None:
        counted: list[str] = []
        count = "complaints.services.intake.limits.filings_from_address"
        monkeypatch.setattr(count, lambda address: counted.append(address) or 0)
        console.filed()
        assert counted == [""]

    def test_a_citizen_with_an_account_of_the_operators_is_no_owner(self, console: Console) -> None:
        console.filed()
        assert not Case.objects.filter(owner=console.cast.operator).exists()


class TestMistakes:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"text": ""}, "Write what happened."),
            ({"text": "abc"}, "at least 10 letters"),
            ({"about": None}, "Choose yes or no."),
            ({"consent": None}, "Ask whether they agree"),
            ({"consent": "guardian"}, "Select a valid choice"),
            ({"told": None}, "Read out what is kept of them"),
            ({"for_whom": "other"}, "Write for whom it is."),
            ({"for_whom": "other", "for_name": "Karim"}, "Say how they agreed."),
            ({"phone": "12"}, "This is not a telephone number."),
            ({"q": "Kalia"}, "Choose a place from the list below, or empty the field."),
            ({"channel": "web"}, "Select a valid choice"),
            ({"language": "fr"}, "Select a valid choice"),
            ({"channel": "radio"}, "Write which station it was."),
            ({"channel": "radio"}, "Write in which programme it was."),
            ({"channel": "radio"}, "Write when it was on air."),
            (ON_AIR | {"station": "Radio <1>"}, "letters from a to z"),
            (ON_AIR | {"aired": "2026-11-22T10:01"}, "This time has not come yet."),
            (ON_AIR | {"aired": "2026-09-22T09:00"}, "This is more than 60 days ago."),
            (ON_AIR | {"aired": "this morning"}, "Enter a valid date/time."),
        ],
    )
    def test_it_is_said_and_nothing_is_lost(
        self, console: Console, changes: dict[str, Any], said: str
    ) -> None:
        token = console.begin()
        answer = console.fill(token, **changes)
        html = answer.content.decode()
        assert answer.status_code == 422
        assert said in html
        assert 'value="Rahima"' in html
        assert 'value="Rahima"' in console.page(f"filings/{token}/")
        assert not Case.objects.exists()

    def test_they_are_listed_in_the_order_of_the_page(self, console: Console) -> None:
        answer = console.fill(console.begin(), consent=None, text="", about=None, told=None)
        listed = re.findall(r'<li><a href="#id_(\w+?)(?:_0)?">', answer.content.decode())
        assert listed == ["consent", "text", "about", "told"]

    def test_what_was_on_air_two_months_ago_just_goes(self, console: Console) -> None:
        console.to_check(**ON_AIR | {"aired": "2026-09-23T10:00"})

    @pytest.mark.parametrize("phone", ["01712345678", "+880 1712-345678", "০১৭১২৩৪৫৬৭৮"])
    def test_the_operators_own_number_is_nobody_elses(self, console: Console, phone: str) -> None:
        User.objects.filter(pk=console.cast.operator.pk).update(phone="+8801712345678")
        answer = console.fill(phone=phone)
        assert answer.status_code == 422
        assert "This is your own number." in answer.content.decode()

    def test_nor_if_it_got_past_the_page(self, console: Console) -> None:
        token = console.to_check()
        User.objects.filter(pk=console.cast.operator.pk).update(phone="01712 345678")
        answer = console.send(token)
        assert answer.status_code == 422
        assert "This is your own number." in answer.content.decode()
        assert not Case.objects.exists()

    def test_an_operator_with_a_strange_number_files_all_the_same(self, console: Console) -> None:
        User.objects.filter(pk=console.cast.operator.pk).update(phone="ext. 12")
        console.filed()

    @pytest.mark.parametrize("text", ["🙂" * 30 + " the meter is wrong", "ক্ষমতা নেই বিদ্যুৎ অফিসে"])
    def test_any_script_is_taken(self, console: Console, text: str) -> None:
        console.filed(text=text)
        assert console.case.text == text

    def test_null_bytes_do_no_harm(self, console: Console) -> None:
        assert console.fill(text=f"\0{TEXT}", place="nowhere\0").status_code == 422
        console.filed(text=f"\0{TEXT}")
        assert console.case.text == TEXT

    def test_bangla_digits_in_the_phone(self, console: Console) -> None:
        console.filed(phone="০১৭১২৩৪৫৬৭৮")
        assert console.contact()["phone"] == "+8801712345678"

    def test_a_very_long_complaint_is_refused_and_kept(self, console: Console) -> None:
        token = console.begin()
        assert "This is too long" in console.fill(token, text="ab " * 7000).content.decode()
        assert "ab ab ab" in console.page(f"filings/{token}/")


class TestTheScript:
    def test_every_sentence_is_there_in_every_language(self, console: Console) -> None:
        html = console.page(f"filings/{console.begin()}/")
        for code, _name in settings.LANGUAGES:
            assert html.count(f'data-say="{code}"') == len(SCRIPT)
            assert html.count(f'<q lang="{code}">') == len(SCRIPT)
        assert str(SCRIPT["record"]) in html

    def test_the_countrys_language_is_chosen_first(self, console: Console) -> None:
        html = console.page(f"filings/{console.begin()}/")
        assert re.search(r'name="language" value="bn"[^>]* checked', html)
        assert html.count("app-say app-say--other") == 2 * len(SCRIPT)

    def test_without_a_script_a_change_shows_with_the_next_page(self, console: Console) -> None:
        token = console.begin()
        html = console.fill(token, language="id", look="1").content.decode()
        assert re.search(r'app-say" data-say="id"', html)
        assert re.search(r'app-say app-say--other" data-say="bn"', html)


class TestLookingWhileTyping:
    def test_the_button_searches_a_place_and_checks_nothing(self, console: Console) -> None:
        answer = console.fill(q="Kaliakair", find="1", consent=None)
        html = answer.content.decode()
        assert answer.status_code == 200
        assert 'value="3.47.1"' in html
        assert TEXT in html
        assert "Ask whether they agree" not in html
        assert re.search(r'name="q"[^>]* autofocus', html)

    def test_the_chosen_place_is_filed(self, console: Console) -> None:
        console.filed(q="Kaliakair", place="3.47.1")
        assert console.case.place == console.cast.upazila

    @pytest.mark.parametrize("path", ["look/", ""])
    def test_it_says_where_it_would_go(self, console: Console, path: str) -> None:
        publish_rules({"words": "meter*", "target": console.cast.department.code})
        token = console.begin()
        answer = console.post(f"filings/{token}/{path}", **console.answers(look="1"))
        assert "This would go to: Grid Department" in answer.content.decode()
        assert not Case.objects.exists()

    def test_too_little_says_nothing_and_is_kept(self, console: Console) -> None:
        token = console.begin()
        assert console.post(f"filings/{token}/look/", text="ab").status_code == 204
        assert ">\nab</textarea>" in console.page(f"filings/{token}/")

    def test_what_was_typed_is_there_after_a_reload(self, console: Console) -> None:
        token = console.begin()
        console.post(f"filings/{token}/look/", **console.answers(told=None))
        html = console.page(f"filings/{token}/")
        assert TEXT in html
        assert 'value="Rahima"' in html
        assert re.search(r'name="consent" value="spoken"[^>]* checked', html)
        assert not re.search(r'name="told"[^>]* checked', html)

    def test_it_lies_on_the_server_encrypted(self, console: Console) -> None:
        token = console.begin()
        console.post(f"filings/{token}/look/", **console.answers())
        raw = str(dict(console.client.session))
        assert "Rahima" not in raw
        assert TEXT not in raw
        assert console.kept()[shelf.KEY][token]["answers"]["name"] == "Rahima"

    def test_nothing_else_of_what_is_sent_is_kept(self, console: Console) -> None:
        token = console.begin()
        console.post(f"filings/{token}/look/", **console.answers(strange="x" * 10))
        assert "strange" not in console.kept()[shelf.KEY][token]["answers"]

    def test_rubbish_does_no_harm(self, console: Console) -> None:
        token = console.begin()
        rubbish = {"text": f"{TEXT}\0", "kind": "x", "category": "\0", "place": "../..\0"}
        assert console.post(f"filings/{token}/look/", **rubbish).status_code == 200
        assert console.page(f"filings/{token}/")

    @pytest.mark.parametrize("field", ["text", "q", "name", "note"])
    def test_a_line_to_be_corrected_has_the_keyboard(self, console: Console, field: str) -> None:
        html = console.page(f"filings/{console.to_check()}/", to=field)
        assert re.search(rf'name="{field}"[^>]* autofocus', html)
        assert html.count(" autofocus") == 1

    @pytest.mark.parametrize("field", ["about", "consent", "nonsense"])
    def test_of_a_choice_the_script_is_told(self, console: Console, field: str) -> None:
        html = console.page(f"filings/{console.to_check()}/", to=field)
        assert f'data-focus="{field if field in FILLED else "consent"}"' in html


class TestTooOld:
    def test_an_hour_without_a_word_and_it_is_gone(self, console: Console) -> None:
        token = console.to_check()
        console.clock.shift(timedelta(seconds=shelf.KEPT_SECONDS))
        console.page(f"filings/{token}/")
        console.clock.shift(timedelta(seconds=1))
        assert "This filing is no longer here" in console.page(f"filings/{token}/", 410)
        console.page(f"filings/{token}/check/", 410)

    def test_with_the_next_filing_it_is_erased(self, console: Console) -> None:
        token = console.to_check()
        console.clock.shift(timedelta(seconds=shelf.KEPT_SECONDS + 1))
        console.begin()
        assert token not in console.kept()[shelf.KEY]

    def test_whoever_still_has_the_page_open_loses_nothing(self, console: Console) -> None:
        token = console.begin()
        console.clock.shift(timedelta(seconds=shelf.KEPT_SECONDS + 1))
        console.filed(token)
        assert console.case.text == TEXT

    def test_thrown_away_it_is_gone(self, console: Console) -> None:
        token = console.to_check()
        assert console.post(f"filings/{token}/", discard="1").url == "/en/console/"
        console.page(f"filings/{token}/", 410)
        assert console.send(token).status_code == 410
        assert not Case.objects.exists()
