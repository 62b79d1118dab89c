"""Files of cases: served to whoever may see the case, to nobody else, and never run by a browser."""

from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from complaints.models import Attachment, Case
from complaints.proofs import citizen_of
from complaints.selectors.access import visible_to

#: Whatever is in the file, it gets no script, no form, no window and no origin.
POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"


@require_safe
def attachment(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """One file by its key. 404 for a loose one, and for whoever may not see its case."""
    found = (
        Attachment.objects.select_related("case")
        .filter(key=key, case__country=settings.COUNTRY)
        .first()
    )
    if found is None or found.case is None or not _may_read(request, found.case, found.internal):
        raise Http404
    etag = f'"{found.sha256}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None and unchanged.status_code == 304:
        response: HttpResponseBase = unchanged
    else:
        response = _content(found)
    response["ETag"] = etag
    # Kept by this browser alone, and asked about each time: the right to see it may end.
    response["Cache-Control"] = "private, no-cache"
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
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


def _may_read(request: HttpRequest, case: Case, internal: bool) -> bool:
    """The read rule of cases; internal files are for officers, never for the case's citizen."""
    actor = request.actor  # type: ignore[attr-defined]
    is_owner = actor.user_id is not None and case.owner_id == actor.user_id
    if not is_owner and visible_to(actor).filter(pk=case.pk).exists():
        return True
    if internal:
        return False
    citizen = citizen_of(request, case.number)
    return citizen is not None and visible_to(citizen).filter(pk=case.pk).exists()
