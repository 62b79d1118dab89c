"""Calls that pop: what the telephone shows, the same call twice, a second call in the middle."""

import re
import threading
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from complaints.models import Case
from console import shelf
from console.callers import HIDDEN, KNOWN, NONE, OWN, UNREADABLE, call_id, caller
from console.shelf import Filing
from tests.complaints.conftest import Scene
from tests.console.operators import CONSOLE, TEXT, Console
from tests.factories.agencies import make_officer

RAHIMA = "+8801712345678"


@pytest.fixture
def console(scene: Scene, client: Client, clock: time_machine.Traveller) -> Console:
    return Console(scene, client, clock)


class TestWhatTheTelephoneShows:
    @pytest.mark.parametrize(
        "shown",
        [
            "01712345678",
            "+8801712345678",
            " 8801712345678",
            "008801712345678",
            "+880 1712-345678",
            "০১৭১২৩৪৫৬৭৮",
            "%2B8801712345678",
            "sip:+8801712345678@10.0.0.1;user=phone",
            '"Rahima" <sip:01712345678@pbx.example>',
            "tel:+880-1712-345678",
        ],
    )
    def test_a_number_however_it_is_written(self, shown: str) -> None:
        assert caller(shown) == (KNOWN, RAHIMA)

    @pytest.mark.parametrize("shown", ["+6281234567890", "006281234567890"])
    def test_a_number_from_abroad(self, shown: str) -> None:
        assert caller(shown) == (KNOWN, "+6281234567890")

    @pytest.mark.parametrize(
        "shown",
        ["anonymous", "Anonymous", "RESTRICTED", "unknown", "sip:anonymous@anonymous.invalid"],
    )
    def test_a_number_that_is_not_shown(self, shown: str) -> None:
        assert caller(shown) == (HIDDEN, "")

    @pytest.mark.parametrize(
        "shown",
        ["102", "0000000000", "<script>", "1" * 500, "🙂", "+", "sip:", "-1", "%00", "a" * 999],
    )
    def test_rubbish(self, shown: str) -> None:
        assert caller(shown) == (UNREADABLE, "")

    @pytest.mark.parametrize("shown", ["", "  ", '""'])
    def test_nothing(self, shown: str) -> None:
        assert caller(shown) == (NONE, "")

    def test_the_operators_own(self) -> None:
        assert caller("01712345678", RAHIMA) == (OWN, "")

    def test_a_calls_id_is_a_code(self) -> None:
        assert call_id("pbx-77.1<script>ক" + "x" * 99) == ("pbx-77.1script" + "x" * 99)[:64]


class TestACallThatPops:
    @pytest.mark.parametrize(
        ("ani", "said"),
        [
            (RAHIMA, "it can be forged"),
            ("anonymous", "The caller shows no number."),
            ("102", "no number that can be read"),
        ],
    )
    def test_the_operator_is_told_of_the_number(
        self, console: Console, ani: str, said: str
    ) -> None:
        assert said in console.page(f"filings/{console.begin(ani=ani)}/")

    def test_it_fills_in_the_phone(self, console: Console) -> None:
        html = console.page(f"filings/{console.begin(ani=RAHIMA, call_id='a-1')}/")
        assert f'value="{RAHIMA}"' in html

    def test_but_not_with_the_operators_own(self, console: Console) -> None:
        User.objects.filter(pk=console.cast.operator.pk).update(phone="01712345678")
        html = console.page(f"filings/{console.begin(ani=RAHIMA)}/")
        assert "1712345678" not in html
        assert "The telephone showed your own number." in html

    def test_neither_number_nor_call_stays_in_the_address(self, console: Console) -> None:
        answer = console.get("new/", ani=RAHIMA, call_id="a-1")
        assert urlsplit(answer.url).query == ""
        assert "a-1" not in answer.url
        assert "1712345678" not in answer.url

    def test_the_record_keeps_the_call_and_not_the_number(self, console: Console) -> None:
        console.filed(console.begin(ani=RAHIMA, call_id="pbx-77.1<b>"), phone="")
        assert console.event.data["call"] == "pbx-77.1b"
        assert "1712345678" not in str(console.event.data)

    def test_it_shows_nothing_of_the_callers_other_cases(self, console: Console) -> None:
        receipt = console.scene.file_named()
        html = console.page(f"filings/{console.begin(ani='01712345678')}/")
        assert receipt.number not in html
        assert "Rahima" not in html

    def test_an_empty_pop_is_a_new_filing(self, console: Console) -> None:
        assert console.begin(ani="", call_id="") != console.begin()


