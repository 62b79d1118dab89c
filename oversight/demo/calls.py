"""The demonstration's calls: some that wait, and some of which something came."""

from django.conf import settings

from accounts.actors import Actor
from accounts.roles import Role
from agencies import snapshot
from agencies.models import Post
from agencies.selectors import actor_for
from complaints import moment
from complaints.models import Case
from complaints.models.case import Status
from oversight.audits import calling, queue
from oversight.audits.drawing import ASKED_ABOUT, audit_of
from oversight.models import Audit

#: Of the closed cases so many are drawn, and of these so many called.
DRAWN, CALLED = 8, 4
#: What the citizens say, in turn.
SAID = (
    {"solved": "yes", "true": "yes", "pressure": "no", "reopen": "unknown"},
    {"solved": "no", "true": "no", "pressure": "no", "reopen": "yes"},
    {"solved": "yes", "true": "yes", "pressure": "no", "reopen": "unknown"},
    {"solved": "partly", "true": "yes", "pressure": "yes", "reopen": "no"},
)


def call() -> int:
    """Draw some closed cases and call about half of them; says how many were drawn. Safe to repeat."""
    if Audit.objects.exists():
        return 0
    now, registry = moment.now(), snapshot.current(settings.COUNTRY)
    closed = Case.objects.filter(
        country=settings.COUNTRY, status=Status.CLOSED, ending__in=ASKED_ABOUT
    )
    cases = closed.select_related("contact__handle").order_by("-closed_at", "-id")[:DRAWN]
    rows = [audit_of(case, Audit.Why.DRAWN, now, registry) for case in cases]
    for audit in rows:
        # In a demonstration nobody waits for days.
        audit.next_call_at = audit.next_call_at and now
    Audit.objects.bulk_create(rows)
    overseer = _overseer()
    if overseer is not None:
        _make_calls(overseer)
    return len(rows)


def _overseer() -> Actor | None:
    posts = Post.objects.held_at().filter(
        role=Role.OVERSEER, office__country=settings.COUNTRY, user__is_active=True
    )
    post = posts.select_related("user").order_by("pk").first()
    return actor_for(post.user) if post else None


def _make_calls(overseer: Actor) -> None:
    due = list(queue.due_for(overseer).values_list("pk", "ending")[:CALLED])
    for (pk, ending), said in zip(due, SAID, strict=False):
        answers = {k: v for k, v in said.items() if k != "true" or ending != "withdrawn"}
        calling.take(actor=overseer, pk=pk)
        calling.look(actor=overseer, pk=pk)
        calling.answered(actor=overseer, pk=pk, answers=answers)
