"""A device asks for the news of a case, or for no more of it: from the pages, and from native apps.

That the case is the citizen's is proved by its secret, by the session that opened it, or by the token
of the account that filed it.
"""

from typing import Any, ClassVar

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import Actor
from channels.push import devices, keys, subscription
from complaints.api.citizen import Open, language_of
from complaints.api.lost_secret import NOT_KEPT
from complaints.api.tokens import SessionTokenAuthentication
from complaints.errors import NoSuchCase
from complaints.proofs import check_secret, citizen_of, client_address
from complaints.selectors import find_case
from complaints.tracking import read_number


class DeviceCaseIn(serializers.Serializer[Any]):
    """Which case. `secret` is left out where the account filed it, or the session has opened it."""

    number = serializers.CharField(max_length=60)
    secret = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class KeysIn(serializers.Serializer[Any]):
    """Base64url, as browsers give them."""

    p256dh = serializers.CharField(max_length=200)
    auth = serializers.CharField(max_length=100)


class SubscriptionIn(serializers.Serializer[Any]):
    """What `PushSubscription.toJSON()` gives in a browser, or UnifiedPush in an app."""

    endpoint = serializers.CharField(max_length=subscription.LONGEST_ENDPOINT)
    keys = KeysIn()


class DeviceIn(DeviceCaseIn):
    subscription = SubscriptionIn()


class DeviceEndpointIn(DeviceCaseIn):
    endpoint = serializers.CharField(max_length=subscription.LONGEST_ENDPOINT)


class DeviceOut(serializers.Serializer[Any]):
    """Whether news goes to this device, and the case's last event (`seen` of the next move)."""

    on = serializers.BooleanField()
    seen = serializers.IntegerField()


class KeyOut(serializers.Serializer[Any]):
    """For `applicationServerKey`."""

    key = serializers.CharField()


class _OfOwnCase(Open):
    """Something about the devices of a case that is proved to be one's own."""

    authentication_classes = [SessionTokenAuthentication, SessionAuthentication]
    problems: ClassVar = dict.fromkeys(("POST", "DELETE"), (404, 429))

    def given(
        self, request: Request, kind: type[DeviceCaseIn]
    ) -> tuple[Actor, str, dict[str, Any]]:
        """The citizen, the case's number, and what was sent. Raises NoSuchCase, TooMany or Invalid."""
        if not keys.public_key():
            raise NotFound
        form = kind(data=request.data)
        form.is_valid(raise_exception=True)
        sent = form.validated_data
        actor = _citizen(request, sent["number"], sent["secret"])
        return actor, read_number(sent["number"]) or "", sent


def _citizen(request: Request, number: str, secret: str) -> Actor:
    """Whoever proved the case. Raises NoSuchCase, TooMany, or PermissionDenied for a strange page."""
    if secret:
        case, _withdraws = check_secret(number, secret, client_address(request))
        return _by_api(request, case.pk)
    read = read_number(number) or ""
    if request.auth is not None:
        own = find_case(Actor(kind="user", user_id=request.user.pk), read)
        if own is None:
            raise NoSuchCase
        return _by_api(request, own.pk)
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        raise NoSuchCase
    # Here a cookie is the proof: the page has to show that it is ours.
    SessionAuthentication().enforce_csrf(request)
    citizen = citizen_of(request._request, read)
    if citizen is None:
        raise NoSuchCase
    return citizen


def _by_api(request: Request, case_id: int) -> Actor:
    return Actor(kind="citizen", case_id=case_id, channel="api", language=language_of(request))


class PushKey(Open):
    """The portal's key towards push services."""

    problems: ClassVar = {"GET": (404,)}

    authentication_classes: list[Any] = []

    @extend_schema(responses={200: KeyOut}, auth=[])
    def get(self, request: Request) -> Response:
        """Its public half; 404 where no news goes to devices."""
        if not keys.public_key():
            raise NotFound
        return Response(KeyOut({"key": keys.public_key()}).data)


class Devices(_OfOwnCase):
    """Web push (RFC 8030)."""

    body_of_delete: ClassVar = DeviceEndpointIn

    @extend_schema(request=DeviceIn, responses={200: DeviceOut})
    def post(self, request: Request) -> Response:
        """News of the case goes to this device. At most 10 a case: the oldest makes room."""
        actor, number, sent = self.given(request, DeviceIn)
        seq = devices.add(
            actor=actor, number=number, subscription=subscription.read(sent["subscription"])
        )
        return Response(DeviceOut({"on": True, "seen": seq}).data, headers=NOT_KEPT)

    @extend_schema(request=DeviceEndpointIn, responses={200: DeviceOut})
    def delete(self, request: Request) -> Response:
        """No more news of the case on this device."""
        actor, number, sent = self.given(request, DeviceEndpointIn)
        seq = devices.remove(actor=actor, number=number, endpoint=sent["endpoint"])
        return Response(DeviceOut({"on": False, "seen": seq}).data, headers=NOT_KEPT)


class KnownDevice(_OfOwnCase):
    """Asked by a page that has just been opened."""

    @extend_schema(request=DeviceEndpointIn, responses={200: DeviceOut})
    def post(self, request: Request) -> Response:
        """Whether news of the case goes to this device."""
        actor, number, sent = self.given(request, DeviceEndpointIn)
        case = find_case(actor, number)
        is_on = devices.is_known(actor=actor, endpoint=sent["endpoint"])
        body = {"on": is_on, "seen": case.last_seq if case else 0}
        return Response(DeviceOut(body).data, headers=NOT_KEPT)
