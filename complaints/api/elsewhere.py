"""Where else a case is known, as the API tells it."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from complaints import beside
from complaints.selectors import CaseFile


class ElsewhereOut(serializers.Serializer[beside.Elsewhere]):
    """A case as another system knows it."""

    system = serializers.CharField(source="name")
    external_ref = serializers.CharField(source="number", help_text="Its number there.")
    works_on_it = serializers.BooleanField(
        source="is_worked", help_text="Whether it is worked on there now."
    )
    status = serializers.SerializerMethodField(
        help_text="The last status sent from there, in that system's words; for officers alone."
    )

    def get_status(self, told: beside.Elsewhere) -> str:
        """Empty for a citizen (`citizen` in the context), and where none was sent."""
        return "" if self.context.get("citizen") else told.status


class WithElsewhere(serializers.Serializer[Any]):
    """Adds the other systems in which a case is known."""

    elsewhere = serializers.SerializerMethodField()

    @extend_schema_field(ElsewhereOut(many=True))
    def get_elsewhere(self, shown: Any) -> list[dict[str, Any]]:
        """By the name of the system."""
        case = shown.case if isinstance(shown, CaseFile) else shown
        told: Any = beside.elsewhere(case)
        return list(ElsewhereOut(told, many=True, context=self.context).data)
