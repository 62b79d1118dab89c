"""What every request passes: a request id and one log line, the language, browser permissions."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from grs.errors import too_large

GetResponse = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger("grs.request")
GIVEN_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")
#: Asked all the time, and of no interest.
QUIET_ROUTES = ("healthz/", "metrics", "simulator/live/")


class RequestLogMiddleware:
    """Give each request an id, bind it to the log, answer with it and log one line at the end.

    The line holds the route (not the path, which may hold a case number), the status and the
    time taken in milliseconds; never the address of the caller.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if GIVEN_ID.match(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            match = request.resolver_match
            route = match.route if match else "unmatched"
            if not route.startswith(QUIET_ROUTES):
                log.info(
                    "request",
                    method=request.method,
                    route=route,
                    status=response.status_code,
                    ms=round((time.perf_counter() - started) * 1000),
                )
        response["X-Request-ID"] = request_id
        return response


class SandboxMiddleware:
    """Say on every answer to a program that this is no real installation (GRS_SANDBOX=1)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(("/api/", "/oauth/")):
            response["X-Sandbox"] = "1"
        return response


class BodyLimitMiddleware:
    """Refuse a request that is larger than any form with all its files, before it is read.

    Django puts uploads of any size into temporary files first, and looks at them afterwards.
    """

    #: What words and boundaries may take beside the files.
    BESIDE = 5 * 1024 * 1024

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        most = settings.FILES_MAX_BYTES * settings.FILES_A_MOVE + self.BESIDE
        if not length.isdecimal() or int(length[:18]) > most:
            # Before the language of the request is known to anybody.
            with translation.override(_language_of(request)):
                return too_large(request)
        return self.get_response(request)


class LanguagePrefixMiddleware:
    """Serve /en/…, /bn/… and /id/… in that language, in place; else by cookie or browser.

    The prefix is taken off `path_info` and made the script prefix, so that `reverse()` keeps it
    and links stay in the language. Without a prefix: the language cookie (any of the three), then
    Accept-Language among the country's languages, then the country's first language.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        outer_prefix = get_script_prefix()
        language = _prefix(request.path_info)
        if language:
            request.path_info = request.path_info[len(language) + 1 :]
            set_script_prefix(f"{outer_prefix.rstrip('/')}/{language}/")
        request.language_prefix = language  # type: ignore[attr-defined]
        chosen = language or _preferred(request)
        try:
            with translation.override(chosen):
                request.LANGUAGE_CODE = chosen
                response = self.get_response(request)
        finally:
            set_script_prefix(outer_prefix)
        response.headers.setdefault("Content-Language", chosen)
        if not language:
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


class PermissionsPolicyMiddleware:
    """Tell the browser which of its powers the pages use: the place of the device, asked for."""

    POLICY = "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), browsing-topics=()"

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.POLICY)
        return response


def _language_of(request: HttpRequest) -> str:
    return _prefix(request.path_info) or _preferred(request)


def _prefix(path: str) -> str | None:
    for code, _name in settings.LANGUAGES:
        if path.startswith(f"/{code}/"):
            return code
    return None


def _preferred(request: HttpRequest) -> str:
    codes = {code for code, _name in settings.LANGUAGES}
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if cookie in codes:
        return cookie
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())
    for wanted, _quality in accepted:
        base = wanted.split("-")[0]
        if base in settings.COUNTRY_LANGUAGES:
            return base
    return settings.LANGUAGE_CODE
