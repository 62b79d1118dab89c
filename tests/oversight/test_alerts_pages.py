"""The pages of alerts: what alarms, what did, what is set; setting, ending and acknowledging there."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from kombu.exceptions import OperationalError

from oversight.alerts import raising
from oversight.alerts.acknowledging import acknowledge
from oversight.alerts.raising import look
from oversight.alerts.rules import end
from oversight.models import Alert, AlertRule
from oversight.rising import DAYS, WEEK
from oversight.tasks import look_for_alerts
from tests.oversight.alerting import (
    an_alert,
    late_rule,
    overseer,
    silent_rule,
    surge_rule,
    usually,
)
from tests.oversight.conftest import House
from tests.oversight.sums import backlog, kept, quiet_others, received
from tests.oversight.test_rising_pages import text_of

pytestmark = pytest.mark.django_db


def send(house: House, path: str, data: dict[str, Any], status: int = 302) -> str:
    """Where it leads, or what the page says."""
    sent = house.client.post(f"/en{path}", data)
    assert sent.status_code == status, sent.content.decode()[-2000:]
    return sent["Location"] if status == 302 else sent.content.decode()


def three_alerts(house: House) -> None:
    """One of each kind, open."""
    kept()
    usually(house)
    quiet_others(house.cast.electricity, house.cast.billing)
    received([10] * (DAYS - WEEK) + [30] * WEEK, house.cast.roads)
    backlog(100, 40, house.cast.department)
    late_rule(house)
    surge_rule(house)
    silent_rule(house)
    assert look()["raised"] == 3
    house.day(28)


class TestTheList:
    def test_nothing_set_and_nothing_met_is_said(self, house: House) -> None:
        said = text_of(house.page("/oversight/alerts/"))
        assert "No alert is set" in said
        assert "Be told when a subject rises" in said
        surge_rule(house)
        said = text_of(house.page("/oversight/alerts/"))
        assert "Nothing alarms" in said
        assert "More cases in seven days than usual, and at least 20" in said
        assert "There are no older alerts" in house.page("/oversight/alerts/?page=2")

    def test_who_only_reads_is_told_who_sets_them(self, house: House) -> None:
        an_alert(house)
        end(actor=overseer(house), rule_id=AlertRule.objects.get().pk)
        for who in ("auditor", "desk"):
            house.sign_in(who)
            html = house.page("/oversight/alerts/")
            assert "Overseers set alerts" in html
            assert "Late cases: Grid Department" in html
            assert "/alerts/new/" not in html
        house.sign_in("head")
        house.page("/oversight/alerts/", 403)

    def test_the_desk_reads_no_numbers_of_which_what_is_set_aside_is_left_out(
        self, house: House
    ) -> None:
        """What rises holds it for the desk, and not for the alert: the two would tell how much it is."""
        three_alerts(house)
        surge = Alert.objects.get(rule__kind="surge")
        for who in ("auditor", "desk"):
            house.sign_in(who)
            for page in ("/oversight/alerts/", f"/oversight/alerts/{surge.pk}/"):
                said = text_of(house.page(page))
                assert "More cases than usual" in said
                assert ("210 cases in the seven days" in said) == (who == "auditor")
        said = text_of(house.page("/oversight/alerts/"))
        assert "40% late: 40 of 100 open cases." in said

    def test_open_ones_first_and_of_these_what_nobody_looks_after(self, house: House) -> None:
        three_alerts(house)
        first = Alert.objects.earliest("pk")
        acknowledge(actor=overseer(house), alert_id=first.pk)
        html = house.page("/oversight/alerts/")
        said = text_of(html)
        assert "40% late: 40 of 100 open cases." in said
        assert re.search("210 cases in the seven days to 19 December 2026 ; about 70 were", said)
        assert re.search(r"No case since 20 December 2026, .* there usually are about 5\.", said)
        rows = [int(pk) for pk in re.findall(r'alerts/(\d+)/"[^>]* data-key-open', html)]
        assert rows[-1] == first.pk
        assert html.count("Nobody looks after it") == 2

    def test_then_and_now_stand_side_by_side_and_past_ones_below(self, house: House) -> None:
        an_alert(house)
        backlog(100, 27, house.cast.department)
        look()
        said = text_of(house.page("/oversight/alerts/"))
        assert "40% late: 40 of 100 open cases. 27% late: 27 of 100 open cases." in said
        backlog(100, 1, house.cast.department)
        look()
        said = text_of(house.page("/oversight/alerts/"))
        assert "Nothing alarms" in said
        assert re.search(r"Over Alert .* Late cases: Grid Department .* Nobody", said)

    def test_two_about_the_same_are_told_apart_by_their_numbers(self, house: House) -> None:
        late_rule(house)
        late_rule(house, threshold=50)
        late_rule(house, least=40)
        surge_rule(house)
        surge_rule(house, least=30)
        silent_rule(house)
        silent_rule(house, hours=1)
        html = house.page("/oversight/alerts/")
        heads = re.findall(r'app-table__lead">([^<]+)</th>', html)
        assert len(heads) == len(set(heads)) == 7
        assert "Late cases: Grid Department · from 50% on, of at least 20" in heads
        assert (
            "More cases than usual: Any subject · The whole country · at least 30 in seven days"
            in heads
        )
        assert "Nothing comes in: The web form · for 1 hour, usually at least 5" in heads

    def test_its_cost_does_not_grow_with_alerts(self, house: House) -> None:
        three_alerts(house)
        for threshold in range(31, 39):
            late_rule(house, threshold=threshold)
        look()
        house.page("/oversight/alerts/")
        with CaptureQueriesContext(connection) as asked:
            house.page("/oversight/alerts/")
        assert Alert.objects.count() == 11
        assert len(asked) <= 8, [query["sql"][:90] for query in asked]


class TestOneAlert:
    def test_each_leads_to_what_is_behind_it(self, house: House) -> None:
        three_alerts(house)
        for kind, page in {
            "late_share": "/en/oversight/agency/grid/",
            "surge": "/en/oversight/rising/roads/",
            "silent_channel": "/en/oversight/channels/health/",
        }.items():
            alert = Alert.objects.get(rule__kind=kind)
            html = house.page(f"/oversight/alerts/{alert.pk}/")
            assert f'href="{page}"' in html
        rule = AlertRule.objects.get(kind="late_share")
        for parts, page in (
            ({"office": None}, "/en/oversight/"),
            ({"office": None, "category": house.cast.roads}, "/en/oversight/?category=roads"),
        ):
            AlertRule.objects.filter(pk=rule.pk).update(**parts)
            html = house.page(f"/oversight/alerts/{rule.alerts.get().pk}/")
            assert f'href="{page}"' in html

    def test_it_is_acknowledged_with_a_note(self, house: House) -> None:
        alert = an_alert(house)
        path = f"/oversight/alerts/{alert.pk}/"
        assert "Nobody looks after it" in house.page(path)
        assert send(house, f"{path}acknowledge/", {"note": "I call <them>."}) == f"/en{path}"
        html = house.page(path)
        assert "Acknowledged. All who look at alerts see that it is yours." in html
        assert "I call &lt;them&gt;." in html
        assert "acknowledge/" not in html
        send(house, f"{path}acknowledge/", {"note": "So do I."})
        html = house.page(path)
        assert "It was acknowledged already." in html
        assert "So do I." not in html

    def test_a_note_that_is_too_long_is_not_cut(self, house: House) -> None:
        alert = an_alert(house)
        path = f"/oversight/alerts/{alert.pk}/acknowledge/"
        html = send(house, path, {"note": "x" * 2001}, 422)
        assert "Write at most 2,000 characters." in html
        assert "x" * 2001 in html
        send(house, path, {"note": "x" * 2000})

    def test_who_reads_does_not_acknowledge(self, house: House) -> None:
        alert = an_alert(house)
        house.sign_in("auditor")
        assert "acknowledge/" not in house.page(f"/oversight/alerts/{alert.pk}/")
        send(house, f"/oversight/alerts/{alert.pk}/acknowledge/", {}, 403)
        house.sign_in("focal")
        house.page(f"/oversight/alerts/{alert.pk}/", 403)

    def test_of_an_ended_rule_that_is_said(self, house: House) -> None:
        alert = an_alert(house)
        send(house, f"/oversight/alerts/rules/{alert.rule_id}/end/", {})
        said = text_of(house.page(f"/oversight/alerts/{alert.pk}/"))
        assert "Ended at 22 November 2026" in said
        assert "Over since" in said


class TestSetting:
    def test_a_share_of_an_office(self, house: House) -> None:
        path = "/oversight/alerts/new/late_share/"
        assert 'value="20"' in house.page(path)
        searched = {"office": "grid dep", "search": "office", "threshold": "35", "least": "20"}
        html = send(house, path, searched, 200)
        assert "Grid Department" in html
        assert 'value="35"' in html
        chosen = {"office": "grid dep", "office-searched": "grid dep", "office-chosen": "grid"}
        assert send(house, path, {**searched, **chosen, "search": ""}, 200)
        given = {**chosen, "threshold": "35", "least": "20", "category": ""}
        assert send(house, path, given) == "/en/oversight/alerts/"
        rule = AlertRule.objects.get()
        assert (rule.kind, rule.office, rule.threshold) == (
            "late_share", house.cast.department, 35,
        )  # fmt: skip
        assert "The alert is set." in house.page("/oversight/alerts/")
        send(house, path, given)
        assert "There is an alert like that already, with the same numbers." in house.page(
            "/oversight/alerts/"
        )
        assert AlertRule.objects.count() == 1

    def test_a_new_one_is_looked_at_at_once_with_a_worker_or_without(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told: list[str] = []

        def no_broker(task: str) -> None:
            told.append(task)
            raise OperationalError("no broker")

        monkeypatch.setattr(raising.current_app, "send_task", no_broker)
        for _twice in range(2):
            path = send(house, "/oversight/alerts/new/surge/", {"least": "20"})
            assert path == "/en/oversight/alerts/"
        assert told == [look_for_alerts.name]
        said = text_of(house.page("/oversight/alerts/"))
        assert "was met when it was last looked at" in said

    def test_a_subject_and_a_channel(self, house: House) -> None:
        send(house, "/oversight/alerts/new/surge/", {"category": "electricity", "least": "20"})
        send(
            house,
            "/oversight/alerts/new/silent_channel/",
            {"channel": "sms", "hours": "6", "least": "20"},
        )
        said = text_of(house.page("/oversight/alerts/"))
        assert "Electricity · The whole country" in said
        assert "No case for 6 hours, where there usually are at least 20" in said

    @pytest.mark.parametrize(
        ("kind", "given", "says"),
        [
            ("late_share", {"threshold": "0", "least": "20"}, "greater than or equal to 1"),
            ("late_share", {"threshold": "", "least": ""}, "This field is required"),
            ("late_share", {"threshold": "20", "least": "4"}, "greater than or equal to 5"),
            ("late_share", {"threshold": "20", "least": "20", "office": "nowhere at all"},
             "Choose an office from the list."),
            ("surge", {"least": "9"}, "greater than or equal to 10"),
            ("surge", {"least": "20", "category": "smoke"}, "Select a valid choice"),
            ("surge", {"least": "20", "office": "grid-district-3.47"}, "first two levels"),
            ("silent_channel", {"hours": "169", "least": "20"}, "less than or equal to 168"),
            ("silent_channel", {"hours": "six", "least": "20"}, "Enter a whole number"),
            ("silent_channel", {"hours": "6", "least": "20", "channel": "smoke"},
             "Select a valid choice"),
        ],
    )  # fmt: skip
    def test_what_does_not_do_is_said_and_kept(
        self, house: House, kind: str, given: dict[str, str], says: str
    ) -> None:
        html = send(house, f"/oversight/alerts/new/{kind}/", given, 422)
        assert says in html.replace("&#x27;", "'")
        assert "govuk-error-summary" in html
        assert not AlertRule.objects.exists()

    @pytest.mark.parametrize(
        ("kind", "given", "wrong"),
        [
            ("late_share", {"threshold": "0", "least": "4", "office": "nowhere", "category": "x"},
             ["office", "category", "threshold", "least"]),
            ("late_share", {"threshold": "", "least": ""}, ["threshold", "least"]),
            ("surge", {"least": "9", "office": "nowhere"}, ["office", "least"]),
            ("surge", {"least": "20", "office": "grid-district-3.47"}, ["office"]),
            ("silent_channel", {"hours": "169", "least": "x", "channel": "smoke"},
             ["channel", "hours", "least"]),
        ],
    )  # fmt: skip
    def test_each_mistake_names_its_field_leads_to_it_and_is_read_with_it(
        self, house: House, kind: str, given: dict[str, str], wrong: list[str]
    ) -> None:
        html = send(house, f"/oversight/alerts/new/{kind}/", given, 422)
        summary = html[html.index("govuk-error-summary__list") : html.index("<h1")]
        links = dict(re.findall(r'<a href="#id_(\w+)">([^<]+)</a>', summary))
        assert list(links) == wrong
        for name, said in links.items():
            (label,) = re.findall(rf'<label class="[^"]+" for="id_{name}">([^<]+?) ?<', html)
            assert label in said or label.casefold() in said, name
            (control,) = re.findall(rf'<(?:input|select)[^>]* id="id_{name}"[^>]*>', html)
            assert 'aria-invalid="true"' in control
            (told,) = re.findall(r'aria-describedby="([^"]+)"', control)
            assert f"id_{name}_error" in told.split()
            for each in told.split():
                assert html.count(f'id="{each}"') == 1

    def test_there_are_three_kinds(self, house: House) -> None:
        house.page("/oversight/alerts/new/moon/", 404)

    def test_overseers_alone(self, house: House) -> None:
        rule = late_rule(house)
        house.sign_in("auditor")
        house.page("/oversight/alerts/new/surge/", 403)
        send(house, f"/oversight/alerts/rules/{rule.pk}/end/", {}, 403)
        rule.refresh_from_db()
        assert rule.ended_at is None

    def test_ended_twice_it_is_ended_once(self, house: House) -> None:
        rule = late_rule(house)
        path = f"/oversight/alerts/rules/{rule.pk}/end/"
        assert send(house, path, {}) == "/en/oversight/alerts/"
        assert "Ended. Nobody is told of it any more." in house.page("/oversight/alerts/")
        send(house, path, {})
        assert "It was ended already." in house.page("/oversight/alerts/")
        send(house, "/oversight/alerts/rules/999/end/", {}, 404)
