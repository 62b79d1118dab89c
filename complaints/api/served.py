"""What was served on whoever is signed in, and their appeal through it. Nothing of a case is in it."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agencies.selectors import actor_for
from complaints.api.citizen import language_of
from complaints.models import ServedSummary
from complaints.selectors.respondents import served_on, shown
from complaints.services.respondent_appeals import respondent_appeal, through


class ServedOut(serializers.Serializer[Any]):
    """A summary, or the decision on an appeal (`decision`: upheld or dismissed, else empty)."""

    key = serializers.CharField()
    text = serializers.CharField()
    decision = serializers.CharField()
    served_at = serializers.DateTimeField()
    appeal_until = serializers.DateTimeField(
        allow_null=True, help_text="Until then (excluded) an appeal is possible; null: none is."
    )


class GroundsIn(serializers.Serializer[Any]):
    """Why what was served is wrong."""

    grounds = serializers.CharField(max_length=20_000)


class NewestServedFirst(CursorPagination):
    """Pages of 50, the newest first; the links hold the way on."""

    ordering = ("-served_at", "-id")
    page_size = 50


class ServedOnMe(ListAPIView[ServedSummary]):
    """Everything that was served on whoever asks."""

    serializer_class = ServedOut
    pagination_class = NewestServedFirst
    queryset = ServedSummary.objects.none()

    def get_queryset(self) -> QuerySet[ServedSummary]:
        """Theirs alone."""
        if getattr(self, "swagger_fake_view", False):
            return ServedSummary.objects.none()
        return served_on(actor_for(self.request.user, channel="api"))

    def paginate_queryset(self, queryset: Any) -> Any:
        """The rows of a page, with their words."""
        rows = super().paginate_queryset(queryset)
        return None if rows is None else [shown(row) for row in rows]


class ServedAppeal(APIView):
    """An appeal through a summary."""

    problems: ClassVar = {"POST": (409,)}

    @extend_schema(request=GroundsIn, responses={201: ServedOut})
    def post(self, request: Request, key: UUID) -> Response:
        """Appeal. 404 for a key of somebody else's, 409 where no appeal is possible."""
        actor = actor_for(request.user, channel="api", language=language_of(request))
        through(actor, key)
        given = GroundsIn(data=request.data)
        given.is_valid(raise_exception=True)
        served = respondent_appeal(actor=actor, key=key, grounds=given.validated_data["grounds"])
        body = ServedOut(shown(served)).data
        return Response(body, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})
