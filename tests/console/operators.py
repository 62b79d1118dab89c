"""An operator at a console, for the tests of it; pages in English."""

import re
from typing import Any

import time_machine
from django.test import Client

from complaints.models import Case, Contact, Event
from complaints.services import contacts, sealing
from console import shelf
from tests.complaints.conftest import Scene

TEXT = "The electricity meter shows a wrong number."
CONSOLE = "/en/console/"
SECRET = re.compile(r"\d{4} \d{4} \d{4} \d{4}")
#: What an operator fills in, as a browser sends it.
FILLED = {
    "text": TEXT,
    "about": "no",
    "kind": "complaint",
    "channel": "hotline",
    "language": "en",
    "for_whom": "self",
    "consent": "spoken",
    "told": "on",
    "name": "Rahima",
    "phone": "01712345678",
}
#: What the radio adds.
ON_AIR = {
    "channel": "radio",
    "station": "betar",
    "programme": "shokal-7",
    "aired": "2026-11-22T07:30",
}


class Console:
    """A browser in which the operator of the cast is signed in."""

    def __init__(self, scene: Scene, client: Client, clock: time_machine.Traveller) -> None:
        self.scene, self.cast, self.client, self.clock = scene, scene.cast, client, clock
        client.force_login(scene.cast.operator)

    def get(self, path: str = "", **query: str) -> Any:
        return self.client.get(f"{CONSOLE}{path}", query)

    def page(self, path: str = "", status: int = 200, **query: str) -> str:
        answer = self.get(path, **query)
        assert answer.status_code == status, answer.status_code
        return str(answer.content.decode())

    def post(self, path: str = "", **data: Any) -> Any:
        return self.client.post(f"{CONSOLE}{path}", data)

    def begin(self, **call: str) -> str:
        """Begin a filing, perhaps of a call that pops (`ani`, `call_id`); its token."""
        answer = self.get("new/", **call)
        assert answer.status_code == 302
        return str(answer.url.split("/")[-2])

    def answers(self, **changes: Any) -> dict[str, Any]:
        return {name: value for name, value in (FILLED | changes).items() if value is not None}

    def fill(self, token: str = "", **changes: Any) -> Any:
        """Fill the page in and go on to reading it back; what the server answers."""
        return self.post(f"filings/{token or self.begin()}/", **self.answers(**changes))

    def to_check(self, token: str = "", **changes: Any) -> str:
        """A filing that is ready to be read back; its token."""
        token = token or self.begin()
        answer = self.fill(token, **changes)
        assert answer.status_code == 302, answer.content.decode()
        assert answer.url == f"{CONSOLE}filings/{token}/check/"
        return token

    def send(self, token: str) -> Any:
        return self.post(f"filings/{token}/check/")

    def filed(self, token: str = "", **changes: Any) -> str:
        """File it, and give the token of the receipt."""
        token = self.to_check(token, **changes)
        answer = self.send(token)
        assert answer.status_code == 302, answer.content.decode()
        assert answer.url == f"{CONSOLE}done/{token}/"
        return token

    def receipt(self, token: str) -> tuple[str, str, str]:
        """Number and both secrets, as the receipt's pages show them."""
        number = re.search(r"\d{4}-\d{4}-\d{4}-[A-Z]", self.page(f"done/{token}/"))
        secret = SECRET.search(self.page(f"done/{token}/secret/"))
        withdrawal = SECRET.search(self.page(f"done/{token}/withdrawal/"))
        assert number
        assert secret
        assert withdrawal
        return number[0], secret[0], withdrawal[0]

    def open(self, number: str, secret: str) -> Any:
        return self.post(number=number, secret=secret)

    def kept(self) -> dict[str, Any]:
        """The session, with the filings in clear."""
        session = dict(self.client.session)
        filings = session.get(shelf.KEY, {})
        session[shelf.KEY] = {t: sealing.unseal(s.encode()) for t, s in filings.items()}
        return session

    @property
    def case(self) -> Case:
        return Case.objects.latest("id")

    @property
    def event(self) -> Event:
        """The record's entry of the last filing."""
        return Event.objects.filter(move="submit").latest("id")

    def contact(self) -> dict[str, Any]:
        return contacts.details_of(Contact.objects.get(case=self.case))
