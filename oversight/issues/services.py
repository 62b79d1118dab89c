"""Every step of an issue: allowed, locked, written, noted; whoever has to know is told.

What the public reads of an issue is looked through for names and numbers by its form.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Category, Office, Place
from complaints import moment
from complaints.clocks import end_of
from complaints.errors import Invalid, NoSuchCase, Refused, Stale
from complaints.models import Case
from complaints.models.case import EndedAs
from complaints.selectors import visible_to
from complaints.services.casework import words
from complaints.services.outbox import heads_of, overseers
from complaints.services.telling import tell_officers
from complaints.services.work import tell_database
from oversight.issues.recurrence import today_there
from oversight.issues.rights import BACK, DROPPED, FIXED, OPEN, issues_for, why_not
from oversight.models import Issue, IssueCase, IssueNote

#: Cases that one step can add.
MOST_AT_ONCE = 200
#: With a case come those that were joined with it, up to so many.
MOST_JOINED = 1000


class NoSuchIssue(NoSuchCase):
    """There is none of that key, or it is not for this person: one answer for both."""

    code = "no_such_issue"
    sentence = _("There is no such issue.")


WHY_NOT = {
    "not_yours": _("This step is not yours to take on this issue."),
    "wrong_state": _("This step is not possible now."),
}


def _refusal(code: str) -> Refused:
    error = Refused(WHY_NOT[code], code=code)
    error.status = 403 if code == "not_yours" else 409
    return error


def _person(actor: Actor) -> int:
    """Who it is: those who hold a post are somebody."""
    if actor.user_id is None:
        raise _refusal("not_yours")
    return actor.user_id


@contextmanager
def at_issue(actor: Actor, key: UUID, step: str, seen: datetime | None = None) -> Iterator[Issue]:
    """Lock an issue for a step. Raises NoSuchIssue, Refused, or Stale where the page is outdated."""
    with transaction.atomic():
        tell_database(actor)
        issues = issues_for(actor).select_for_update(of=("self",))
        issue = issues.select_related("owner", "category", "place").filter(key=key).first()
        if issue is None:
            raise NoSuchIssue
        if code := why_not(actor, issue, step):
            raise _refusal(code)
        if seen is not None and seen != issue.changed_at:
            raise Stale(_("Somebody else has changed this issue since you opened it. Look again."))
        yield issue


def write(
    issue: Issue, actor: Actor, step: str, text: str = "", now: datetime | None = None
) -> None:
    """Append to what happened to an issue: a step and its words."""
    IssueNote.objects.create(
        issue=issue, at=now or moment.now(), by_id=actor.user_id, step=step, text=text
    )


def _save(issue: Issue, now: datetime, *fields: str) -> None:
    issue.changed_at = now
    issue.save(update_fields=[*fields, "changed_at"])


def notice_values(issue: Issue) -> dict[str, Any]:
    """What notices of an issue say: its title, its day, whose it is, where to look."""
    due = end_of(issue.due, ZoneInfo(settings.TIME_ZONE))
    return {
        "title": issue.title,
        "due": due.isoformat(),
        "agency": issue.owner.names,
        "path": f"oversight/issues/{issue.key}/",
    }


def tell_owner(issue: Issue, template: str, occasion: str) -> None:
    """Tell the focal officer and the head of the owner's office; empty posts fall to the next one up."""
    tell_officers(
        template,
        key=f"issue:{issue.pk}:{template}:{occasion}",
        values=notice_values(issue),
        office=issue.owner,
        people=heads_of(issue.owner, frozenset()),
    )


def tell_overseers(issue: Issue, template: str, occasion: str) -> None:
    """Tell all overseers."""
    tell_officers(
        template,
        key=f"issue:{issue.pk}:{template}:{occasion}",
        values=notice_values(issue),
        people=overseers(issue.country),
    )


# --- Beginning and changing -------------------------------------------------------------------


