"""Files of cases by the API: what is told of one, and its content for whoever may read it."""

from pathlib import PurePath
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.roles import Role
from agencies.selectors import actor_for
from complaints.errors import NoSuchCase
from complaints.models import Attachment
from complaints.selectors.access import case_for
from complaints.selectors.appeal_words import may_read_file
from complaints.serving import served
from complaints.tracking import read_number


class FileOut(serializers.Serializer[Any]):
    """A file. Its name may tell who filed a case, so that an agency's system (`nameless` in the context)
    is told another.
    """

    key = serializers.UUIDField()
    name = serializers.SerializerMethodField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()

    def get_name(self, file: Attachment) -> str:
        """As whoever sent it called it."""
        return nameless(file) if self.context.get("nameless") else file.name


def nameless(file: Attachment) -> str:
    """A name that tells nothing but the kind of the file."""
    return f"{file.key}{PurePath(str(file.file.name)).suffix}"


class CaseFileContent(APIView):
    """A file of a case."""

    system_scopes: ClassVar = {"GET": "cases:read"}

    @extend_schema(
        operation_id="cases_file",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, number: str, key: UUID) -> HttpResponseBase:
        """The content of a file that the timeline of the case names; it has an ETag."""
        actor = actor_for(request.user, channel="api")
        case = case_for(actor, read_number(number) or "")
        if case is None or case.owner_id == actor.user_id:
            raise NoSuchCase
        files = Attachment.objects.select_related("case__holder", "event")
        found = files.filter(case=case, key=key).first()
        if found is None or not may_read_file(actor, found):
            raise NotFound
        if actor.has(Role.SYSTEM):
            found.name = nameless(found)
        return served(request._request, found)
