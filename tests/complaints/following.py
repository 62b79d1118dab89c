"""A citizen who follows a case, for the tests of it."""

import re
from collections.abc import Callable

from django.test import Client

from accounts.models import User
from complaints.models import Case
from complaints.services import answering, casework
from complaints.services.intake import Receipt
from tests.complaints.conftest import Scene
from tests.complaints.filing import html

TRACK = "/en/complaints/track/"


class Follower:
    """A citizen before their own case, and officers who move it behind the scene."""

    def __init__(self, client: Client, scene: Scene) -> None:
        self.client, self.scene = client, scene
        self.receipt: Receipt = scene.file_named()

    @property
    def url(self) -> str:
        return f"{TRACK}{self.receipt.number}/"

    def open(self, *, withdraws: bool = False) -> "Follower":
        secret = self.receipt.withdrawal_secret if withdraws else self.receipt.secret
        answer = self.client.post(TRACK, {"number": self.receipt.number, "secret": secret})
        assert answer.url == self.url
        return self

    def page(self) -> str:
        answer = self.client.get(self.url)
        assert answer.status_code == 200
        return html(answer)

    def move(self, move: str, **data):
        data.setdefault("seen", self.case.last_seq)
        return self.client.post(f"{self.url}{move}/", data)

    @property
    def case(self) -> Case:
        return Case.objects.get(number=self.receipt.number)

    def by(self, user: User, service: Callable, **what) -> None:
        service(actor=self.scene.actor(user), number=self.receipt.number, **what)

    def in_progress(self) -> "Follower":
        cast = self.scene.cast
        self.by(cast.desk, casework.forward, office=cast.department, reason="Power meters")
        self.by(cast.focal, casework.accept, case_officer=cast.case_officer)
        return self

    def asked(self) -> "Follower":
        self.in_progress()
        self.by(self.scene.cast.case_officer, casework.ask, text="What is the meter's number?")
        return self

    def answered(self) -> "Follower":
        self.in_progress()
        self.by(
            self.scene.cast.case_officer,
            answering.answer,
            outcome="resolved",
            text="The meter was changed on Sunday.",
            evidence="Photo number seven.",
            cause="system",
        )
        return self


def live(follower: Follower, page: str) -> tuple[str, str]:
    """Address and tag that the page polls with."""
    url = re.search(r'hx-get="([^"]+/live/\?seen=\d+)"', page).group(1)
    tag = re.search(r'If-None-Match": "\\"(\w+)\\""', page).group(1)
    return url, f'"{tag}"'
