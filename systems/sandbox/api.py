"""Playing the other side, by the API: only where GRS_SANDBOX=1; elsewhere there is no such address."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.conf import settings
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from systems.access.authentication import SystemAuthentication, system_of
from systems.models import System
from systems.sandbox import playing
from systems.sandbox.playing import Filing, Played

ACTS = ("file", "reply", "message", "confirm", "dispute", "withdraw", "time")


def _word(most: int, help_text: str) -> serializers.CharField:
    return serializers.CharField(
        required=False, allow_blank=True, default="", max_length=most, help_text=help_text
    )


class PlayIn(serializers.Serializer[Any]):
    """What happens. Words that are left out are made up."""

    act = serializers.ChoiceField(choices=ACTS)
    number = serializers.CharField(
        required=False, help_text="The case; for every act but file.", max_length=40
    )
    text = _word(20_000, "Their words.")
    category = _word(60, "For file: its code.")
    place = _word(60, "For file: its code.")
    office = _word(60, "For file: the code of an office below the system’s own, which gets it.")
    anonymous = serializers.BooleanField(default=False, help_text="For file: without any contact.")
    language = serializers.ChoiceField(choices=settings.LANGUAGES, default="en")
    rating = serializers.IntegerField(default=5, min_value=1, max_value=5, help_text="For confirm.")
    days = serializers.IntegerField(
        default=1, min_value=1, max_value=playing.MOST_DAYS, help_text="For time: how many pass."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Every act but file is of a case."""
        if attrs["act"] != "file" and not attrs.get("number"):
            sentence = self.fields["number"].error_messages["required"]
            raise serializers.ValidationError({"number": sentence})
        return attrs


class PlayedOut(serializers.Serializer[Any]):
    """How the case stands after it."""

    number = serializers.CharField()
    status = serializers.CharField()
    agency = serializers.CharField(allow_null=True, help_text="The code of who has it.")
    steps = serializers.ListField(
        child=serializers.CharField(), help_text="For time: what was due, when, and was done."
    )


FILED = ("text", "category", "place", "office", "anonymous", "language")
#: The acts of a case, each with the one value that it takes.
OF_A_CASE: dict[str, tuple[Callable[[System, str, Any], Played], str]] = {
    "reply": (playing.reply, "text"),
    "message": (playing.message, "text"),
    "confirm": (playing.confirm, "rating"),
    "dispute": (playing.dispute, "text"),
    "withdraw": (playing.withdraw, "text"),
    "time": (playing.pass_time, "days"),
}


def _play(system: System, given: dict[str, Any]) -> Played:
    if given["act"] == "file":
        return playing.file(system, Filing(**{name: given[name] for name in FILED}))
    act, value = OF_A_CASE[given["act"]]
    return act(system, given["number"], given[value])


class Play(APIView):
    """Play the citizen, or let days pass."""

    authentication_classes: list[Any] = [SystemAuthentication]
    system_scopes: ClassVar = {"POST": ""}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Outside a sandbox there is nothing here, for nobody."""
        if not settings.SANDBOX:
            raise Http404
        super().initial(request, *args, **kwargs)

    @extend_schema(
        request=PlayIn,
        responses={200: PlayedOut, 201: PlayedOut},
        exclude=not settings.SANDBOX,
    )
    def post(self, request: Request) -> Response:
        """In a sandbox alone: file a case to the system’s agency as a citizen would, answer its
        question, write to it, agree with its answer or not, withdraw; or let days pass for a case.
        """
        given = PlayIn(data=request.data)
        given.is_valid(raise_exception=True)
        played = _play(system_of(request), given.validated_data)
        case, is_new = played.case, given.validated_data["act"] == "file"
        body = {
            "number": case.number,
            "status": str(case.status),
            "agency": case.holder.code if case.holder else None,
            "steps": played.steps,
        }
        status = 201 if is_new else 200
        return Response(body, status=status, headers={"Cache-Control": "no-store"})
