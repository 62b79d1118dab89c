"""Lists of cases: an officer's inbox, the desk's tray, what is published, what looks alike."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Case as When
from django.db.models import Count, IntegerField, Q, QuerySet, Value
from django.db.models import When as Branch
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.actors import Actor
from agencies.models import Place
from complaints import moment
from complaints.clocks import day_of, days_on, end_of
from complaints.models import Case
from complaints.models.case import Status
from complaints.selectors.access import visible_to
from complaints.tracking import read_number

#: What a list row shows beside the case itself.
ROW = ("holder__agency", "assigned", "category", "place")
ALIKE_DAYS, ALIKE_LOOKED_AT, ALIKE_AT_LEAST = 90, 400, 0.25


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """What an officer narrows the inbox to; it stays in the address. Empty means all."""

    status: str = ""
    due: str = ""  # late | today | week
    mine: bool = False
    kind: str = ""
    category: str = ""
    office: str = ""
    words: str = ""


def inbox(actor: Actor, which: InboxFilter) -> QuerySet[Case]:
    """Open cases (closed ones if asked for) that the actor may see, most urgent first."""
    cases = visible_to(actor).select_related(*ROW).defer("public_text")
    if which.status:
        cases = cases.filter(status=which.status)
    else:
        cases = cases.exclude(status=Status.CLOSED)
    if which.mine:
        cases = cases.filter(assigned_id=actor.user_id)
    if which.kind:
        cases = cases.filter(kind=which.kind)
    if which.category:
        cases = cases.filter(category__path__contains=f"{which.category}/")
    if which.office:
        cases = cases.filter(holder__code=which.office)
    if which.words:
        cases = _with_words(cases, which.words)
    if which.due:
        cases = cases.filter(due_in(which.due))
    return cases.order_by("next_due", "id")


def _with_words(cases: QuerySet[Case], words: str) -> QuerySet[Case]:
    number = read_number(words)
    if number:
        return cases.filter(number=number)
    for word in words.split()[:6]:
        cases = cases.filter(text__icontains=word)
    return cases


def due_in(when: str) -> Q:
    """The condition for late, due today, or due within a week (days of the capital)."""
    now = moment.now()
    zone = timezone.get_default_timezone()
    tonight = end_of(day_of(now, zone), zone)  # type: ignore[arg-type]
    match when:
        case "late":
            return Q(next_due__lte=now)
        case "today":
            return Q(next_due__gt=now, next_due__lte=tonight)
        case "week":
            return Q(next_due__gt=now, next_due__lte=days_on(tonight, 6, zone))  # type: ignore[arg-type]
    return Q()


def inbox_counts(actor: Actor) -> dict[str, int]:
    """How many open cases there are, late, due today, due this week and waiting for the citizen."""
    cases = visible_to(actor).exclude(status=Status.CLOSED)
    counted = cases.aggregate(
        open=Count("pk"),
        late=Count("pk", filter=due_in("late")),
        today=Count("pk", filter=due_in("today")),
        week=Count("pk", filter=due_in("week")),
        waiting=Count("pk", filter=Q(status=Status.WAITING)),
        mine=Count("pk", filter=Q(assigned_id=actor.user_id)),
    )
    return dict(counted)


def desk_tray(actor: Actor) -> QuerySet[Case]:
    """What waits for the desk: received cases, those in the tray and sensitive ones first."""
    urgency = When(
        Branch(~Q(tray=""), then=Value(0)),
        Branch(sensitive=True, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    cases = visible_to(actor).filter(status=Status.RECEIVED).select_related(*ROW)
    return cases.annotate(urgency=urgency).order_by("urgency", "next_due", "id")


def public_cases() -> QuerySet[Case]:
    """What the desk released, newest first: never sensitive, only with consent, never the text."""
    return (
        Case.objects.filter(
            country=settings.COUNTRY,
            published_at__isnull=False,
            publish_consent=True,
            sensitive=False,
        )
        .select_related("holder__agency", "category", "place")
        .defer("text", "text_salt", "secret_hash", "withdrawal_hash")
        .order_by("-published_at", "-id")
    )


def similar_cases(
    text: str, place: Place | None, *, among: QuerySet[Case], limit: int = 5
) -> list[Case]:
    """Cases of the last weeks from the same place whose words are alike, most alike first.

    `among` says which cases may be shown to the reader; the public's see their released text alone.
    Without a place nothing is compared: words alone join strangers' cases.
    """
    if place is None or len(text) < 20:
        return []
    since = moment.now() - timedelta(days=ALIKE_DAYS)
    near = among.filter(place=place, filed_at__gte=since, sensitive=False)
    newest = near.order_by("-filed_at").values("pk")[:ALIKE_LOOKED_AT]
    field = "public_text" if "text" in (among.query.deferred_loading[0] or ()) else "text"
    alike = TrigramSimilarity(Lower(field), text[:2000].lower())
    found = among.filter(pk__in=newest).annotate(alike=alike)
    return list(found.filter(alike__gte=ALIKE_AT_LEAST).order_by("-alike", "-filed_at")[:limit])
