"""What an event fixes beside itself: the case's fields, its clocks, the files that came with it.

Everything that a move leaves behind in other tables is written into the event's hashed `fixed`, as far as
it changed: so a status, an outcome or a due date that somebody changes straight in the database no longer
agrees with the record (`services.verifying`). Ids, codes and times only; nothing that can be erased.
"""

from datetime import datetime
from typing import Any

from complaints.models import Case, Clock
from record import chain

#: The case's fields that events fix. Not among them: words, places and accounts of the citizen, which can
#: be erased; secrets; what only overseers may know (the citizen of an event may ask for it); counts that
#: other cases' moves change.
CASE_FIELDS = (
    "country",
    "kind",
    "status",
    "ending",
    "outcome",
    "priority",
    "channel",
    "imported_from",
    "category_id",
    "sensitive",
    "anonymous",
    "share_contact",
    "publish_consent",
    "published_at",
    "holder_id",
    "passed_by_id",
    "assigned_id",
    "waiting_from",
    "hops",
    "disputes",
    "ruled",
    "withdrawal_pending",
    "lead_id",
    "appeal_level",
    "appeal_final",
    "filed_at",
    "forwarded_at",
    "answered_at",
    "closed_at",
)


def plain(value: Any) -> Any:
    """A value as it is hashed and compared: moments as text."""
    return chain.moment(value) if isinstance(value, datetime) else value


def case_values(case: Case) -> dict[str, Any]:
    """All fields that events fix, as they are now."""
    # What is loaded, without going through a descriptor for each: this is done for every event.
    loaded = case.__dict__
    return {
        name: plain(loaded[name] if name in loaded else getattr(case, name)) for name in CASE_FIELDS
    }


#: What a case begins with, before its first event.
NOTHING_YET = case_values(Case())


def clock_values(clock: Clock) -> dict[str, Any]:
    """A clock as events fix it; what is empty is left out."""
    values = {
        "kind": clock.kind,
        "started": plain(clock.started_at),
        "due": plain(clock.due_at),
        "office": clock.office_id,
        "missed": plain(clock.missed_at),
        "paused": plain(clock.paused_at),
        "stopped": plain(clock.stopped_at),
        "how": clock.stopped_how,
    }
    return {name: value for name, value in values.items() if value not in (None, "")}


def changes(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """The fields of a case that are no longer what they were."""
    return {name: value for name, value in now.items() if value != before[name]}


def add(fixed: dict[str, Any], case: dict[str, Any], clocks: list[dict[str, Any]]) -> None:
    """Put changed fields and clocks into what an event fixes; nothing where nothing changed."""
    if case:
        fixed["case"] = {**fixed.get("case", {}), **case}
    if clocks:
        fixed["clocks"] = [*fixed.get("clocks", []), *clocks]
