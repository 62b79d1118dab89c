"""Reading a filing back: every line, in the citizen's language, with the key by which it is corrected."""

import re
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from agencies.models import Place
from complaints.models import Case
from console.counter_phones import people_with
from console.form import NewCaseForm
from console.readback import KEYS, in_groups, lines
from tests.complaints.conftest import Scene
from tests.console.operators import FILLED, ON_AIR, TEXT, Console
from tests.factories.agencies import make_officer
from tests.factories.routing import publish_rules

MANY = "You gave this number for 3 people today."


@pytest.fixture
def console(scene: Scene, client: Client, clock: time_machine.Traveller) -> Console:
    return Console(scene, client, clock)


def said(**changes: Any) -> dict[str, str]:
    """By field, the sentence that is read back of a filing."""
    form = NewCaseForm({**FILLED, **changes})
    assert form.is_valid(), form.errors
    return {line.field: line.say for line in lines(form.cleaned_data)}


class TestTheLines:
    def test_everything_is_among_them(self, scene: Scene) -> None:
        found = said(
            category="roads",
            place="3.47.1",
            for_whom="other",
            for_name="Karim",
            consent_for="guardian",
            share="on",
            publish="on",
        )
        assert found == {
            "text": "You told me:",
            "about": "It is not about an official, and not about corruption.",
            "kind": "You complain about something.",
            "category": "The subject is: Roads.",
            "q": "It happened here: Kaliakair, Gazipur, Dhaka.",
            "name": "Your name is: Rahima.",
            "phone": "Your number is:",
            "share": "Officers may see your name and your number.",
            "publish": "It may be published without names.",
            "for_name": "It is for Karim, whose guardian agreed.",
        }

    def test_what_was_not_said_is_said_too(self, scene: Scene) -> None:
        found = said(name="", phone="")
        assert found["name"] == "You gave no name."
        assert found["phone"] == "You gave no number, so we can’t reach you."
        assert found["q"] == "You named no place."
        assert found["category"] == "You named no subject."
        assert found["publish"] == "It is not published."
        assert found["for_whom"] == "It is for yourself."
        assert "share" not in found

    @pytest.mark.parametrize("kind", ["complaint", "information", "suggestion"])
    def test_each_kind_has_its_words(self, scene: Scene, kind: str) -> None:
        assert said(kind=kind)["kind"].startswith("You ")

    def test_one_about_an_official_is_sealed_whatever_was_ticked(self, scene: Scene) -> None:
        form = NewCaseForm({**FILLED, "about": "yes", "share": "on", "publish": "on"})
        assert form.is_valid()
        words = " ".join(line.say for line in lines(form.cleaned_data))
        assert "Your name is sealed, and nothing is published." in words
        assert "Officers may see" not in words
        assert "It may be published" not in words

    def test_the_radio_is_read_back_too(self, scene: Scene) -> None:
        assert said(**ON_AIR)["station"] == "You said it on air: betar, shokal-7."

    def test_each_has_a_key_of_its_own(self, scene: Scene) -> None:
        form = NewCaseForm({**FILLED, **ON_AIR, "share": "on"})
        assert form.is_valid()
        keys = [line.key for line in lines(form.cleaned_data)]
        assert keys == list(KEYS[: len(keys)])
        assert len(keys) == 11

    def test_names_are_the_citizens_languages(self, scene: Scene) -> None:
        form = NewCaseForm({**FILLED, "language": "bn", "place": "3.47.1"})
        with translation.override("en"):
            assert form.is_valid()
            assert any("কালিয়াকৈর" in line.say for line in lines(form.cleaned_data))

    @pytest.mark.parametrize(
        ("phone", "read"),
        [
            ("+8801712345678", "01712 345 678"),
            ("+88029551234", "02 955 1234"),
            ("+6281234567890", "+62 812 3456 7890"),
            ("", ""),
        ],
    )
    def test_a_number_is_said_as_it_is_dialled(self, phone: str, read: str) -> None:
        assert in_groups(phone).replace(" ", "") == read.replace(" ", "")
        assert all(len(part) <= 5 for part in in_groups(phone).split())


