"""Who is told of a move: notices collected during the work, written in its transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Role
from agencies.models import Office, Post
from agencies.selectors import answering_post, holders
from complaints.models import Contact, Notice

if TYPE_CHECKING:
    from complaints.services.work import Work


@dataclass(frozen=True, slots=True)
class ForCitizen:
    """Something the citizen is to be told; `seq` is the event that it is about."""

    template: str
    values: dict[str, Any]
    seq: int


class Outbox:
    """Notices of one piece of work. Values hold codes, names and times: never an address."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.citizen: list[ForCitizen] = []
        self.rows: list[Notice] = []
        #: Set by filing, where the contact is new; else it is read when needed.
        self.contact: Contact | None = None

    def tell_citizen(self, template: str, **values: Any) -> None:
        """Tell whoever filed, by the way they gave; and those whose cases were merged into this."""
        self.citizen.append(ForCitizen(template, values, self.work.case.last_seq))

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

    def _add(self, template: str, values: dict[str, Any], at: datetime | None, **whom: Any) -> None:
        case = self.work.case
        to = f"u{whom['user'].pk}" if "user" in whom else f"o{whom['office'].pk}"
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
        """Write the notices; one already there (same key) is not written again."""
        if self.citizen:
            self.rows += self._citizen_rows()
        if self.rows:
            Notice.objects.bulk_create(self.rows, ignore_conflicts=True)
        self.rows, self.citizen = [], []

    def _citizen_rows(self) -> list[Notice]:
        rows = []
        for contact in self._contacts():
            channel = "email" if contact.has_email else "sms" if contact.has_phone else ""
            if channel:
                rows += [self._row(contact, channel, what) for what in self.citizen]
        return rows

    def _contacts(self) -> list[Contact]:
        case = self.work.case
        own = [self.contact] if self.contact else list(Contact.objects.filter(case=case))
        for contact in own:
            contact.case = case
        merged: QuerySet[Contact] | list[Contact] = []
        if case.merged_count:
            merged = Contact.objects.filter(case__lead=case, case__ending="merged")
            merged = merged.select_related("case")
        return [*own, *merged]

    def _row(self, contact: Contact, channel: str, what: ForCitizen) -> Notice:
        """One notice; of a sensitive case it says only that there is news."""
        about = contact.case
        template, values = what.template, {"number": about.number, **what.values}
        if self.work.case.sensitive:
            template, values = "news", {"number": about.number}
        return Notice(
            case=about,
            template=template,
            values=values,
            language=contact.language,
            contact=contact,
            channel=channel,
            key=f"{self.work.case.number}:{what.seq}:{what.template}:c{contact.pk or 'new'}",
            created_at=self.work.now,
            next_at=self.work.now,
        )


def overseers(country: str) -> list[User]:
    """Everybody who is an overseer of a country's portal now."""
    posts = Post.objects.held_at().filter(
        role=Role.OVERSEER, office__country=country, user__is_active=True
    )
    return list({post.user_id: post.user for post in posts.select_related("user")}.values())


def desk_heads(country: str) -> list[User]:
    """Heads of the offices in which the desk works; the overseers if there are none."""
    desks = Post.objects.held_at().filter(role=Role.DESK, office__country=country)
    heads = Post.objects.held_at().filter(
        role=Role.HEAD, office__in=desks.values("office_id"), user__is_active=True
    )
    return [post.user for post in heads.select_related("user")] or overseers(country)


def heads_of(office: Office, barred: frozenset[int]) -> list[User]:
    """The head of an office; if there is none (or barred) whoever is next above."""
    here = [post.user for post in holders(office.pk, Role.HEAD) if post.user_id not in barred]
    if here:
        return here
    above = answering_post(office, Role.HEAD, barred) or answering_post(office, Role.FOCAL, barred)
    return [above.user] if above else []
