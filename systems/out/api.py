"""What a system asks about what it is told: the feed, its webhook, its deliveries."""

from typing import ClassVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actors import Actor
from agencies.selectors import actor_for
from systems.access.authentication import SystemAuthentication
from systems.models import System
from systems.out import endpoints, feed, listing, queue, sending
from systems.out.refusals import NoSuchDelivery
from systems.out.serializers import (
    LAST_SEQ,
    DeliveriesOut,
    EndpointIn,
    EndpointOut,
    EventsOut,
    FeedIn,
    ForgottenOut,
    ListIn,
    ResentOut,
    SecretOut,
    TestedOut,
)
from systems.scopes import Scope

NO_STORE = {"Cache-Control": "no-store"}


class ForSystems(APIView):
    """An address that only systems use, with the scope for being told."""

    authentication_classes = [SystemAuthentication]
    system_scopes: ClassVar = dict.fromkeys(("GET", "PUT", "POST", "DELETE"), Scope.EVENTS)

    @property
    def system(self) -> System:
        """Whoever asks."""
        system: System = self.request.auth.application  # type: ignore[union-attr]
        return system

    @property
    def actor(self) -> Actor:
        """The same, as read rules and services know it (one query)."""
        return actor_for(self.request.user, channel="api")


class Events(ForSystems):
    """What happens to the cases of the system's agency."""

    @extend_schema(parameters=[FeedIn], responses={200: EventsOut, 410: ForgottenOut})
    def get(self, request: Request) -> Response:
        """A part of the feed. Ask again with `after` set to `last` until `last` is `head`; then wait some
        seconds. What is told twice has the same `id`. 410 where what comes next is no longer kept.
        """
        given = FeedIn(data=request.query_params)
        given.is_valid(raise_exception=True)
        part = feed.read(self.system, self.actor, **given.validated_data)
        body = {name: getattr(part, name) for name in ("events", "last", "head", "oldest")}
        return Response(body, headers=NO_STORE)


class MyEndpoint(ForSystems):
    """Where the system is called when something happens."""

    problems: ClassVar = {"GET": (404,)}

    @extend_schema(responses={200: EndpointOut})
    def get(self, request: Request) -> Response:
        """The address; 404 where none is set."""
        return Response(EndpointOut(endpoints.endpoint_of(self.system)).data, headers=NO_STORE)

    @extend_schema(request=EndpointIn, responses={200: SecretOut, 201: SecretOut})
    def put(self, request: Request) -> Response:
        """Set the address (201 the first time), or another; one that was off is called again. The secret
        that signs is in the answer when it is made, and never again.
        """
        given = EndpointIn(data=request.data)
        given.is_valid(raise_exception=True)
        done = endpoints.set_endpoint(self.actor, self.system, **given.validated_data)
        body = {**EndpointOut(done.endpoint).data, "secret": done.secret}
        return Response(body, status=201 if done.is_first else 200, headers=NO_STORE)

    @extend_schema(responses={204: OpenApiResponse(description="Called no more.")})
    def delete(self, request: Request) -> Response:
        """Call it no more. What waits is given up; the feed has it. Nothing to stop is fine too."""
        endpoints.stop(self.actor, self.system)
        return Response(status=204)


class TestEvent(ForSystems):
    """An event of type `test`, sent at once."""

    problems: ClassVar = {"POST": (404, 409, 429)}

    @extend_schema(request=None, responses={200: TestedOut})
    def post(self, request: Request) -> Response:
        """Call the address now, and say how that ended (once in five seconds)."""
        outcome = sending.send_test(self.system)
        body = {"well": outcome.is_well, "error": outcome.kind, "milliseconds": outcome.ms}
        return Response(body, headers=NO_STORE)


class Deliveries(ForSystems):
    """What became of what the system was told."""

    @extend_schema(parameters=[ListIn], responses={200: DeliveriesOut})
    def get(self, request: Request) -> Response:
        """Fifty at a time, the newest first."""
        given = ListIn(data=request.query_params)
        given.is_valid(raise_exception=True)
        part = listing.listed(self.system, self.actor, **given.validated_data)
        body = DeliveriesOut({"deliveries": part.rows, "next": part.before}).data
        return Response(body, headers=NO_STORE)


class Resend(ForSystems):
    """One delivery once more."""

    problems: ClassVar = {"POST": (409,)}

    @extend_schema(request=None, responses={200: ResentOut})
    def post(self, request: Request, seq: int) -> Response:
        """Send it again (`again`: 1); 0 for one that waits anyway."""
        if seq > LAST_SEQ or listing.one(self.system, self.actor, seq) is None:
            raise NoSuchDelivery
        return _again(self.system, seq)


class ResendFailed(ForSystems):
    """All that was given up once more."""

    problems: ClassVar = {"POST": (409,)}

    @extend_schema(
        operation_id="system_deliveries_resend_failed",
        request=None,
        responses={200: ResentOut},
    )
    def post(self, request: Request) -> Response:
        """Send again all that was given up, at most 50,000 at once, the oldest first."""
        return _again(self.system)


def _again(system: System, seq: int | None = None) -> Response:
    count = queue.send_again(system, timezone.now(), seq)
    return Response({"again": count}, headers=NO_STORE)
