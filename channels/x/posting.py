"""The portal's own account tells the public moves of published cases, each once.

Finding them does not slow as cases grow. A case notes when the public last could learn something new
of it (`Case.public_at`, with an index over the published ones alone), and the heartbeat "posts" says
up to when that was looked at: each run reads the cases with news since then, a little earlier for
transactions that were slow, and of their events (by the index on case and seq) those without a row.
What was before the publication is never told: the post about that says how the case stands.

At least once: the row of a post is there, and its try written down, before anything is sent. X has no
key for a repeat, but refuses the same text again: that is how a post is known that left just before a
crash. A case's posts go out one after another, as replies to its first one.
"""

import time
from datetime import datetime, timedelta

import requests
import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone

from channels import breaker
from channels.models import PublicPost
from channels.outbound import CannotSend
from channels.x import api, wording
from complaints.models import Case, Event, Heartbeat
from complaints.selectors.lists import public_cases
from complaints.services.escalation import beat
from complaints.services.notices import BACKOFF
from complaints.workflow import PUBLIC_MOVES

log = structlog.get_logger(__name__)
#: Its heartbeat; and its breaker, apart from that of direct messages: X counts them apart too.
HEARTBEAT, PROVIDER = "posts", "x-posts"
#: No transaction takes longer; news that nobody told for so long is none any more.
OVERLAP, LONGEST_GAP = timedelta(minutes=10), timedelta(days=3)
#: Cases looked at together; seconds after which a run leaves the rest to the next one.
AT_ONCE, LONGEST_RUN = 500, 20.0
PENDING = PublicPost.Status.PENDING


def is_on() -> bool:
    """Whether this installation wants public posts."""
    return api.is_configured() and api.values()["posts"].lower() in ("1", "true", "yes", "on")


def post_publicly(*, seconds: float = LONGEST_RUN) -> int:
    """Note what is new and post what is due; says how many posts left. Safe to run several at once."""
    if not is_on():
        return 0
    until, sent = time.monotonic() + seconds, 0
    note_news(timezone.now())
    with api.opened() as session:
        while time.monotonic() < until and not breaker.is_open(PROVIDER, timezone.now()):
            row = _claim(timezone.now())
            if row is None:
                break
            sent += _deliver(row, session)
    return sent


def note_news(now: datetime) -> int:
    """Write a row for each public move that has none yet; says for how many.

    At the very first run there is nothing yet: what was public before is not told.
    """
    looked = Heartbeat.objects.filter(name=HEARTBEAT).values_list("beat_at", flat=True).first()
    noted = 0
    if looked is not None:
        since = max(looked - OVERLAP, now - LONGEST_GAP)
        cases = _cases_with_news(since)
        for begin in range(0, len(cases), AT_ONCE):
            news = _news_of(cases[begin : begin + AT_ONCE], since)
            rows = [PublicPost(case_id=case, event_id=event, next_at=now) for event, case in news]
            PublicPost.objects.bulk_create(rows, ignore_conflicts=True)
            noted += len(rows)
    beat(HEARTBEAT)
    return noted


def _cases_with_news(since: datetime) -> list[int]:
    """Ids of published cases of which the public could learn something since then, oldest first."""
    cases = public_cases().filter(public_at__gte=since).order_by("public_at", "id")
    return list(cases.values_list("pk", flat=True))


def _news_of(cases: list[int], since: datetime) -> list[tuple[int, int]]:
    """Ids of events and cases: public moves since then and the publication, without a row yet."""
    events = Event.objects.filter(
        ~Exists(PublicPost.objects.filter(event=OuterRef("pk"))),
        case__in=cases,
        move__in=PUBLIC_MOVES,
        recorded_at__gte=since,
        seq__gte=_published_with(OuterRef("case")),
    )
    return list(events.order_by("pk").values_list("pk", "case"))


def _published_with(case: OuterRef | int) -> Subquery:
    """The number of the event by which a case was published (last)."""
    published = Event.objects.filter(case=case, move="publish").order_by("-seq")
    return Subquery(published.values("seq")[:1])


