"""What a system sends in and is told of it. What may be is checked by forms and services, not here."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from complaints.api.serializers import FilingIn, MovedOut
from complaints.models.case import AnsweredWith, Status
from complaints.services.answering import Cause
from systems.inward import meaning, references


class ReferenceIn(serializers.Serializer[Any]):
    """What a case is called in the system."""

    external_ref = serializers.CharField(max_length=references.LONGEST)


class CaseIn(FilingIn):
    """A case as an agency's system files it for a citizen."""

    external_ref = serializers.CharField(
        max_length=references.LONGEST,
        help_text="The number of the case in your system, unique within your agency.",
    )
    take = serializers.BooleanField(
        default=False,
        help_text="It is for your own office: forwarded there at once, unless a person has to look first"
        " (it is sealed, seems to be about misconduct, or too many came of one contact).",
    )


class FiledOut(serializers.Serializer[Any]):
    """A case that a system filed. The secrets went to the citizen, by the contact that was given."""

    number = serializers.CharField()
    external_ref = serializers.CharField()
    status = serializers.ChoiceField(
        Status.choices,
        allow_null=True,
        help_text="Null of a sealed case that is not for you to see.",
    )
    agency = serializers.CharField(
        allow_null=True, help_text="The office that has it, by its code."
    )
    forward_due = serializers.DateTimeField()
    answer_due = serializers.DateTimeField()


class StatusIn(serializers.Serializer[Any]):
    """A status of the system, with the words that go with it. What the table says need not be sent."""

    status = serializers.CharField(max_length=meaning.LONGEST)
    text = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=20_000,
        help_text="The answer, question, message, note, or reason; in the citizen's language.",
    )
    evidence = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=20_000,
        help_text="Of an answer: how what was done can be seen, if no file shows it.",
    )
    suggestion = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    outcome = serializers.ChoiceField(AnsweredWith.choices, required=False)
    cause = serializers.ChoiceField(Cause.choices, required=False)
    office = serializers.CharField(required=False, allow_blank=True, max_length=60)
    whose = serializers.CharField(required=False, allow_blank=True, max_length=60)
    external_ref = serializers.CharField(required=False, max_length=references.LONGEST)
    files = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=10, help_text="From `files/`."
    )
    seen = serializers.IntegerField(required=False, allow_null=True)


class StatusOut(MovedOut):
    """A case right after a status: what it meant, and whether it moved the case."""

    meant = serializers.CharField(help_text="The move; empty where the status is only kept.")
    made = serializers.BooleanField(help_text="False where there was nothing to do (any more).")

    class Meta(MovedOut.Meta):
        fields = [*MovedOut.Meta.fields, "meant", "made"]


class MeaningIn(serializers.Serializer[meaning.Row]):
    """A row of the table: a status as the system writes it, and what it stands for."""

    status = serializers.CharField(max_length=meaning.LONGEST)
    move = serializers.ChoiceField(
        meaning.MAPPED,
        allow_blank=True,
        default="",
        help_text="Empty: the status is only kept.",
    )
    outcome = serializers.ChoiceField(
        AnsweredWith.choices, required=False, help_text="Of `answer`."
    )
    cause = serializers.ChoiceField(Cause.choices, required=False, help_text="Of `answer`.")
    office = serializers.CharField(
        required=False,
        max_length=60,
        help_text="Of `pass_down`: the code of an office below yours.",
    )


class TableIn(serializers.Serializer[Any]):
    """The whole table; it takes the place of the one that there is."""

    statuses = MeaningIn(many=True, allow_empty=True)

    def rows(self) -> list[meaning.Row]:
        """The same as values."""
        fillable = ("outcome", "cause", "office")
        return [
            meaning.Row(
                row["status"], row["move"], {name: row[name] for name in fillable if name in row}
            )
            for row in self.validated_data["statuses"]
        ]


class TableOut(serializers.Serializer[Any]):
    """The table as it is kept."""

    statuses = MeaningIn(many=True)


class RehearsedIn(serializers.Serializer[Any]):
    """A status that might be sent of a case."""

    number = serializers.CharField(max_length=40)
    status = serializers.CharField(max_length=meaning.LONGEST)


class WouldOut(serializers.Serializer[Any]):
    """What a status would do to a case now, or why not."""

    number = serializers.CharField()
    status = serializers.CharField()
    move = serializers.CharField()
    possible = serializers.BooleanField(source="is_possible")
    to = serializers.CharField(help_text="The state in which the case would be.")
    code = serializers.CharField(help_text="Why not: no_such_case, unknown_status, wrong_state …")
    why = serializers.SerializerMethodField(help_text="The same as a sentence.")
    needs = serializers.ListField(
        child=serializers.CharField(), help_text="What has to be sent with the status."
    )

    @extend_schema_field(str)
    def get_why(self, would: Any) -> str:
        """In the reader's language."""
        return str(would.why)
