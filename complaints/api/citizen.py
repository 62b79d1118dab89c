"""The citizen's API: file, follow, and every move that is the citizen's."""

from dataclasses import asdict
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import SessionAuthentication
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actors import Actor
from complaints.api.conditions import IDEMPOTENCY_KEY
from complaints.api.files import FileOut
from complaints.api.move_schemas import CITIZENS_MOVES
from complaints.api.moves import make_move
from complaints.api.serializers import (
    FilingIn,
    FollowOut,
    MovedOut,
    ReceiptOut,
    SecretIn,
    SignedReceiptOut,
)
from complaints.api.tokens import SessionTokenAuthentication
from complaints.errors import Invalid, NoSuchCase
from complaints.models import Case
from complaints.proofs import check_secret, client_address
from complaints.selectors import CaseFile, find_case
from complaints.services import files, intake, receipts


def language_of(request: Request) -> str:
    """The language that the answer is in."""
    return (get_language() or settings.LANGUAGE_CODE)[:2]


def track_url(number: str) -> str:
    """Where the citizen follows the case in a browser; it holds no secret."""
    return f"{settings.PUBLIC_URL}/complaints/track/?number={number}"


class Open(APIView):
    """For everybody. Signing in changes nothing here but whose account a case belongs to."""

    permission_classes: list[Any] = []


class Complaints(Open):
    """Filing. It is never refused for being too often: what is too much waits for the desk."""

    authentication_classes = [SessionTokenAuthentication, SessionAuthentication]

    @extend_schema(request=FilingIn, responses={201: ReceiptOut}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request) -> Response:
        """File a complaint; the receipt, with its two secrets, is given only now."""
        given = FilingIn(data=request.data)
        given.is_valid(raise_exception=True)
        language = language_of(request)
        user_id = request.user.pk if request.user.is_authenticated else None
        actor = Actor(
            kind="user" if user_id else "citizen", user_id=user_id, channel="api", language=language
        )
        receipt = intake.submit(
            actor=actor,
            submission=given.submission(),
            key=request.headers.get("Idempotency-Key", ""),
            address=client_address(request),
        )
        return Response({**asdict(receipt), "track_url": track_url(receipt.number)}, status=201)


class Files(Open):
    """Files are sent first, then named by their keys in a filing or a move."""

    parser_classes = [MultiPartParser]
    #: Any token will do: what the files are for says the move that takes them.
    system_scopes: ClassVar = {"POST": ""}
    problems: ClassVar = {"POST": (429,)}

    @extend_schema(
        request={
            "multipart/form-data": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}},
            }
        },
        responses={201: FileOut},
    )
    def post(self, request: Request) -> Response:
        """Store one file for use within 24 hours."""
        upload = request.FILES.get("file")
        if upload is None:
            raise Invalid(fields={"file": [Invalid.sentence]})
        # Whose file it is says the case, if anything does.
        stored = files.store(
            actor=Actor(kind="citizen"), upload=upload, address=client_address(request)
        )
        return Response(FileOut(stored).data, status=201)


class OwnCase(Open):
    """Something with a case that the secret proves."""

    #: Wrong guesses are counted.
    problems: ClassVar = {"POST": (409, 429)}

    def prove(self, request: Request, number: str) -> tuple[Case, Actor]:
        """The case and its citizen. Raises NoSuchCase or TooMany, after counting a wrong guess."""
        given = SecretIn(data=request.data)
        given.is_valid(raise_exception=True)
        case, withdraws = check_secret(
            number, given.validated_data["secret"], client_address(request)
        )
        actor = Actor(
            kind="citizen",
            case_id=case.pk,
            withdrawal_proved=withdraws,
            channel="api",
            language=language_of(request),
        )
        found = find_case(actor, case.number)
        if found is None:
            raise NoSuchCase
        return found, actor


class Follow(OwnCase):
    """Following a case from any device."""

    @extend_schema(request=SecretIn, responses={200: FollowOut})
    def post(self, request: Request, number: str) -> Response:
        """Status, dates and timeline, for whoever has the secret."""
        case, actor = self.prove(request, number)
        body = FollowOut(CaseFile(case, actor), context={"citizen": True}).data
        return Response(body, headers={"Cache-Control": "no-store"})


class SignedReceipt(OwnCase):
    """The receipt again, for whoever lost the file: made anew from the case."""

    @extend_schema(request=SecretIn, responses={200: SignedReceiptOut})
    def post(self, request: Request, number: str) -> Response:
        """The signed receipt of the case."""
        case, _actor = self.prove(request, number)
        return Response(receipts.receipt_of(case), headers={"Cache-Control": "no-store"})


class CitizenMove(OwnCase):
    """Reply, confirm, dispute, appeal, message, withdraw …"""

    parser_classes = [JSONParser, MultiPartParser, FormParser]

    @extend_schema(
        request=SecretIn, responses={200: MovedOut}, extensions={"x-moves": CITIZENS_MOVES}
    )
    def post(self, request: Request, number: str, move: str) -> Response:
        """Make a move of the citizen's; what it needs stands beside the secret in the body."""
        case, actor = self.prove(request, number)
        moved = make_move(request, case, actor, move)
        return Response(
            MovedOut(moved, context={"actor": actor}).data, headers={"Cache-Control": "no-store"}
        )
