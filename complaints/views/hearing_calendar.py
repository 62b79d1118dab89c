"""The hearing that is set on a case, as an entry for somebody's calendar (RFC 5545)."""

from datetime import UTC, datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from complaints import moment
from complaints.models import Case, Hearing
from complaints.services.hearings import Invited
from complaints.views.door import opened_case
from complaints.views.officer.access import READERS, file_of, officers

#: Octets of a line, by the standard; a longer one goes on in the next.
LINE = 75


@require_safe
@officers(*READERS)
def for_office(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """The hearing for whoever may see the case. 404 where none is set."""
    return _calendar(_hearing(file_of(actor, number).case))


@require_safe
@never_cache
def for_citizen(request: HttpRequest, number: str) -> HttpResponse:
    """The hearing for the case's citizen, if they are asked to come.

    Of a sensitive case there is none: no device is to keep that there is such a case.
    """
    opened = opened_case(request, number)
    if opened is None or opened[0].sensitive:
        raise Http404
    hearing = _hearing(opened[0])
    if not hearing.attendances.filter(party=Invited.CITIZEN).exists():
        raise Http404
    return _calendar(hearing)


def _hearing(case: Case) -> Hearing:
    found = Hearing.objects.filter(appeal__case=case, held_at=None, called_off_at=None)
    hearing = found.select_related("appeal__case", "set_event__statement").first()
    if hearing is None:
        raise Http404
    return hearing


def _calendar(hearing: Hearing) -> HttpResponse:
    number = hearing.appeal.case.number
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Public grievances//Hearings//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:hearing-{hearing.pk}@{settings.COUNTRY}.grievances",
        f"DTSTAMP:{_utc(moment.now())}",
        f"DTSTART:{_utc(hearing.at)}",
        "DURATION:PT1H",
        f"SUMMARY:{_escaped(_('Hearing, case %(number)s') % {'number': number})}",
        f"LOCATION:{_escaped(_place(hearing))}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    body = "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{number}.ics"'
    return response


def _place(hearing: Hearing) -> str:
    statement = getattr(hearing.set_event, "statement", None)
    return str(statement.body.get("place", "")) if statement else ""


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(words: str) -> str:
    for sign in ("\\", ";", ","):
        words = words.replace(sign, f"\\{sign}")
    return "\\n".join(words.splitlines())


def _folded(line: str) -> list[str]:
    """A line cut so that none is longer than the standard lets it be; no letter is cut in two."""
    parts, part = list[str](), ""
    for letter in line:
        if len((part + letter).encode()) > LINE:
            parts.append(part)
            part = " "
        part += letter
    return [*parts, part]
