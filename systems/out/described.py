"""The webhook in the API's description."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, OpenApiWebhook, extend_schema
from rest_framework import serializers

from systems.out.serializers import EventOut


class WebhookBody(serializers.Serializer[Any]):
    """What is sent to a system's address, signed as Standard Webhooks says."""

    type = serializers.CharField(help_text="`case.` and the move.")
    timestamp = serializers.DateTimeField()
    data = EventOut()  # type: ignore[assignment]


CASE_EVENT = OpenApiWebhook(
    name="case_event",
    decorator=extend_schema(
        operation_id="case_event",
        summary="A step of a case",
        description="Each step of a case of the system's agency, at least once. Headers: `webhook-id`,"
        " `webhook-timestamp`, `webhook-signature` (Standard Webhooks).",
        tags=["events"],
        request=WebhookBody,
        responses={
            "2XX": OpenApiResponse(description="It arrived. What is answered is not read."),
            410: OpenApiResponse(description="Never again: the address is called no more."),
        },
    ),
)
