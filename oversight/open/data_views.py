"""The open data: a page that lists the tables, the files, and the catalogue for other portals."""

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import get_script_prefix, reverse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.text import compress_sequence
from django.views.decorators.http import require_safe

from oversight.figures.periods import today
from oversight.metrics import LEAST_CASES
from oversight.open import cells
from oversight.open.catalog import catalog
from oversight.open.datasets import DATASETS, LICENCE, LICENCE_NAME, Dataset
from oversight.open.files import FORMATS
from oversight.open.views import for_all

#: How a media type of the catalogue is called.
JSON_LD = "application/ld+json"


@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """The tables, their columns explained, and how they may be used."""
    context = {
        "tables": [_told(dataset) for dataset in DATASETS.values()],
        "licence": LICENCE,
        "licence_name": LICENCE_NAME,
        "least": LEAST_CASES,
        "most_hidden": LEAST_CASES - 1,
        "endings": list(FORMATS),
        "catalog_url": whole_address("open-data-catalog"),
    }
    return for_all(request, render(request, "oversight/open/data.html", context), cells.FRESH)


def _told(dataset: Dataset) -> dict[str, Any]:
    months = cells.months(dataset)
    return {
        "dataset": dataset,
        "columns": list(dataset.columns()),
        "first": months[0] if months else None,
        "last": months[-1] if months else None,
        "files": [(ending, reverse("open-data-file", args=[dataset.code, ending]))
                  for ending in FORMATS],
    }  # fmt: skip


@require_safe
def open_data_file(request: HttpRequest, code: str, ending: str) -> HttpResponseBase:
    """A table as a file, sent as it is made; asked for again, only if there is a newer edition."""
    if code not in DATASETS or ending not in FORMATS:
        raise Http404
    media_type, make = FORMATS[ending]
    content: Iterator[bytes] = (text.encode() for text in make(DATASETS[code]))
    packed = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    response = StreamingHttpResponse(
        compress_sequence(content) if packed else content,
        content_type=f"{media_type}; charset=utf-8",
    )
    if packed:
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    response["Content-Disposition"] = f'attachment; filename="{code}.{ending}"'
    return _kept(request, response, f"{code}.{ending}{'.gz' if packed else ''}")


def accepts_gzip(accepted: str) -> bool:
    """Whether a client reads gzip, by its Accept-Encoding (RFC 9110, 12.5.3); not what it gives no weight.

    These tables alone are packed: they hold no secret, and nothing that a reader sends comes back in them.
    """
    for part in accepted.lower().split(","):
        coding, _semicolon, weight = part.partition(";")
        if coding.strip() in ("gzip", "x-gzip"):
            return re.fullmatch(r"\s*q=0(\.0*)?\s*", weight) is None
    return False


@require_safe
def open_data_catalog(request: HttpRequest) -> HttpResponseBase:
    """The catalogue (DCAT 3, JSON-LD)."""
    made = catalog(
        home=whole_address("open-data"),
        method=whole_address("performance-method"),
        address=lambda code, ending: whole_address("open-data-file", code, ending),
        spans={code: cells.months(dataset) for code, dataset in DATASETS.items()},
        modified=today(),
    )
    response = JsonResponse(made, content_type=JSON_LD, json_dumps_params={"ensure_ascii": False})
    return _kept(request, response, f"catalog:{today()}")


def whole_address(name: str, *args: str) -> str:
    """An address with the portal's own before it, and without a language: it is the same for all."""
    path = reverse(name, args=args).removeprefix(get_script_prefix())
    return f"{settings.PUBLIC_URL}/{path}"


def _kept(request: HttpRequest, response: Any, name: str) -> HttpResponseBase:
    """For programs of any origin; an edition is as it is for an hour."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Link"] = f'<{LICENCE}>; rel="license"'
    patch_cache_control(response, public=True, max_age=cells.FRESH)
    etag = response["ETag"] = quote_etag(f"{name}:{cells.edition()}")
    return get_conditional_response(request, etag=etag, response=response) or response
