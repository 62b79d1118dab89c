"""Handling a cluster as one: its filings are joined with a lead, each in a transaction of its own.

The desk says which; a request joins the first few, the task the others, and whoever comes twice finds
done what is done. What cannot be joined any more (withdrawn, being worked on, sealed since) says why.
"""

from collections.abc import Collection
from dataclasses import replace
from time import monotonic

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.roles import Role
from agencies.selectors import actor_for
from complaints import moment
from complaints.errors import Invalid, Refused
from complaints.models import Case
from complaints.selectors import visible_to
from complaints.services import casework
from fairplay.models import Cluster, Member
from fairplay.selectors.clusters import may_lead

State = Member.State
#: Joined within the request that asked for it; and by a run of the task.
AT_ONCE, A_RUN = 5, 200


def join(
    *,
    actor: Actor,
    cluster: Cluster,
    lead: str,
    cases: Collection[int],
    join_exact: bool,
) -> int:
    """Handle the chosen filings (ids) as one with the lead (a number); the others are left out.

    Joins a few at once and says how many; the task goes on. Raises Invalid without a lead that is
    open, of the cluster, and for this officer's eyes.
    """
    with transaction.atomic():
        cluster = Cluster.objects.select_for_update().get(pk=cluster.pk)
        members = Member.objects.filter(cluster=cluster)
        visible = visible_to(actor).filter(number=lead, pk__in=members.values("case"))
        case = visible.first()
        if case is None or not may_lead(case):
            raise Invalid(fields={"lead": [_("Choose an open filing of the cluster as the lead.")]})
        waiting = members.filter(state__in=(State.FOUND, State.LEFT_OUT, State.REFUSED))
        seen = visible_to(actor).filter(pk__in=list(cases)).values("pk")
        chosen = waiting.filter(case__in=seen).exclude(case=case)
        if not chosen.exists() and not members.filter(state=State.CHOSEN).exists():
            raise Invalid(fields={"cases": [_("Choose at least one filing to join.")]})
        waiting.exclude(case__in=seen).exclude(case=case).update(state=State.LEFT_OUT)
        chosen.update(state=State.CHOSEN, why="")
        members.filter(case=case).update(state=State.JOINED, why="")
        cluster.state, cluster.lead, cluster.join_exact = Cluster.State.JOINED, case, join_exact
        cluster.decided_by_id, cluster.decided_at = actor.user_id, moment.now()
        cluster.save(update_fields=["state", "lead", "join_exact", "decided_by", "decided_at"])
    return _go_on(cluster, actor, AT_ONCE)


def join_waiting(seconds: float) -> int:
    """Join what is chosen, and what came since in exactly the same words; says how many were.

    Each is joined by the officer who decided on the cluster; if they are no longer at the desk, it
    waits for somebody who is.
    """
    _choose_new()
    begun, done = monotonic(), 0
    waiting = Member.objects.filter(state=State.CHOSEN).values("cluster")
    clusters = Cluster.objects.filter(pk__in=waiting).select_related("decided_by")
    for cluster in clusters.order_by("decided_at", "id")[:A_RUN]:
        actor = _who_decided(cluster)
        if actor is None:
            Member.objects.filter(cluster=cluster, state=State.CHOSEN).update(state=State.FOUND)
            continue
        while monotonic() - begun < seconds:
            joined = _go_on(cluster, actor, AT_ONCE)
            done += joined
            if not joined:
                break
    return done


def _choose_new() -> None:
    """What came in exactly the same words since, where the desk said so."""
    Member.objects.filter(
        state=State.FOUND,
        exact=True,
        cluster__state=Cluster.State.JOINED,
        cluster__join_exact=True,
    ).update(state=State.CHOSEN)


def _who_decided(cluster: Cluster) -> Actor | None:
    """The officer in whose name the rest is joined, while they are at the desk."""
    user = cluster.decided_by
    if user is None or not user.is_active:
        return None
    actor = actor_for(user)
    return replace(actor, channel="system") if actor.has(Role.DESK) else None


def _go_on(cluster: Cluster, actor: Actor, most: int) -> int:
    """Join a few; says how many were looked at. Another one may be at it: nothing is done twice."""
    chosen = Member.objects.filter(cluster=cluster, state=State.CHOSEN)
    rows = list(chosen.select_related("case").order_by("id")[:most])
    for member in rows:
        _join_one(member, cluster, actor)
    return len(rows)


def _join_one(member: Member, cluster: Cluster, actor: Actor) -> None:
    lead = Case.objects.get(pk=cluster.lead_id or 0)
    state, why = State.JOINED, ""
    try:
        casework.merge(actor=actor, number=member.case.number, lead=lead.number)
    except Refused as refusal:
        with_it = Case.objects.filter(pk=member.case_id, lead=lead).exists()
        if not with_it:
            state, why = State.REFUSED, _why(refusal, lead)
    Member.objects.filter(pk=member.pk).update(state=state, why=why)


def _why(refusal: Refused, lead: Case) -> str:
    """A code: the refusal's own, or that it is the lead that no longer takes any."""
    return "lead_gone" if refusal.code == "invalid" or not may_lead(lead) else refusal.code


def dismiss(*, actor: Actor, cluster: Cluster, reason: str) -> None:
    """They are not the same: it is proposed again only when it has grown by half."""
    reason = casework.words("reason", reason)
    with transaction.atomic():
        cluster = Cluster.objects.select_for_update().get(pk=cluster.pk)
        if cluster.state == Cluster.State.JOINED:
            raise Refused(_("This cluster is handled as one already."), code="joined")
        cluster.state, cluster.reason = Cluster.State.DISMISSED, reason
        cluster.decided_by_id, cluster.decided_at = actor.user_id, moment.now()
        cluster.decided_size = cluster.size
        cluster.save(update_fields=["state", "reason", "decided_by", "decided_at", "decided_size"])
