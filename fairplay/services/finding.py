"""Finding clusters: each new filing is compared with those of the last days that could be alike.

A filing in the words of another one from the same place (or where one of the two names none) makes a
cluster, which the desk is shown from a number on (`cluster_least`). Sensitive filings take no part,
and closed ones only where they were in it already. A run looks at a bounded number of filings, and a
filing is compared with a bounded number of others, however many cases there are.
"""

from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db.models import Count, Q

from agencies import snapshot
from complaints import moment
from complaints.models import Case
from complaints.models.case import Status
from complaints.services import sealing
from complaints.services.erasing import ROOMS
from fairplay import prints
from fairplay.models import Band, Cluster, Member, Print
from fairplay.services.counting import count_anew
from fairplay.services.watermarks import from_mark

#: A filing is looked at when its transaction is surely over.
SETTLED = timedelta(minutes=2)
#: Filings looked at in a run; prints of the very same words, and those that are read and compared.
AT_ONCE, SHARING, COMPARED = 400, 100, 50
#: Prints erased in a run.
FORGOTTEN = 2000
ALIKE, LENGTHS = 0.7, 0.6


def find_clusters(seconds: float = 20.0) -> int:
    """Look at what was filed since the last run; says how many filings. Safe to repeat, and to kill.

    After so many seconds the rest is left to the next run.
    """
    now, ends = moment.now(), monotonic() + seconds
    window = _window(now)
    with from_mark("clusters", now - window) as mark:
        if mark is None:
            return 0
        _forget(now - window)
        after = Q(filed_at=mark.at, id__gt=mark.case_id) | Q(filed_at__gt=mark.at)
        filed = Case.objects.filter(
            after, country=settings.COUNTRY, filed_at__gte=mark.at, filed_at__lt=now - SETTLED
        )
        # Of the past nobody floods anybody now.
        filed = filed.filter(imported_from="")
        cases = list(filed.select_related("place").order_by("filed_at", "id")[:AT_ONCE])
        grown: dict[int, Cluster] = {}
        key, done = bytes.fromhex(sealing.blind_index("prints", settings.COUNTRY)), 0
        for case in cases:
            if done and monotonic() > ends:
                break
            if cluster := _sort_in(case, key, now - window):
                grown[cluster.pk] = cluster
            mark.at, mark.case_id = case.filed_at, case.pk
            done += 1
        for cluster in grown.values():
            count_anew(cluster)
    return done


def register() -> None:
    """Take part in erasing, from start-up on; twice is once."""
    if forget_words not in ROOMS.words:
        ROOMS.words.append(forget_words)


def forget_words(case: Case) -> None:
    """A print goes with the words: whoever has the key could try what was written. Its cluster stays."""
    Print.objects.filter(case=case).delete()


def _window(now: datetime) -> timedelta:
    return timedelta(days=snapshot.current(settings.COUNTRY).policy("cluster_window", now).amount)


def _forget(before: datetime) -> None:
    """Prints of filings with which nothing new is compared any more."""
    old = Print.objects.filter(country=settings.COUNTRY, seen_at__lt=before).order_by("seen_at")
    Print.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:FORGOTTEN])).delete()


def _sort_in(case: Case, key: bytes, since: datetime) -> Cluster | None:
    """Find a filing its cluster, which has grown by it; None where it is in none, or was already."""
    if case.sensitive or case.status == Status.CLOSED:
        return None
    made = prints.print_of(case.text, key)
    if made is None or Member.objects.filter(case=case).exists():
        return None
    path = case.place.path if case.place else ""
    found = _alike(case, made, path, since)
    if found is None:
        _keep(case, made, path)
        return None
    twin, exact = found
    cluster = twin.cluster or _new_cluster(twin)
    Member.objects.create(cluster=cluster, case=case, exact=exact, found_at=moment.now())
    seen_at = max(twin.seen_at, case.filed_at)
    Print.objects.filter(pk=twin.pk).update(seen_at=seen_at, cluster=cluster)
    return cluster


def _keep(case: Case, made: prints.Print, path: str) -> None:
    kept, is_new = Print.objects.get_or_create(
        case=case,
        defaults={
            "country": case.country,
            "exact": made.exact,
            "length": made.length,
            "place_path": path,
            "seen_at": case.filed_at,
        },
    )
    if is_new:
        Band.objects.bulk_create([Band(print=kept, value=band) for band in made.bands])


def _alike(case: Case, made: prints.Print, path: str, since: datetime) -> tuple[Print, bool] | None:
    """The filing that this one is like, and whether it is in the very same words."""
    recent = Print.objects.filter(country=case.country, seen_at__gte=since).exclude(case=case)
    recent = recent.select_related("cluster", "case")
    same = recent.filter(exact=made.exact).order_by("-seen_at")[:SHARING]
    if fitting := [other for other in same if _may_join(other, path)]:
        return _first(fitting), True
    sharing = [
        other
        for other in recent.filter(pk__in=_sharing(made))
        if _may_join(other, path) and prints.close_in_length(other.length, made.length, LENGTHS)
    ]
    alike = ((prints.resemblance(case.text, other.case.text), other) for other in sharing)
    best = max(alike, key=lambda pair: pair[0], default=None)
    return (best[1], False) if best is not None and best[0] >= ALIKE else None


def _sharing(made: prints.Print) -> list[int]:
    """The prints that share most bands with this one (ids)."""
    rows = Band.objects.filter(value__in=made.bands).values_list("print_id")
    most = rows.annotate(n=Count("pk")).order_by("-n", "-print_id")
    return [pk for pk, _n in most[:COMPARED]]


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
