"""When bars change: a name is taken back, or posts change hands; then the case may have to move, or an
appeal falls to somebody else.

Posts are written by `agencies`, which knows no cases. So what their changes mean for cases is looked
for here, now and then: open cases about somebody, whose holder (or officer) is barred by now.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import structlog
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor
from accounts.models import User
from accounts.roles import Role
from agencies.models import Post
from complaints import moment
from complaints.bars import Held, barred_among, posts_around, respondents_of
from complaints.errors import Invalid, Refused
from complaints.models import Appeal, Case, Notice, Respondent, Statement
from complaints.models.case import Status
from complaints.selectors.appeals import without_overseers
from complaints.services.answering import move_from_barred
from complaints.services.casework import words
from complaints.services.work import at_work

log = structlog.get_logger(__name__)
#: Cases looked at together, with the posts around them in two queries.
AT_ONCE = 500


def unlink_respondent(
    *, actor: Actor, number: str, respondent: int, reason: str, seen: int | None = None
) -> Case:
    """Somebody was named by mistake: from now on they are not barred. The citizen reads the reason."""
    reason = words("reason", reason, least=10)
    with at_work(actor, number, seen) as work:
        row = next((r for r in respondents_of(work.case) if r.pk == respondent), None)
        data = {"office": row.office_id, "role": row.role, "user": row.user_id} if row else {}
        work.make("unlink_respondent", data=data, said={"text": reason}, kind=Statement.Kind.REASON)
        if row is None:
            raise Invalid(fields={"respondent": [_("Choose one of those who are named.")]})
        Respondent.objects.filter(pk=row.pk, ended_at=None).update(ended_at=work.now)
        work.outbox.tell_citizen("name_taken_back")
    return work.case


def move_all_from_barred() -> int:
    """Move on every open case whose holder, or officer, is barred from it by now; says how many.

    Safe to repeat and to kill: each case is a piece of work of its own.
    """
    moved, after = 0, 0
    while batch := list(_open_and_about_somebody(after)):
        after = batch[-1].pk
        for number in _stranded(batch):
            moved += _move(number)
    return moved


def _open_and_about_somebody(after: int) -> QuerySet[Case]:
    named = Respondent.objects.standing().values("case")
    cases = Case.objects.filter(pk__in=named, pk__gt=after, country=settings.COUNTRY)
    cases = cases.exclude(status=Status.CLOSED).filter(holder__isnull=False)
    return cases.prefetch_related("respondents").select_related("holder").order_by("pk")[:AT_ONCE]


def _stranded(cases: Iterable[Case]) -> list[str]:
    """Numbers of the cases that are with somebody who may know nothing of them (two queries)."""
    cases = list(cases)
    around = posts_around([row for case in cases for row in respondents_of(case)])
    offices = {case.holder_id for case in cases}
    focal = Post.objects.held_at().filter(office__in=offices, role=Role.FOCAL, user__is_active=True)
    by_office: dict[int, set[int]] = defaultdict(set)
    for office, user in focal.values_list("office_id", "user_id"):
        by_office[office].add(user)
    found = []
    for case in cases:
        barred = barred_among(respondents_of(case), _near(case, around))
        answering = by_office.get(case.holder_id or 0, set())
        if case.assigned_id in barred or (answering and answering <= barred):
            found.append(case.number)
    return found


def _near(case: Case, around: Iterable[Held]) -> list[Held]:
    """Of the posts around many cases, those around this one."""
    rows = respondents_of(case)
    people = {row.user_id for row in rows if row.user_id}
    offices: set[Any] = {row.office_id for row in rows if row.office_id}
    offices |= {post.office_id for post in around if post.user_id in people}
    return [post for post in around if post.office_id in offices]


def _move(number: str) -> int:
    try:
        with at_work(SYSTEM, number) as work:
            before = work.case.last_seq
            move_from_barred(work)
            return int(work.case.last_seq > before)
    except Refused as refusal:
        log.warning("a case could not be moved from the barred", case=number, why=refusal.code)
        return 0


def tell_of_undecided() -> int:
    """Tell, once, of appeals that no overseer may decide: whoever decides instead, else the registrars, who
    are not told which case it is. Says how many notices. Safe to repeat.
    """
    rows = []
    for appeal, people in without_overseers():
        rows += [_for_a_head(appeal, person) for person in people if not _is_told(appeal, person)]
        rows += [] if people else [_for_a_registrar(appeal, person) for person in _registrars()]
    known = Notice.objects.filter(key__in=[row.key for row in rows])
    told = set(known.values_list("key", flat=True))
    new = [row for row in rows if row.key not in told]
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _is_told(appeal: Appeal, person: User) -> bool:
    """Whether they were told of the appeal when it was made."""
    notices = Notice.objects.filter(case=appeal.case_id, user=person, template="appeal_to_decide")
    return notices.filter(created_at__gte=appeal.filed_at).exists()


def _for_a_head(appeal: Appeal, person: User) -> Notice:
    values = {"number": appeal.case.number, "path": f"office/cases/{appeal.case.number}/"}
    return _notice(appeal, person, template="appeal_to_decide", case=appeal.case, values=values)


def _for_a_registrar(appeal: Appeal, person: User) -> Notice:
    values = {"path": "registry/health/"}
    return _notice(appeal, person, template="appeal_for_nobody", values=values)


def _notice(appeal: Appeal, person: User, *, template: str, **given: Any) -> Notice:
    now = moment.now()
    return Notice(
        template=template,
        user=person,
        language=person.language,
        channel="email",
        key=f"undecided:{appeal.pk}:{template}:u{person.pk}",
        created_at=now,
        next_at=now,
        **given,
    )


def _registrars() -> list[User]:
    posts = Post.objects.held_at().filter(role=Role.REGISTRAR, office__country=settings.COUNTRY)
    held = posts.filter(user__is_active=True).select_related("user")
    return list({post.user_id: post.user for post in held}.values())
