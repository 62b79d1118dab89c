"""What happened to a case and when something is due, as the API tells it."""

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework import serializers

from agencies.models import Office
from complaints.api.files import FileOut
from complaints.selectors.casefile import Entry
from complaints.told_to_systems import data_for_systems


class ClockOut(serializers.Serializer[Any]):
    """A deadline: all moments in UTC, days counted in `zone`."""

    kind = serializers.CharField()
    started_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    missed_at = serializers.DateTimeField(allow_null=True)
    stopped_at = serializers.DateTimeField(allow_null=True)
    stopped_how = serializers.CharField()
    paused_at = serializers.DateTimeField(allow_null=True)
    days_left = serializers.IntegerField(allow_null=True)
    zone = serializers.CharField()
    level = serializers.IntegerField()


class EntryOut(serializers.Serializer[Entry]):
    """A step of the timeline: when, what, and what was said (by part). `seq` counts what is shown."""

    seq = serializers.IntegerField(source="number")
    move = serializers.CharField(source="event.move")
    status = serializers.CharField(source="event.to_status")
    party = serializers.SerializerMethodField()
    at = serializers.DateTimeField(source="event.happened_at")
    data = serializers.SerializerMethodField()  # type: ignore[assignment]
    who = serializers.SerializerMethodField(
        help_text="An officer's name; for an agency's system that of their office; empty for citizens and"
        " for what a citizen did."
    )
    said = serializers.DictField(child=serializers.CharField())
    files = FileOut(many=True)

    def get_data(self, entry: Entry) -> dict[str, Any]:
        """Codes of the move; none for citizens (`citizen` in the context), nor of what is kept back."""
        if self.context.get("citizen") or entry.kept_back:
            return {}
        data = dict(entry.event.data)
        is_for_system = self.context.get("offices") is not None
        return data_for_systems(entry.event.move, data) if is_for_system else data

    def get_who(self, entry: Entry) -> str:
        """Whoever did it; an agency's system (`offices` in the context) knows offices, and no officers."""
        offices: Mapping[int, str] | None = self.context.get("offices")
        if offices is None:
            return entry.who
        is_open = not (entry.by_citizen or entry.kept_back)
        return offices.get(entry.event.office_id or 0, "") if is_open else ""

    def get_party(self, entry: Entry) -> str:
        """As whom the move was made; empty while it is kept back whose statement it is."""
        return "" if entry.kept_back and entry.event.move == "testify" else entry.event.party


def offices_of(entries: Iterable[Entry]) -> dict[int, str]:
    """Names of the offices that took these steps, by id (one query): all that a system is told of who did."""
    ids = {entry.event.office_id for entry in entries if entry.event.office_id}
    return {one.pk: one.name for one in Office.objects.filter(pk__in=ids)} if ids else {}
