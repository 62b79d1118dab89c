"""A citizen's own cases, for a native app that signed in with a telephone: no secret is asked for.

Withdrawing needs its own secret here too.
"""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actors import Actor
from complaints.api.citizen import language_of
from complaints.api.lost_secret import NOT_KEPT
from complaints.api.move_schemas import CITIZENS_MOVES
from complaints.api.moves import make_move
from complaints.api.serializers import FollowOut, MovedOut
from complaints.api.tokens import SessionTokenAuthentication
from complaints.errors import NoSuchCase
from complaints.models import Attachment, Case
from complaints.proofs import check_secret, client_address
from complaints.selectors import CaseFile, find_case
from complaints.selectors.mine import files_of, own_cases
from complaints.serving import served
from complaints.tracking import read_number


class MineOut(serializers.Serializer[CaseFile]):
    """One of one's own cases in a list. Moments are UTC."""

    number = serializers.CharField(source="case.number")
    kind = serializers.CharField(source="case.kind")
    status = serializers.CharField(
        source="citizen_word", help_text="received, with_agency, asked, answered or closed."
    )
    agency = serializers.CharField(source="shown_case.holder.code", allow_null=True, default=None)
    agency_name = serializers.CharField(source="shown_case.holder.name", default="")
    filed_at = serializers.DateTimeField(source="case.filed_at")
    answer_due = serializers.DateTimeField(allow_null=True)


class NewestMine(CursorPagination):
    """Pages of 20, the newest first; the links hold the way on."""

    ordering = ("-filed_at", "-id")
    page_size = 20


class Mine(APIView):
    """For the account that a session token opens."""

    authentication_classes = [SessionTokenAuthentication]
    permission_classes = [IsAuthenticated]

    def actor(self, request: Request) -> Actor:
        """Whoever signed in; a telephone's account holds no post."""
        return Actor(
            kind="user", user_id=request.user.pk, channel="api", language=language_of(request)
        )

    def own_case(self, request: Request, number: str) -> Case:
        """One of their own cases. Raises NoSuchCase, the same for an unknown one and another's."""
        case = find_case(self.actor(request), read_number(number) or "")
        if case is None or case.owner_id != request.user.pk:
            raise NoSuchCase
        return case


class MyComplaints(Mine, ListAPIView[Any]):
    """Own cases, 20 a page, the newest first."""

    serializer_class = MineOut
    pagination_class = NewestMine
    filter_backends: list[Any] = []
    queryset = Case.objects.none()

    def get_queryset(self) -> QuerySet[Case]:
        """By the one read rule."""
        if getattr(self, "swagger_fake_view", False):
            return Case.objects.none()
        return own_cases(self.actor(self.request))

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        """The page, with what its rows show."""
        return files_of(super().paginate_queryset(queryset) or [], self.actor(self.request))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Never kept on the way."""
        response = super().list(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response


class MyComplaint(Mine):
    """One case."""

    @extend_schema(operation_id="me_complaints_retrieve", responses={200: FollowOut})
    def get(self, request: Request, number: str) -> Response:
        """Status, dates, timeline and the moves open now."""
        case = self.own_case(request, number)
        file = CaseFile(case, self.actor(request))
        return Response(FollowOut(file, context={"citizen": True}).data, headers=NOT_KEPT)


class MyFile(Mine):
    """A file of one's own case."""

    @extend_schema(
        operation_id="me_complaints_file",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, number: str, key: UUID) -> HttpResponseBase:
        """The content of a file that the timeline names; it has an ETag."""
        case = self.own_case(request, number)
        found = Attachment.objects.filter(case=case, key=key, internal=False).first()
        if found is None:
            raise NotFound
        return served(request._request, found)


WITH_SECRET = {
    "type": "object",
    "properties": {"secret": {"type": "string", "description": "To withdraw: the secret for it."}},
}


class MyMove(Mine):
    """A move on one's own case."""

    parser_classes = [JSONParser, MultiPartParser, FormParser]

    problems: ClassVar = {"POST": (409, 429)}

    @extend_schema(
        request={"application/json": WITH_SECRET},
        responses={200: MovedOut},
        extensions={"x-moves": CITIZENS_MOVES},
    )
    def post(self, request: Request, number: str, move: str) -> Response:
        """Reply, confirm, dispute, appeal, message …; to withdraw, `secret` has to be the one for it."""
        case = self.own_case(request, number)
        actor = Actor(
            kind="citizen",
            case_id=case.pk,
            withdrawal_proved=move == "withdraw" and self._may_withdraw(request, case),
            channel="api",
            language=language_of(request),
        )
        moved = make_move(request, case, actor, move)
        return Response(MovedOut(moved, context={"actor": actor}).data, headers=NOT_KEPT)

    def _may_withdraw(self, request: Request, case: Case) -> bool:
        """Whether the secret to withdraw was given. Raises NoSuchCase for a wrong one, and TooMany."""
        secret = str(request.data.get("secret", "")) if isinstance(request.data, dict) else ""
        if not secret:
            return False
        _case, withdraws = check_secret(case.number, secret, client_address(request))
        return withdraws
