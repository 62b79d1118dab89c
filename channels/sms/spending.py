"""What SMS may cost in a day: parts are counted before they leave (policy `sms_parts_a_day`).

A day is one of the country's zone. What would go over the cap waits until the next one begins.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db.models import F
from django.utils import timezone

from agencies import snapshot
from channels.models import SmsSpending
from channels.outbound import CannotSend
from complaints.notice_texts import RECEIPTS

log = structlog.get_logger(__name__)
#: What somebody waits for just now: it leaves whatever the cap says, and is counted all the same.
ALWAYS = RECEIPTS | {"received", "received_with", "code"}


def spend(parts: int, template: str, now: datetime) -> date:
    """Count the parts of a message that is about to leave; gives the day under which they are.

    Exact with several at once. Raises CannotSend, with the time at which the next day begins, for a
    message that would go over the cap.
    """
    zone = ZoneInfo(settings.TIME_ZONE)
    day = timezone.localdate(now, zone)
    cap = snapshot.current(settings.COUNTRY).policy("sms_parts_a_day", now).amount
    most = None if template in ALWAYS else cap - parts
    if not _count(day, parts, most):
        SmsSpending.objects.bulk_create([SmsSpending(day=day)], ignore_conflicts=True)
        if not _count(day, parts, most):
            _say_once(day, cap)
            next_day = datetime.combine(day + timedelta(days=1), time(), zone)
            raise CannotSend("over_the_cap", until=next_day)
    return day


def give_back(day: date, parts: int) -> None:
    """They did not leave after all."""
    rows = SmsSpending.objects.filter(pk=day, parts__gte=parts)
    rows.update(parts=F("parts") - parts)


def _count(day: date, parts: int, most: int | None) -> bool:
    """Add parts to a day that has a row and has not used more than `most` yet; says if so."""
    rows = SmsSpending.objects.filter(pk=day)
    rows = rows if most is None else rows.filter(parts__lte=most)
    return bool(rows.update(parts=F("parts") + parts))


def _say_once(day: date, cap: int) -> None:
    """One line in the log a day, whichever process comes there first."""
    if cache.add(f"sms-cap:{day}", "reached", timeout=2 * 24 * 3600):
        log.warning("SMS wait: the day's cap is reached", cap=cap)
