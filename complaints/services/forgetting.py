"""Retention: what has reached the end of its time is erased, at night, as `complaints.retention` says.

Each case is a piece of work of its own, under its lock, with an event; the other kinds go in small
batches. A run that is killed loses nothing and repeats nothing. Cases are found by two partial indexes
(`case_kept_idx`, `case_person_kept_idx`), so that those erased long ago cost nothing.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from math import inf
from time import monotonic

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts import leaving
from accounts.models import User
from agencies import snapshot
from agencies.models import Post
from complaints import moment
from complaints.models import Attachment, Case, Handle, Notice, Restriction
from complaints.models.case import Status
from complaints.services import erasing

#: Why an account cannot be deleted yet.
CASES_OPEN = _(
    "A case of this account is still open. Close it first, or have erased in it who you are."
)
log = structlog.get_logger(__name__)
#: Rows read at once.
AT_ONCE = 500


def by_retention(*, seconds: float = inf) -> dict[str, int]:
    """Erase whatever is due, for so many seconds at the most; says how much of each kind."""
    until = monotonic() + seconds
    steps: dict[str, Callable[[float], int]] = {
        "words": _words,
        "contact": _persons,
        "notices": _notices,
        "handles": _handles,
        "accounts": _accounts,
        "officers": _officers,
        "restrictions": _restrictions,
    }
    done = {kind: step(until) for kind, step in steps.items()}
    if any(done.values()):
        log.info("retention", **{kind: count for kind, count in done.items() if count})
    return done


def before(policy: str) -> datetime:
    """What is older than this moment (UTC) has been kept as long as the policy says."""
    now = moment.now()
    days = snapshot.current(settings.COUNTRY).policy(policy, now).amount
    return now - timedelta(days=days)


# --- Cases ------------------------------------------------------------------------------------


def _words(until: float) -> int:
    """All words of cases closed long ago; of sensitive ones by their own number."""
    ends = {False: before("words_kept"), True: before("sensitive_words_kept")}
    cases = Case.objects.filter(words_erased_at=None)
    return _erase(cases, ends, until, erasing.PERSON, erasing.ALL_WORDS)


def _persons(until: float) -> int:
    """Who filed cases closed some time ago."""
    end = before("contact_kept")
    cases = Case.objects.filter(person_erased_at=None)
    return _erase(cases, {False: end, True: end}, until, erasing.PERSON)


def _erase(cases: QuerySet[Case], ends: dict[bool, datetime], until: float, *what: str) -> int:
    """Erase in cases closed before the end for such a case (by whether it is sensitive)."""
    erased = 0
    for case in _closed_before(cases, max(ends.values())):
        if monotonic() >= until:
            break
        if case.closed_at is None or case.closed_at >= ends[case.sensitive]:
            continue
        if erasing.why_words_stay(case, moment.now()):
            # Joined with one that is still open, or open to an appeal: another night.
            continue
        try:
            erased += erasing.erase_by_system(case.number, *what, because=erasing.TIME_IS_OVER)
        except Exception as error:
            # One case stops no other; the next run comes to it again.
            log.error("retention: a case failed", case=case.number, kind=type(error).__name__)
    return erased


def _closed_before(cases: QuerySet[Case], end: datetime) -> Iterator[Case]:
    """Closed cases, the oldest first, page by page: each page begins behind the last one."""
    cases = cases.filter(country=settings.COUNTRY, status=Status.CLOSED, closed_at__lt=end)
    cases = cases.defer("text", "public_text").select_related("lead").order_by("closed_at", "id")
    page = list(cases[:AT_ONCE])
    while page:
        yield from page
        at, last = page[-1].closed_at, page[-1].pk
        page = list(
            cases.filter(closed_at__gte=at).filter(Q(closed_at__gt=at) | Q(pk__gt=last))[:AT_ONCE]
        )


# --- What is not of one case ------------------------------------------------------------------


def _notices(until: float) -> int:
    """Notices from the oldest on, by their ids, which grow with time."""
    end, gone = before("notice_kept"), 0
    while monotonic() < until:
        oldest = Notice.objects.order_by("pk").values_list("pk", "created_at", "status")[:AT_ONCE]
        page = list(oldest)
        old = [pk for pk, created_at, _status in page if created_at < end]
        if not old:
            break
        gone += Notice.objects.filter(pk__in=old).delete()[0]
        if len(old) < len(page):
            break
    return gone


def _handles(until: float) -> int:
    """Senders whose news of no case goes to them, who have not written for long."""
    written = Coalesce("last_in_at", "created_at")
    idle = Handle.objects.filter(contacts=None).annotate(written=written)
    ids = list(
        idle.filter(written__lt=before("handle_kept")).values_list("pk", flat=True)[:AT_ONCE]
    )
    return _each(ids, erasing.forget_handle, until)


def _accounts(until: float) -> int:
    """Accounts of citizens who have not signed in for long, and of whom no case is open."""
    used = Coalesce(F("last_login"), F("date_joined"))
    unused = User.objects.annotate(used=used).filter(used__lt=before("account_unused_kept"))
    unused = unused.filter(posts=None, is_staff=False, is_superuser=False)
    unused = unused.exclude(email__endswith=leaving.DOMAIN)
    waiting = Case.objects.exclude(status=Status.CLOSED).filter(owner__isnull=False)
    ids = list(
        unused.exclude(pk__in=waiting.values("owner")).values_list("pk", flat=True)[:AT_ONCE]
    )
    return _each(ids, delete_account, until)


def delete_account(user_id: int) -> bool:
    """Delete a citizen's account; cases and files that came from it belong to nobody's any more.

    Where something of an office refers to it, it is emptied instead. False while a case is open.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=user_id).first()
        cases = Case.objects.filter(owner=user_id)
        if user is None or cases.exclude(status=Status.CLOSED).exists():
            return False
        # Locked like any other work on a case, always in one order.
        list(cases.select_for_update().order_by("id").values_list("pk", flat=True))
        cases.update(owner=None)
        Attachment.objects.filter(uploaded_by=user).update(uploaded_by=None)
        Notice.objects.filter(user=user).delete()
        leaving.delete(user)
    return True


def _officers(until: float) -> int:
    """Accounts of officers whose last post ended some time ago: emptied, but for the name."""
    end = before("officer_account_kept")
    still = Post.objects.filter(Q(held_to=None) | Q(held_to__gte=end))
    left = User.objects.filter(posts__isnull=False).exclude(pk__in=still.values("user"))
    left = left.exclude(email__endswith=leaving.DOMAIN)
    ids = list(left.distinct().values_list("pk", flat=True)[:AT_ONCE])
    return _each(ids, _empty_officer, until)


def _empty_officer(user_id: int) -> bool:
    """Empty an account, and what rooms above keep for it."""
    with transaction.atomic():
        for step in erasing.ROOMS.officer:
            step(user_id)
        return leaving.empty_officer(user_id)


def _restrictions(until: float) -> int:
    """Restrictions that ended some time ago."""
    end = before("restriction_kept")
    over = Restriction.objects.filter(Q(until__lt=end) | Q(lifted_at__lt=end))
    return over.delete()[0]


def _each(ids: list[int], forget: Callable[[int], bool], until: float) -> int:
    """One after the other, each a transaction of its own."""
    done = 0
    for pk in ids:
        if monotonic() >= until:
            break
        done += forget(pk)
    return done
