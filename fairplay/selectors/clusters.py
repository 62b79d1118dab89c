"""Clusters as the desk sees them: never a filing from which somebody is barred, or a sensitive one."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.actors import Actor
from agencies import snapshot
from complaints import moment
from complaints.bars import barred_from, not_barred
from complaints.models import Case
from complaints.models.case import Status
from fairplay.models import Cluster, Member

State = Cluster.State
SHOWS = {"": State.OPEN, "joined": State.JOINED, "dismissed": State.DISMISSED}
#: A text is compared word by word up to so many words.
MOST_WORDS = 400


def clusters(actor: Actor, show: str = "") -> QuerySet[Cluster]:
    """Clusters that are large enough to be shown, the one that grew last first.

    None of which all filings are hidden from the actor: that there is one tells of them.
    """
    country = settings.COUNTRY
    least = snapshot.current(country).policy("cluster_least", moment.now()).amount
    rows = Cluster.objects.filter(country=country, state=SHOWS.get(show, State.OPEN))
    rows = rows.filter(size__gte=least).select_related("seed__place", "lead", "most_case")
    return rows.exclude(_all_hidden(actor)).order_by("-last_at", "-id")


def _all_hidden(actor: Actor) -> Q:
    """Clusters with a filing that is hidden from the actor, and none that is not.

    The first is asked beside, since it is almost always none: so the list costs nothing by it.
    """
    some = Q()
    for hidden in (barred_from(actor), Case.objects.filter(owner_id=actor.user_id or 0)):
        some |= Q(pk__in=Member.objects.filter(case__in=hidden.values("pk")).values("cluster"))
    return some & ~Q(Exists(_visible(actor).filter(cluster=OuterRef("pk"))))


def cluster_for(actor: Actor, key: UUID) -> Cluster | None:
    """One cluster, of any size, unless all of its filings are hidden from the actor."""
    rows = Cluster.objects.filter(country=settings.COUNTRY, key=key).exclude(_all_hidden(actor))
    return rows.select_related("seed__place", "lead", "most_case", "decided_by").first()


def cluster_counts(actor: Actor) -> dict[str, int]:
    """How many there are of each kind; of joined ones those with filings that wait, too."""
    counted = {show: clusters(actor, show).count() for show in SHOWS}
    waiting = Member.objects.filter(state=Member.State.FOUND).values("cluster")
    return counted | {"more": clusters(actor, "joined").filter(pk__in=waiting).count()}


def _visible(actor: Actor) -> QuerySet[Member]:
    cases = Case.objects.filter(not_barred(actor), country=settings.COUNTRY, sensitive=False)
    return Member.objects.filter(case__in=cases.exclude(owner_id=actor.user_id))


def members(cluster: Cluster, actor: Actor) -> QuerySet[Member]:
    """The filings of a cluster that the actor may see, oldest first."""
    rows = _visible(actor).filter(cluster=cluster)
    return rows.select_related("case__holder", "case__place", "case__lead").order_by("id")


def first_filings(shown: Iterable[Cluster], actor: Actor) -> dict[int, Case]:
    """Of each cluster (id) the first filing that the actor may see (one query)."""
    rows = _visible(actor).filter(cluster__in=[cluster.pk for cluster in shown])
    first = rows.order_by("cluster_id", "id").distinct("cluster_id").select_related("case")
    return {member.cluster_id: member.case for member in first}


def may_lead(case: Case) -> bool:
    """Whether others can be joined with it."""
    return case.is_open and not case.sensitive and case.lead_id is None


def suggested_lead(rows: list[Member], cluster: Cluster) -> Case | None:
    """The lead that there is, else one that an office has already, else the oldest."""
    able = [row.case for row in rows if may_lead(row.case)]
    lead = next((case for case in able if case.pk == cluster.lead_id), None)
    with_office = (case for case in able if case.holder_id is not None)
    return lead or next(with_office, None) or next(iter(able), None)


def can_be_joined(case: Case) -> bool:
    """Whether the desk could join it with another one as it stands."""
    return case.status in (Status.RECEIVED, Status.FORWARDED) and not case.sensitive


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the joining of a cluster has come."""

    joined: int
    waiting: int
    refused: int
    proposed: int

    @property
    def total(self) -> int:
        """All that the desk chose."""
        return self.joined + self.waiting + self.refused


def progress(cluster: Cluster) -> Progress:
    """Counted in one query."""
    states = Member.State
    counted = Member.objects.filter(cluster=cluster).aggregate(
        joined=Count("pk", filter=Q(state=states.JOINED)),
        waiting=Count("pk", filter=Q(state=states.CHOSEN)),
        refused=Count("pk", filter=Q(state=states.REFUSED)),
        proposed=Count("pk", filter=Q(state=states.FOUND)),
    )
    return Progress(**counted)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a text; `other` says that the text it is compared with has them not."""

    words: str
    other: bool


def differences(text: str, seed: str) -> list[Piece]:
    """A text in pieces, those marked that the seed of the cluster does not have."""
    words, theirs = text.split()[:MOST_WORDS], seed.split()[:MOST_WORDS]
    matcher = SequenceMatcher(None, theirs, words, autojunk=False)
    found = []
    for what, _a, _b, start, end in matcher.get_opcodes():
        if start < end:
            found.append(Piece(" ".join(words[start:end]), what != "equal"))
    return found
