"""The public record: pages for people, and beside each the same as files for programs."""

import hashlib
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from record import documents, selectors, signing
from record.models import TreeHead
from record.publishing import SCRIPT, as_text, leaf_lines

#: Heads a page; an address with ?before= goes on.
PAGE = 30
#: How long what changes once a day may be kept, in seconds.
FRESH = 300
#: A signed day never changes.
FOR_EVER = 31_536_000


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, f"record/{template}.html", context)
    if request.user.is_authenticated or request.session.session_key:
        # The head of the page is then somebody's own.
        patch_cache_control(response, private=True, max_age=0)
    else:
        patch_cache_control(response, public=True, max_age=FRESH)
    return response


def _json(request: HttpRequest, value: dict[str, Any], *, keep: int = FRESH) -> HttpResponseBase:
    response = HttpResponse(as_text(value), content_type="application/json; charset=utf-8")
    return _kept(request, response, response.content, keep)


def _kept(request: HttpRequest, response: Any, told_by: bytes, keep: int) -> HttpResponseBase:
    """A file for programs of any origin; asked for again, it is sent only if it changed."""
    response["Access-Control-Allow-Origin"] = "*"
    patch_cache_control(response, public=True, max_age=keep)
    etag = response["ETag"] = quote_etag(hashlib.sha256(told_by).hexdigest()[:32])
    return get_conditional_response(request, etag=etag, response=response) or response


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    if found.isoformat() != text:
        # One day has one address.
        raise Http404
    return found


def _head(text: str) -> TreeHead:
    head = TreeHead.objects.filter(day=_day(text)).first()
    if head is None:
        raise Http404
    return head


def grouped(digits: str) -> str:
    """A fingerprint in groups of four, as it is read aloud and printed."""
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """What the record is, its newest heads, the keys, and how a receipt is checked."""
    before = request.GET.get("before", "")
    found = selectors.heads(before=_day(before) if before else None, limit=PAGE + 1)
    prints = [signing.fingerprint(bytes(key.public)) for key in selectors.all_keys()]
    context = {
        "heads": found[:PAGE],
        "older": found[PAGE - 1].day.isoformat() if len(found) > PAGE else "",
        "before": before,
        "fingerprint": prints[-1],
        "grouped": grouped(prints[-1]),
        "former": [grouped(value) for value in reversed(prints[:-1])],
        "address": f"{settings.PUBLIC_URL}/record/",
    }
    return _page(request, "record", context)


@require_safe
def day(request: HttpRequest, day: str) -> HttpResponse:
    """One day: its head, what came in, and that it continues the day before."""
    head = _head(day)
    first = selectors.first_day()
    context = {
        "head": head,
        "fingerprint": bytes(head.root).hex(),
        "previous": head.day - timedelta(days=1),
        "signature": signing.text(bytes(head.signature)),
        "added": head.added,
        "is_first": head.day == first,
    }
    return _page(request, "day", context)


@require_safe
def index_json(request: HttpRequest) -> HttpResponseBase:
    """From which day to which there are heads."""
    first, last = selectors.first_day(), selectors.last_head()
    return _json(request, documents.index_json(first, last))


@require_safe
def keys_json(request: HttpRequest) -> HttpResponseBase:
    """Every key that signs or signed."""
    return _json(request, documents.keys_json(selectors.all_keys()))


@require_safe
def head_json(request: HttpRequest, day: str) -> HttpResponseBase:
    """A day's signed head."""
    return _json(request, documents.head_json(_head(day)), keep=FOR_EVER)


@require_safe
def leaves(request: HttpRequest, day: str) -> HttpResponseBase:
    """A day's leaf hashes, sent as they are read."""
    head = _head(day)
    response = StreamingHttpResponse(leaf_lines(head), content_type="text/plain; charset=ascii")
    return _kept(request, response, bytes(head.signature), FOR_EVER)


@require_safe
def leaf_json(request: HttpRequest, leaf: str) -> HttpResponseBase:
    """Where a leaf stands, with its proof against the first head that holds it."""
    try:
        value = bytes.fromhex(leaf) if len(leaf) == 64 else b""
    except ValueError:
        value = b""
    proof = selectors.inclusion(value) if value else None
    if proof is None:
        raise Http404
    document = documents.leaf_json(value, proof)
    return _json(request, document, keep=FOR_EVER if proof["head"] else 0)


@require_safe
def script(request: HttpRequest) -> FileResponse:
    """The program that checks a receipt, to be saved and read before it is run."""
    response = FileResponse(SCRIPT.open("rb"), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{SCRIPT.name}"'
    patch_cache_control(response, public=True, max_age=FRESH)
    return response
