"""A citizen's own data through the API: a copy of all that is kept, and erasing it."""

from typing import Any, ClassVar

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from complaints.api.citizen import OwnCase
from complaints.api.lost_secret import NOT_KEPT
from complaints.api.mine import Mine
from complaints.api.serializers import SecretIn
from complaints.copying import copy_of
from complaints.errors import Refused
from complaints.services import erasing, export, forgetting

ZIP = {(200, "application/zip"): OpenApiTypes.BINARY}


class EraseIn(SecretIn):
    """What is to be erased: who it was, or that and their own words and files."""

    what = serializers.ChoiceField([erasing.PERSON, erasing.OWN_WORDS])


class ErasedOut(serializers.Serializer[Any]):
    """Since when (UTC) what is gone, and the case's last event (`seen` of the next move)."""

    number = serializers.CharField()
    person_erased_at = serializers.DateTimeField(allow_null=True)
    words_erased = serializers.BooleanField()
    seen = serializers.IntegerField(source="last_seq")


class ExportCase(OwnCase):
    """All that is kept about a case."""

    @extend_schema(request=SecretIn, responses=ZIP)
    def post(self, request: Request, number: str) -> HttpResponseBase:
        """A ZIP of `read-me.html`, `data.json` and the files; at most 10 an hour."""
        case, actor = self.prove(request, number)
        return copy_of(export.of_case(case=case, actor=actor), case.number)


class EraseCase(OwnCase):
    """Erasing who one is, and one's words."""

    @extend_schema(
        request=EraseIn,
        responses={200: ErasedOut, 409: OpenApiResponse(description="Words are still needed.")},
    )
    def post(self, request: Request, number: str) -> Response:
        """At once and for good. Words: once the case is closed and no appeal is possible any more."""
        given = EraseIn(data=request.data)
        given.is_valid(raise_exception=True)
        case, actor = self.prove(request, number)
        wants_words = given.validated_data["what"] == erasing.OWN_WORDS
        erased: Any = erasing.erase(actor=actor, number=case.number, words=wants_words)
        erased.words_erased = erasing.words_are_erased(erased)
        return Response(ErasedOut(erased).data, headers=NOT_KEPT)


class ExportAccount(Mine):
    """All that is kept about an account."""

    problems: ClassVar = {"POST": (429,)}

    @extend_schema(request=None, responses=ZIP)
    def post(self, request: Request) -> HttpResponseBase:
        """The account and its own cases, as a ZIP; at most 10 an hour."""
        made = export.of_account(user=_user(request), actor=self.actor(request))
        return copy_of(made, "my-data")


class DeleteAccount(Mine):
    """An account is not needed any more."""

    @extend_schema(
        request=None,
        responses={204: None, 409: OpenApiResponse(description="A case of it is still open.")},
    )
    def post(self, request: Request) -> Response:
        """Delete the account. Its cases stay, and are opened by their secrets alone."""
        if not forgetting.delete_account(_user(request).pk):
            raise Refused(forgetting.CASES_OPEN, code="cases_open")
        return Response(status=204, headers=NOT_KEPT)


def _user(request: Request) -> User:
    if not isinstance(request.user, User):
        raise TypeError("only for somebody who is signed in")
    return request.user
