"""People of the demonstration: one for each role, and a focal officer for every ministry."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.models import User
from accounts.roles import Role
from agencies.models import Office, Post

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
CENTRAL = {
    "operator": Role.OPERATOR,
    "desk": Role.DESK,
    "desk_head": Role.HEAD,
    "overseer": Role.OVERSEER,
    "auditor": Role.AUDITOR,
    "registrar": Role.REGISTRAR,
}
IN_OFFICE = {"focal": Role.FOCAL, "case_officer": Role.CASE_OFFICER, "head": Role.HEAD}


@dataclass(frozen=True)
class Login:
    """A line of the list of log-ins."""

    email: str
    what: str


def email_of(name: str, office: str = "") -> str:
    """The log-in of somebody: `desk@demo.example`, `focal@bd-dpdc.demo.example`."""
    return f"{name.replace('_', '-')}@{office + '.' if office else ''}demo.example"


class People:
    """Makes users and posts that are not there yet; one hash serves all, since hashing is slow."""

    def __init__(self, country: str, data: dict[str, Any]) -> None:
        self.country, self.data = country, data
        self.language = {"bd": "bn", "id": "id"}.get(country, "en")
        self._hash = ""
        self._others = cycle(data["others"])

    def make(self) -> None:
        """Everybody, each once."""
        central = self._office(self.data["central"])
        self._user(email_of("citizen"), self.data["names"]["citizen"])
        for name, role in CENTRAL.items():
            self._post(self._user(email_of(name), self.data["names"][name]), role, central)
        # The head of the desk works at it too: the desk's moves are the desk officers' alone.
        head = self._user(email_of("desk_head"), self.data["names"]["desk_head"])
        self._post(head, Role.DESK, central)
        for code in self.data["offices"]:
            self._staff(self._office(code))
        top = Office.objects.open().filter(country=self.country, type__body="ministry")
        divisions = Office.objects.open().filter(country=self.country, type__body="division")
        for office in [*top, *divisions]:
            if not Post.objects.held_at().filter(office=office, role=Role.FOCAL).exists():
                focal = self._user(email_of("focal", office.code), self._somebody())
                self._post(focal, Role.FOCAL, office)

    def logins(self) -> list[Login]:
        """What to show to somebody who wants to look around."""
        shown = self._office(self.data["shown"])
        lines = [Login(email_of(name), Role(role).value) for name, role in CENTRAL.items()]
        lines[2] = Login(email_of("desk_head"), "head of the desk")
        lines += [
            Login(
                email_of(name, shown.code),
                f"{role.value.replace('_', ' ')}, {shown.short_name or shown.name_in('en')}",
            )
            for name, role in IN_OFFICE.items()
        ]
        return [Login(email_of("citizen"), "citizen with an account"), *lines]

    def _staff(self, office: Office) -> None:
        shown = office.code == self.data["shown"]
        for name, role in IN_OFFICE.items():
            person = self.data["names"][name] if shown else self._somebody()
            self._post(self._user(email_of(name, office.code), person), role, office)

    def _somebody(self) -> str:
        """A name for one more officer, in turn."""
        return str(next(self._others))

    def _office(self, code: str) -> Office:
        return Office.objects.get(country=self.country, code=code)

    def _user(self, email: str, name: str) -> User:
        found = User.objects.filter(email=email).first()
        if found is not None:
            return found
        self._hash = self._hash or make_password(settings.DEMO_PASSWORD)
        user = User(email=email, name=name[:200], language=self.language, password=self._hash)
        user.save()
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
        return user

    def _post(self, user: User, role: Role, office: Office) -> None:
        Post.objects.get_or_create(
            user=user, role=role, office=office, held_to=None, defaults={"held_from": SINCE}
        )
