"""The officers' API: the inbox, a case, every move. Who sees what is `visible_to`'s rule.

An agency's own system uses it as an officer does, where a view says with `system_scopes` which scope of
its token opens it.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actors import Actor
from agencies.selectors import actor_for
from complaints.api.citizen import language_of
from complaints.api.conditions import ETAG, IDEMPOTENCY_KEY, IF_MATCH, etag, if_match
from complaints.api.move_schemas import OFFICERS_MOVES
from complaints.api.moves import body_told, ready_to_make, sent_in, uploads_in
from complaints.api.serializers import CaseOut, CaseRowOut, MovedOut
from complaints.api.taking_part import Then, after_move
from complaints.errors import NoSuchCase, OutOfDate, Stale
from complaints.models import Case
from complaints.models.case import Kind, Status
from complaints.selectors import CaseFile, find_case
from complaints.selectors.access import at_hand, case_for, newest_step
from complaints.selectors.lists import ROW, below, due_in
from complaints.services import repeating
from complaints.tracking import read_number


class NewestFirst(CursorPagination):
    """Pages of 50 by filing date; the links hold the way on."""

    ordering = ("-filed_at", "-id")
    page_size = 50


class CaseFilter(filters.FilterSet):
    """What a list can be narrowed to."""

    status = filters.MultipleChoiceFilter(choices=Status.choices)
    kind = filters.ChoiceFilter(choices=Kind.choices)
    holder = filters.CharFilter("holder__code")
    category = filters.CharFilter("category", method="by_tree")
    place = filters.CharFilter("place", method="by_tree")
    filed_after = filters.IsoDateTimeFilter("filed_at", lookup_expr="gte")
    filed_before = filters.IsoDateTimeFilter("filed_at", lookup_expr="lt")
    due = filters.ChoiceFilter(
        choices=[("late", "late"), ("today", "today"), ("week", "week")], method="by_due"
    )
    mine = filters.BooleanFilter(method="only_mine")

    def by_tree(self, cases: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """In a category or place (by its code), or one below it."""
        return cases.filter(below(name, value))

    def by_due(self, cases: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """Late, due today, or due within a week."""
        return cases.exclude(status=Status.CLOSED).filter(due_in(value))

    def only_mine(self, cases: QuerySet[Case], name: str, value: bool) -> QuerySet[Case]:
        """Assigned to whoever asks."""
        return cases.filter(assigned=self.request.user) if value else cases


class Cases(ListAPIView[Case]):
    """The cases at hand for the officer, newest first; `scope=past` for those handed on."""

    serializer_class = CaseRowOut
    pagination_class = NewestFirst
    filterset_class = CaseFilter
    queryset = Case.objects.none()
    system_scopes: ClassVar = {"GET": "cases:read"}

    @cached_property
    def actor(self) -> Actor:
        """Whoever asks."""
        return actor_for(self.request.user, channel="api", language=language_of(self.request))

    def get_serializer_context(self) -> dict[str, Any]:
        """With whoever asks, by whom it goes what is told of officers."""
        context = dict(super().get_serializer_context())
        if getattr(self, "swagger_fake_view", False):
            return context
        return {**context, "actor": self.actor}

    def get_queryset(self) -> QuerySet[Case]:
        """By the one read rule."""
        if getattr(self, "swagger_fake_view", False):
            return Case.objects.none()
        return at_hand(self.actor, self.request.query_params.get("scope", "")).select_related(*ROW)


class OneCase(APIView):
    """One case."""

    system_scopes: ClassVar = {"GET": "cases:read"}

    @extend_schema(parameters=[ETAG], responses={200: CaseOut})
    def get(self, request: Request, number: str) -> Response:
        """The case with timeline, clocks, routing reasons and the moves open now. It has an `ETag`."""
        body = _body(request, number)
        headers = {"Cache-Control": "no-store", "ETag": etag(body["seen"])}
        return Response(body, headers=headers)


class CaseMove(APIView):
    """A move on a case."""

    parser_classes = [JSONParser, MultiPartParser, FormParser]
    system_scopes: ClassVar = {"POST": "cases:move"}

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY, IF_MATCH, ETAG],
        request={"application/json": {"type": "object"}},
        responses={200: MovedOut},
        extensions={"x-moves": OFFICERS_MOVES},
    )
    def post(self, request: Request, number: str, move: str) -> Response:
        """Make a move. What each needs stands under its name; what it may be, the table says.

        `If-Match`, or `seen` in the body, guards against moving what somebody else has just moved.
        """
        actor = actor_for(request.user, channel="api", language=language_of(request))
        case = _as_officer(actor, case_for(actor, read_number(number) or ""))
        body = moved_once(request, case, actor, move, sent_in(request))
        headers = {"Cache-Control": "no-store", "ETag": etag(body["seen"])}
        return Response(body, headers=headers)


def moved_once(
    request: Request,
    case: Case,
    actor: Actor,
    move: str,
    sent: Mapping[str, Any],
    also: Iterable[Then] = (),
) -> dict[str, Any]:
    """Make a move as the headers of a request want it: once for its key, and as the case was read.

    `also` is done in the same transaction. Raises Refused errors; OutOfDate for `If-Match`.
    """
    seen = if_match(request, newest_step(case, actor))
    shown: dict[str, Any] = {}

    def ready() -> Callable[[], dict[str, Any]]:
        then = [*after_move(case, actor, move, sent), *also]
        make = ready_to_make(sent, case, actor, move, uploads=uploads_in(request), seen=seen)
        return lambda: _moved(make, then, actor, shown)

    whose = {"case": case.number, "at": request.path, **body_told(request)}
    key = repeating.key_for(
        "move", whose=str(actor.user_id), key=request.headers.get("Idempotency-Key", ""), body=whose
    )
    try:
        body = repeating.once(key, ready)
    except Stale as refusal:
        raise OutOfDate if seen is not None else refusal from refusal
    # A contact is shown, and never kept with an answer.
    return {**body, **shown}


def _moved(
    make: Callable[[], Any], then: list[Then], actor: Actor, shown: dict[str, Any]
) -> dict[str, Any]:
    """Make it, with what rooms above add, and say where the case stands."""
    done = make()
    moved, contact = done if isinstance(done, tuple) else (done, None)
    for step in then:
        step()
    if contact is not None:
        shown["contact"] = {name: getattr(contact, name) for name in contact.__slots__}
    return dict(MovedOut(moved, context={"actor": actor}).data)


def _as_officer(actor: Actor, case: Case | None) -> Case:
    """The case, unless it is not for this officer. One's own is followed as a citizen follows it."""
    if case is None or case.owner_id == actor.user_id:
        raise NoSuchCase
    return case


def _body(request: Request, number: str) -> dict[str, Any]:
    """The case for whoever asks. Raises NoSuchCase."""
    actor = actor_for(request.user, channel="api", language=language_of(request))
    case = _as_officer(actor, find_case(actor, read_number(number) or ""))
    context = {"file": CaseFile(case, actor), "actor": actor}
    body: dict[str, Any] = dict(CaseOut(case, context=context).data)
    return body
