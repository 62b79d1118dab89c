"""Who is told of an alert, once; by whom it is acknowledged; rules made, ended, refused."""

from datetime import timedelta
from typing import Any

import pytest

from complaints.errors import Invalid, Refused
from complaints.models import Notice
from complaints.services import notice_words
from oversight.alerts import unacknowledged
from oversight.alerts.acknowledging import acknowledge
from oversight.alerts.raising import look
from oversight.alerts.rules import MOST, NoSuchAlert, end, make
from oversight.alerts.watching import Watch
from oversight.figures import keeping
from oversight.models import Alert, AlertRule
from tests.complaints.conftest import SUNDAY
from tests.oversight.alerting import (
    an_alert,
    late_rule,
    overseer,
    silent_rule,
    surge_rule,
)
from tests.oversight.conftest import House
from tests.oversight.sums import backlog
from tests.oversight.test_alerts_raised import told

pytestmark = pytest.mark.django_db


class TestRules:
    def test_overseers_alone_set_end_and_acknowledge(self, house: House) -> None:
        alert = an_alert(house)
        for who in ("auditor", "desk", "head", "focal"):
            actor = house.scene.actor(getattr(house.cast, who))
            for call in (
                lambda actor=actor: make(actor=actor, kind="surge"),
                lambda actor=actor: end(actor=actor, rule_id=alert.rule_id),
                lambda actor=actor: acknowledge(actor=actor, alert_id=alert.pk),
            ):
                with pytest.raises(Refused) as refusal:
                    call()
                assert refusal.value.status == 403
        assert unacknowledged() == 1

    @pytest.mark.parametrize(
        ("asked", "field"),
        [
            ({"kind": "moon"}, "kind"),
            ({"kind": "late_share", "threshold": None}, "threshold"),
            ({"kind": "late_share", "threshold": 0}, "threshold"),
            ({"kind": "late_share", "threshold": 101}, "threshold"),
            ({"kind": "late_share", "threshold": 20, "least": 4}, "least"),
            ({"kind": "surge", "least": 9}, "least"),
            ({"kind": "silent_channel", "hours": 0}, "hours"),
            ({"kind": "silent_channel", "hours": 169}, "hours"),
            ({"kind": "silent_channel", "hours": 6, "channel": "smoke"}, "channel"),
        ],
    )
    def test_what_does_not_do_is_said_by_its_field(
        self, house: House, asked: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            make(actor=overseer(house), **asked)
        assert list(refusal.value.fields) == [field]

    def test_subjects_rise_in_the_country_and_the_two_levels_below_it(self, house: House) -> None:
        below = house.cast.district_office
        assert surge_rule(house, office=house.cast.department).office == house.cast.department
        with pytest.raises(Invalid) as refusal:
            surge_rule(house, office=below)
        assert list(refusal.value.fields) == ["office"]
        assert late_rule(house, office=below).office == below

    def test_the_same_again_is_the_one_there_is_until_it_is_ended(self, house: House) -> None:
        rule = surge_rule(house)
        assert surge_rule(house) == rule
        assert surge_rule(house, least=30) != rule
        assert end(actor=overseer(house), rule_id=rule.pk)
        assert surge_rule(house) != rule

    def test_there_are_not_any_number_of_them(self, house: House) -> None:
        made = {"made_by": house.cast.overseer, "made_at": SUNDAY, "kind": "surge"}
        AlertRule.objects.bulk_create(AlertRule(**made, least=1000 + n) for n in range(MOST))
        with pytest.raises(Refused) as refusal:
            surge_rule(house)
        assert refusal.value.code == "too_many_rules"

    def test_ended_it_alarms_no_more(self, house: House) -> None:
        alert = an_alert(house)
        assert end(actor=overseer(house), rule_id=alert.rule_id)
        assert not end(actor=overseer(house), rule_id=alert.rule_id)
        alert.refresh_from_db()
        assert alert.over_at == alert.rule.ended_at is not None
        assert unacknowledged() == 0
        assert look() == {"raised": 0, "over": 0}

    def test_of_what_is_not_there_that_is_said(self, house: House) -> None:
        for call in (
            lambda: end(actor=overseer(house), rule_id=0),
            lambda: acknowledge(actor=overseer(house), alert_id=0),
        ):
            with pytest.raises(NoSuchAlert):
                call()


class TestAcknowledging:
    def test_the_first_one_stays(self, house: House) -> None:
        alert = an_alert(house)
        assert acknowledge(actor=overseer(house), alert_id=alert.pk, note="  I call them.  ")
        assert not acknowledge(actor=overseer(house), alert_id=alert.pk, note="So do I.")
        alert.refresh_from_db()
        assert (alert.note, alert.acknowledged_by) == ("I call them.", house.cast.overseer)
        assert unacknowledged() == 0

    def test_acknowledged_it_still_ends(self, house: House) -> None:
        alert = an_alert(house)
        acknowledge(actor=overseer(house), alert_id=alert.pk)
        backlog(100, 1, house.cast.department)
        assert look()["over"] == 1

    def test_what_is_over_can_be_acknowledged_too(self, house: House) -> None:
        alert = an_alert(house)
        backlog(100, 1, house.cast.department)
        look()
        assert unacknowledged() == 0
        assert acknowledge(actor=overseer(house), alert_id=alert.pk)


def test_the_overseers_are_told_in_office_hours_and_led_to_it(house: House) -> None:
    house.day(6 / 24)
    alert = an_alert(house)
    notice = Notice.objects.get(template="alert_late")
    assert notice.user == house.cast.overseer
    assert notice.case is None
    written = notice_words.render(notice, "en")
    assert "Grid Department: 40 of 100 open cases are late, 40%" in written.body
    assert f"/en/oversight/alerts/{alert.pk}/" in written.body
    in_bangla = notice_words.render(notice, "bn")
    assert "৪০" in in_bangla.subject


class TestBarred:
    """Who is barred from a case does not learn of it by what an alert counts."""

    def rule_met_by(self, house: House, number: int) -> None:
        """A rule of late cases of which the overseer is barred from one; so many are late."""
        for _each in range(number - 1):
            house.forwarded()
        house.about_the_overseer()
        house.day(9)
        keeping.rebuild()
        late_rule(house, least=number, threshold=100)

    def test_they_are_not_told_where_it_is_met_by_that_case_alone(self, house: House) -> None:
        self.rule_met_by(house, 5)
        assert look()["raised"] == 1
        assert [notice.user for notice in told()] == [house.other]
        assert told()[0].values["late"] == 5

    def test_else_they_are_told_what_they_may_know(self, house: House) -> None:
        self.rule_met_by(house, 6)
        AlertRule.objects.update(least=5)
        assert look()["raised"] == 1
        late = {notice.user: notice.values["late"] for notice in told()}
        assert late == {house.cast.overseer: 5, house.other: 6}

    def test_a_surge_and_a_silence_are_looked_at_without_it(self, house: House) -> None:
        receipt = house.about_the_overseer()
        pk = house.case(receipt).pk
        watch = Watch()
        rule = silent_rule(house, hours=1, least=5)
        house.clock.shift(timedelta(minutes=1))
        now, without = Watch(), Watch().without([pk])
        assert now.findings(rule)["web"].figures["count"] == 1  # type: ignore[index]
        assert without.findings(rule)["web"].figures["count"] == 0  # type: ignore[index]
        assert watch.without([pk]).now == watch.now

    def test_the_pages_show_them_no_figures(self, house: House) -> None:
        self.rule_met_by(house, 6)
        look()
        alert = Alert.objects.get()
        for path in ("/oversight/alerts/", f"/oversight/alerts/{alert.pk}/"):
            house.sign_in("overseer")
            assert "6 of 6 open cases" not in house.page(path)
            house.sign_in("other")
            assert "6 of 6 open cases" in house.page(path)