def begin(
    *,
    actor: Actor,
    title: str,
    language: str,
    owner: Office,
    due: date,
    cause: str = "",
    category: Category | None = None,
    place: Place | None = None,
    only_owners: bool = True,
    numbers: Iterable[str] = (),
) -> Issue:
    """Make an issue of something, with the cases that show it. The owner's office is told."""
    if not actor.has(Role.OVERSEER):
        raise _refusal("not_yours")
    now = moment.now()
    _check_due(due)
    with transaction.atomic():
        tell_database(actor)
        issue = Issue.objects.create(
            country=settings.COUNTRY,
            title=_one_line(title),
            language=language,
            owner=owner,
            due=due,
            cause=cause.strip(),
            category=category,
            place=place,
            only_owners=only_owners,
            created_at=now,
            created_by_id=_person(actor),
            changed_at=now,
            reminded_at=now,
        )
        write(issue, actor, "begin", now=now)
        _link(issue, actor, list(numbers)[:MOST_AT_ONCE], now)
        tell_owner(issue, "issue_yours", now.isoformat())
    return issue


def _one_line(title: str) -> str:
    return " ".join(title.split())[:160]


def _check_due(due: date) -> None:
    if due < today_there():
        raise Invalid(fields={"due": [_("Choose a day that is not over.")]})


def edit(
    *,
    actor: Actor,
    key: UUID,
    title: str,
    owner: Office,
    due: date,
    cause: str,
    category: Category | None,
    place: Place | None,
    only_owners: bool,
    seen: datetime | None = None,
) -> Issue:
    """Change what an issue is about, whose it is and by when. A public title changes by publishing."""
    with at_issue(actor, key, "edit", seen) as issue:
        now = moment.now()
        is_new_owner, is_new_date = issue.owner_id != owner.pk, issue.due != due
        if is_new_date and issue.state != FIXED:
            _check_due(due)
        if issue.published_at is None:
            issue.title = _one_line(title)
        issue.owner, issue.due, issue.cause = owner, due, cause.strip()
        issue.category, issue.place, issue.only_owners = category, place, only_owners
        if is_new_owner or is_new_date:
            # They hear of it now; the reminders count anew.
            issue.reminded_at, issue.late_told_at = now, None
        _save(
            issue,
            now,
            *("title", "owner", "due", "cause", "category", "place", "only_owners"),
            *("reminded_at", "late_told_at"),
        )
        write(issue, actor, "edit", now=now)
        if is_new_owner:
            tell_owner(issue, "issue_yours", now.isoformat())
        elif is_new_date and issue.state != FIXED:
            tell_owner(issue, "issue_new_date", now.isoformat())
    return issue


# --- Cases ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Linked:
    """What came of adding cases: how many are new, and the numbers that nobody here may see."""

    new: int
    unknown: list[str]


def link(*, actor: Actor, key: UUID, numbers: Iterable[str]) -> Linked:
    """Add cases that the actor may see, each with those joined with it. Safe to repeat."""
    wanted = list(dict.fromkeys(numbers))
    if not wanted:
        raise Invalid(fields={"numbers": [_("Mark a case, or type a number.")]})
    if len(wanted) > MOST_AT_ONCE:
        raise Invalid(fields={"numbers": [_("At most 200 cases at once.")]})
    with at_issue(actor, key, "link") as issue:
        now = moment.now()
        linked = _link(issue, actor, wanted, now)
        if linked.new:
            write(issue, actor, "link", str(linked.new), now)
    return linked


def _link(issue: Issue, actor: Actor, numbers: list[str], now: datetime) -> Linked:
    seen = visible_to(actor).exclude(owner_id=actor.user_id)
    found = dict(seen.filter(number__in=numbers).values_list("number", "pk"))
    leads = list(found.values())
    joined = seen.filter(lead__in=leads, ending=EndedAs.MERGED).values_list("pk", flat=True)
    ids = {*leads, *joined[:MOST_JOINED]}
    known = IssueCase.objects.filter(issue=issue, case__in=ids).count()
    IssueCase.objects.bulk_create(
        [
            IssueCase(issue=issue, case_id=pk, linked_at=now, linked_by_id=_person(actor))
            for pk in sorted(ids)
        ],
        ignore_conflicts=True,
    )
    return Linked(len(ids) - known, [number for number in numbers if number not in found])


def unlink(*, actor: Actor, key: UUID, number: str) -> None:
    """Take a case out that the actor may see; nothing happens if it is out already."""
    with at_issue(actor, key, "unlink") as issue:
        case = visible_to(actor).filter(number=number).first()
        if case is None:
            raise NoSuchCase
        gone, _kinds = IssueCase.objects.filter(issue=issue, case=case).delete()
        if gone:
            # Without its number: the office reads this too.
            write(issue, actor, "unlink")


