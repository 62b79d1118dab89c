"""What a system is told of an event: codes, times and numbers, never words, ids or people.

A move is told, with those keys of its data that may leave (`complaints.told_to_systems`), or it is not.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.actors import Actor
from agencies.models import Office
from complaints.selectors.access import is_hidden_from_offices, visible_to
from complaints.told_to_systems import data_for_systems
from complaints.workflow_terms import HISTORY, IMPORT
from systems.models import Delivery

#: How the citizen follows the case is nobody else's; what was brought from the past comes by the million
#: and is long over; and what no office knows of.
NOT_TOLD = frozenset(
    {
        *(IMPORT, HISTORY),
        *("new_secrets", "news_here", "no_news_here"),
        *("withdraw", "call_back", "say_pressured", "note_pressure", "write_privately"),
        *("audit_look", "restrict", "appeal_restriction", "decide_restriction"),
        *("lift_restriction", "set_aside", "put_back"),
    }
)
#: Of these nobody else is told who made them, nor from which office, before the appeal is decided.
MAKER_KEPT_BACK = frozenset({"testify"})


def with_office(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Deliveries with all that `told` wants: event, case, and the code of the acting office."""
    code = Office.objects.filter(pk=OuterRef("event__office_id")).values("code")
    rows = rows.select_related("event", "case").annotate(acting_office=Subquery(code))
    return rows.only(
        *("system_id", "log_seq", "case_seq", "state", "case__number", "case__country"),
        *("tries", "next_at", "sent_at", "error", "history", "made_at"),
        *("event__move", "event__from_status", "event__to_status", "event__party"),
        *("event__data", "event__happened_at", "event__office_id"),
    )


def readable(rows: Collection[Delivery], actor: Actor) -> list[Delivery]:
    """Those of the deliveries whose case the actor may see now, and is at work on: none of their own
    (one query, however many there are).
    """
    if not rows:
        return []
    ids = {row.case_id for row in rows}
    cases = visible_to(actor).filter(pk__in=ids).exclude(owner_id=actor.user_id)
    seen = set(cases.values_list("pk", flat=True))
    told = [row for row in rows if row.case_id in seen]
    return [row for row in told if not is_hidden_from_offices(row.event.move, row.event.data)]


def leads_seen(rows: Collection[Delivery], actor: Actor) -> frozenset[str]:
    """Numbers of the cases with which these were joined, as far as the actor may know of them (a
    query where something was joined).
    """
    numbers = {str(row.event.data.get("lead", "")) for row in rows if row.event.move == "merge"}
    if not numbers:
        return frozenset()
    found = visible_to(actor).filter(number__in=numbers)
    return frozenset(found.values_list("number", flat=True))


def told(row: Delivery, leads: Collection[str] = frozenset()) -> dict[str, Any]:
    """The event as it leaves, the same in the feed and in a webhook (see `with_office`)."""
    event = row.event
    kept_back = event.move in MAKER_KEPT_BACK
    return {
        "seq": row.log_seq,
        "id": webhook_id(row.log_seq),
        "type": f"case.{event.move}",
        "happened_at": moment(event.happened_at),
        "case": row.case.number,
        "case_seq": row.case_seq,
        "move": event.move,
        "from": event.from_status,
        "to": event.to_status,
        "party": "" if kept_back else event.party,
        "office": "" if kept_back else getattr(row, "acting_office", None) or "",
        "data": data_told(event.move, event.data, leads),
    }


def data_told(move: str, data: dict[str, Any], leads: Collection[str]) -> dict[str, Any]:
    """What of an event's data leaves. The number of a case that is not for the reader is empty."""
    kept = data_for_systems(move, data)
    if "lead" in kept and kept["lead"] not in leads:
        kept["lead"] = ""
    return kept


def webhook_id(log_seq: int) -> str:
    """What an event is known by: the same at each try, and in the feed."""
    return f"evt_{log_seq}"


def moment(at: datetime) -> str:
    """A moment as it leaves: UTC, ISO 8601."""
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")
