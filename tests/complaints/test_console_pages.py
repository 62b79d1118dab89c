"""The operators' console: who gets in, what is filed and how, what is read out, what is forgotten."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from complaints.models import Case, Contact, Event
from complaints.services import sealing
from complaints.views.console_calls import CALL_SECONDS
from tests.complaints.conftest import Scene
from tests.factories.agencies import make_officer
from tests.factories.routing import publish_rules

TEXT = "The electricity meter shows a wrong number."
PAGES = ["/en/console/", "/en/console/new/"]
OTHERS = ["desk", "focal", "case_officer", "head", "overseer", "auditor", "registrar", "alice"]


class Console:
    """An operator at a console; pages in English."""

    def __init__(self, scene: Scene, client: Client, clock: time_machine.Traveller) -> None:
        self.scene, self.cast, self.client, self.clock = scene, scene.cast, client, clock
        client.force_login(scene.cast.operator)

    def page(self, path: str, status: int = 200) -> str:
        answer = self.client.get(f"/en/console/{path}")
        assert answer.status_code == status, answer.status_code
        return answer.content.decode()

    def token(self, html: str) -> str:
        found = re.search(r'name="token" value="([^"]+)"', html)
        assert found
        return found[1]

    def answers(self, **changes: Any) -> dict[str, Any]:
        """What an operator fills in, as a browser sends it."""
        filled = {
            "token": self.token(self.page("new/")),
            "text": TEXT,
            "about": "no",
            "kind": "complaint",
            "channel": "hotline",
            "language": "bn",
            "for_whom": "self",
            "consent": "spoken",
            "name": "Rahima",
            "phone": "01712345678",
        }
        return {name: value for name, value in (filled | changes).items() if value is not None}

    def send(self, **changes: Any) -> Any:
        return self.client.post("/en/console/new/", self.answers(**changes))

    def filed(self, **changes: Any) -> str:
        """File, and give the page with the receipt."""
        answer = self.client.post("/en/console/new/", self.answers(**changes), follow=True)
        assert answer.status_code == 200
        assert answer.redirect_chain[0][0].startswith("/en/console/done/")
        return answer.content.decode()

    def secrets(self, html: str) -> tuple[str, str, str]:
        """Number, secret and withdrawal secret, as the page shows them."""
        number = re.search(r'app-panel__number">([^<]+)<', html)
        found = re.findall(r'app-secret--read">([^<]+)<', html)
        assert number
        return number[1], found[0], found[1]

    def open(self, number: str, secret: str) -> Any:
        return self.client.post("/en/console/", {"number": number, "secret": secret})


@pytest.fixture
def console(scene: Scene, client: Client, clock: time_machine.Traveller) -> Console:
    return Console(scene, client, clock)


class TestWhoGetsIn:
    @pytest.mark.parametrize("path", PAGES)
    def test_operators(self, console: Console, path: str) -> None:
        assert console.client.get(path).status_code == 200

    @pytest.mark.parametrize("path", [*PAGES, "/en/console/done/x/", "/en/console/cases/x/"])
    @pytest.mark.parametrize("who", OTHERS)
    def test_nobody_else(self, console: Console, who: str, path: str) -> None:
        console.client.force_login(getattr(console.cast, who))
        answer = console.client.get(path)
        assert answer.status_code == 403
        assert "You can’t see this page" in answer.content.decode()

    @pytest.mark.parametrize("path", ["/en/console/new/", "/en/console/new/look/"])
    def test_nobody_else_files(self, console: Console, path: str) -> None:
        filled = console.answers()
        console.client.force_login(console.cast.focal)
        assert console.client.post(path, filled).status_code == 403
        assert not Case.objects.exists()

    def test_a_visitor_is_asked_to_sign_in(self, scene: Scene, client: Client) -> None:
        assert "login" in client.get("/en/console/").headers["Location"]

    @pytest.mark.parametrize("path", PAGES)
    def test_no_browser_keeps_them(self, console: Console, path: str) -> None:
        assert "no-store" in console.client.get(path)["Cache-Control"]


class TestFiling:
    def test_it_is_filed_by_the_operator_for_the_citizen(self, console: Console) -> None:
        number, _secret, _other = console.secrets(console.filed())
        case = Case.objects.get(number=number)
        assert (case.filed_by, case.owner, case.channel) == (console.cast.operator, None, "hotline")
        assert (case.language, case.text, case.on_behalf) == ("bn", TEXT, False)
        event = Event.objects.get(case=case, move="submit")
        assert (event.party, event.actor_id) == ("operator", console.cast.operator.pk)
        assert event.data["consent"] == "spoken"
        details = sealing.unseal(Contact.objects.get(case=case).sealed)
        assert (details["name"], details["phone"]) == ("Rahima", "+8801712345678")

    def test_the_call_fills_in_phone_and_call(self, console: Console) -> None:
        html = console.page("new/?ani=%2B8801712345678&call_id=pbx-77.1")
        assert 'value="+8801712345678"' in html
        filled = console.answers(call_id="pbx-77.1<script>")
        console.client.post("/en/console/new/", filled)
        assert Event.objects.get(move="submit").data["call"] == "pbx-77.1script"

    def test_for_somebody_else_with_their_consent(self, console: Console) -> None:
        console.filed(for_whom="other", for_name="Karim", consent="guardian")
        case = Case.objects.get()
        details = sealing.unseal(Contact.objects.get(case=case).sealed)
        assert case.on_behalf
        assert (details["for_name"], details["consent"]) == ("Karim", "guardian")

    def test_somebody_without_a_name(self, console: Console) -> None:
        html = console.filed(name="", phone="")
        assert Case.objects.get().anonymous
        assert "a lost secret can’t be replaced" in html
        assert Event.objects.get(move="submit").data["consent"] == "spoken"

    def test_one_about_an_official_is_sealed_whatever_was_ticked(self, console: Console) -> None:
        console.filed(about="yes", share="on", publish="on")
        case = Case.objects.get()
        assert case.sensitive
        assert not case.share_contact
        assert not case.publish_consent

    def test_what_was_allowed_is_kept(self, console: Console) -> None:
        console.filed(share="on", publish="on", kind="suggestion", category="roads")
        case = Case.objects.get()
        assert (case.share_contact, case.publish_consent) == (True, True)
        assert (case.kind, case.category) == ("suggestion", console.cast.roads)

    def test_the_radio_says_station_programme_and_time(self, console: Console) -> None:
        console.filed(
            channel="radio", station="betar", programme="shokal-7", aired="2026-11-22T07:30"
        )
        data = Event.objects.get(move="submit").data
        assert Case.objects.get().channel == "radio"
        assert (data["station"], data["programme"]) == ("betar", "shokal-7")
        assert data["aired"] == "2026-11-22T01:30:00+00:00"

    def test_without_the_radio_no_station_is_kept(self, console: Console) -> None:
        console.filed(channel="counter", station="not a code!", aired="yesterday")
        assert "station" not in Event.objects.get(move="submit").data

    def test_channel_and_station_are_remembered(self, console: Console) -> None:
        console.filed(channel="radio", station="betar")
        html = console.page("new/")
        assert re.search(r'value="radio"[^>]* checked', html)
        assert 'value="betar"' in html

    def test_sent_twice_it_is_filed_once(self, console: Console) -> None:
        filled = console.answers()
        first = console.client.post("/en/console/new/", filled, follow=True)
        second = console.client.post("/en/console/new/", filled, follow=True)
        assert Case.objects.count() == 1
        assert console.secrets(first.content.decode()) == console.secrets(second.content.decode())

    def test_the_same_page_with_other_words_is_refused(self, console: Console) -> None:
        filled = console.answers()
        console.client.post("/en/console/new/", filled)
        answer = console.client.post("/en/console/new/", filled | {"text": "Quite another story."})
        assert answer.status_code == 409
        assert "Quite another story." in answer.content.decode()
        assert Case.objects.count() == 1

    def test_many_from_one_call_centre_are_not_counted(self, console: Console, monkeypatch) -> None:
        counted: list[str] = []
        count = "complaints.services.intake.limits.filings_from_address"
        monkeypatch.setattr(count, lambda address: counted.append(address) or 0)
        console.filed()
        assert counted == [""]


class TestMistakes:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"text": ""}, "Write what happened."),
            ({"text": "abc"}, "at least 10 letters"),
            ({"about": None}, "Choose yes or no."),
            ({"consent": None}, "Ask whether they agree"),
            ({"for_whom": "other"}, "Write for whom it is."),
            ({"phone": "12"}, "This is not a telephone number."),
            ({"q": "Kalia"}, "Choose a place from the list below, or empty the field."),
            ({"channel": "radio"}, "Write which station it was."),
            ({"channel": "radio", "station": "Radio <1>"}, "letters from a to z"),
            ({"channel": "web"}, "Select a valid choice"),
            ({"token": "short"}, "Load the page again."),
        ],
    )
    def test_it_is_said_and_nothing_is_lost(
        self, console: Console, changes: dict[str, Any], said: str
    ) -> None:
        answer = console.send(**changes)
        html = answer.content.decode()
        assert answer.status_code == 422
        assert said in html
        assert 'value="Rahima"' in html
        assert not Case.objects.exists()

    @pytest.mark.parametrize("text", ["🙂" * 30 + " the meter is wrong", "ক্ষমতা নেই বিদ্যুৎ অফিসে"])
    def test_any_script_is_taken(self, console: Console, text: str) -> None:
        console.filed(text=text)
        assert Case.objects.get().text == text

    def test_null_bytes_do_no_harm(self, console: Console) -> None:
        assert console.send(text=f"\0{TEXT}", place="3\0", q="").status_code == 422
        assert console.send(text=f"\0{TEXT}").status_code == 302
        assert Case.objects.get().text == TEXT

    def test_bangla_digits_in_the_phone(self, console: Console) -> None:
        console.filed(phone="০১৭১২৩৪৫৬৭৮")
        details = sealing.unseal(Contact.objects.get().sealed)
        assert details["phone"] == "+8801712345678"


class TestLookingWhileTyping:
    def test_the_button_searches_a_place_and_checks_nothing(self, console: Console) -> None:
        answer = console.send(q="Kaliakair", find="1", consent=None)
        html = answer.content.decode()
        assert answer.status_code == 200
        assert 'value="3.47.1"' in html
        assert TEXT in html
        assert "Ask whether they agree" not in html

    def test_the_chosen_place_is_filed(self, console: Console) -> None:
        console.filed(q="Kaliakair", place="3.47.1")
        assert Case.objects.get().place == console.cast.upazila

    @pytest.mark.parametrize("path", ["/en/console/new/look/", "/en/console/new/"])
    def test_it_says_where_it_would_go(self, console: Console, path: str) -> None:
        publish_rules({"words": "meter*", "target": console.cast.department.code})
        answer = console.client.post(path, console.answers(look="1"))
        assert "This would go to: Grid Department" in answer.content.decode()
        assert not Case.objects.exists()

    def test_too_little_says_nothing(self, console: Console) -> None:
        answer = console.client.post("/en/console/new/look/", {"text": "ab"})
        assert answer.content == b""

    def test_rubbish_does_no_harm(self, console: Console) -> None:
        rubbish = {"text": f"{TEXT}\0", "kind": "x", "category": "\0", "place": "../..\0"}
        assert console.client.post("/en/console/new/look/", rubbish).status_code == 200


class TestTheReceipt:
    def test_it_has_number_and_both_secrets_in_groups(self, console: Console) -> None:
        html = console.filed()
        number, secret, withdrawal = console.secrets(html)
        assert re.fullmatch(r"\d{4}-\d{4}-\d{4}-[A-Z]", number)
        assert all(re.fullmatch(r"\d{4} \d{4} \d{4} \d{4}", s) for s in (secret, withdrawal))
        assert secret != withdrawal

    def test_nothing_on_it_can_be_copied_or_kept(self, console: Console) -> None:
        answer = console.client.post("/en/console/new/", console.answers(), follow=True)
        assert "data-copy" not in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]

    def test_it_is_gone_after_ten_minutes(self, console: Console) -> None:
        filled = console.answers()
        console.client.post("/en/console/new/", filled)
        console.clock.shift(timedelta(seconds=601))
        html = console.page(f"done/{filled['token']}/", 410)
        assert "no longer shown" in html

    @pytest.mark.parametrize(("data", "to"), [({}, ""), ({"next": "1"}, "new/")])
    def test_the_end_of_the_call_takes_it_away(
        self, console: Console, data: dict[str, str], to: str
    ) -> None:
        filled = console.answers()
        console.client.post("/en/console/new/", filled)
        answer = console.client.post("/en/console/end/", data)
        assert answer.headers["Location"] == f"/en/console/{to}"
        console.page(f"done/{filled['token']}/", 410)

    def test_another_operator_does_not_see_it(self, console: Console) -> None:
        filled = console.answers()
        console.client.post("/en/console/new/", filled)
        console.client.force_login(make_officer("Second", "operator", console.cast.cabinet))
        console.page(f"done/{filled['token']}/", 410)


class TestTodaysFilings:
    def test_numbers_and_times_alone(self, console: Console) -> None:
        number, secret, _other = console.secrets(console.filed())
        html = console.page("")
        assert number in html
        for hidden in (secret, TEXT, "Rahima", "Grid"):
            assert hidden not in html

    def test_not_yesterdays_and_not_somebody_elses(self, console: Console) -> None:
        number, *_secrets = console.secrets(console.filed())
        console.client.force_login(make_officer("Second", "operator", console.cast.cabinet))
        assert number not in console.page("")
        console.clock.shift(timedelta(days=1))
        console.client.force_login(console.cast.operator)
        assert number not in console.page("")
        assert "Nothing yet." in console.page("")

    def test_they_open_nothing(self, console: Console) -> None:
        number, *_secrets = console.secrets(console.filed())
        answer = console.client.get(f"/en/console/cases/{number}/")
        assert answer.status_code == 302
        assert console.client.get(f"/en/office/cases/{number}/").status_code in (403, 404)
        track = console.client.get(f"/en/complaints/track/{number}/")
        assert track.status_code == 302


class TestFollowing:
    @pytest.fixture
    def receipt(self, console: Console) -> Any:
        return console.scene.file_named()

    def test_number_and_secret_open_it_for_the_call(self, console: Console, receipt: Any) -> None:
        answer = console.open(receipt.number, receipt.secret)
        assert answer.headers["Location"] == f"/en/console/cases/{receipt.number}/"
        html = console.page(f"cases/{receipt.number}/")
        assert receipt.number in html
        assert TEXT in html
        assert "Rahima" not in html

    def test_the_operator_may_move_nothing(self, console: Console, receipt: Any) -> None:
        console.open(receipt.number, receipt.secret)
        url = f"/en/complaints/track/{receipt.number}/message/"
        console.client.post(url, {"text": "I am the citizen"})
        assert Event.objects.filter(move="message").count() == 0

    @pytest.mark.parametrize("number", ["1234-5678-9012-X", "rubbish\0"])
    def test_a_wrong_secret_and_an_unknown_number_say_the_same(
        self, console: Console, receipt: Any, number: str
    ) -> None:
        wrong = console.open(receipt.number, "1234567890123456")
        unknown = console.open(number, "1234567890123456")
        assert wrong.status_code in (404, 422)
        assert unknown.status_code in (404, 422)
        assert not console.client.session.get("call")

    def test_guesses_are_limited_by_operator(self, console: Console, receipt: Any) -> None:
        for _guess in range(10):
            console.open(receipt.number, "1234567890123456")
        assert console.open(receipt.number, receipt.secret).status_code == 429
        console.client.force_login(make_officer("Second", "operator", console.cast.cabinet))
        assert console.open(receipt.number, receipt.secret).status_code == 302

    def test_ten_minutes_however_much_is_looked_at(self, console: Console, receipt: Any) -> None:
        console.open(receipt.number, receipt.secret)
        console.clock.shift(timedelta(seconds=CALL_SECONDS - 1))
        console.page(f"cases/{receipt.number}/")
        console.clock.shift(timedelta(seconds=1))
        console.page(f"cases/{receipt.number}/", 302)

    def test_the_end_of_the_call_closes_it(self, console: Console, receipt: Any) -> None:
        console.open(receipt.number, receipt.secret)
        console.client.post("/en/console/end/")
        console.page(f"cases/{receipt.number}/", 302)

    def test_the_next_case_closes_the_one_before(self, console: Console, receipt: Any) -> None:
        other = console.scene.file_named()
        console.open(receipt.number, receipt.secret)
        console.open(other.number, other.secret)
        console.page(f"cases/{receipt.number}/", 302)
        console.page(f"cases/{other.number}/")

    def test_a_secret_that_was_replaced_closes_it(self, console: Console, receipt: Any) -> None:
        console.open(receipt.number, receipt.secret)
        Case.objects.update(secret_hash="0" * 64)
        console.page(f"cases/{receipt.number}/", 302)

    def test_the_end_is_a_button_not_a_link(self, console: Console) -> None:
        assert console.client.get("/en/console/end/").status_code == 405
