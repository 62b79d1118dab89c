"""What each rule finds now. Each question is answered from sums that are kept, or is bounded by hours.

A rule is met at its threshold and over only well below it (`OVER`), so that a figure about the threshold
is one alert and not many.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count

from complaints import moment
from complaints.clocks import day_of
from complaints.models import Case
from complaints.views.officer.wording import CHANNELS
from oversight.alerts.rules import LATE_SHARE, SURGE
from oversight.dashboards.trees import trees
from oversight.figures import days, standing
from oversight.figures.asking import COUNTRYS, Question
from oversight.models import AlertRule
from oversight.rising import DAYS, Rise
from oversight.surges import counting

#: An alert is over below this share of what raised it.
OVER = 0.8
#: The weeks before with which a silence is compared: at least `USUALLY` of them had so many cases.
WEEKS_BEFORE, USUALLY = 4, 3
#: On a holiday a channel may be quiet: it has to have had so many times the cases to be missed.
ON_HOLIDAYS = 5
#: The subject of an alert about the whole country; no office has such a code.
COUNTRY = "-"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule finds of a subject (the code of an office, category or channel).

    `met`: it raises an alert; `over`: it ends one; between the two nothing changes.
    """

    met: bool
    over: bool
    figures: dict[str, Any]


#: By subject. What is not in it is over.
Findings = Mapping[str, Finding]


@dataclass
class Watch:
    """One look at all rules: what several of them ask is read once. Times are UTC."""

    now: datetime = field(default_factory=moment.now)
    span: counting.Span = field(default_factory=counting.span)
    #: Ids of cases that are left out: of a look as one person may know of it.
    hidden: tuple[int, ...] = ()
    _days: dict[int, days.Days] = field(default_factory=dict)
    _windows: dict[int, list[dict[str, int]]] = field(default_factory=dict)

    def findings(self, rule: AlertRule) -> Findings | None:
        """What a rule finds now; None while its figures are not kept, which ends and raises nothing."""
        if rule.kind == LATE_SHARE:
            return self._late_share(rule)
        if rule.kind == SURGE:
            return self._surges(rule)
        return self._silent(rule)

    def without(self, hidden: Sequence[int]) -> "Watch":
        """The same look, without some cases (ids)."""
        return Watch(self.now, self.span, tuple(hidden))

    # --- A share of late cases --------------------------------------------------------------

    def _late_share(self, rule: AlertRule) -> Findings | None:
        if standing.counted_at() is None:
            return None
        # As the page behind it: of how it stands now nothing is left out.
        asked = Question(self.span.week, rule.office, category=_with_below(rule), sides=COUNTRYS)
        now = standing.standing(asked, hidden=self.hidden)
        percent = 100 * (now.late_share or 0.0)
        bar = rule.threshold or 100
        found = Finding(
            met=now.open >= rule.least and percent >= bar,
            over=now.open < OVER * rule.least or percent < OVER * bar,
            figures={"late": now.late, "open": now.open, "percent": int(percent)},
        )
        return {rule.office.code if rule.office else COUNTRY: found}

    # --- A surge ----------------------------------------------------------------------------

    def _surges(self, rule: AlertRule) -> Findings | None:
        node = rule.office.pk if rule.office else 0
        if not days.is_kept_since(self.span.first):
            return None
        if node not in self._days:
            self._days[node] = days.by_category(
                self.span.first, DAYS, node=node, hidden=self.hidden
            )
        series, only = _together(self._days[node], rule)
        judged = counting.judged(series, self.span, least=rule.least, only=only)
        if not judged and any(map(any, series.values())):
            return None
        known = trees().subjects.by_id
        return {known[key].code: self._surge(rise) for key, rise in judged.items() if key in known}

    def _surge(self, rise: Rise) -> Finding:
        figures = {
            "found": rise.found,
            "usual": round(rise.usual, 1),
            "limit": rise.limit,
            "last": self.span.last.isoformat(),
        }
        return Finding(rise.is_rising, rise.found < OVER * rise.limit, figures)

    # --- A silent channel -------------------------------------------------------------------

    def _silent(self, rule: AlertRule) -> Findings:
        hours = rule.hours or 1
        if hours not in self._windows:
            self._windows[hours] = self._count_windows(hours)
        now, *before = self._windows[hours]
        return {
            channel: self._silence(rule, now.get(channel, 0), [b.get(channel, 0) for b in before])
            for channel in ([rule.channel] if rule.channel else CHANNELS)
        }

    def _silence(self, rule: AlertRule, count: int, before: list[int]) -> Finding:
        hours = rule.hours or 1
        least = rule.least * (ON_HOLIDAYS if self._is_holiday(hours) else 1)
        is_missed = sum(usual >= least for usual in before) >= USUALLY
        since = self.now - timedelta(hours=hours)
        return Finding(
            met=count == 0 and is_missed,
            # The hours that were silent when the alert was raised have no case: this one is newer.
            over=count > 0,
            figures={"since": since.isoformat(), "usual": round(median(before)), "count": count},
        )

    def _count_windows(self, hours: int) -> list[dict[str, int]]:
        """Cases by channel in the last so many hours, and in the same ones of the weeks before."""
        found = []
        for week in range(WEEKS_BEFORE + 1):
            end = self.now - timedelta(weeks=week)
            cases = Case.objects.filter(
                country=settings.COUNTRY,
                filed_at__gte=end - timedelta(hours=hours),
                filed_at__lt=end,
                imported_from="",
            ).exclude(pk__in=self.hidden)
            counted = cases.values_list("channel").annotate(cases=Count("pk")).order_by()
            found.append(dict(counted))
        return found

    def _is_holiday(self, hours: int) -> bool:
        zone, at = ZoneInfo(settings.TIME_ZONE), self.now - timedelta(hours=hours)
        holidays, day = counting.calendar().holidays, day_of(at, zone)
        while day <= day_of(self.now, zone):
            if day in holidays:
                return True
            day += timedelta(days=1)
        return False


def _with_below(rule: AlertRule) -> tuple[int, ...]:
    """A rule's category with all below it; none is all of them."""
    if rule.category is None:
        return ()
    return tuple(row.pk for row in trees().subjects.with_below(rule.category))


def _together(series: days.Days, rule: AlertRule) -> tuple[days.Days, list[int] | None]:
    """The series with a rule's category and all below it as one, and which of them are meant."""
    if rule.category is None:
        return series, None
    key, below = rule.category.pk, set(_with_below(rule))
    inside = [counts for subject, counts in series.items() if subject in below]
    rest = {subject: counts for subject, counts in series.items() if subject not in below}
    whole = [sum(day) for day in zip(*inside, strict=True)] if inside else [0] * DAYS
    return {**rest, key: whole}, [key]
