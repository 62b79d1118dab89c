"""Alerts and their rules as pages show them: names, figures with their times, the page behind."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.roles import Role
from oversight.alerts.rules import LATE_SHARE, SURGE
from oversight.charts.frame import Unit
from oversight.charts.words import number
from oversight.dashboards.access import KNOW_EXAMINED
from oversight.dashboards.asking import channel_name
from oversight.dashboards.trees import trees
from oversight.models import Alert, AlertRule
from oversight.surges.drawing import rounded


def shown(alert: Alert, actor: Actor, hidden: Sequence[int]) -> dict[str, Any]:
    """An alert with what it is about, the figures then and now, and where to look.

    Without figures (`has_figures`) for whoever is barred from cases (`hidden`, their ids), which are counted
    in them; and those of a surge, in which nothing is that is set aside, for whoever may not know what is:
    beside what the page behind shows the numbers would tell of that.
    """
    leaves_out = alert.rule.kind == SURGE and not actor.has(*KNOW_EXAMINED)
    return {
        "has_figures": not hidden and not leaves_out,
        "alert": alert,
        "rule": alert.rule,
        "title": title_of(alert),
        "subject": _subject(alert),
        "then": _figures(alert.found.get("then", {})),
        "now": _figures(alert.found.get("now", {})),
        "at": _moment(alert.found.get("at")),
        "url": _behind(alert),
    }


def title_of(alert: Alert) -> str:
    """What an alert says, in a line."""
    return _titled(alert.rule, _subject(alert))


def _titled(rule: AlertRule, subject: str) -> str:
    """With what tells the rule from another about the same: its numbers."""
    subject = _joined(subject, _limits(rule))
    if rule.kind == LATE_SHARE:
        return _("Late cases: %(subject)s") % {"subject": subject}
    if rule.kind == SURGE:
        return _("More cases than usual: %(subject)s") % {"subject": subject}
    return _("Nothing comes in: %(subject)s") % {"subject": subject}


def _limits(rule: AlertRule) -> str:
    language = get_language() or "en"
    least = number(rule.least, Unit.COUNT, language)
    if rule.kind == LATE_SHARE:
        share = number((rule.threshold or 0) / 100, Unit.SHARE, language)
        return _("from %(share)s on, of at least %(least)s") % {"share": share, "least": least}
    if rule.kind == SURGE:
        return _("at least %(least)s in seven days") % {"least": least}
    hours = rule.hours or 0
    said = ngettext(
        "for %(hours)s hour, usually at least %(least)s",
        "for %(hours)s hours, usually at least %(least)s",
        hours,
    )
    return said % {"hours": number(hours, Unit.COUNT, language), "least": least}


def _subject(alert: Alert) -> str:
    """What it is about: an office, a subject, a way in, with what narrows it."""
    rule = alert.rule
    if rule.kind == LATE_SHARE:
        return _joined(_place(rule), rule.category.name if rule.category else "")
    if rule.kind == SURGE:
        known = trees().subjects.by_code.get(alert.subject)
        return _joined(
            known.name if known else alert.subject, rule.office.name if rule.office else ""
        )
    return channel_name(alert.subject)


def _place(rule: AlertRule) -> str:
    return rule.office.name if rule.office else _("The whole country")


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _figures(found: dict[str, Any]) -> dict[str, Any]:
    """The figures with days and moments as such. What was never written is left out."""
    read = dict(found)
    if "since" in read:
        read["since"] = _moment(read["since"])
    if isinstance(read.get("usual"), float):
        read["usual"] = rounded(read["usual"])
    if "last" in read:
        read["last"] = date.fromisoformat(read["last"])
    return read


def _moment(iso: str | None) -> datetime | None:
    return datetime.fromisoformat(iso) if iso else None


def _behind(alert: Alert) -> str:
    """The page behind its figures."""
    rule = alert.rule
    if rule.kind == SURGE:
        query = f"?{urlencode({'agency': rule.office.code})}" if rule.office else ""
        return reverse("oversight-rising-subject", args=[alert.subject]) + query
    if rule.kind == LATE_SHARE:
        narrowed = f"?{urlencode({'category': rule.category.code})}" if rule.category else ""
        page = (
            reverse("oversight-agency", args=[rule.office.code])
            if rule.office
            else reverse("oversight")
        )
        return page + narrowed
    return reverse("oversight-channels")


def rule_shown(actor: Actor, rule: AlertRule) -> dict[str, Any]:
    """A rule with what it asks for."""
    if rule.kind == LATE_SHARE:
        about = _joined(_place(rule), rule.category.name if rule.category else "")
    elif rule.kind == SURGE:
        about = _joined(rule.category.name if rule.category else _("Any subject"), _place(rule))
    else:
        about = channel_name(rule.channel) if rule.channel else _("Any way in")
    return {"rule": rule, "about": _titled(rule, about), "may_end": actor.has(Role.OVERSEER)}