class TestTheSameCallTwice:
    def test_it_is_one_filing(self, console: Console) -> None:
        token = console.begin(ani=RAHIMA, call_id="a-1")
        console.post(f"filings/{token}/look/", **console.answers())
        assert console.begin(ani=RAHIMA, call_id="a-1") == token
        assert TEXT in console.page(f"filings/{token}/")

    def test_while_its_receipt_is_shown_the_receipt_comes(self, console: Console) -> None:
        token = console.filed(console.begin(call_id="a-1"))
        assert console.get("new/", call_id="a-1").url == f"{CONSOLE}done/{token}/"

    def test_after_the_call_the_operator_is_asked(self, console: Console) -> None:
        number = console.receipt(console.filed(console.begin(call_id="a-1")))[0]
        console.post("end/")
        token = console.begin(call_id="a-1")
        html = console.page(f"filings/{token}/")
        assert "With this call a complaint was sent already" in html
        assert number in html
        assert "<textarea" not in html
        console.post(f"filings/{token}/", discard="1")
        assert Case.objects.count() == 1
        assert console.kept()[shelf.KEY] == {}

    def test_another_one_for_the_same_caller(self, console: Console) -> None:
        console.filed(console.begin(call_id="a-1"))
        console.post("end/")
        token = console.begin(ani=RAHIMA, call_id="a-1")
        answer = console.post(f"filings/{token}/", take="again")
        again = answer.url.split("/")[-2]
        assert again != token
        assert f'value="{RAHIMA}"' in console.page(f"filings/{again}/")
        console.filed(again, text="And the transformer hums at night.")
        assert Case.objects.count() == 2
        assert console.event.data["call"] == "a-1"

    def test_in_two_browsers_it_is_filed_once(self, console: Console) -> None:
        other = Console(console.scene, Client(), console.clock)
        tokens = {console.to_check(console.begin(call_id="a-1"))}
        tokens.add(other.to_check(other.begin(call_id="a-1")))
        (token,) = tokens
        console.send(token)
        assert other.send(token).status_code == 302
        assert Case.objects.count() == 1
        assert console.receipt(token) == other.receipt(token)

    def test_in_two_browsers_with_other_words_the_second_is_told(self, console: Console) -> None:
        other = Console(console.scene, Client(), console.clock)
        token = console.filed(console.begin(call_id="a-1"))
        other.to_check(other.begin(call_id="b-2"), text="Quite another story.")
        second = other.begin(call_id="a-1")
        other.post(f"filings/{second}/", take="this")
        other.to_check(second, text="Quite another story.")
        answer = other.send(second)
        assert second == token
        assert answer.status_code == 409
        assert "With this call a complaint was sent already" in answer.content.decode()
        assert Case.objects.count() == 1
        again = other.post(f"filings/{second}/", take="again").url.split("/")[-2]
        assert "Quite another story." in other.page(f"filings/{again}/")
        other.filed(again, text="Quite another story.")
        assert Case.objects.count() == 2

    def test_it_is_another_one_for_another_operator(self, console: Console) -> None:
        console.filed(console.begin(call_id="a-1"))
        console.client.force_login(make_officer("Second", "operator", console.cast.cabinet))
        assert "<textarea" in console.page(f"filings/{console.begin(call_id='a-1')}/")

    def test_the_next_day_it_is_another_call(self, console: Console) -> None:
        console.filed(console.begin(call_id="a-1"))
        console.post("end/")
        console.clock.shift(timedelta(days=1, hours=1))
        console.filed(console.begin(call_id="a-1"), text="The next day it hums as well.")
        assert Case.objects.count() == 2


