"""What goes in and out of the API about what a system is told."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from complaints.models.case import Status
from complaints.told_to_systems import TOLD
from complaints.workflow import Party
from systems.models import Delivery
from systems.out import feed, listing
from systems.out.endpoints import LONGEST_URL
from systems.out.telling import webhook_id

#: Numbers of the log fit into 63 bits.
LAST_SEQ = 2**63 - 1


class FeedIn(serializers.Serializer[Any]):
    """Which part of the feed."""

    after = serializers.IntegerField(
        min_value=0,
        max_value=LAST_SEQ,
        default=0,
        help_text="The number `last` of the part before; 0: from the oldest that is kept.",
    )
    limit = serializers.IntegerField(min_value=1, max_value=feed.MOST, default=100)


class EventOut(serializers.Serializer[Any]):
    """A step of a case: codes, times and numbers. Words and people are in the case alone."""

    seq = serializers.IntegerField(help_text="Its number in the record; the feed is in this order.")
    id = serializers.CharField(help_text="The same in the feed and in each try of the webhook.")
    type = serializers.CharField(help_text="`case.` and the move.")
    happened_at = serializers.DateTimeField()
    case = serializers.CharField(help_text="The case's number.")
    case_seq = serializers.IntegerField(
        help_text="The step's number within the case: `seen` of the case once this was the last."
    )
    move = serializers.ChoiceField(choices=sorted(TOLD))
    # "from" is no name in Python.
    to = serializers.ChoiceField(choices=Status.choices)
    party = serializers.ChoiceField(
        choices=["", *(party.value for party in Party)],
        help_text="As whom the move was made; empty while that is kept back.",
    )
    office = serializers.CharField(help_text="Code of the office that made it, or empty.")
    data = serializers.DictField(  # type: ignore[assignment]
        help_text="Codes that belong to the move (docs/webhooks.md)."
    )

    def get_fields(self) -> dict[str, Any]:
        """All of them, in the order in which they are sent."""
        fields = super().get_fields()
        before = serializers.ChoiceField(
            choices=[("", ""), *Status.choices], help_text="The state before; empty: new."
        )
        ordered: dict[str, Any] = {}
        for name, field in fields.items():
            if name == "to":
                ordered["from"] = before
            ordered[name] = field
        return ordered


class EventsOut(serializers.Serializer[Any]):
    """A part of the feed."""

    events = EventOut(many=True)
    last = serializers.IntegerField(help_text="What to ask after next time.")
    head = serializers.IntegerField(
        help_text="How far the feed is complete. Once `last` is this, there is nothing more yet."
    )
    oldest = serializers.IntegerField(
        help_text="The feed is kept after this number; what was before is in the cases."
    )


class ForgottenOut(serializers.Serializer[Any]):
    """The problem of a number that is before what is kept."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="`forgotten`")
    oldest = serializers.IntegerField(
        help_text="Read the cases themselves, then go on with this as `after`."
    )


class EndpointIn(serializers.Serializer[Any]):
    """Where to call."""

    url = serializers.CharField(max_length=LONGEST_URL)
    new_secret = serializers.BooleanField(
        default=False,
        help_text="Make a new secret; the one until now signs too, for 24 hours.",
    )


class EndpointOut(serializers.Serializer[Any]):
    """Where the system is called."""

    url = serializers.CharField()
    set_at = serializers.DateTimeField()
    off_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when it is called no more; null while it is."
    )
    off_because = serializers.ChoiceField(
        choices=["", "stopped", "gone", "failing"],
        help_text="Somebody stopped it; it answered 410; nothing worked for 80 hours.",
    )


class SecretOut(EndpointOut):
    """The same, with a secret where one was made: it is shown this once."""

    secret = serializers.CharField(
        allow_blank=True, help_text="`whsec_…`, if one was made now; else empty."
    )


class TestedOut(serializers.Serializer[Any]):
    """How a test ended."""

    well = serializers.BooleanField(help_text="Whether it was answered with 2xx.")
    error = serializers.CharField(allow_blank=True, help_text="timeout, http_500, redirect, …")
    milliseconds = serializers.IntegerField()


class ListIn(serializers.Serializer[Any]):
    """Which deliveries."""

    state = serializers.ChoiceField(
        choices=Delivery.State.choices, required=False, default="", allow_blank=True
    )
    before = serializers.IntegerField(
        min_value=0, max_value=LAST_SEQ, default=0, help_text="`next` of the part before."
    )


class TryOut(serializers.Serializer[Any]):
    """One try."""

    at = serializers.DateTimeField()
    error = serializers.CharField(allow_blank=True, help_text="Empty: it arrived.")
    milliseconds = serializers.IntegerField()


class DeliveryOut(serializers.Serializer[Delivery]):
    """What became of one event."""

    seq = serializers.IntegerField(source="log_seq")
    id = serializers.SerializerMethodField()
    case = serializers.CharField(source="case.number")
    type = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=Delivery.State.choices)
    tries = serializers.IntegerField()
    next_at = serializers.DateTimeField(allow_null=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    error = serializers.CharField(
        allow_blank=True, help_text="The last failure; `off`: no address was called then."
    )
    history = serializers.SerializerMethodField(help_text="The last tries, the newest first.")

    def get_id(self, row: Delivery) -> str:
        """The webhook's id."""
        return webhook_id(row.log_seq)

    def get_type(self, row: Delivery) -> str:
        """As in the feed."""
        return f"case.{row.event.move}"

    @extend_schema_field(TryOut(many=True))
    def get_history(self, row: Delivery) -> list[dict[str, Any]]:
        """The tries that are remembered."""
        tries = [
            {"at": at, "error": kind, "milliseconds": ms} for at, kind, ms in listing.tries_of(row)
        ]
        rows: Any = TryOut(tries, many=True).data
        return list(rows)


class DeliveriesOut(serializers.Serializer[Any]):
    """A part of the list, the newest first."""

    deliveries = DeliveryOut(many=True)
    next = serializers.IntegerField(help_text="To be given as `before`; 0: that was all.")


class ResentOut(serializers.Serializer[Any]):
    """How many are sent again."""

    again = serializers.IntegerField()
