"""Alerts kept in step with what the rules find: raised and told once, over once it is well below.

Run every few minutes. A rule is a piece of work of its own, under its lock: two workers at once do what
one would do, and a worker killed at any point has told nothing that is not written.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

from accounts.actors import SYSTEM
from accounts.models import User
from agencies.models import Category
from agencies.selectors import actor_for
from complaints.services.outbox import overseers
from complaints.services.telling import tell_officers
from complaints.services.work import tell_database
from oversight.alerts.rules import LATE_SHARE, SURGE
from oversight.alerts.watching import Finding, Findings, Watch
from oversight.dashboards.access import hidden_from
from oversight.models import Alert, AlertRule

log = structlog.get_logger(__name__)
TASK = "oversight.tasks.look_for_alerts"


def tell_worker() -> None:
    """Have the rules looked at now; without a broker they are some minutes later, as always."""
    try:
        current_app.send_task(TASK)
    except OperationalError:
        log.warning("no broker: a new rule is looked at when the scheduler asks")


def look() -> dict[str, int]:
    """Look at all rules in force; says how many alerts were raised, and how many are over."""
    watch, done = Watch(), {"raised": 0, "over": 0}
    for rule in AlertRule.objects.filter(ended_at=None).select_related("office", "category"):
        try:
            findings = watch.findings(rule)
            raised, over = _settle(rule.pk, findings, watch) if findings is not None else (0, 0)
        except Exception as error:
            # One rule stops no other; the next run comes to it again.
            log.error("alerts: a rule failed", rule=rule.pk, kind=type(error).__name__)
            continue
        done["raised"] += raised
        done["over"] += over
    if any(done.values()):
        log.info("alerts", **done)
    return done


def _settle(rule_id: int, findings: Findings, watch: Watch) -> tuple[int, int]:
    """Bring a rule's alerts in step with what was found: how many were raised, how many are over."""
    with transaction.atomic():
        tell_database(SYSTEM)
        rules = AlertRule.objects.select_related("office", "category")
        standing = rules.filter(pk=rule_id, ended_at=None)
        rule = standing.select_for_update(of=("self",), skip_locked=True).first()
        if rule is None:
            return 0, 0
        open_ones = {a.subject: a for a in Alert.objects.filter(rule=rule, over_at=None)}
        over = sum(
            _follow(alert, findings.get(subject), watch.now) for subject, alert in open_ones.items()
        )
        new = {s: found for s, found in findings.items() if found.met and s not in open_ones}
        for subject, finding in new.items():
            _raise(rule, subject, finding, watch)
    return len(new), over


def _follow(alert: Alert, finding: Finding | None, now: datetime) -> bool:
    """Note how an open alert stands; says whether it is over."""
    if finding is not None:
        alert.found = {**alert.found, "now": finding.figures, "at": now.isoformat()}
    if finding is None or finding.over:
        alert.over_at = now
    alert.save(update_fields=["found", "over_at"])
    return alert.over_at is not None


def _raise(rule: AlertRule, subject: str, finding: Finding, watch: Watch) -> None:
    alert = Alert.objects.create(
        rule=rule,
        subject=subject,
        found={"then": finding.figures, "now": finding.figures, "at": watch.now.isoformat()},
        raised_at=watch.now,
        told_at=watch.now,
    )
    for person in overseers(settings.COUNTRY):
        figures = _known_to(person, rule, alert, watch)
        if figures is not None:
            _tell(person, rule, alert, figures)


def _known_to(person: User, rule: AlertRule, alert: Alert, watch: Watch) -> dict[str, Any] | None:
    """The figures as somebody may know them; None if there is no alert without the cases from which
    they are barred: else the number itself would tell them of these.
    """
    found: dict[str, Any] = alert.found["then"]
    hidden = hidden_from(actor_for(person))
    if not hidden:
        return found
    theirs = (watch.without(hidden).findings(rule) or {}).get(alert.subject)
    return theirs.figures if theirs is not None and theirs.met else None


def _tell(person: User, rule: AlertRule, alert: Alert, figures: dict[str, Any]) -> None:
    """Tell an overseer, in office hours. Figures alone: no case is named."""
    values: dict[str, Any] = {"path": f"oversight/alerts/{alert.pk}/"}
    if rule.kind == LATE_SHARE:
        about = [row.names for row in (rule.category, rule.office) if row is not None]
        template = "alert_late" if about else "alert_late_country"
        values["agency"] = _joined(about)
        values |= {name: figures[name] for name in ("late", "open", "percent")}
        values["threshold"] = rule.threshold
    elif rule.kind == SURGE:
        template = "alert_surge_agency" if rule.office else "alert_surge"
        values["agency"] = rule.office.names if rule.office else {}
        category = Category.objects.get(country=settings.COUNTRY, code=alert.subject)
        values |= {"subject": category.names, "found": figures["found"]}
        values["usual"] = round(figures["usual"])
    else:
        template = "alert_silent"
        values |= {"way_in": alert.subject, "hours": rule.hours, "usual": figures["usual"]}
    tell_officers(template, key=f"alert:{alert.pk}", values=values, people=[person])


def _joined(names: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Several names as one, in each language; where one is missing, the English one."""
    languages = {language for each in names for language in each}
    return {
        language: " · ".join(each.get(language) or each.get("en", "") for each in names)
        for language in languages
    }
