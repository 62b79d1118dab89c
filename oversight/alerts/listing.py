"""Alerts and rules as they are listed. All of it is few rows, or an index."""

from django.db.models import Count, F, Q, QuerySet

from oversight.models import Alert, AlertRule

#: So many open alerts on the page; with more than that something else is wrong.
SHOWN = 100


def unacknowledged() -> int:
    """How many alerts are open and nobody has said yet that they look after them (one small query)."""
    return Alert.objects.filter(over_at=None, acknowledged_at=None).count()


def open_alerts() -> list[Alert]:
    """Those that are not over: first what nobody looks after yet, the newest first."""
    first_new = F("acknowledged_at").asc(nulls_first=True)
    return list(_whole().filter(over_at=None).order_by(first_new, "-raised_at", "-pk")[:SHOWN])


def past_alerts() -> QuerySet[Alert]:
    """Those that are over, the newest first."""
    return _whole().exclude(over_at=None).order_by("-raised_at", "-pk")


def alert_of(alert_id: int) -> Alert | None:
    """One alert with its rule, office and people."""
    return _whole().filter(pk=alert_id).first()


def _whole() -> QuerySet[Alert]:
    return Alert.objects.select_related("rule__office", "rule__category", "acknowledged_by")


def rules_now() -> list[AlertRule]:
    """The rules in force with their open alerts counted (`alarming`), the newest first."""
    standing = AlertRule.objects.filter(ended_at=None)
    counted = standing.annotate(alarming=Count("alerts", filter=Q(alerts__over_at=None)))
    return list(counted.select_related("office", "category", "made_by").order_by("-pk"))
