"""All that is kept about somebody, for themselves: one case, or an account with all its cases.

What a citizen gets is what they may read on their own pages, their contact opened, and what is kept
beside it. Nothing internal is in it, nobody else's name, and no officer's. `channels` adds its part to
`ALSO` at start-up. The shape of the data is described in docs/data-protection.md.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Q

from accounts.actors import Actor
from accounts.models import User
from agencies.models import Office, Post
from complaints import limits, moment
from complaints.errors import TooMany
from complaints.models import (
    Attachment,
    Case,
    Contact,
    Feedback,
    IdentityLook,
    Notice,
    Restriction,
)
from complaints.selectors import CaseFile, find_case
from complaints.selectors.access import visible_to
from complaints.selectors.casefile import Entry
from complaints.selectors.mine import own_cases
from complaints.services import correspondence, identity, sealing
from complaints.workflow import OFFICE, Party

#: Raised with each change of the shape.
FORMAT = 1
#: So many cases, the newest, and so many bytes of files at the most; what is left out is named.
MOST_CASES, MOST_BYTES = 200, 200 * 1024 * 1024
#: Looks of an officer at contacts, the newest.
MOST_LOOKS = 10_000
#: Codes of an event that are the citizen's to read as well; ids of people are not among them.
CODES = ("outcome", "office", "rating", "level", "what", "ground")
_OFFICERS = OFFICE | {Party.HANDLER, Party.APPEAL_OFFICER}

#: What rooms above keep of a case, by name.
ALSO: list[Callable[[Case], dict[str, Any]]] = []


@dataclass(frozen=True, slots=True)
class Packed:
    """A file and the name that it has in the archive."""

    path: str
    stored: str


@dataclass
class Export:
    """Data as plain JSON values, the cases as their citizen reads them, and files to go with it."""

    data: dict[str, Any]
    cases: list[CaseFile] = field(default_factory=list)
    files: list[Packed] = field(default_factory=list)
    size: int = 0


def of_case(*, case: Case, actor: Actor) -> Export:
    """All about one case, for its citizen. Raises TooMany after too many in an hour."""
    _count(f"case:{case.pk}")
    export = Export(_head())
    _add(export, case, actor, folder="")
    return export


def of_account(*, user: User, actor: Actor) -> Export:
    """All about an account: itself, its own cases, its posts. Raises TooMany as above."""
    _count(f"user:{user.pk}")
    export = Export(_head())
    export.data["account"] = _account(user)
    if posts := _posts(user):
        export.data["posts"] = posts
        export.data["looks"] = _looks_by(user, actor)
    numbers = list(own_cases(actor).order_by("-filed_at", "-id").values_list("number", flat=True))
    export.data["cases_left_out"] = numbers[MOST_CASES:]
    for number in numbers[:MOST_CASES]:
        case = find_case(actor, number)
        if case is not None and case.owner_id == user.pk:
            _add(export, case, actor, folder=f"{number}/")
    return export


def _count(whom: str) -> None:
    if limits.exports_of(whom) > limits.EXPORTS_AN_HOUR:
        raise TooMany


def _head() -> dict[str, Any]:
    return {
        "format": FORMAT,
        "portal": settings.PUBLIC_URL,
        "made_at": moment.now(),
        "cases": [],
    }


def _add(export: Export, case: Case, actor: Actor, folder: str) -> None:
    file = CaseFile(case, actor)
    packed = _files(export, case, folder)
    export.cases.append(file)
    export.data["cases"].append(
        {
            **_facts(case),
            "contact": _contact(case),
            "steps": _steps(file, packed),
            "deadlines": [_deadline(clock) for clock in file.clock_rows],
            "routing": _routing(file),
            "ratings": list(Feedback.objects.filter(case=case).values("rating", "at")),
            "who_looked": [_look(look, file) for look in file.looks],
            "messages_to_you": _notices(case),
            "restrictions": _restrictions(case),
            "files": list(packed.values()),
            **{name: value for also in ALSO for name, value in also(case).items()},
        }
    )


def _facts(case: Case) -> dict[str, Any]:
    """What the case itself holds: codes, names in words, moments in UTC."""
    names = (
        *("number", "kind", "status", "ending", "outcome", "language", "channel", "text"),
        *("place_note", "latitude", "longitude", "sensitive", "anonymous", "on_behalf"),
        *("share_contact", "publish_consent", "public_text", "published_at", "filed_at"),
        *("answered_at", "closed_at", "appeal_until", "person_erased_at", "words_erased_at"),
    )
    related = {"category": case.category, "place": case.place, "office": case.holder}
    return {
        **{name: getattr(case, name) for name in names},
        **{name: str(row) if row else "" for name, row in related.items()},
    }


def _contact(case: Case) -> dict[str, Any]:
    """Who they said that they are, opened; and by which way news goes to them."""
    row = Contact.objects.select_related("handle").filter(case=case, erased_at=None).first()
    if row is None:
        return {}
    known: dict[str, Any] = {"news_by": row.way, "news_on_devices": row.has_push}
    try:
        known |= asdict(identity.contact_of(case))
        if row.handle is not None:
            address, other = correspondence.names_of(row.handle)
            known["writes_from"] = {"channel": row.handle.channel, "as": [address, other]}
    except sealing.CannotUnseal:
        known["unreadable"] = True
    return known


def _steps(file: CaseFile, packed: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    theirs = [entry.event for entry in file.timeline if entry.event.party in _OFFICERS]
    ids = {event.office_id for event in theirs if event.office_id is not None}
    offices = {office.pk: office.name for office in Office.objects.filter(pk__in=ids)}
    return [_step(entry, packed, offices) for entry in file.timeline]


def _step(
    entry: Entry, packed: dict[int, dict[str, Any]], offices: dict[int, str]
) -> dict[str, Any]:
    event = entry.event
    return {
        "seq": event.seq,
        "at": event.happened_at,
        "recorded_at": event.recorded_at,
        "step": event.move,
        "by": event.party,
        "by_office": offices.get(event.office_id or 0, "") if event.party in _OFFICERS else "",
        "codes": {name: event.data[name] for name in CODES if name in event.data},
        "said": entry.said,
        "files": [packed[file.pk]["path"] for file in entry.files if file.pk in packed],
        "commitment": event.commitment,
        "hash": event.hash,
    }


def _deadline(clock: Any) -> dict[str, Any]:
    names = ("kind", "amount", "unit", "started_at", "due_at", "missed_at", "stopped_at")
    return {**{name: getattr(clock, name) for name in names}, "ended": clock.stopped_how}


def _routing(file: CaseFile) -> dict[str, Any]:
    """How the rules read it: which office, why, how sure; offices that came second are not named."""
    made = file.decision
    if made is None:
        return {}
    return {
        "office": made.target,
        "suggested": made.suggested,
        "confidence": made.confidence,
        "words_found": list(made.words_found),
        "reasons": [reason.note for reason in made.reasons if reason.note],
        "rules": f"{made.ruleset} {made.version}",
    }


def _look(look: IdentityLook, file: CaseFile) -> dict[str, Any]:
    """Which office looked, when and why; never which officer."""
    reasons = {entry.event.pk: entry.said.get("text", "") for entry in file.timeline}
    return {
        "at": look.at,
        "office": look.office.name if look.office else "",
        "ground": look.ground,
        "reason": reasons.get(look.event_id or 0, ""),
    }


def _notices(case: Case) -> list[dict[str, Any]]:
    """What was sent to them, by which way, and what became of it; the texts are kept nowhere."""
    rows = Notice.objects.filter(Q(contact__case=case) | Q(case=case, handle__isnull=False))
    fields = ("template", "channel", "created_at", "sent_at", "status", "delivery")
    return list(rows.order_by("id").values(*fields))


def _restrictions(case: Case) -> list[dict[str, Any]]:
    fields = (
        *("kind", "reason", "imposed_at", "until", "lifted_at"),
        *("grounds", "appealed_at", "decision", "decided_at", "upheld"),
    )
    return list(Restriction.objects.filter(case=case).order_by("id").values(*fields))


def _files(export: Export, case: Case, folder: str) -> dict[int, dict[str, Any]]:
    """The files that the citizen may read, by their ids; packed as long as there is room."""
    found: dict[int, dict[str, Any]] = {}
    rows = Attachment.objects.filter(case=case, internal=False).order_by("id")
    for place, row in enumerate(rows, start=1):
        path = f"{folder}files/{place:03d}-{PurePosixPath(row.name).name}"
        stored = str(row.file.name)
        fits = export.size + row.size <= MOST_BYTES and default_storage.exists(stored)
        if fits:
            export.files.append(Packed(path, stored))
            export.size += row.size
        found[row.pk] = {
            "path": path if fits else "",
            "name": row.name,
            "content_type": row.content_type,
            "size": row.size,
            "sha256": row.sha256,
            "added_at": row.uploaded_at,
        }
    return found


def _account(user: User) -> dict[str, Any]:
    addresses = EmailAddress.objects.filter(user=user).values("email", "verified", "primary")
    factors = Authenticator.objects.filter(user=user).values("type", "created_at", "last_used_at")
    fields = ("email", "name", "phone", "language", "date_joined", "last_login")
    return {
        **{name: getattr(user, name) for name in fields},
        "addresses": list(addresses),
        "second_factors": list(factors),
    }


def _posts(user: User) -> list[dict[str, Any]]:
    rows = Post.objects.filter(user=user).select_related("office").order_by("held_from")
    return [
        {
            "role": post.role,
            "office": post.office.name,
            "title": post.title,
            "from": post.held_from,
            "to": post.held_to,
        }
        for post in rows
    ]


def _looks_by(user: User, actor: Actor) -> list[dict[str, Any]]:
    """At whose contact an officer looked, in cases that they may still see."""
    looks = IdentityLook.objects.filter(user=user, case__in=visible_to(actor)).order_by("-at")
    return [dict(look) for look in looks.values("case__number", "at", "ground")[:MOST_LOOKS]]
