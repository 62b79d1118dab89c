"""Rules of alerts and what meets them, for the tests of alerts."""

from datetime import timedelta
from typing import Any

from accounts.actors import Actor
from oversight.alerts.raising import look
from oversight.alerts.rules import make
from oversight.models import Alert, AlertRule
from oversight.rising import DAYS, WEEK
from tests.complaints.conftest import SUNDAY
from tests.oversight.conftest import House
from tests.oversight.sums import backlog, kept


def overseer(house: House) -> Actor:
    return house.scene.actor(house.cast.overseer)


def late_rule(house: House, **parts: Any) -> AlertRule:
    given = {"kind": "late_share", "office": house.cast.department, "threshold": 30, "least": 20}
    return make(actor=overseer(house), **(given | parts)).rule


def surge_rule(house: House, **parts: Any) -> AlertRule:
    return make(actor=overseer(house), **({"kind": "surge", "least": 20} | parts)).rule


def silent_rule(house: House, **parts: Any) -> AlertRule:
    given = {"kind": "silent_channel", "channel": "web", "hours": 6, "least": 5}
    return make(actor=overseer(house), **(given | parts)).rule


def rising_days(a_day: int, last: int) -> list[int]:
    return [a_day] * (DAYS - WEEK) + [last] * WEEK


def an_alert(house: House) -> Alert:
    """One that is open, of the department's late cases."""
    kept()
    late_rule(house)
    backlog(100, 40, house.cast.department)
    look()
    return Alert.objects.latest("pk")


def usually(house: House, number: int = 5, weeks: int = 4) -> None:
    """So many by the web in the hour before this one, in each of the weeks before."""
    for week in range(4, 4 - weeks, -1):
        house.clock.move_to(SUNDAY + timedelta(days=28 - 7 * week, hours=-1))
        for _each in range(number):
            house.filed()
    house.clock.move_to(SUNDAY + timedelta(days=28))
