"""Published issues for other programs: what people said, what was done, and whether it helped."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.api.throttles import ReadThrottle
from oversight.issues.public import KEPT_SECONDS, shown
from oversight.issues.recurrence import MONTH, recurrence_of, recurrences_known
from oversight.issues.selectors import public_issues
from oversight.models import Issue


class RecurrenceOut(serializers.Serializer[Any]):
    """Cases of the same kind, over as many days before the fix as since it."""

    days = serializers.IntegerField(help_text="Days counted on either side of the fix.")
    before = serializers.IntegerField(help_text="Cases in these days before the fix.")
    since = serializers.IntegerField(help_text="Cases in these days since the fix.")
    enough_days = serializers.BooleanField(help_text=f"Whether {MONTH} days have passed.")


class IssueOut(serializers.ModelSerializer[Issue]):
    """A published issue. `people` is null where fewer than five told us."""

    agency = serializers.CharField(source="owner.code", help_text="The office's code.")
    category = serializers.CharField(source="category.code", allow_null=True, default=None)
    place = serializers.CharField(source="place.code", allow_null=True, default=None)
    since = serializers.DateTimeField(source="created_at")
    people = serializers.SerializerMethodField()
    recurrence = serializers.SerializerMethodField()

    class Meta:
        model = Issue
        fields = (
            *("key", "state", "title", "language", "you_said", "we_did"),
            *("agency", "category", "place", "since", "due", "fixed_on"),
            *("published_at", "people", "recurrence"),
        )

    def _shown(self, issue: Issue) -> dict[str, Any]:
        known = self.context.get("known")
        return shown(issue, recurrence_of(issue) if known is None else known.get(issue.pk))

    def get_people(self, issue: Issue) -> int | None:
        """How many people told us."""
        people: int | None = self._shown(issue)["people"]
        return people

    @extend_schema_field(RecurrenceOut(allow_null=True))
    def get_recurrence(self, issue: Issue) -> dict[str, Any] | None:
        """Whether cases come again; null while nothing can be said."""
        found = self._shown(issue)["recurrence"]
        if found is None:
            return None
        values = {name: getattr(found, name) for name in ("days", "before", "since")}
        return {**values, "enough_days": not found.too_early}


class Pages(LimitOffsetPagination):
    """At most 100 rows a page."""

    default_limit = 20
    max_limit = 100


class PublicIssues(ListAPIView[Any]):
    """What many complaints had in common, and what was done about it."""

    permission_classes: list[Any] = []
    throttle_classes = [ReadThrottle]
    pagination_class = Pages
    filter_backends: list[Any] = []
    serializer_class = IssueOut

    def get_queryset(self) -> QuerySet[Any]:
        """Published ones, newest first."""
        return public_issues()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of them."""
        rows = self.paginate_queryset(self.get_queryset()) or []
        known = recurrences_known(rows)
        made = IssueOut(rows, many=True, context={"known": known})
        response = self.get_paginated_response(made.data)
        response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
        return response


class PublicIssue(RetrieveAPIView[Any]):
    """One of them, by its key."""

    permission_classes: list[Any] = []
    throttle_classes = [ReadThrottle]
    serializer_class = IssueOut
    lookup_field = "key"

    def get_queryset(self) -> QuerySet[Any]:
        """Published ones."""
        return public_issues()
