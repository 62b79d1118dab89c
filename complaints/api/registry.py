"""The registry for apps: agencies, categories, places. Public, cached by browsers for an hour."""

from typing import Any

from django.conf import settings
from django.db.models import Model, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response

from agencies.models import Category, Office, Place
from agencies.selectors import with_words
from complaints.api.serializers import CategoryOut, OfficeOut, PlaceOut
from complaints.api.throttles import ReadThrottle

SEARCH = OpenApiParameter("q", str, description="Words of a name, alias or code.")
PARENT = OpenApiParameter("parent", str, description="Only what lies directly below this code.")


class Pages(LimitOffsetPagination):
    """At most 200 rows a page."""

    default_limit = 50
    max_limit = 200


class _Registry(ListAPIView[Any]):
    permission_classes: list[Any] = []
    throttle_classes = [ReadThrottle]
    pagination_class = Pages
    filter_backends: list[Any] = []
    searchable = True

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """By the words and the parent asked for."""
        asked = self.request.query_params
        parent, words = (asked.get(name, "").replace("\0", "") for name in ("parent", "q"))
        rows = rows.filter(country=settings.COUNTRY)
        if parent:
            rows = rows.filter(parent__code=parent)
        return rows.filter(with_words(words)) if words and self.searchable else rows

    @extend_schema(parameters=[SEARCH, PARENT])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The rows, in pages."""
        response = super().get(request, *args, **kwargs)
        response["Cache-Control"] = "public, max-age=3600"
        return response


class Agencies(_Registry):
    """Ministries, divisions, departments, offices, local governments, companies, NGOs."""

    serializer_class = OfficeOut
    queryset: QuerySet[Model] = Office.objects.none()

    def get_queryset(self) -> QuerySet[Any]:
        """Offices that exist, from the top down."""
        return self.narrowed(Office.objects.open().select_related("type", "parent")).order_by(
            "path"
        )


class Categories(_Registry):
    """What a complaint can be about: a short list, not searched."""

    searchable = False
    serializer_class = CategoryOut
    queryset: QuerySet[Model] = Category.objects.none()

    def get_queryset(self) -> QuerySet[Any]:
        """Subjects in use."""
        rows = Category.objects.filter(retired_at=None).select_related("parent")
        return self.narrowed(rows).order_by("order", "path")


class Places(_Registry):
    """Divisions, districts, upazilas, unions; provinces down to villages."""

    serializer_class = PlaceOut
    queryset: QuerySet[Model] = Place.objects.none()

    def get_queryset(self) -> QuerySet[Any]:
        """Places by code."""
        return self.narrowed(Place.objects.select_related("parent")).order_by("path")
