"""What a system sends in: cases that it files, its numbers for cases, its own statuses.

Moves it makes at the same address as an officer (`complaints.api.officer`).
"""

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actors import Actor
from agencies.selectors import actor_for
from complaints.api.citizen import language_of
from complaints.api.conditions import ETAG, IDEMPOTENCY_KEY, IF_MATCH, etag, if_match
from complaints.api.officer import moved_once
from complaints.api.problems import problem
from complaints.api.serializers import MovedOut
from complaints.errors import Invalid, MoveRefused, NoSuchCase, OutOfDate
from complaints.models import Case
from complaints.selectors.access import case_for, newest_step
from complaints.tracking import read_number
from systems.access.authentication import SystemAuthentication
from systems.inward import filing, references, serializers, statuses
from systems.inward.meaning import Row, body_for
from systems.models import System
from systems.scopes import Scope

NOT_KEPT = {"Cache-Control": "no-store"}
EXTERNAL_REF = OpenApiParameter(
    "external_ref", str, required=True, description="The number of the case in your system."
)


class ForSystems(APIView):
    """For systems alone."""

    authentication_classes = [SystemAuthentication]

    @property
    def system(self) -> System:
        """The system whose token this is, with its office and agency."""
        system: System = self.request.auth.application  # type: ignore[union-attr]
        return system

    @property
    def actor(self) -> Actor:
        """The system's account, with its post (one query)."""
        return actor_for(self.request.user, channel="api", language=language_of(self.request))

    def case(self, actor: Actor, number: str) -> Case:
        """A case that the system may see. Raises NoSuchCase."""
        case = case_for(actor, read_number(number) or "")
        if case is None:
            raise NoSuchCase
        return case


class Filing(ForSystems):
    """Cases that the system files for citizens."""

    system_scopes: ClassVar = {"POST": Scope.FILE, "GET": Scope.FILE}
    problems: ClassVar = {"POST": (409, 429), "GET": (404,)}

    @extend_schema(
        request=serializers.CaseIn,
        responses={201: serializers.FiledOut, 200: serializers.FiledOut},
    )
    def post(self, request: Request) -> Response:
        """File a case (201). The same number with the same content finds it again (200), with other
        content it is refused (409). Secrets go to the citizen's contact; without one nobody can follow it.
        """
        given = serializers.CaseIn(data=request.data)
        given.is_valid(raise_exception=True)
        filed = filing.file_case(
            actor=self.actor,
            system=self.system,
            submission=given.submission(),
            ref=references.clean_ref(given.validated_data["external_ref"]),
            take=given.validated_data["take"],
        )
        body = serializers.FiledOut(asdict(filed)).data
        return Response(body, status=201 if filed.is_new else 200, headers=NOT_KEPT)

    @extend_schema(
        operation_id="system_cases_find",
        parameters=[EXTERNAL_REF],
        responses={200: serializers.FiledOut},
    )
    def get(self, request: Request) -> Response:
        """The case that your agency filed, or took over, under a number."""
        ref = references.clean_ref(request.query_params.get("external_ref", ""))
        found = filing.find_filed(actor=self.actor, system=self.system, ref=ref)
        if found is None:
            raise NoSuchCase
        return Response(serializers.FiledOut(asdict(found)).data, headers=NOT_KEPT)


class CaseReference(ForSystems):
    """What a case is called in the system."""

    system_scopes: ClassVar = {"PUT": Scope.MOVE}
    problems: ClassVar = {"PUT": (409,)}

    @extend_schema(request=serializers.ReferenceIn, responses={200: serializers.ReferenceIn})
    def put(self, request: Request, number: str) -> Response:
        """Give a case that your agency has its number in your system, or another one; safe to repeat."""
        given = serializers.ReferenceIn(data=request.data)
        given.is_valid(raise_exception=True)
        ref = references.clean_ref(given.validated_data["external_ref"])
        actor = self.actor
        case = self.case(actor, number)
        references.refer(actor=actor, system=self.system, number=case.number, ref=ref)
        return Response({"external_ref": ref}, headers=NOT_KEPT)


