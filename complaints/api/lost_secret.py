"""New secrets through the API: ask for a code to the case's contact, then give it."""

from dataclasses import asdict
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.api.citizen import Open, language_of, track_url
from complaints.proofs import client_address
from complaints.services import lost_secret

NOT_KEPT = {"Cache-Control": "no-store"}


class ContactIn(serializers.Serializer[Any]):
    """The contact that was given when the complaint was filed."""

    contact = serializers.CharField(
        max_length=254, help_text="A phone number or an e-mail address."
    )


class CodeAskedOut(serializers.Serializer[Any]):
    """The same whether or not a code was sent."""

    proof = serializers.UUIDField(help_text="Goes back with the code.")
    expires_at = serializers.DateTimeField()


class CodeIn(serializers.Serializer[Any]):
    """The code that was sent, and what it was asked for with."""

    proof = serializers.UUIDField()
    code = serializers.CharField(max_length=40, help_text="6 digits; at most 5 tries.")


class NewSecretsOut(serializers.Serializer[Any]):
    """What replaces the two secrets, given once."""

    number = serializers.CharField()
    secret = serializers.CharField(help_text="Opens the case from any device. Shown only here.")
    withdrawal_secret = serializers.CharField(help_text="Needed to withdraw. Shown only here.")
    track_url = serializers.URLField()


class AskCode(Open):
    """For whoever lost the secret of a case."""

    problems: ClassVar = {"POST": (429,)}

    @extend_schema(request=ContactIn, responses={202: CodeAskedOut})
    def post(self, request: Request, number: str) -> Response:
        """Send a code by SMS or e-mail, if this is the contact of that case; at most 3 an hour."""
        given = ContactIn(data=request.data)
        given.is_valid(raise_exception=True)
        proof = lost_secret.ask_code(
            number=number,
            contact=given.validated_data["contact"],
            address=client_address(request),
        )
        body = CodeAskedOut({"proof": proof.key, "expires_at": proof.expires_at}).data
        return Response(body, status=202, headers=NOT_KEPT)


class NewSecrets(Open):
    """For whoever got a code."""

    problems: ClassVar = {"POST": (429,)}

    @extend_schema(request=CodeIn, responses={200: NewSecretsOut})
    def post(self, request: Request, number: str) -> Response:
        """New secrets for the right code; the old ones no longer open the case."""
        given = CodeIn(data=request.data)
        given.is_valid(raise_exception=True)
        secrets = lost_secret.use_code(
            key=given.validated_data["proof"],
            code=given.validated_data["code"],
            number=number,
            address=client_address(request),
            channel="api",
            language=language_of(request),
        )
        body = NewSecretsOut({**asdict(secrets), "track_url": track_url(secrets.number)}).data
        return Response(body, headers=NOT_KEPT)
