"""A system asks who it is here."""

from typing import Any, ClassVar

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from systems.access.authentication import SystemAuthentication, scopes_of, system_of
from systems.models import Endpoint, Followed
from systems.scopes import Scope


class SystemOfficeOut(serializers.Serializer[Any]):
    """The office for which the system works; it sees what is with it and below it."""

    code = serializers.CharField()
    names = serializers.DictField(child=serializers.CharField(), help_text="By language.")


class WebhookOut(serializers.Serializer[Any]):
    """Where the system is called."""

    url = serializers.URLField()
    off_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when it is called no more; null while it is."
    )
    off_because = serializers.CharField(allow_blank=True)


class SystemOut(serializers.Serializer[Any]):
    """A system as it is joined."""

    client_id = serializers.CharField()
    name = serializers.CharField()
    office = SystemOfficeOut()
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), help_text="Of this token, by now."
    )
    networks = serializers.ListField(
        child=serializers.CharField(), help_text="From where it may call; empty: from anywhere."
    )
    secret_made_at = serializers.DateTimeField()
    previous_secret_until = serializers.DateTimeField(
        allow_null=True, help_text="Until then the secret before the present one works too."
    )
    sandbox = serializers.BooleanField(help_text="Whether this is an installation to try things.")
    head = serializers.IntegerField(help_text="Up to here the record's log is in the feed.")
    webhook = WebhookOut(allow_null=True)


class Me(APIView):
    """Which system asks."""

    authentication_classes: list[Any] = [SystemAuthentication]
    system_scopes: ClassVar = {"GET": ""}

    @extend_schema(responses={200: SystemOut})
    def get(self, request: Request) -> Response:
        """The system whose token this is: its office, scopes, secrets' dates, feed and webhook."""
        system = system_of(request)
        followed = Followed.objects.values_list("log_seq", flat=True).first()
        body = {
            "client_id": system.client_id,
            "name": system.name,
            "office": system.office,
            "scopes": scopes_of(request),
            "networks": system.networks,
            "secret_made_at": system.secret_made_at,
            "previous_secret_until": system.previous_until,
            "sandbox": settings.SANDBOX,
            "head": followed or 0,
            "webhook": Endpoint.objects.filter(system=system).first(),
        }
        return Response(SystemOut(body).data, headers={"Cache-Control": "no-store"})
