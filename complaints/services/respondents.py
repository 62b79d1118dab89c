"""Whom a case is about, and who may hold it then."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from accounts.roles import RANK, Role
from agencies.models import Office, Post
from agencies.selectors import answering_post, holders
from complaints.models import Case, Respondent
from complaints.submission import Whom


def respondent_rows(case: Case, whom: Iterable[Whom], now: datetime) -> list[Respondent]:
    """Rows for people and posts; a post keeps its rank, so that all below it are barred."""
    return [
        Respondent(
            case=case,
            user_id=who.user_id,
            office_id=who.office_id,
            role=who.role,
            rank=RANK[Role(who.role)] if who.role else 0,
            linked_at=now,
        )
        for who in whom
    ]


def holder_for(office: Office, barred: frozenset[int]) -> Office:
    """The office that gets a case meant for `office`.

    It goes to the nearest office above whose focal officer is not barred; a post that is merely
    empty leaves it where it is (the next one up then acts for it).
    """
    if not barred:
        return office
    focal = {post.user_id for post in holders(office.pk, Role.FOCAL)}
    if not focal or focal - barred:
        return office
    above: Post | None = answering_post(office, Role.FOCAL, barred)
    return above.office if above else office


def anybody_left(office: Office, barred: frozenset[int]) -> bool:
    """Whether somebody who leads the office, or answers above it, may know of the case.

    Posts that are merely empty do not count against it: they will be filled.
    """
    if not barred:
        return True
    leading = Post.objects.held_at().filter(
        Q(office=office, role=Role.HEAD) | Q(office__code__in=office.path_codes, role=Role.FOCAL),
        office__country=office.country,
        user__is_active=True,
    )
    people = set(leading.values_list("user_id", flat=True))
    return not people or bool(people - barred)
