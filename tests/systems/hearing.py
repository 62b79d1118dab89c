"""What a system hears: the log written and followed, the feed read to its end."""

from typing import Any

from rest_framework.test import APIClient

from accounts.actors import Actor
from record.services import writing as record
from systems.models import System
from systems.out import feed, following


def follow() -> int:
    """Log what happened, and tell the systems; says how many deliveries were made."""
    record.write()
    return following.follow()


def told(system: System, actor: Actor, *, after: int = 0, limit: int = 100) -> list[dict[str, Any]]:
    """All that the feed has for a system, asked for as a reader asks."""
    events: list[dict[str, Any]] = []
    while True:
        part = feed.read(system, actor, after=after, limit=limit)
        events += part.events
        after = part.last
        if part.last == part.head:
            return events


def asked(client: APIClient, **query: Any) -> Any:
    """The answer of the feed's address."""
    return client.get("/api/v1/events/", query)


def moves(events: list[dict[str, Any]], number: str = "") -> list[str]:
    """The moves among them, of one case if its number is given."""
    return [event["move"] for event in events if number in ("", event["case"])]
