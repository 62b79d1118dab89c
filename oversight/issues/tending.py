"""What time brings to issues: reminders, lateness, cases that come again, and news for the citizens of
linked cases. Run each hour; each thing is done once, however often it is run.
"""

from collections.abc import Iterator
from datetime import timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest

from accounts.actors import SYSTEM
from agencies import snapshot
from complaints import moment
from complaints.models import Notice
from complaints.services.outbox import heads_of, overseers
from complaints.services.telling import tell_citizens, tell_officers
from complaints.services.work import tell_database
from oversight.issues.recurrence import MONTH, MOST, recurrence_of, starts_at, today_there
from oversight.issues.rights import FIXED, UNDER_WAY
from oversight.issues.services import come_back, notice_values, tell_overseers, tell_owner, write
from oversight.models import Issue, IssueCase, IssueNote

#: Days before the due day (both included in it) on which the owner is reminded.
REMINDED = (7, 1)
#: Citizens told in one transaction, and for how long news is news.
BATCH, NEWS = 200, timedelta(days=30)


def tend(*, seconds: float = 25.0) -> dict[str, int]:
    """All of it; says how often what was done. Telling citizens stops when the time is up and goes on
    the next time.
    """
    until = monotonic() + seconds
    return {
        "reminded": remind(),
        "late": tell_late(),
        "back": bring_back(),
        "told": tell_linked(until),
    }


def _locked(issues: QuerySet[Issue]) -> Iterator[Issue]:
    """Each in a transaction of its own, under its lock; what another worker holds is left to it."""
    rows = issues.filter(country=settings.COUNTRY).order_by("id")
    for pk in list(rows.values_list("pk", flat=True)):
        with transaction.atomic():
            tell_database(SYSTEM)
            again = rows.filter(pk=pk).select_for_update(of=("self",), skip_locked=True)
            issue = again.select_related("owner__parent", "category", "place").first()
            if issue is not None:
                yield issue


def remind() -> int:
    """Remind the owner a week and a day before the day is over, each once."""
    now, today, done = moment.now(), today_there(), 0
    soon = Issue.objects.filter(state__in=UNDER_WAY, due__gte=today)
    soon = soon.filter(due__lte=today + timedelta(days=max(REMINDED)))
    for issue in _locked(soon):
        moments = [starts_at(issue.due - timedelta(days=days)) for days in REMINDED]
        passed = max((at for at in moments if at <= now), default=None)
        if passed is None or (issue.reminded_at is not None and issue.reminded_at >= passed):
            continue
        tell_owner(issue, "issue_reminder", passed.isoformat())
        issue.reminded_at = now
        issue.save(update_fields=["reminded_at"])
        done += 1
    return done


def tell_late() -> int:
    """Tell the owner, those above and the overseers once that the day is over."""
    now, done = moment.now(), 0
    late = Issue.objects.filter(
        state__in=UNDER_WAY, due__lt=today_there(), late_told_at__isnull=True
    )
    for issue in _locked(late):
        above = heads_of(issue.owner.parent, frozenset()) if issue.owner.parent else []
        tell_officers(
            "issue_late",
            key=f"issue:{issue.pk}:issue_late:{issue.due}",
            values=notice_values(issue),
            office=issue.owner,
            people=[*heads_of(issue.owner, frozenset()), *above, *overseers(issue.country)],
        )
        issue.late_told_at = now
        issue.save(update_fields=["late_told_at"])
        done += 1
    return done


def bring_back() -> int:
    """What was fixed is back if a month since has a share (policy) of the cases of a month before."""
    now, today, done = moment.now(), today_there(), 0
    registry = snapshot.current(settings.COUNTRY)
    percent = registry.policy("issue_back_percent", now).amount
    days = registry.policy("issue_again", now).amount
    measured = Issue.objects.filter(state=FIXED, fixed_on__gt=today - timedelta(MONTH * MOST))
    for issue in _locked(measured):
        found = recurrence_of(issue)
        if found is None or not found.is_back(percent):
            continue
        come_back(issue, today + timedelta(days=days), now)
        write(issue, SYSTEM, "back", str(found.last_month), now)
        tell_owner(issue, "issue_back", now.isoformat())
        tell_overseers(issue, "issue_back", now.isoformat())
        done += 1
    return done


# --- The citizens of linked cases -------------------------------------------------------------


def tell_linked(until: float) -> int:
    """Tell the citizens of linked cases that an issue is public, or fixed: once a case and fix."""
    since, told = moment.now() - NEWS, 0
    for issue in _with_news():
        is_fixed = issue.state == FIXED
        template = "issue_fixed" if is_fixed else "issue_published"
        key = f"issue:{issue.pk}:{f'fixed:{issue.fixed_on}' if is_fixed else 'published'}"
        links = _untold(issue, key)
        if issue.news_at < since:
            # Whoever was there then has heard of it.
            links = links.filter(linked_at__gte=since)
        last = 0
        while monotonic() < until:
            rows = list(links.filter(pk__gt=last).values_list("pk", "case_id")[:BATCH])
            if not rows:
                break
            last = rows[-1][0]
            told += tell_citizens([case for _pk, case in rows], template, key=key)
    return told


def _with_news() -> list[Any]:
    """Public issues of which something became known lately, or to which a case was added."""
    since = moment.now() - NEWS
    added = IssueCase.objects.filter(issue=OuterRef("pk"), linked_at__gte=since)
    fixes = IssueNote.objects.filter(issue=OuterRef("pk"), step="fix", at__gte=since)
    public = Issue.objects.filter(country=settings.COUNTRY, published_at__isnull=False)
    news = public.filter(Q(published_at__gte=since) | Exists(added) | Exists(fixes))
    fixed_at = Subquery(fixes.order_by("-at").values("at")[:1])
    return list(news.annotate(news_at=Greatest("published_at", fixed_at)).order_by("id"))


def _untold(issue: Issue, key: str) -> QuerySet[IssueCase]:
    """Links whose citizen can be told and was not yet."""
    sent = Notice.objects.filter(case=OuterRef("case"), key__startswith=f"{key}:")
    links = IssueCase.objects.filter(issue=issue, case__contact__erased_at=None)
    reachable = ~Q(case__contact__way="") | Q(case__contact__has_push=True)
    return links.filter(reachable).exclude(Exists(sent)).order_by("pk")