class TestASecondCallInTheMiddle:
    @pytest.fixture
    def both(self, console: Console) -> tuple[str, str]:
        """A filing in which something is written, and a call that pops then."""
        first = console.begin(call_id="a-1")
        console.post(f"filings/{first}/look/", text=TEXT)
        return first, console.begin(ani=RAHIMA, call_id="b-2")

    def test_the_operator_is_asked(self, console: Console, both: tuple[str, str]) -> None:
        html = console.page(f"filings/{both[1]}/")
        assert "A filing is open that is not sent yet" in html
        assert TEXT not in html

    def test_go_on_with_the_first(self, console: Console, both: tuple[str, str]) -> None:
        first, second = both
        answer = console.post(f"filings/{second}/", take="other")
        assert answer.url == f"{CONSOLE}filings/{first}/"
        assert TEXT in console.page(f"filings/{first}/")
        console.filed(first)
        console.post("end/")
        assert f"{CONSOLE}filings/{second}/" in console.page()
        assert f'value="{RAHIMA}"' in console.page(f"filings/{second}/")

    def test_take_the_second(self, console: Console, both: tuple[str, str]) -> None:
        first, second = both
        assert console.post(f"filings/{second}/", take="this").url.endswith(f"{second}/")
        assert f'value="{RAHIMA}"' in console.page(f"filings/{second}/")
        console.filed(second)
        console.post("end/")
        assert "Set aside: Phone" in console.page()
        assert TEXT in console.page(f"filings/{first}/")

    def test_throw_the_first_away(self, console: Console, both: tuple[str, str]) -> None:
        first, second = both
        console.post(f"filings/{second}/", take="only")
        console.page(f"filings/{first}/", 410)
        assert "<textarea" in console.page(f"filings/{second}/")

    def test_a_page_in_which_nothing_is_written_is_in_nobodys_way(self, console: Console) -> None:
        console.begin(ani=RAHIMA, call_id="a-1")
        assert "<textarea" in console.page(f"filings/{console.begin(call_id='b-2')}/")

    def test_what_was_set_aside_asks_no_more(self, console: Console, both: tuple[str, str]) -> None:
        console.post(f"filings/{both[1]}/", take="this")
        console.filed(both[1])
        assert "<textarea" in console.page(f"filings/{console.begin(call_id='c-3')}/")

    def test_many_calls_push_no_written_words_out(self, console: Console) -> None:
        first = console.begin(call_id="a-1")
        console.post(f"filings/{first}/look/", text=TEXT)
        for number in range(3 * shelf.MOST):
            console.begin(ani=RAHIMA, call_id=f"pop-{number}")
        assert TEXT in console.page(f"filings/{first}/")
        assert len(console.kept()[shelf.KEY]) == shelf.MOST

    def test_a_decision_on_a_filing_that_is_gone(self, console: Console) -> None:
        assert console.post("filings/nothing/", take="this").status_code == 410

    @pytest.mark.parametrize("what", ["", "rubbish"])
    def test_rubbish_takes_the_second(
        self, console: Console, both: tuple[str, str], what: str
    ) -> None:
        assert console.post(f"filings/{both[1]}/", take=what).status_code == 302
        assert both[0] in console.kept()[shelf.KEY]


class Request:
    """What the shelf needs of a request: a session, as a worker read it at some moment."""

    def __init__(self, client: Client) -> None:
        self.session: Any = client.session
        dict(self.session)


class TestAtTheSameMoment:
    """A page is being kept while a call pops, or while the call ends: each in a worker of its own."""

    def test_a_page_that_was_read_before_takes_nothing_back(self, console: Console) -> None:
        token = console.begin(call_id="a-1")
        before = Request(console.client)
        popped = console.begin(call_id="b-2")
        assert shelf.keep(before, token, {"text": TEXT})  # type: ignore[arg-type]
        kept = console.kept()[shelf.KEY]
        assert set(kept) == {token, popped}
        assert kept[token]["answers"] == {"text": TEXT}

    def test_nor_does_it_bring_back_what_the_end_of_the_call_took(self, console: Console) -> None:
        sent, token = console.filed(), console.begin()
        before = Request(console.client)
        console.post("end/")
        assert shelf.keep(before, token, {"text": TEXT}) is None  # type: ignore[arg-type]
        before.session.save()
        assert "receipts" not in console.kept()
        console.page(f"done/{sent}/", 410)

    def test_what_the_same_request_changed_besides_is_written_too(self, console: Console) -> None:
        request = Request(console.client)
        request.session["desk"] = {"channel": "counter"}
        shelf.begin(request, Filing("t" * 20))  # type: ignore[arg-type]
        assert console.kept()["desk"] == {"channel": "counter"}

    @pytest.mark.django_db(transaction=True)
    def test_two_workers_wait_for_each_other(self, console: Console) -> None:
        token = console.begin(call_id="a-1")
        request, done = Request(console.client), threading.Event()

        def keep() -> None:
            shelf.keep(request, token, {"text": TEXT})  # type: ignore[arg-type]
            connection.close()
            done.set()

        with transaction.atomic():
            Session.objects.select_for_update().get(pk=console.client.session.session_key)
            worker = threading.Thread(target=keep)
            worker.start()
            assert not done.wait(0.3)
        worker.join(5)
        assert done.is_set()
        assert re.search(TEXT, console.page(f"filings/{token}/"))
