"""A file of a case as it is sent to whoever may read it: never run by a browser, never kept on the way."""

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from complaints.models import Attachment

#: Whatever is in the file, it gets no script, no form, no window and no origin.
POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"


def served(request: HttpRequest, found: Attachment) -> HttpResponseBase:
    """The content, or 304 where the reader has it already. That they may read it was asked before."""
    response = _content(found) if is_sensitive(found) else _asked_about(request, found)
    response.headers.setdefault("Cache-Control", "no-store")
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def is_sensitive(found: Attachment) -> bool:
    """Whether no browser may keep the file: its case is sensitive."""
    return found.case is not None and found.case.sensitive


def _asked_about(request: HttpRequest, found: Attachment) -> HttpResponseBase:
    """Kept by this browser alone, and asked about each time: the right to see it may end."""
    etag = f'"{found.sha256}"'
    unchanged = get_conditional_response(request, etag=etag)
    is_known = unchanged is not None and unchanged.status_code == 304
    response: Any = unchanged if is_known else _content(found)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def _content(found: Attachment) -> HttpResponseBase:
    try:
        content = default_storage.open(str(found.file.name))
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, content_type=found.content_type)
    # Photos are shown in the page; a PDF is saved and opened by the reader's own program.
    saved = not found.content_type.startswith("image/")
    response["Content-Disposition"] = content_disposition_header(saved, found.name) or ""
    return response
