"""Whom a case is about, in words; who may be meant; and what was served on somebody."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import User
from agencies.models import Office, Post
from complaints.models import Appeal, Respondent, ServedSummary

#: Posts of an office that are looked through for a name: its people of the last years.
MOST_POSTS = 400


@dataclass(frozen=True, slots=True)
class InOffice:
    """Somebody who holds a post in an office, or held one."""

    user: User
    words: str


def respondent_words(row: Respondent) -> str:
    """Whom the case is about: a person, or the post in an office."""
    if row.user is not None:
        return str(row.user)
    role = row.get_role_display() if row.role else ""
    return _("%(role)s, %(office)s") % {"role": role, "office": row.office}


def held_there(office: Office) -> list[InOffice]:
    """Everybody who holds a post in the office or held one, the latest first, with their years."""
    posts = Post.objects.of_people().filter(office=office).select_related("user")
    posts = posts.order_by("-held_from", "-id")
    return [InOffice(post.user, _post_words(post)) for post in posts[:MOST_POSTS]]


def _post_words(post: Post) -> str:
    """Name, address, post and years: "Karim (karim@example.org), Head of office, 2019–2023"."""
    now = timezone.now()
    ended = post.held_to is not None and post.held_to <= now
    years = f"{post.held_from.year}–{post.held_to.year if post.held_to and ended else ''}"
    return f"{post.user} ({post.user.email}), {post.get_role_display()}, {years}"


@dataclass(frozen=True, slots=True)
class ShownSummary:
    """A summary as its respondent reads it; `decision` where it is the one on their appeal."""

    key: str
    text: str
    erased: bool
    served_at: datetime
    read_at: datetime | None
    appeal_until: datetime | None
    decision: str = ""


def served_on(actor: Actor) -> QuerySet[ServedSummary]:
    """What was served on somebody, the newest first. Theirs whatever post they hold, or held."""
    rows = ServedSummary.objects.filter(user_id=actor.user_id or 0, case__country=settings.COUNTRY)
    return rows.select_related("case", "event__statement").order_by("-served_at", "-id")


def shown(served: ServedSummary) -> ShownSummary:
    """The words of a summary, and no more of its case."""
    statement = getattr(served.event, "statement", None)
    return ShownSummary(
        key=str(served.key),
        text=str(statement.body.get("text", "")) if statement else "",
        erased=bool(statement is None or statement.erased_at),
        served_at=served.served_at,
        read_at=served.read_at,
        appeal_until=served.appeal_until,
        decision=str(served.event.data.get("decision", "")),
    )


def appeals_through(served: ServedSummary) -> list[Appeal]:
    """The appeals that were made through a summary, the newest first."""
    rows = Appeal.objects.filter(through=served).select_related("filed_event__statement")
    return list(rows.order_by("-filed_at", "-id"))