def issues_linked_to(case: Case) -> list[Issue]:
    """The issues that a case is part of, newest first (one query)."""
    found = Issue.objects.filter(links__case=case).select_related("owner")
    return list(found.exclude(state=DROPPED).order_by("-id")[:20])


# --- What is done about it --------------------------------------------------------------------


def note(*, actor: Actor, key: UUID, text: str) -> None:
    """Write something down; the owner's office reads it too."""
    with at_issue(actor, key, "note") as issue:
        write(issue, actor, "note", words("text", text))


def progress(*, actor: Actor, key: UUID, text: str) -> None:
    """The owner's office says what it does."""
    with at_issue(actor, key, "progress") as issue:
        write(issue, actor, "progress", words("text", text))


def did(*, actor: Actor, key: UUID, we_did: str) -> None:
    """The owner's office says what it did. What is public already an overseer changes, not the office."""
    with at_issue(actor, key, "did") as issue:
        now, text = moment.now(), words("we_did", we_did, least=10)
        if issue.published_at is None:
            issue.we_did = text
            _save(issue, now, "we_did")
        write(issue, actor, "did", text, now)
        tell_overseers(issue, "issue_did", now.isoformat())


def fix(
    *, actor: Actor, key: UUID, fixed_on: date, we_did: str, seen: datetime | None = None
) -> None:
    """It is put right: since which day, and what was done. From that day on recurrence is measured."""
    today = today_there()
    if fixed_on > today:
        raise Invalid(fields={"fixed_on": [_("Choose a day that is not in the future.")]})
    if (today - fixed_on).days > 730:
        raise Invalid(fields={"fixed_on": [_("Choose a day of the last two years.")]})
    with at_issue(actor, key, "fix", seen) as issue:
        now = moment.now()
        issue.we_did = words("we_did", we_did, least=10)
        issue.state, issue.fixed_on = FIXED, fixed_on
        _save(issue, now, "we_did", "state", "fixed_on")
        write(issue, actor, "fix", issue.we_did, now)


def publish(
    *,
    actor: Actor,
    key: UUID,
    title: str,
    language: str,
    you_said: str,
    we_did: str = "",
    seen: datetime | None = None,
) -> None:
    """Show an issue to everybody, or change what they read of it. The task tells the citizens."""
    with at_issue(actor, key, "publish", seen) as issue:
        now = moment.now()
        issue.title, issue.language = _one_line(words("title", title)), language
        issue.you_said = words("you_said", you_said, least=10)
        issue.we_did = we_did.strip()
        if issue.state == FIXED:
            issue.we_did = words("we_did", we_did, least=10)
        issue.published_at = issue.published_at or now
        _save(issue, now, "title", "language", "you_said", "we_did", "published_at")
        write(issue, actor, "publish", now=now)


def unpublish(*, actor: Actor, key: UUID, reason: str) -> None:
    """Take an issue out of the public pages."""
    with at_issue(actor, key, "unpublish") as issue:
        now = moment.now()
        issue.published_at = None
        _save(issue, now, "published_at")
        write(issue, actor, "unpublish", words("reason", reason), now)


def drop(*, actor: Actor, key: UUID, reason: str) -> None:
    """It is none after all: it goes out of the public pages, too."""
    with at_issue(actor, key, "drop") as issue:
        now = moment.now()
        issue.state, issue.published_at = DROPPED, None
        _save(issue, now, "state", "published_at")
        write(issue, actor, "drop", words("reason", reason), now)


def reopen(*, actor: Actor, key: UUID, due: date, reason: str) -> None:
    """It is not fixed, or one after all: by a new day."""
    _check_due(due)
    with at_issue(actor, key, "reopen") as issue:
        now = moment.now()
        come_back(issue, due, now, state=OPEN if issue.state == DROPPED else BACK)
        write(issue, actor, "reopen", words("reason", reason), now)
        tell_owner(issue, "issue_new_date", now.isoformat())


def come_back(issue: Issue, due: date, now: datetime, *, state: str = BACK) -> None:
    """Under way once more, with a new day; the reminders count anew."""
    issue.state, issue.due = state, due
    issue.reminded_at, issue.late_told_at = now, None
    _save(issue, now, "state", "due", "reminded_at", "late_told_at")
