"""Officers at their pages, for the tests of these."""

from typing import Any

from django.test import Client

from complaints.services import answering, casework
from complaints.services.intake import Receipt
from tests.complaints.conftest import Scene

READERS = ["focal", "case_officer", "head", "desk", "overseer", "auditor"]


OTHERS = ["operator", "registrar", "alice"]


class Office:
    """A scene with a browser: cases in the department's hands, and pages asked for in English."""

    def __init__(self, scene: Scene, client: Client) -> None:
        self.scene, self.cast, self.client = scene, scene.cast, client

    def forwarded(self, text: str = "The meter shows a wrong number.", **parts: Any) -> Receipt:
        """A case that the desk forwarded to the department."""
        receipt = self.scene.file_named(text=text, **parts)
        casework.forward(
            actor=self.scene.actor(self.cast.desk),
            number=receipt.number,
            office=self.cast.department,
            reason="Power meters",
        )
        return receipt

    def accepted(self, **parts: Any) -> Receipt:
        """A case on which the case officer works."""
        receipt = self.forwarded(**parts)
        casework.accept(
            actor=self.scene.actor(self.cast.focal),
            number=receipt.number,
            case_officer=self.cast.case_officer,
        )
        return receipt

    def answered(self, **parts: Any) -> Receipt:
        """A case that was answered."""
        receipt = self.accepted(**parts)
        answering.answer(
            actor=self.scene.actor(self.cast.case_officer),
            number=receipt.number,
            outcome="resolved",
            text="The meter was changed on Sunday.",
            evidence="Photo in the file.",
            cause="system",
        )
        return receipt

    def sign_in(self, name: str) -> Client:
        """The browser, with somebody of the cast signed in."""
        self.client.force_login(getattr(self.cast, name))
        return self.client

    def get(self, name: str, url: str, **query: str) -> Any:
        return self.sign_in(name).get(f"/en{url}", query)

    def page(self, name: str, receipt: Receipt) -> str:
        """The page of a case as somebody sees it."""
        answer = self.get(name, case_url(receipt))
        assert answer.status_code == 200
        return str(answer.content.decode())

    def post(self, name: str, receipt: Receipt, move: str, **data: Any) -> Any:
        """A move's form, sent with what the page showed last unless told otherwise."""
        data.setdefault("seen", self.scene.case(receipt).last_seq)
        return self.sign_in(name).post(f"/en{move_url(receipt, move)}", data)


def case_url(receipt: Receipt) -> str:
    return f"/office/cases/{receipt.number}/"


def move_url(receipt: Receipt, move: str) -> str:
    return f"/office/cases/{receipt.number}/{move}/"