class TestThePage:
    def test_each_line_leads_to_its_field(self, console: Console) -> None:
        token = console.to_check()
        html = console.page(f"filings/{token}/check/")
        assert TEXT in html
        assert "01712 345 678" in html
        links = re.findall(rf'filings/{token}/\?to=(\w+)" data-plain-key="(\w)"', html)
        assert [key for _field, key in links] == list(KEYS[: len(links)])
        for field, _key in links:
            assert console.page(f"filings/{token}/", to=field)
            assert field in NewCaseForm.base_fields

    def test_numbers_are_in_the_citizens_digits(self, console: Console) -> None:
        html = console.page(f"filings/{console.to_check(language='bn')}/check/")
        assert "০১৭১২ ৩৪৫ ৬৭৮" in html
        assert re.search(r'app-readback__say" lang="bn"', html)

    def test_it_says_where_it_goes_and_why(self, console: Console) -> None:
        publish_rules({"words": "meter*", "target": console.cast.department.code})
        html = unescape(console.page(f"filings/{console.to_check()}/check/"))
        assert "It goes to Grid Department, because you said “meter”." in html
        html = unescape(console.page(f"filings/{console.to_check(about='yes')}/check/"))
        assert "it is about an official or about corruption." in html

    def test_nothing_is_filed_before_it_was_read_back(self, console: Console) -> None:
        console.page(f"filings/{console.to_check()}/check/")
        assert not Case.objects.exists()

    def test_a_filing_that_is_not_filled_in_shows_what_is_missing(self, console: Console) -> None:
        html = console.page(f"filings/{console.begin()}/check/", 422)
        assert "Write what happened." in html

    def test_what_fits_no_more_is_said_and_not_sent(self, console: Console) -> None:
        token = console.to_check(place="3.48.1")
        Place.objects.filter(code="3.48.1").delete()
        answer = console.send(token)
        assert answer.status_code == 422
        assert "Choose a place from the list." in answer.content.decode()
        assert not Case.objects.exists()

    def test_on_the_radio_without_a_contact_it_says_what_that_means(self, console: Console) -> None:
        html = console.page(f"filings/{console.to_check(**ON_AIR, name='', phone='')}/check/")
        assert "Nobody can be reached" in html
        assert "never says it on air" in html
        html = console.page(f"filings/{console.to_check(**ON_AIR)}/check/")
        assert "Nobody can be reached" not in html


class TestANumberOfTheCounter:
    def three(self, console: Console, *names: str) -> str:
        """File for people of these names with one number, and come to the next one's read-back."""
        for name in names:
            console.filed(name=name)
            console.post("end/")
        return console.page(f"filings/{console.to_check(name='Rahima')}/check/")

    def test_the_third_person_with_one_number_is_asked_about(self, console: Console) -> None:
        html = self.three(console, "Karim", "Salma")
        assert MANY in html
        assert 'name="no_phone"' in html

    @pytest.mark.parametrize("names", [("Karim",), ("Rahima", "rahima", " RAHIMA "), ()])
    def test_two_people_or_one_again_are_not(
        self, console: Console, names: tuple[str, ...]
    ) -> None:
        html = self.three(console, *names)
        assert "You gave this number for" not in html
        assert 'name="no_phone"' not in html

    def test_those_without_a_name_are_one_person(self, console: Console) -> None:
        assert "You gave this number for" not in self.three(console, "", "")
        assert MANY in self.three(console, "Karim")

    def test_another_operators_filings_do_not_count(self, console: Console) -> None:
        self.three(console, "Karim", "Salma")
        console.post("end/")
        second = make_officer("Second", "operator", console.cast.cabinet)
        console.client.force_login(second)
        assert MANY not in console.page(f"filings/{console.to_check()}/check/")
        assert people_with(console.scene.actor(second), "+8801712345678", "Rahima") == 1

    def test_without_a_number_nobody_is_counted(self, console: Console) -> None:
        assert people_with(console.scene.actor(console.cast.operator), "", "Rahima") == 0

    def test_it_can_be_left_out_with_one_key(self, console: Console) -> None:
        self.three(console, "Karim", "Salma")
        token = next(iter(console.kept()["filings"]))
        answer = console.post(f"filings/{token}/check/", no_phone="1")
        assert answer.url.endswith(f"filings/{token}/check/")
        html = console.page(f"filings/{token}/check/")
        assert "You gave no number" in html
        assert MANY not in html
        console.send(token)
        assert console.contact()["phone"] == ""
        assert console.contact()["name"] == "Rahima"

    def test_and_it_can_be_sent_all_the_same(self, console: Console) -> None:
        self.three(console, "Karim", "Salma")
        token = next(iter(console.kept()["filings"]))
        assert console.send(token).status_code == 302
        assert console.contact()["phone"] == "+8801712345678"
