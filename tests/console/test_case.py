"""A citizen's case while they are on the line: opened by their secret, moved in their name."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from complaints.models import Case, Event, Feedback, Statement
from complaints.services import casework, withdrawing
from complaints.services.intake import Receipt
from complaints.services.verifying import Verification
from console.case import MOVES
from console.citizens import CALL_SECONDS
from tests.complaints.conftest import Scene
from tests.complaints.officers import Office
from tests.console.operators import CONSOLE, TEXT, Console
from tests.factories.agencies import make_officer


class Line(Console):
    """An operator with a citizen on the line."""

    receipt: Receipt

    def has(self, receipt: Receipt, *, withdraws: bool = False) -> "Line":
        """The citizen tells the number and a secret."""
        self.receipt = receipt
        secret = receipt.withdrawal_secret if withdraws else receipt.secret
        assert self.open(receipt.number, secret).url == f"{CONSOLE}cases/{receipt.number}/"
        return self

    def asked(self) -> "Line":
        office = Office(self.scene, self.client)
        receipt = office.accepted()
        officer = self.scene.actor(self.cast.case_officer)
        casework.ask(actor=officer, number=receipt.number, text="What is the meter's number?")
        return self.has(receipt)

    def answered(self) -> "Line":
        return self.has(Office(self.scene, self.client).answered())

    def move(self, move: str, **data: Any) -> Any:
        data.setdefault("seen", Case.objects.get(number=self.receipt.number).last_seq)
        return self.post(f"cases/{self.receipt.number}/{move}/", **data)

    def shown(self, status: int = 200) -> str:
        return self.page(f"cases/{self.receipt.number}/", status)

    @property
    def last(self) -> Event:
        return Event.objects.filter(case__number=self.receipt.number).latest("seq")


@pytest.fixture
def line(scene: Scene, client: Client, clock: time_machine.Traveller) -> Line:
    return Line(scene, client, clock)


@pytest.fixture
def receipt(scene: Scene) -> Receipt:
    return scene.file_named()


class TestOpening:
    def test_number_and_secret_open_it_for_the_call(self, line: Line, receipt: Receipt) -> None:
        html = line.has(receipt).shown()
        assert receipt.number in html
        assert TEXT in html
        assert "Rahima" not in html

    @pytest.mark.parametrize("number", ["1234-5678-9012-X", "rubbish\0", ""])
    def test_a_wrong_secret_and_an_unknown_number_say_the_same(
        self, line: Line, receipt: Receipt, number: str
    ) -> None:
        for answer in (
            line.open(receipt.number, "1234567890123456"),
            line.open(number, "1234567890123456"),
        ):
            assert answer.status_code in (404, 422)
            assert "call" not in line.client.session

    def test_a_telephone_number_opens_nothing(self, line: Line, receipt: Receipt) -> None:
        assert line.open("01712345678", receipt.secret).status_code == 404

    def test_guesses_are_limited_by_operator(self, line: Line, receipt: Receipt) -> None:
        for _guess in range(10):
            line.open(receipt.number, "1234567890123456")
        assert line.open(receipt.number, receipt.secret).status_code == 429
        line.client.force_login(make_officer("Second", "operator", line.cast.cabinet))
        assert line.open(receipt.number, receipt.secret).status_code == 302

    def test_ten_minutes_however_much_is_looked_at(self, line: Line, receipt: Receipt) -> None:
        line.has(receipt)
        line.clock.shift(timedelta(seconds=CALL_SECONDS - 1))
        line.shown()
        line.clock.shift(timedelta(seconds=1))
        html = line.shown(410)
        assert "The case is not open" in html
        assert TEXT not in html

    def test_the_end_of_the_call_closes_it(self, line: Line, receipt: Receipt) -> None:
        line.has(receipt)
        line.post("end/")
        line.shown(410)

    def test_the_next_case_closes_the_one_before(self, line: Line, receipt: Receipt) -> None:
        line.has(receipt).has(line.scene.file_named())
        line.shown()
        line.page(f"cases/{receipt.number}/", 410)

    def test_a_secret_that_was_replaced_closes_it(self, line: Line, receipt: Receipt) -> None:
        line.has(receipt)
        Case.objects.update(secret_hash="0" * 64)
        line.shown(410)

    def test_a_case_that_was_not_opened_looks_like_one_that_there_is_not(
        self, line: Line, receipt: Receipt
    ) -> None:
        texts = {line.page(f"cases/{n}/", 410) for n in (receipt.number, "0000-0000-0000-T")}
        assert len({text.split("<main")[1].split("</main>")[0] for text in texts}) == 1

    def test_files_are_for_the_citizens_own_eyes(self, line: Line) -> None:
        assert "/files/" not in line.answered().shown()


class TestWhatTheCitizenDoes:
    """Each move is the citizen's; the record says at which desk, and who typed it."""

    def test_they_write_a_message(self, line: Line, receipt: Receipt) -> None:
        answer = line.has(receipt).move("message", text="The meter hums at night.")
        assert answer.url == f"{CONSOLE}cases/{receipt.number}/?done=message"
        assert "Your message is with them now." in line.client.get(answer.url).content.decode()
        assert Statement.objects.get(kind="message").body == {"text": "The meter hums at night."}

    def test_they_reply_to_a_question(self, line: Line) -> None:
        html = line.asked().shown()
        assert "What is the meter&#x27;s number?" in html
        assert line.move("reply", text="It is 4711.").status_code == 302
        assert Case.objects.get().status == "in_progress"

    def test_they_confirm_with_a_rating(self, line: Line) -> None:
        line.answered().move("confirm", rating=4, comment="At last.")
        assert Case.objects.get().ending == "confirmed"
        assert Feedback.objects.get().rating == 4

    def test_they_dispute(self, line: Line) -> None:
        line.answered().move("dispute", reason="The meter is still wrong.")
        assert Case.objects.get().status == "in_progress"

    def test_they_appeal(self, line: Line) -> None:
        line.answered().move("appeal", grounds="Nobody looked at the meter.")
        assert Case.objects.get().status == "appealed"

    @pytest.mark.parametrize(("channel", "noted"), [("hotline", "hotline"), ("counter", "counter")])
    def test_the_record_says_who_typed_it_and_where(
        self, line: Line, channel: str, noted: str
    ) -> None:
        line.filed(channel=channel)
        line.post("end/")
        line.answered().move("dispute", reason="The meter is still wrong.")
        event = line.last
        assert (event.move, event.party, event.actor_kind, event.actor_id) == (
            "dispute",
            "citizen",
            "citizen",
            None,
        )
        assert event.channel == noted
        assert event.data["by_operator"] == line.cast.operator.pk
        assert event.office_id is None

    def test_the_chain_still_proves(self, line: Line, receipt: Receipt) -> None:
        line.has(receipt).move("message", text="The meter hums at night.")
        assert list(Verification().faults()) == []

    def test_citizen_and_officers_read_that_it_was_typed_for_them(
        self, line: Line, receipt: Receipt
    ) -> None:
        html = line.has(receipt).move("message", text="It hums.").url
        assert "You, typed by an operator" in line.client.get(html).content.decode()
        line.client.force_login(line.cast.desk)
        page = line.client.get(f"/en/office/cases/{receipt.number}/").content.decode()
        assert "The citizen, typed by an operator" in page
        assert line.cast.operator.name not in page.split('id="timeline"')[1].split("</ol>")[0]

    def test_an_operator_who_made_no_move_is_in_no_record(self, line: Line) -> None:
        line.answered().shown()
        assert not Event.objects.filter(data__has_key="by_operator").exists()

    def test_whoever_types_for_a_citizen_has_handled_nothing(
        self, line: Line, receipt: Receipt
    ) -> None:
        line.has(receipt).move("message", text="It hums.")
        case = Case.objects.get(number=receipt.number)
        assert not case.events.filter(actor_id=line.cast.operator.pk).exists()


