"""The ways in: how many cases by each, which fell silent, and whether words get through."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from channels.models import Message
from channels.selectors import signs
from complaints import channel_signs
from complaints.models import Notice
from oversight.boards.ways_in import silent_days
from oversight.figures.periods import today
from tests.oversight.boards import facts, sum_up
from tests.oversight.conftest import House

PAGE = "/oversight/channels/health/"
#: What the page may cost, whatever it counts.
STATEMENTS = 24
SUNDAY = date(2026, 11, 22)


def by_day(cases: int, first: int, last: int, *, without: tuple[int, ...] = ()) -> dict[date, int]:
    """So many cases on each day from so many days ago to so many; none on these weekdays (Monday 0)."""
    days = [SUNDAY - timedelta(days=back) for back in range(first, last - 1, -1)]
    return {day: cases for day in days if day.weekday() not in without}


class TestSilence:
    @pytest.mark.parametrize(
        ("cases", "last", "silent"),
        [
            (7, 0, 0),
            (7, 1, 0),
            # Yesterday was empty: seven should have come.
            (7, 2, 1),
            (6, 2, 0),
            (6, 3, 2),
            (1, 7, 0),
            (1, 8, 7),
        ],
    )
    def test_so_many_missed_are_no_chance(self, cases: int, last: int, silent: int) -> None:
        assert silent_days(by_day(cases, 60, last), SUNDAY) == silent

    def test_days_off_are_not_missed(self) -> None:
        """A counter that is closed on Friday and Saturday, looked at on Sunday morning."""
        assert silent_days(by_day(20, 60, 1, without=(4, 5)), SUNDAY) == 0

    def test_and_the_working_days_after_them_are(self) -> None:
        assert silent_days(by_day(20, 60, 4, without=(4, 5)), SUNDAY + timedelta(days=2)) == 5

    def test_what_never_spoke_is_not_silent(self) -> None:
        assert silent_days({}, SUNDAY) == 0


class TestThePage:
    def test_each_way_in_with_its_cases(self, house: House) -> None:
        late = today() - timedelta(days=1)
        facts(6, house.cast.department, channel="sms")
        facts(2, house.cast.department, channel="sms", answered_on=late)
        facts(3, house.cast.department, channel="counter", filed_on=today() - timedelta(days=40))
        sum_up()
        html = house.page(PAGE)
        table = re.sub(r"\s+<", "<", html.split('id="ways"')[1].split("</table>")[0])
        sms, counter = table.split("<tr")[2:4]
        for shown in ("Text message", "<svg", ">8<", ">0</td>", ">75%<", ">100%<"):
            assert shown in sms, shown
        assert "measure=received" in sms
        assert "channel=sms" in sms
        for shown in ("A service counter", ">3<", ">–</td>", "2026-10-13"):
            assert shown in counter, shown

    def test_a_silent_way_is_marked(self, house: House) -> None:
        for back in range(60, 3, -1):
            facts(9, channel="whatsapp", filed_on=today() - timedelta(days=back))
        facts(1, channel="web", filed_on=today())
        sum_up()
        html = house.page(PAGE)
        assert "Silent for 3 days" in html
        assert "Nothing comes in any more by: WhatsApp." in html

    def test_an_empty_portal_says_so(self, house: House) -> None:
        assert "No cases yet" in house.page(PAGE)

    def test_the_letters_are_for_those_who_may_see_them(self, house: House) -> None:
        assert 'href="/en/oversight/channels/"' in house.page(PAGE)
        house.sign_in("desk")
        assert "letters that never left" not in house.page(PAGE)


class TestWordsGetThrough:
    def message(self, at: datetime, **fields: object) -> None:
        told = {"channel": "sms", "external_id": str(at), "next_at": at, "received_at": at}
        Message.objects.create(**(told | fields))

    def test_the_oldest_message_that_waits_is_said(self, house: House) -> None:
        now = timezone.now()
        for minutes in (90, 20):
            self.message(now - timedelta(minutes=minutes))
        self.message(now - timedelta(days=3), state=Message.State.DONE)
        [sms] = [sign for sign in signs() if sign.code == "sms"]
        assert (sms.to_take, sms.to_take_since) == (2, now - timedelta(minutes=90))
        assert sms.last_in == now - timedelta(minutes=20)
        table = house.page(PAGE).split('id="signs"')[1]
        assert "2 <span" in table

    def test_what_never_left_leads_to_the_letters(self, house: House) -> None:
        house.scene.file_named()
        Notice.objects.filter(channel="email").update(status="failed")
        assert "/en/oversight/channels/?channel=email#letters" in house.page(PAGE)

    def test_every_channel_says_how_it_is(self) -> None:
        cache.clear()
        assert channel_signs.signs is not None
        registered = channel_signs._tellers
        channel_signs.register(signs)
        assert registered.count(signs) == 1


@pytest.mark.django_db(transaction=True)
def test_a_case_from_which_its_reader_is_barred_is_in_no_figure(house: House) -> None:
    house.about_the_overseer()
    house.count()
    assert "No cases yet" in house.page(PAGE)
    house.sign_in("other")
    assert "The web form" in house.page(PAGE)


def test_it_costs_as_much_for_many_ways_as_for_few(house: House) -> None:
    facts(3, channel="web")
    sum_up()
    house.page(PAGE)
    few = house.statements(PAGE)
    for channel in ("sms", "counter", "radio", "hotline", "whatsapp"):
        facts(3, channel=channel)
    sum_up()
    assert house.statements(PAGE) == few <= STATEMENTS


class TestWhoGetsIn:
    @pytest.mark.parametrize("who", ["overseer", "auditor", "desk"])
    def test_those_who_see_all(self, house: House, who: str) -> None:
        house.sign_in(who)
        house.page(PAGE)

    @pytest.mark.parametrize("who", ["focal", "case_officer", "head", "operator", "alice"])
    def test_nobody_else(self, house: House, who: str) -> None:
        house.sign_in(who)
        assert "You can’t see this page" in house.page(PAGE, 403)
