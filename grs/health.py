"""Is the portal well: pages for load balancers, the desk that watches, and Prometheus."""

import hmac
import ipaddress
from datetime import timedelta
from typing import Any

import redis
import structlog
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.views.decorators.cache import never_cache
from django_prometheus.exports import ExportToDjangoView

from complaints.selectors import heartbeat_age, outbox_age
from oversight.audits.queue import waiting as audits_waiting
from record.selectors import waiting_age

log = structlog.get_logger(__name__)
Check = tuple[bool, str]
AUDITS_WAITING = (
    "# HELP grs_audits_waiting Closed cases whose citizen is to be asked once more now.\n"
    "# TYPE grs_audits_waiting gauge\n"
    "grs_audits_waiting %d\n"
)
RECORD_WAITING = (
    "# HELP grs_record_waiting_seconds How long the oldest event has been waiting for the log.\n"
    "# TYPE grs_record_waiting_seconds gauge\n"
    "grs_record_waiting_seconds %.0f\n"
)


@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. With X-Instance-Token it says whether it is the asker's own server."""
    given = request.headers.get("X-Instance-Token", "")
    own = bool(settings.INSTANCE_TOKEN) and hmac.compare_digest(
        given.encode(), settings.INSTANCE_TOKEN.encode()
    )
    return JsonResponse({"status": "ok", "own": own} if given else {"status": "ok"})


@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """200 if the database, the broker, the sweep, the outbox and the record are well, else 503 and which."""
    checks = {
        "database": database(),
        "broker": broker(),
    }
    if checks["database"][0]:
        checks["sweep"] = sweep()
        checks["outbox"] = outbox()
        checks["record"] = record()
    well = all(ok for ok, _detail in checks.values())
    answer: dict[str, Any] = {
        "status": "ok" if well else "failing",
        "checks": {name: {"ok": ok, "detail": detail} for name, (ok, detail) in checks.items()},
    }
    return JsonResponse(answer, status=200 if well else 503)


def database() -> Check:
    """Whether PostgreSQL answers a query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        log.exception("health: database")
        return False, "no answer"
    return True, "answers"


def broker() -> Check:
    """Whether the broker answers a ping within a second."""
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1
        ) as client:
            client.ping()
    except redis.RedisError:
        return False, "no answer"
    return True, "answers"


def sweep() -> Check:
    """Whether the sweep has run lately (HEALTH_MAX_HEARTBEAT_AGE)."""
    age = heartbeat_age()
    if age is None:
        return False, "no sweep has run yet"
    return age <= settings.HEALTH_MAX_HEARTBEAT_AGE, f"{age.total_seconds():.0f} s old"


def outbox() -> Check:
    """Whether the oldest notice that waits to be sent is young (HEALTH_MAX_OUTBOX_AGE)."""
    age = outbox_age()
    if age is None:
        return True, "empty"
    return age <= settings.HEALTH_MAX_OUTBOX_AGE, f"oldest waits {age.total_seconds():.0f} s"


def record() -> Check:
    """Whether the log keeps up with what happens (HEALTH_MAX_LOG_AGE)."""
    age = waiting_age()
    if age is None:
        return True, "nothing waits"
    return age <= settings.HEALTH_MAX_LOG_AGE, f"oldest waits {age.total_seconds():.0f} s"


@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' figures, for the machine itself or the holder of GRS_METRICS_TOKEN."""
    if not (_from_this_machine(request) or _with_token(request)):
        return HttpResponseForbidden("metrics are not public\n", content_type="text/plain")
    response = ExportToDjangoView(request)
    try:
        waiting, log_waits = audits_waiting(), waiting_age() or timedelta(0)
    except DatabaseError:
        # What the server itself counts is still to be had.
        log.exception("metrics: database")
    else:
        response.write(AUDITS_WAITING % waiting)
        response.write(RECORD_WAITING % log_waits.total_seconds())
    return response


def _from_this_machine(request: HttpRequest) -> bool:
    # A proxy on this machine is loopback too, for everyone: what it forwards does not count.
    forwarded = any(
        header in request.META
        for header in ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
    )
    try:
        caller = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return caller.is_loopback and not forwarded


def _with_token(request: HttpRequest) -> bool:
    expected = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(given.encode(), expected.encode())
