"""The addresses of GeoReport v2: each asks for what it needs, and answers in XML or JSON.

Nobody signs in here: reading is for everybody, writing for whoever has a key. What goes wrong is told
in the format that was asked for.
"""

import math
from collections.abc import Callable

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from channels.models import ApiKey
from channels.open311 import answers, asking, filing, keys, selectors, updating
from channels.open311.formats import CONTENT_TYPES, Value, rendered, w3c
from channels.open311.problems import NO_SUCH_REQUEST, NO_SUCH_SERVICE, Problem
from complaints.api.throttles import ReadThrottle
from complaints.errors import Refused
from complaints.proofs import client_address

Asks = Callable[..., Value]
#: Seconds for which others may keep what everybody may read.
KEPT_SECONDS = 60
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
UNREADABLE = (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError)


def endpoint(root: str, **by_method: Asks) -> Callable[..., HttpResponse]:
    """A view that answers each method with what its function gives, in an element called `root`."""

    @csrf_exempt
    def view(request: HttpRequest, form: str = "xml", **path: str) -> HttpResponse:
        method = "GET" if request.method == "HEAD" else str(request.method)
        try:
            value = _asked(request, by_method.get(method))(request, **path)
        except Problem as problem:
            return _refusal(form, problem, allow=by_method)
        except Refused as error:
            return _refusal(form, Problem(400, error.sentence), allow=by_method)
        except UNREADABLE:
            return _refusal(
                form, Problem(400, _("The request could not be read.")), allow=by_method
            )
        response = _answer(form, root, value)
        if method == "GET":
            patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
        else:
            patch_cache_control(response, no_store=True)
        return response

    return view


def _asked(request: HttpRequest, asks: Asks | None) -> Asks:
    """What the method of a request asks for, once it is clear that it is meant for us."""
    if asks is None:
        raise Problem(405, _("This address does not take that method."))
    if request.method == "POST":
        if request.content_type not in FORMS:
            raise Problem(
                400, _("Send the parameters as a form (application/x-www-form-urlencoded).")
            )
        asking.check_jurisdiction(request.POST.get("jurisdiction_id", ""))
    else:
        throttle = ReadThrottle()
        if not throttle.allow_request(request, None):  # type: ignore[arg-type]
            raise Problem(429, _("Too many requests."), wait=math.ceil(throttle.wait() or 1))
    asking.check_jurisdiction(request.GET.get("jurisdiction_id", ""))
    return asks


def _answer(form: str, root: str, value: Value, status: int = 200) -> HttpResponse:
    body = rendered(form, root, value)
    return HttpResponse(body, status=status, content_type=CONTENT_TYPES[form])


def _refusal(form: str, problem: Problem, allow: dict[str, Asks]) -> HttpResponse:
    response = _answer(form, "errors", problem.errors, problem.status)
    patch_cache_control(response, no_store=True)
    if problem.status == 405:
        response["Allow"] = ", ".join(allow)
    if problem.wait:
        response["Retry-After"] = str(problem.wait)
    return response


# --- Reading ----------------------------------------------------------------------------------


def list_services(request: HttpRequest) -> Value:
    """The subjects in use."""
    return [answers.service(category) for category in selectors.services()]


def define_service(request: HttpRequest, code: str) -> Value:
    """What is asked about a subject."""
    found = selectors.service(asking.plain(code))
    if found is None:
        raise Problem(404, NO_SUCH_SERVICE)
    return answers.definition(found)


def list_requests(request: HttpRequest) -> Value:
    """Published cases."""
    found = selectors.requests(asking.asked(request.GET.dict()))
    return [answers.request(shown) for shown in found]


def show_request(request: HttpRequest, number: str) -> Value:
    """One published case."""
    found = selectors.request(number)
    if found is None:
        raise Problem(404, NO_SUCH_REQUEST)
    return [answers.request(found)]


def list_updates(request: HttpRequest) -> Value:
    """What became of published cases."""
    found = selectors.updates(asking.window(request.GET.dict()))
    return [answers.update(shown) for shown in found]


def no_token(request: HttpRequest, token: str) -> Value:
    """Numbers are given at once, so there are no tokens."""
    raise Problem(404, _("token was not found: every request gets its service_request_id at once."))


def discover(request: HttpRequest) -> Value:
    """Where the endpoint is."""
    return answers.discovery(w3c(selectors.changed_at()))


def nothing(request: HttpRequest, rest: str = "") -> Value:
    """An address that there is not."""
    raise Problem(404, _("There is nothing here. Addresses end in .xml or .json."))


# --- Writing ----------------------------------------------------------------------------------


def _key_of(request: HttpRequest) -> ApiKey:
    if request.FILES:
        raise Problem(400, _("Files are not taken here; give their addresses as media_url."))
    return keys.opened(asking.plain(request.POST.get("api_key", "")), client_address(request))


def file_request(request: HttpRequest) -> Value:
    """File a complaint."""
    key = _key_of(request)
    repeat_key = filing.check_repeat_key(request.headers.get("Idempotency-Key", ""))
    address = client_address(request)
    return filing.file(request.POST, key, repeat_key=repeat_key, address=address)


def add_update(request: HttpRequest) -> Value:
    """Add a message to a case that the same key filed."""
    key = _key_of(request)
    repeat_key = filing.check_repeat_key(request.headers.get("Idempotency-Key", ""))
    return updating.update(request.POST, key, repeat_key=repeat_key)


services = endpoint("services", GET=list_services)
definition = endpoint("service_definition", GET=define_service)
requests = endpoint("service_requests", GET=list_requests, POST=file_request)
request_by_number = endpoint("service_requests", GET=show_request)
updates = endpoint("service_request_updates", GET=list_updates, POST=add_update)
token = endpoint("service_requests", GET=no_token)
discovery = endpoint("discovery", GET=discover)
elsewhere = endpoint("errors", GET=nothing)


def anything_else(request: HttpRequest, rest: str = "") -> HttpResponse:
    """What no other address takes is not there, in the format that its end names."""
    return elsewhere(request, form="json" if rest.endswith(".json") else "xml")
