"""What the pretended telephones keep: rows of `Played`, and in `raw` all that went over the wire.

`raw` holds `exchanges` ([{what, request, status, answer}]), and where it applies `photo`, `place`,
`answers`, `subject`, `author`, `refused`, and `due`: reports of a provider that are still to be sent.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from channels.models import Played
from channels.simulator.providers.base import Said
from channels.simulator.wire import Answer, Request

#: As much of a talk as a telephone shows.
LONGEST_TALK = 80


def theirs(
    channel: str, person: str, author: str, said: Said, message_id: str
) -> tuple[Played, bool]:
    """Something that somebody writes, kept before it goes to the portal; and whether it is new."""
    known = {
        "author": author,
        "photo": said.photo,
        "place": list(said.place) if said.place else [],
        "answers": said.answers,
        "subject": said.subject,
    }
    raw = {name: value for name, value in known.items() if value}
    return Played.objects.get_or_create(
        external_id=message_id,
        defaults={
            "channel": channel,
            "person": person,
            "from_us": False,
            "text": said.text,
            "at": timezone.now(),
            "raw": {**raw, "exchanges": []},
        },
    )


def ours(
    channel: str, person: str, text: str, message_id: str, exchange: dict[str, Any], **known: Any
) -> Played:
    """A message of the portal that reached a telephone."""
    raw = {**{name: value for name, value in known.items() if value}, "exchanges": [exchange]}
    return Played.objects.create(
        channel=channel,
        person=person,
        from_us=True,
        text=text,
        external_id=message_id,
        at=timezone.now(),
        raw=raw,
    )


def exchange(what: str, request: Request, answer: Answer) -> dict[str, Any]:
    """One question and its answer, as they are kept."""
    return {
        "what": what,
        "request": request.kept(),
        "status": answer.status,
        "answer": answer.body,
    }


def add(row: Played, *exchanges: dict[str, Any], **known: Any) -> None:
    """Keep what else went over the wire about a message."""

    def change(raw: dict[str, Any]) -> None:
        raw["exchanges"] = [*raw.get("exchanges", []), *exchanges]
        raw.update(known)

    _change(row, change)


def _change(row: Played, change: Callable[[dict[str, Any]], None]) -> None:
    with transaction.atomic():
        locked = Played.objects.select_for_update().filter(pk=row.pk).first()
        if locked is None:
            return
        change(locked.raw)
        locked.save(update_fields=["raw"])
        row.raw = locked.raw


def talk(channel: str, person: str) -> list[Played]:
    """The end of a talk, the oldest message first."""
    rows = Played.objects.filter(channel=channel, person=person).order_by("-id")
    return list(rows[:LONGEST_TALK])[::-1]


def last_of_theirs(channel: str, person: str) -> Played | None:
    """What somebody wrote last and could have sent again."""
    rows = Played.objects.filter(channel=channel, person=person, from_us=False)
    return rows.exclude(raw__refused=True).order_by("-id").first()


def wrote_since(channel: str, person: str, since: timedelta) -> bool:
    """Whether somebody wrote to the portal within so much time."""
    rows = Played.objects.filter(channel=channel, person=person, from_us=False)
    return rows.filter(at__gt=timezone.now() - since).exists()


def others(channel: str, known: set[str]) -> list[str]:
    """Numbers that the portal wrote to and that are none of the people's, the newest first."""
    rows = Played.objects.filter(channel=channel).exclude(person__in=known)
    return list(rows.values_list("person", flat=True).distinct().order_by("person")[:20])


def empty(channel: str, person: str) -> None:
    """Take all messages off a telephone; the portal keeps its own."""
    Played.objects.filter(channel=channel, person=person).delete()


# --- Reports that are still to be sent --------------------------------------------------------


def due(reports: tuple[tuple[float, str], ...], error: str = "") -> list[dict[str, str]]:
    """Reports as they are kept, each with its time."""
    now = timezone.now()
    return [
        {"at": (now + timedelta(seconds=after)).isoformat(), "status": status, "error": error}
        for after, status in reports
    ]


def take_due(now: datetime) -> tuple[Played, dict[str, str]] | None:
    """The next report whose time has come, taken off the row so that it is sent once."""
    with transaction.atomic():
        rows = Played.objects.select_for_update(skip_locked=True).filter(
            raw__has_key="due", from_us=True
        )
        for row in rows.order_by("id"):
            waiting = row.raw["due"]
            ready = [r for r in waiting if datetime.fromisoformat(r["at"]) <= now]
            if not ready:
                continue
            rest = [report for report in waiting if report is not ready[0]]
            if rest:
                row.raw["due"] = rest
            else:
                del row.raw["due"]
            row.save(update_fields=["raw"])
            return row, ready[0]
    return None
