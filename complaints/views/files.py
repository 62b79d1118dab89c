"""Files of cases: served to whoever may see the case, and to nobody else."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from complaints.models import Attachment, Case
from complaints.proofs import citizen_of
from complaints.selectors.access import visible_to
from complaints.selectors.appeal_words import KEPT_BACK, may_read_file
from complaints.serving import served


@require_safe
def attachment(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """One file by its key. 404 for a loose one, and for whoever may not see its case."""
    found = (
        Attachment.objects.select_related("case__holder", "event")
        .filter(key=key, case__country=settings.COUNTRY)
        .first()
    )
    if found is None or found.case is None or not _may_read(request, found, found.case):
        raise Http404
    return served(request, found)


def _may_read(request: HttpRequest, found: Attachment, case: Case) -> bool:
    """The read rule of cases; internal files are for officers, and of their words for who reads these."""
    actor = request.actor  # type: ignore[attr-defined]
    is_owner = actor.user_id is not None and case.owner_id == actor.user_id
    if not is_owner and visible_to(actor).filter(pk=case.pk).exists():
        return may_read_file(actor, found)
    within = found.event is not None and found.event.move in KEPT_BACK
    if found.internal and not within:
        return False
    citizen = citizen_of(request, case.number)
    if citizen is None or not visible_to(citizen).filter(pk=case.pk).exists():
        return False
    return may_read_file(citizen, found)
