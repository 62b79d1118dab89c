"""Who is told of a move: notices collected during the work, written in its transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import QuerySet

from accounts import written
from accounts.models import User
from accounts.roles import Role
from agencies.models import Office, Post
from agencies.selectors import answering_post, holders
from complaints.models import Case, Contact, Notice
from complaints.models.case import EndedAs
from complaints.notice_texts import RECEIPTS
from complaints.services import sealing

if TYPE_CHECKING:
    from complaints.services.work import Work


#: What those whose cases were joined with this one are told in the same words. Of other steps they
#: hear that there is news; of what is between the lead's own citizen and the office, nothing.
ALSO_TRUE_OF_JOINED = frozenset(
    {
        "forwarded",
        "accepted",
        "still_with_desk",
        "late",
        "returned",
        "appealed",
        "appeal_upheld",
        "appeal_dismissed",
        "reopened_for_you",
    }
)


@dataclass(frozen=True, slots=True)
class ForCitizen:
    """Something the citizen is to be told; `seq` is the event that it is about."""

    template: str
    values: dict[str, Any]
    seq: int
    #: Values that must not lie in clear.
    sealed: dict[str, str] = field(default_factory=dict)


class Outbox:
    """Notices of one piece of work. Values hold codes, names and times: never an address."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.citizen: list[ForCitizen] = []
        self.rows: list[Notice] = []
        #: Whether the case has another state than before: those joined with it are told of each step.
        self.is_step = False
        #: Set by filing, where the contact is new; else it is read when needed.
        self.contact: Contact | None = None

    def tell_citizen(
        self, template: str, sealed: dict[str, str] | None = None, **values: Any
    ) -> None:
        """Tell whoever filed, by the way they gave. What those joined with it hear: see `flush`.

        `sealed` are values that are kept encrypted, and only until the notice is out.
        """
        self.citizen.append(ForCitizen(template, values, self.work.case.last_seq, sealed or {}))

    def tell_for_the_last_time(self, contact: Contact, template: str) -> None:
        """Tell whoever filed by the way that their news go until now; nobody where there is none."""
        if not contact.way:
            return
        case, handle = self.work.case, contact.handle
        whom = {"handle": handle} if handle is not None else {"contact": contact}
        self.rows.append(
            Notice(
                case=case,
                template=template,
                values={"number": case.number},
                language=contact.language,
                channel=contact.way,
                key=f"{case.number}:{case.last_seq}:{template}",
                created_at=self.work.now,
                next_at=self.work.now,
                **whom,
            )
        )

    def tell_office(
        self, office: Office | None, template: str, *, at: datetime | None = None, **values: Any
    ) -> None:
        """Tell who answers in an office by the time the notice leaves; for None nobody is told."""
        if office is not None:
            self._add(template, values, at, office=office, channel="email")

    def tell_people(
        self, people: Iterable[User], template: str, *, at: datetime | None = None, **values: Any
    ) -> None:
        """Tell officers by e-mail, none who is barred; not before `at`, if it is given."""
        for person in people:
            if person.pk not in self.work.who.barred:
                language = person.language
                self._add(template, values, at, user=person, language=language, channel="email")

    def tell_served(self, user: User, key: UUID, *, template: str, **values: Any) -> None:
        """Tell a respondent that something was served on them. The letter does not name the case."""
        work = self.work
        self.rows.append(
            Notice(
                case=work.case,
                template=template,
                values={"served": str(key), **values},
                language=user.language,
                user=user,
                channel="email",
                # Of a hearing they may be told more than once.
                key=f"{template}:{key}:{work.case.last_seq}",
                created_at=work.now,
                next_at=work.now,
            )
        )

    def _add(self, template: str, values: dict[str, Any], at: datetime | None, **whom: Any) -> None:
        case = self.work.case
        to = f"u{whom['user'].pk}" if "user" in whom else f"o{whom['office'].pk}"
        # Two clocks of a case may need the same reminder after the same event.
        to = f"{values.get('clock', '')}{to}"
        self.rows.append(
            Notice(
                case=case,
                template=template,
                values={"number": case.number, **values},
                key=f"{case.number}:{case.last_seq}:{template}:{to}",
                created_at=self.work.now,
                next_at=at or self.work.now,
                **whom,
            )
        )

    def flush(self) -> None:
        """Write the notices; one already there (same key) is not written again.

        Those whose cases were joined with this one are told of each step, once.
        """
        if self.citizen:
            self.rows += self._rows(self._own(), self.citizen)
        if self.work.case.merged_count and (joined := self._for_joined()):
            self.rows += self._rows(self._joined(), joined)
        written.insert(self.rows, or_nothing=True)
        self.rows, self.citizen, self.is_step = [], [], False

    def _rows(self, contacts: Iterable[Contact], told: list[ForCitizen]) -> list[Notice]:
        rows = []
        for contact in contacts:
            rows += [self._row(contact, contact.way, what) for what in told if contact.way]
            if contact.has_push:
                # To a device goes what is no secret: it may show it on a locked screen.
                rows += [self._row(contact, "push", what) for what in told if not what.sealed]
        return rows

    def _own(self) -> list[Contact]:
        case = self.work.case
        own = [self.contact] if self.contact else list(Contact.objects.filter(case=case))
        for contact in own:
            contact.case = case
        return own

    def _for_joined(self) -> list[ForCitizen]:
        told = [what for what in self.citizen if what.template in ALSO_TRUE_OF_JOINED]
        if told or not self.is_step:
            return told
        return [ForCitizen("news", {}, self.work.case.last_seq)]

    def _joined(self) -> QuerySet[Contact]:
        """Contacts of the cases joined with this one, and of those joined with them before."""
        joined: set[int] = set()
        leads = {self.work.case.pk}
        while leads:
            found = Case.objects.filter(lead__in=leads, ending=EndedAs.MERGED)
            leads = set(found.values_list("pk", flat=True)) - joined
            joined |= leads
        return Contact.objects.filter(case__in=joined).select_related("case")

    def _row(self, contact: Contact, channel: str, what: ForCitizen) -> Notice:
        """One notice; of a sensitive case it says only that there is news."""
        about = contact.case
        template, values = what.template, {"number": about.number, **what.values}
        if (self.work.case.sensitive or about.sensitive) and template not in RECEIPTS:
            template, values = "news", {"number": about.number}
        to = f"c{contact.pk or 'new'}"
        return Notice(
            case=about,
            template=template,
            values=values,
            language=contact.language,
            contact=contact,
            channel=channel,
            sealed=sealing.seal(what.sealed) if what.sealed else None,
            key=f"{self.work.case.number}:{what.seq}:{what.template}:{to}"
            + (":push" if channel == "push" else ""),
            created_at=self.work.now,
            next_at=self.work.now,
        )


def overseers(country: str) -> list[User]:
    """Everybody who is an overseer of a country's portal now."""
    posts = Post.objects.held_at().filter(
        role=Role.OVERSEER, office__country=country, user__is_active=True
    )
    return list({post.user_id: post.user for post in posts.select_related("user")}.values())


def desk_heads(country: str, barred: Collection[int] = frozenset()) -> list[User]:
    """Heads of the offices in which the desk works; the overseers if there are none, or all barred."""
    desks = Post.objects.held_at().filter(role=Role.DESK, office__country=country)
    heads = Post.objects.held_at().filter(
        role=Role.HEAD, office__in=desks.values("office_id"), user__is_active=True
    )
    heads = heads.exclude(user_id__in=barred).select_related("user")
    return list({post.user_id: post.user for post in heads}.values()) or overseers(country)


def heads_of(office: Office, barred: frozenset[int]) -> list[User]:
    """The head of an office; if there is none (or barred) whoever is next above."""
    here = [post.user for post in holders(office.pk, Role.HEAD) if post.user_id not in barred]
    if here:
        return here
    above = answering_post(office, Role.HEAD, barred) or answering_post(office, Role.FOCAL, barred)
    return [above.user] if above else []