class TestWithdrawing:
    def test_never_by_the_secret_to_follow(self, line: Line, receipt: Receipt) -> None:
        html = line.has(receipt).shown()
        assert "cases/{receipt.number}/withdraw/" not in html
        assert "To withdraw needs the second secret." in html
        assert line.move("withdraw").status_code == 409
        assert not Case.objects.get().withdrawal_pending

    def test_by_its_own_secret_and_they_are_asked_whether_they_are_pressed(
        self, line: Line, receipt: Receipt
    ) -> None:
        html = line.has(receipt, withdraws=True).shown()
        assert "Does anybody press you to withdraw?" in html
        line.move("withdraw", pressured="on")
        case = Case.objects.get()
        assert (case.withdrawal_pending, case.pressured) == (True, True)
        assert line.last.data["by_operator"] == line.cast.operator.pk

    def test_either_secret_calls_it_back(self, line: Line, receipt: Receipt) -> None:
        citizen = line.scene.citizen(receipt, withdraws=True)
        withdrawing.withdraw(actor=citizen, number=receipt.number)
        line.has(receipt).move("call_back")
        assert not Case.objects.get().withdrawal_pending


class TestRefusals:
    @pytest.mark.parametrize("move", ["mark_sensitive", "link_respondent", "separate", "note", "x"])
    def test_other_moves_are_not_typed_here(self, line: Line, receipt: Receipt, move: str) -> None:
        assert line.has(receipt).move(move, text="Words").status_code == 404

    @pytest.mark.parametrize("move", MOVES)
    def test_nothing_without_the_secret(self, line: Line, receipt: Receipt, move: str) -> None:
        line.receipt = receipt
        before = Event.objects.count()
        answer = line.move(move, text="Words", reason="Words", grounds="Words", rating=5)
        assert answer.status_code == 410
        assert Event.objects.count() == before

    def test_what_was_typed_when_the_ten_minutes_ran_out_is_not_lost(
        self, line: Line, receipt: Receipt
    ) -> None:
        line.has(receipt)
        line.clock.shift(timedelta(seconds=CALL_SECONDS))
        answer = line.move("message", text="The meter hums at night.")
        html = answer.content.decode()
        assert answer.status_code == 410
        assert "This was not sent" in html
        assert "The meter hums at night." in html
        assert TEXT not in html

    def test_a_mistake_is_said_and_the_words_stay(self, line: Line) -> None:
        answer = line.answered().move("confirm", comment="At last.")
        html = answer.content.decode()
        assert answer.status_code == 422
        assert "At last.</textarea>" in html
        assert Case.objects.get().status == "answered"

    def test_a_page_that_is_out_of_date_shows_what_is_new(self, line: Line) -> None:
        seen = Case.objects.get(number=line.asked().receipt.number).last_seq
        citizen = line.scene.citizen(line.receipt)
        casework.message(actor=citizen, number=line.receipt.number, text="It hums.")
        answer = line.move("reply", text="It is 4711.", seen=seen)
        html = answer.content.decode()
        assert answer.status_code == 409
        assert "It hums." in html
        assert "It is 4711.</textarea>" in html
        assert f'name="seen" value="{seen + 1}"' in html

    def test_words_for_a_step_that_is_over_are_not_lost(self, line: Line) -> None:
        line.asked().move("reply", text="It is 4711.")
        answer = line.move("reply", text="And it hums at night.")
        assert answer.status_code == 409
        assert "This was not sent" in answer.content.decode()
        assert "And it hums at night." in answer.content.decode()

    def test_files_are_not_taken(self, line: Line, receipt: Receipt) -> None:
        assert 'type="file"' not in line.has(receipt).shown()

    def test_a_moves_address_leads_to_the_case(self, line: Line, receipt: Receipt) -> None:
        answer = line.has(receipt).get(f"cases/{receipt.number}/message/")
        assert answer.url == f"{CONSOLE}cases/{receipt.number}/#message"

    @pytest.mark.parametrize("done", ["x", "<script>", "reply" * 99])
    def test_what_is_said_to_be_done_is_one_of_ours(
        self, line: Line, receipt: Receipt, done: str
    ) -> None:
        line.has(receipt)
        html = line.page(f"cases/{receipt.number}/", done=done)
        assert "notification-banner--success" not in html

    @pytest.mark.parametrize("language", ["en", "bn", "id"])
    def test_it_is_there_in_each_language(self, line: Line, language: str) -> None:
        line.answered()
        opened: Callable[..., Any] = line.client.get
        assert opened(f"/{language}/console/cases/{line.receipt.number}/").status_code == 200