# --- Posting ----------------------------------------------------------------------------------


def _claim(now: datetime) -> PublicPost | None:
    """The next post that is due and has no earlier one of its case before it.

    The try and the time of the next one are committed when this returns.
    """
    earlier = PublicPost.objects.filter(
        case=OuterRef("case"), status=PENDING, pk__lt=OuterRef("pk")
    )
    with transaction.atomic():
        due = PublicPost.objects.select_for_update(of=("self",), skip_locked=True)
        due = due.select_related("event").filter(status=PENDING, next_at__lte=now)
        row = due.filter(~Exists(earlier)).order_by("next_at", "id").first()
        if row is not None:
            row.next_at = now + BACKOFF[min(row.attempts, len(BACKOFF) - 1)]
            row.attempts += 1
            row.save(update_fields=["next_at", "attempts"])
    return row


def _deliver(row: PublicPost, session: requests.Session) -> bool:
    """Send one post; True if it is out."""
    if row.attempts > len(BACKOFF) + 1:
        _give_up(row, "never_reported")
        return False
    cases = public_cases().annotate(published_with=_published_with(OuterRef("pk")))
    case = cases.filter(pk=row.case_id, published_with__lte=row.event.seq).first()
    if case is None:
        # It is not public any more, or only since something later.
        _give_up(row, "unpublished")
        return False
    try:
        provider_id = _send(session, wording.text_of(row.event, case), _first_of(case))
    except CannotSend as failure:
        if failure.kind != api.SAID_BEFORE:
            _note_failure(row, failure)
            return False
        provider_id = ""
    now = timezone.now()
    PublicPost.objects.filter(pk=row.pk, status=PENDING).update(
        status=PublicPost.Status.SENT, sent_at=now, provider_id=provider_id[:200], error=""
    )
    breaker.worked(PROVIDER, now)
    return True


def _first_of(case: Case) -> str:
    """X's id of the case's first post since it was published; empty if there is none."""
    sent = PublicPost.objects.filter(case=case, status=PublicPost.Status.SENT)
    sent = sent.filter(event__seq__gte=_published_with(case.pk)).exclude(provider_id="")
    return sent.order_by("id").values_list("provider_id", flat=True).first() or ""


def _send(session: requests.Session, text: str, first: str) -> str:
    """Post it, as a reply to the first one if there is one; gives X's id. Raises CannotSend."""
    if first:
        try:
            return _sent(session, {"text": text, "reply": {"in_reply_to_tweet_id": first}})
        except CannotSend as failure:
            if not failure.for_good or failure.kind == api.SAID_BEFORE:
                raise
            # The first post is gone, or X lets no reply through: it stands on its own.
    return _sent(session, {"text": text})


def _sent(session: requests.Session, body: dict[str, object]) -> str:
    return str(api.post(session, "/2/tweets", body).get("id", ""))


def _note_failure(row: PublicPost, failure: CannotSend) -> None:
    """While X is away posts wait and their tries do not count; after the last try they are given up."""
    log.warning("post not sent", post=row.pk, kind=failure.kind, try_=row.attempts)
    now = timezone.now()
    pending = PublicPost.objects.filter(pk=row.pk, status=PENDING)
    if failure.is_outage:
        open_until = breaker.failed(PROVIDER, failure.kind, now, failure.wait)
        if open_until is not None:
            again_at = open_until + timedelta(seconds=1)
            pending.update(error=failure.kind[:100], attempts=row.attempts - 1, next_at=again_at)
            return
    if failure.for_good or row.attempts > len(BACKOFF):
        _give_up(row, failure.kind)
    else:
        pending.update(error=failure.kind[:100])


def _give_up(row: PublicPost, why: str) -> None:
    PublicPost.objects.filter(pk=row.pk, status=PENDING).update(
        status=PublicPost.Status.FAILED, error=why[:100]
    )