class CaseStatus(ForSystems):
    """The system's own status of a case."""

    system_scopes: ClassVar = {"POST": Scope.MOVE}

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY, IF_MATCH, ETAG],
        request=serializers.StatusIn,
        responses={200: serializers.StatusOut},
    )
    def post(self, request: Request, number: str) -> Response:
        """Send a status: the move that your table gives it is made, if the table of moves allows it.

        A status that is not in your table gets 422, with those that are.
        """
        given = serializers.StatusIn(data=request.data)
        given.is_valid(raise_exception=True)
        actor, status = self.actor, given.validated_data["status"]
        case = self.case(actor, number)
        keep = partial(
            statuses.keep_last, actor=actor, system=self.system, case=case, status=status
        )
        table = statuses.table_of(self.system)
        row = statuses.meaning_in(table, status)
        if row is None:
            keep()
            return _unknown(statuses.UnknownStatus(row.theirs for row in table))
        is_done = statuses.is_done_already(row, case, actor)
        # With a key it may be the repeat of what did it, which gets the same answer again.
        if is_done and not (row.move and request.headers.get("Idempotency-Key")):
            body = self._nothing_to_do(request, case, actor)
            keep()
        else:
            body = self._moved(request, case, actor, row, given.validated_data, keep, is_done)
        answer = {**body, "meant": row.move, "made": body.get("made", True)}
        return Response(answer, headers={**NOT_KEPT, "ETag": etag(body["seen"])})

    def _nothing_to_do(self, request: Request, case: Case, actor: Actor) -> dict[str, Any]:
        newest = newest_step(case, actor)
        if if_match(request, newest) not in (None, newest):
            raise OutOfDate
        return {**MovedOut(case, context={"actor": actor}).data, "made": False}

    def _moved(
        self,
        request: Request,
        case: Case,
        actor: Actor,
        row: Row,
        given: Mapping[str, Any],
        keep: Any,
        is_done: bool,
    ) -> dict[str, Any]:
        """Make the move. What the system says of the case is kept, too, where it may not be made."""
        sent = body_for(row, {**given, "files": [str(key) for key in given.get("files", ())]})
        try:
            return moved_once(request, case, actor, row.move, sent, also=[keep])
        except (MoveRefused, Invalid) as refusal:
            keep()
            if is_done and isinstance(refusal, MoveRefused):
                return self._nothing_to_do(request, case, actor)
            raise


class Statuses(ForSystems):
    """The table of the system's statuses, which its agency keeps."""

    system_scopes: ClassVar = {"GET": Scope.READ, "PUT": Scope.MOVE}

    @extend_schema(responses={200: serializers.TableOut})
    def get(self, request: Request) -> Response:
        """What each of your statuses stands for."""
        return _table(statuses.table_of(self.system))

    @extend_schema(request=serializers.TableIn, responses={200: serializers.TableOut})
    def put(self, request: Request) -> Response:
        """Put another table in its place; of a wrong one nothing is kept."""
        given = serializers.TableIn(data=request.data)
        given.is_valid(raise_exception=True)
        rows = statuses.set_table(actor=self.actor, system=self.system, rows=given.rows())
        return _table(rows)


class Rehearsal(ForSystems):
    """What statuses would do."""

    system_scopes: ClassVar = {"POST": Scope.READ}

    @extend_schema(
        request=serializers.RehearsedIn(many=True),
        responses={200: serializers.WouldOut(many=True)},
    )
    def post(self, request: Request) -> Response:
        """What each of these (at most 50) would do to its case now, or why not. Nothing is changed."""
        most: Any = {"many": True, "max_length": statuses.AT_ONCE}
        given = serializers.RehearsedIn(data=request.data, **most)
        given.is_valid(raise_exception=True)
        sent = [(row["number"], row["status"]) for row in given.validated_data]
        would = statuses.rehearse(actor=self.actor, system=self.system, sent=sent)
        rows: Any = serializers.WouldOut(would, many=True)
        return Response(rows.data, headers=NOT_KEPT)


def _table(rows: list[Row]) -> Response:
    told = [{"status": row.theirs, "move": row.move, **row.fill} for row in rows]
    return Response({"statuses": told}, headers=NOT_KEPT)


def _unknown(refusal: statuses.UnknownStatus) -> Response:
    errors = {name: [str(one) for one in told] for name, told in refusal.fields.items()}
    title = str(refusal.sentence)
    return problem(refusal.status, refusal.code, title, errors=errors, statuses=refusal.known)
