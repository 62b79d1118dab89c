"""Telling people of something that is no step of a case: officers of what concerns their office, and
citizens of what concerns many cases at once. Written to the outbox; the same key is never told twice.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.actors import SYSTEM
from accounts.models import User
from agencies import snapshot
from agencies.models import Office
from complaints import moment
from complaints.clocks import next_office_hour
from complaints.models import Contact, Notice
from complaints.services.work import tell_database


def tell_officers(
    template: str,
    *,
    key: str,
    values: Mapping[str, Any],
    office: Office | None = None,
    people: Iterable[User] = (),
) -> None:
    """Tell whoever answers in an office when the notice leaves, and people, in office hours.

    `values` hold codes, names and times; `path` among them is the page to open, from the language on
    ("oversight/issues/"). `key` names the occasion: to one person it is told once.
    """
    now = moment.now()
    whom: list[tuple[str, dict[str, Any]]] = [
        (f"u{person.pk}", {"user": person, "language": person.language})
        for person in {person.pk: person for person in people}.values()
    ]
    if office is not None:
        whom.append((f"o{office.pk}", {"office": office}))
    at = next_office_hour(now, snapshot.current(settings.COUNTRY).default_calendar)
    rows = [
        Notice(
            template=template,
            values=dict(values),
            channel="email",
            key=f"{key}:{to}",
            created_at=now,
            next_at=at,
            **reader,
        )
        for to, reader in whom
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def tell_citizens(case_ids: Iterable[int], template: str, *, key: str) -> int:
    """Tell the citizens of these cases, each by the ways they gave; says how many have one.

    Of a case that is sensitive, or joined with one that is, they hear only that there is news.
    """
    now = moment.now()
    contacts = Contact.objects.filter(case__in=list(case_ids), erased_at=None)
    rows: list[Notice] = []
    told = 0
    with transaction.atomic():
        tell_database(SYSTEM)
        for contact in contacts.select_related("case__lead", "handle"):
            ways = [contact.way] if contact.way else []
            ways += ["push"] if contact.has_push else []
            rows += [_to_citizen(contact, way, template, key, now) for way in ways]
            told += bool(ways)
        Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return told


def _to_citizen(contact: Contact, way: str, template: str, key: str, now: datetime) -> Notice:
    case = contact.case
    is_sealed = case.sensitive or case.followed.sensitive
    return Notice(
        case=case,
        template="news" if is_sealed else template,
        values={"number": case.number},
        language=contact.language,
        contact=contact,
        channel=way,
        key=f"{key}:{case.number}:{way}",
        created_at=now,
        next_at=now,
    )
