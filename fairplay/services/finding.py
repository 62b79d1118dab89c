"""Finding clusters: each new filing is compared with those of the last days that could be alike.

A filing in the words of another one from the same place (or where one of the two names none) makes a
cluster, which the desk is shown from a number on (`cluster_least`). Sensitive filings take no part,
and closed ones only where they were in it already. A run looks at a bounded number of filings, and a
filing is compared with a bounded number of others, however many cases there are.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from agencies import snapshot
from complaints import moment
from complaints.models import Case
from complaints.models.case import Status
from complaints.services import sealing
from fairplay import prints
from fairplay.models import Cluster, Member, Print
from fairplay.services.counting import count_anew
from fairplay.services.watermarks import from_mark

#: A filing is looked at when its transaction is surely over.
SETTLED = timedelta(minutes=2)
#: Filings looked at in a run; prints that share a band, and of them those read and compared.
AT_ONCE, SHARING, COMPARED = 400, 300, 30
ALIKE, LENGTHS = 0.7, 0.6


def find_clusters() -> int:
    """Look at what was filed since the last run; says how many filings. Safe to repeat, and to kill."""
    now = moment.now()
    window = _window(now)
    with from_mark("clusters", now - window) as mark:
        if mark is None:
            return 0
        _forget(now - window)
        after = Q(filed_at=mark.at, id__gt=mark.case_id) | Q(filed_at__gt=mark.at)
        filed = Case.objects.filter(
            after, country=settings.COUNTRY, filed_at__gte=mark.at, filed_at__lt=now - SETTLED
        )
        cases = list(filed.select_related("place").order_by("filed_at", "id")[:AT_ONCE])
        grown = _sort_in(cases, now - window)
        for cluster in grown.values():
            count_anew(cluster)
        if cases:
            mark.at, mark.case_id = cases[-1].filed_at, cases[-1].pk
    return len(cases)


def _window(now: datetime) -> timedelta:
    return timedelta(days=snapshot.current(settings.COUNTRY).policy("cluster_window", now).amount)


def _forget(before: datetime) -> None:
    """Prints of filings with which nothing new is compared any more."""
    Print.objects.filter(country=settings.COUNTRY, seen_at__lt=before).delete()


def _sort_in(cases: Iterable[Case], since: datetime) -> dict[int, Cluster]:
    """Find each its cluster; says which ones have grown."""
    grown: dict[int, Cluster] = {}
    key = bytes.fromhex(sealing.blind_index("prints", settings.COUNTRY))
    for case in cases:
        if case.sensitive or case.status == Status.CLOSED:
            continue
        made = prints.print_of(case.text, key)
        if made is None or Member.objects.filter(case=case).exists():
            continue
        path = case.place.path if case.place else ""
        found = _alike(case, made, path, since)
        if found is None:
            _keep(case, made, path)
            continue
        twin, exact = found
        cluster = twin.cluster or _new_cluster(twin)
        Member.objects.create(cluster=cluster, case=case, exact=exact, found_at=moment.now())
        Print.objects.filter(pk=twin.pk).update(
            seen_at=max(twin.seen_at, case.filed_at), cluster=cluster
        )
        grown[cluster.pk] = cluster
    return grown


def _keep(case: Case, made: prints.Print, path: str) -> None:
    Print.objects.get_or_create(
        case=case,
        defaults={
            "country": case.country,
            "exact": made.exact,
            "bands": list(made.bands),
            "length": made.length,
            "place_path": path,
            "seen_at": case.filed_at,
        },
    )


def _alike(case: Case, made: prints.Print, path: str, since: datetime) -> tuple[Print, bool] | None:
    """The filing that this one is like, and whether it is in the very same words."""
    recent = Print.objects.filter(country=case.country, seen_at__gte=since).exclude(case=case)
    recent = recent.select_related("cluster", "case").order_by("-seen_at")
    same = [p for p in recent.filter(exact=made.exact)[:SHARING] if _may_join(p, path)]
    if same:
        return _first(same), True
    # First clusters, then filings alone: whoever belongs to one begins no other.
    sharing = [
        other
        for other in recent.filter(bands__overlap=list(made.bands))[:SHARING]
        if _may_join(other, path) and prints.close_in_length(other.length, made.length, LENGTHS)
    ]
    sharing.sort(key=lambda other: -len(set(other.bands) & set(made.bands)))
    best: tuple[float, Print] | None = None
    for other in sharing[:COMPARED]:
        alike = prints.resemblance(case.text, other.case.text)
        if alike >= ALIKE and (best is None or alike > best[0]):
            best = (alike, other)
    return (best[1], False) if best else None


def _may_join(other: Print, path: str) -> bool:
    """Whether a filing from that place can go with the other one."""
    twin = other.case
    stands = other.cluster is not None or twin.status != Status.CLOSED
    return stands and not twin.sensitive and prints.near(other.place_path, path)


def _first(same: list[Print]) -> Print:
    """One of a cluster, if there is one; else the newest."""
    return next((other for other in same if other.cluster is not None), same[0])


def _new_cluster(seed: Print) -> Cluster:
    case = seed.case
    cluster = Cluster.objects.create(
        country=case.country, seed=case, first_at=case.filed_at, last_at=case.filed_at
    )
    Member.objects.create(cluster=cluster, case=case, exact=True, found_at=moment.now())
    return cluster
