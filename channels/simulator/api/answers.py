"""What the APIs of the pretended providers have in common."""

import json
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from kombu.exceptions import OperationalError

from channels.simulator import trouble
from channels.simulator.gate import only_in_demonstration
from channels.tasks import play_reports

log = structlog.get_logger(__name__)
View = Callable[..., HttpResponseBase]
#: Headers of a request that are worth a look.
SHOWN_HEADERS = ("Content-Type", "Authorization")


def endpoint(provider: str) -> Callable[[View], View]:
    """An address of a provider's API: where it is pretended only, and out of order if it is so."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @only_in_demonstration
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not settings.PROVIDERS[provider]["simulated"]:
                raise Http404
            has = trouble.of(provider)
            return _out_of_order(has[0]) if has else view(request, *args, **kwargs)

        return answer

    return decorate


def _out_of_order(kind: str) -> HttpResponse:
    if kind == "429":
        wait = trouble.SECONDS_ASKED_TO_WAIT
        # X names the moment at which the window ends, the others how long it is until then.
        headers = {
            "Retry-After": str(wait),
            "x-rate-limit-reset": str(int(time.time()) + wait),
        }
        return HttpResponse("Too many requests.\n", status=429, headers=headers)
    if kind == "timeout":
        trouble.keep_silent()
    return HttpResponse("Service unavailable.\n", status=503, content_type="text/plain")


def json_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of a request; an empty one for anything else."""
    try:
        found = json.loads(request.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def exchange(request: HttpRequest, response: JsonResponse) -> dict[str, Any]:
    """What the portal asked and what it was answered, to be shown."""
    headers = {name: request.headers[name] for name in SHOWN_HEADERS if name in request.headers}
    return {
        "what": "sent",
        "request": {
            "method": request.method,
            "url": request.build_absolute_uri(),
            "headers": headers,
            "body": request.body.decode("utf-8", "replace"),
        },
        "status": response.status_code,
        "answer": response.content.decode(),
    }


def report_soon(reports: tuple[tuple[float, str], ...]) -> None:
    """Have what is to be reported of a message sent when its time comes."""
    for after in sorted({after for after, _status in reports}):
        try:
            # A little later than it is due.
            play_reports.apply_async(countdown=after + 0.2)
        except OperationalError:
            log.warning("no broker: reports wait for the next message")
            return
