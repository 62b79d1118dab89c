"""Counting what offices did on a day, for the patterns that do not look right. Ids of cases by office."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from agencies.models import Post
from complaints.clocks import day_of, end_of
from complaints.models import Case, Contact, Feedback
from complaints.models.case import CONFIRMED, Status
from complaints.services import sealing
from complaints.submission import clean_email, clean_phone
from fairplay.models import DayCount

#: Contacts that are looked up at once.
CHUNK = 2000
BEST = 5

#: Office (id) → cases (ids), or numbers.
ByOffice = dict[int, list[int]]


def zone() -> ZoneInfo:
    """The capital's zone, in which days are days."""
    return ZoneInfo(settings.TIME_ZONE)


def today(now: datetime) -> date:
    """The day of a moment in the capital."""
    return day_of(now, zone())


def end_of_day(day: date) -> datetime:
    """The end of a day in the capital (excluded), which is where the next one begins."""
    return end_of(day, zone())


def _within(field: str, day: date) -> Q:
    begins, ends = end_of_day(day - timedelta(days=1)), end_of_day(day)
    return Q(**{f"{field}__gte": begins, f"{field}__lt": ends})


def _with_office() -> QuerySet[Case]:
    """What offices have; how they worked before the portal is no pattern of today."""
    return Case.objects.filter(country=settings.COUNTRY, holder__isnull=False, imported_from="")


def filed(day: date) -> QuerySet[Case]:
    """Cases filed on a day that an office has now."""
    return _with_office().filter(_within("filed_at", day))


def confirmed(day: date) -> QuerySet[Case]:
    """Cases closed on a day by their citizen's word."""
    closed = _with_office().filter(_within("closed_at", day), status=Status.CLOSED)
    return closed.filter(ending__in=CONFIRMED)


def counted(cases: QuerySet[Case]) -> dict[int, int]:
    """How many there are by office."""
    rows = cases.order_by().values_list("holder_id").annotate(n=Count("pk"))
    return {office: n for office, n in rows if office is not None}


def ids_of(cases: QuerySet[Case], offices: Collection[int]) -> ByOffice:
    """The cases of some offices, office by office."""
    found: ByOffice = {office: [] for office in sorted(offices)}
    rows = cases.filter(holder_id__in=offices).order_by("id").values_list("holder_id", "pk")
    for office, case in rows:
        found[office or 0].append(case)
    return found


def past_days(offices: Collection[int], what: str, first: date, end: date) -> ByOffice:
    """What was counted for offices ("filed" or "confirmed") on days from one on and before another.

    A list of numbers an office, in no order; a day without a row is not in it.
    """
    found: ByOffice = defaultdict(list)
    rows = DayCount.objects.filter(office__in=offices, day__gte=first, day__lt=end)
    for office, number in rows.values_list("office_id", what):
        found[office].append(number)
    return found


def hastily_confirmed(day: date, minutes: int) -> QuerySet[Case]:
    """Confirmed within minutes of the answer."""
    soon = F("answered_at") + timedelta(minutes=minutes)
    return confirmed(day).filter(closed_at__lte=soon)


def hastily_answered(day: date, minutes: int) -> QuerySet[Case]:
    """Answered within minutes of the filing."""
    soon = F("filed_at") + timedelta(minutes=minutes)
    return _with_office().filter(_within("answered_at", day), answered_at__lte=soon)


def confirmed_by_one(day: date, least: int) -> ByOffice:
    """Cases that one sender confirmed with the best mark, where these are many in one office.

    No sensitive ones: who filed them is sealed, and a flag would say whose they have in common.
    """
    best = Feedback.objects.filter(case=OuterRef("case"), rating=BEST)
    closed = confirmed(day).filter(sensitive=False)
    contacts = Contact.objects.filter(Exists(best), case__in=closed.values("pk"))
    groups: dict[tuple[int, str], list[int]] = defaultdict(list)
    rows = contacts.values_list(
        "case__holder_id", "case_id", "handle_id", "phone_index", "email_index"
    )
    for office, case, handle, phone, email in rows:
        if office and (sender := f"handle:{handle}" if handle else phone or email):
            groups[office, sender].append(case)
    found: ByOffice = defaultdict(list)
    for (office, _sender), cases in sorted(groups.items()):
        if len(cases) >= least:
            found[office] += cases
    return dict(found)


def filed_by_own_people(since: datetime) -> ByOffice:
    """Cases with an office that somebody with a post in it filed: by account, at a counter, or with
    the telephone or e-mail address of such a person.

    No sensitive ones: a flag would tell that one of the office's people blew the whistle.
    """
    found: dict[int, set[int]] = defaultdict(set)
    cases = _with_office().filter(filed_at__gte=since, sensitive=False)
    posts = Post.objects.held_at().filter(office=OuterRef("holder"))
    own = posts.filter(Q(user=OuterRef("owner")) | Q(user=OuterRef("filed_by")))
    signed = cases.filter(Q(owner__isnull=False) | Q(filed_by__isnull=False))
    for office, case in signed.filter(Exists(own)).values_list("holder_id", "pk"):
        found[office or 0].add(case)
    offices = _offices_of_contacts()
    for chunk in _chunks(sorted(offices)):
        for office, case, phone, email in _with_contact(chunk, since):
            if office in offices.get(phone, ()) or office in offices.get(email, ()):
                found[office].add(case)
    return {office: sorted(ids) for office, ids in found.items()}


def _with_contact(chunk: list[str], since: datetime) -> Iterable[tuple[Any, ...]]:
    """Cases filed here with one of these contacts (blind indexes)."""
    recent = Contact.objects.filter(created_at__gte=since, case__holder__isnull=False)
    recent = recent.filter(case__sensitive=False, case__imported_from="")
    columns = ("case__holder_id", "case_id", "phone_index", "email_index")
    yield from recent.filter(phone_index__in=chunk).values_list(*columns)
    yield from recent.filter(email_index__in=chunk).values_list(*columns)


def _offices_of_contacts() -> dict[str, set[int]]:
    """The offices in which whoever has a contact (a blind index) holds a post."""
    posts = Post.objects.held_at().filter(office__country=settings.COUNTRY, user__isnull=False)
    offices: dict[str, set[int]] = defaultdict(set)
    for office, phone, email in posts.values_list("office_id", "user__phone", "user__email"):
        for index in (_phone_index(phone), _email_index(email)):
            if index:
                offices[index].add(office)
    return offices


def _phone_index(phone: str) -> str:
    try:
        return sealing.blind_index("phone", clean_phone(phone, settings.COUNTRY))
    except ValidationError:
        return ""


def _email_index(email: str) -> str:
    try:
        return sealing.blind_index("email", clean_email(email))
    except ValidationError:
        return ""


def _chunks(values: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(values), CHUNK):
        yield values[at : at + CHUNK]
