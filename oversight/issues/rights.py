"""Who may read an issue, and who may do what with it: the one table of its steps."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.actors import Actor
from accounts.roles import Role
from complaints.selectors.access import LEADING
from oversight.models import Issue

OPEN, FIXED, BACK, DROPPED = (
    Issue.State.OPEN,
    Issue.State.FIXED,
    Issue.State.BACK,
    Issue.State.DROPPED,
)
#: Those who read all issues; those who add cases to one.
READERS = (Role.OVERSEER, Role.AUDITOR, Role.DESK)
LINKERS = (Role.OVERSEER, Role.DESK)
UNDER_WAY = frozenset({OPEN, BACK})
LIVE = UNDER_WAY | {FIXED}
ALWAYS = LIVE | {DROPPED}


@dataclass(frozen=True, slots=True)
class Step:
    """In which states a step can be taken, and by whom: overseers, linkers, or the owner's leaders."""

    states: frozenset[str]
    who: str
    #: Only while the issue is public.
    public: bool = False


STEPS: dict[str, Step] = {
    "edit": Step(LIVE, "overseer"),
    "link": Step(LIVE, "linker"),
    "unlink": Step(LIVE, "linker"),
    "note": Step(ALWAYS, "overseer"),
    "progress": Step(UNDER_WAY, "owner"),
    "did": Step(LIVE, "owner"),
    "fix": Step(UNDER_WAY, "overseer"),
    "publish": Step(LIVE, "overseer"),
    "unpublish": Step(LIVE, "overseer", public=True),
    "drop": Step(UNDER_WAY, "overseer"),
    "reopen": Step(frozenset({FIXED, DROPPED}), "overseer"),
}


def issues_for(actor: Actor) -> QuerySet[Issue]:
    """The issues that somebody may read: all, or those of offices that they lead or that lie below."""
    if actor.has(*READERS):
        return Issue.objects.filter(country=settings.COUNTRY)
    return issues_of_offices(actor)


def issues_of_offices(actor: Actor) -> QuerySet[Issue]:
    """Those of the offices that somebody leads, whatever else they may read."""
    led = Q(pk__in=[])
    for post in actor.posts:
        if post.role in LEADING:
            led |= Q(owner__path__startswith=post.office_path)
    return Issue.objects.filter(led, country=settings.COUNTRY)


def is_led(actor: Actor, issue: Issue) -> bool:
    """Whether somebody leads the owner's office or one above it."""
    paths = tuple(post.office_path for post in actor.posts if post.role in LEADING)
    return bool(paths) and issue.owner.path.startswith(paths)


def is_whom(actor: Actor, issue: Issue, who: str) -> bool:
    """Whether somebody is what a step asks for."""
    if who == "overseer":
        return actor.has(Role.OVERSEER)
    if who == "linker":
        return actor.has(*LINKERS)
    return is_led(actor, issue)


def steps_for(actor: Actor, issue: Issue) -> list[str]:
    """The steps that somebody may take now, in the table's order."""
    return [name for name in STEPS if why_not(actor, issue, name) == ""]


def why_not(actor: Actor, issue: Issue, step: str) -> str:
    """Why a step cannot be taken: not_yours, wrong_state; empty if it can."""
    rule = STEPS[step]
    if not is_whom(actor, issue, rule.who):
        return "not_yours"
    is_now = issue.state in rule.states and (not rule.public or issue.published_at is not None)
    return "" if is_now else "wrong_state"
