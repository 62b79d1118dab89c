"""The rules of alerts: which there can be, and making and ending them. Overseers alone do."""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Category, Office
from complaints import moment
from complaints.errors import Invalid, NoSuchCase, Refused
from complaints.services.work import tell_database
from complaints.views.officer.wording import CHANNELS
from oversight.models import Alert, AlertRule
from oversight.surges import counting

LATE_SHARE, SURGE, SILENT_CHANNEL = (
    AlertRule.Kind.LATE_SHARE,
    AlertRule.Kind.SURGE,
    AlertRule.Kind.SILENT_CHANNEL,
)
#: The advisory lock under which rules are made: two like each other at once are one.
LOCK = 6964
#: So many rules at most: each is looked at every few minutes.
MOST = 200
#: The longest silence that can be asked for: a week, so that the weeks before it are whole.
LONGEST = 168


class NoSuchAlert(NoSuchCase):
    """There is no alert, or no rule, of that number."""

    code = "no_such_alert"
    sentence = _("There is no such alert.")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least cases that a rule of a kind may name: fewer are chance, or could point at somebody."""

    least: int
    usual_least: int


BOUNDS: dict[str, Bounds] = {
    LATE_SHARE: Bounds(5, 20),
    SURGE: Bounds(10, 20),
    SILENT_CHANNEL: Bounds(5, 20),
}


@dataclass(frozen=True, slots=True)
class Made:
    """A rule, and whether it is new: one like it may have been there."""

    rule: AlertRule
    is_new: bool


def person(actor: Actor) -> int:
    """Who it is, if it is an overseer. Refused for everybody else."""
    if not actor.has(Role.OVERSEER) or actor.user_id is None:
        error = Refused(_("Only overseers set alerts and acknowledge them."), code="not_yours")
        error.status = 403
        raise error
    return actor.user_id


def make(
    *,
    actor: Actor,
    kind: str,
    office: Office | None = None,
    category: Category | None = None,
    channel: str = "",
    threshold: int | None = None,
    hours: int | None = None,
    least: int = 20,
) -> Made:
    """Make a rule; one that is there already, word for word, is given back instead.

    No office is the whole country, no category any subject, no channel any of them. Raises Invalid with
    the fields that do not do, Refused for whoever is no overseer.
    """
    who = person(actor)
    asked: dict[str, Any] = {
        "kind": kind,
        "office": office,
        "category": category,
        "channel": channel,
        "threshold": threshold,
        "hours": hours,
        "least": least,
    }
    if mistakes := _mistakes(asked):
        raise Invalid(fields=mistakes)
    with transaction.atomic():
        tell_database(actor)
        _lock()
        standing = AlertRule.objects.filter(ended_at=None)
        known = standing.filter(**asked).first()
        if known is not None:
            return Made(known, is_new=False)
        if standing.count() >= MOST:
            raise Refused(_("There are too many rules. End one first."), code="too_many_rules")
        made = AlertRule.objects.create(**asked, made_by_id=who, made_at=moment.now())
    return Made(made, is_new=True)


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _mistakes(asked: dict[str, Any]) -> dict[str, list[str | Promise]]:
    """What is wrong, by field."""
    found: dict[str, list[str | Promise]] = {}
    kind, office = asked["kind"], asked["office"]
    if kind not in BOUNDS:
        return {"kind": [_("There is no such kind of alert.")]}
    if asked["least"] < BOUNDS[kind].least:
        found["least"] = [_("Choose a larger number: so few cases say nothing.")]
    if kind == LATE_SHARE and not 1 <= (asked["threshold"] or 0) <= 100:
        found["threshold"] = [_("Choose a number from 1 to 100.")]
    if kind == SILENT_CHANNEL and not 1 <= (asked["hours"] or 0) <= LONGEST:
        found["hours"] = [_("Choose a number from 1 to 168.")]
    if asked["channel"] and asked["channel"] not in CHANNELS:
        found["channel"] = [_("Choose a way in from the list.")]
    if kind == SURGE and office is not None and not counting.is_counted_by_subject(office):
        found["office"] = [
            _("Choose an office of the first two levels: below them subjects have too few cases.")
        ]
    return found


def end(*, actor: Actor, rule_id: int) -> bool:
    """End a rule; its alerts are over. False if somebody has ended it already. Raises NoSuchAlert."""
    who = person(actor)
    with transaction.atomic():
        tell_database(actor)
        rule = AlertRule.objects.select_for_update().filter(pk=rule_id).first()
        if rule is None:
            raise NoSuchAlert
        if rule.ended_at is not None:
            return False
        rule.ended_at, rule.ended_by_id = moment.now(), who
        rule.save(update_fields=["ended_at", "ended_by"])
        Alert.objects.filter(rule=rule, over_at=None).update(over_at=rule.ended_at)
    return True
