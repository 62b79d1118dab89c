"""Appeals as the API tells of them: where each is, and what is set in it."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from complaints.selectors import CaseFile
from complaints.selectors.appeals import AppealShown, appeals_of
from complaints.services.hearings import Invited


class AppealOut(serializers.Serializer[AppealShown]):
    """One appeal; what was said in it stands in the timeline. All moments in UTC."""

    level = serializers.IntegerField(source="row.level", help_text="1, or 2: to an overseer.")
    office = serializers.CharField(
        source="row.office.code",
        allow_null=True,
        default=None,
        help_text="None: an overseer decides.",
    )
    office_name = serializers.CharField(source="row.office.name", default="")
    by_other_side = serializers.BooleanField(source="row.by_respondent")
    filed_at = serializers.DateTimeField(source="row.filed_at")
    decided_at = serializers.DateTimeField(source="row.decided_at", allow_null=True)
    upheld = serializers.BooleanField(source="row.upheld", allow_null=True)
    hearing_at = serializers.SerializerMethodField(help_text="Of the hearing that is set, if any.")
    investigated = serializers.SerializerMethodField(help_text="A team looks into it now.")

    def get_hearing_at(self, appeal: AppealShown) -> datetime | None:
        """Its moment; for a citizen (`citizen` in the context) only if they are asked to come."""
        for hearing in appeal.told.hearings:
            if hearing.is_open:
                is_told = not self.context.get("citizen") or Invited.CITIZEN in hearing.asked
                return hearing.row.at if is_told else None
        return None

    def get_investigated(self, appeal: AppealShown) -> bool:
        """Whether an investigation is open."""
        return any(one.row.ended_at is None for one in appeal.told.investigations)


class WithAppeals(serializers.Serializer[Any]):
    """Adds the appeals of a case; of one that was joined with another its citizen reads none."""

    appeals = serializers.SerializerMethodField()

    @extend_schema_field(AppealOut(many=True))
    def get_appeals(self, shown: Any) -> list[dict[str, Any]]:
        """Oldest first; none, without a query, where there was none."""
        file: CaseFile = shown if isinstance(shown, CaseFile) else self.context["file"]
        if file.shown_case is not file.case:
            return []
        appeals: Any = appeals_of(file)
        return list(AppealOut(appeals, many=True, context=self.context).data)
