"""An agency's system at work, for tests: what it sends to the API, with its token."""

from typing import Any

from agencies.models import Office
from complaints.models import Case
from tests.complaints.play import Play
from tests.systems.conftest import Joined

TEXT = "The electricity meter in our house shows a wrong number."
FILED = {"text": TEXT, "external_ref": "GW-1", "language": "en"}
ANSWER = {
    "text": "The meter was changed on Sunday.",
    "evidence": "Work order 77",
    "outcome": "resolved",
    "cause": "system",
}
TABLE = [
    {"status": "Diterima", "move": "accept"},
    {"status": "Selesai", "move": "answer", "outcome": "resolved", "cause": "system"},
    {"status": "Ditolak", "move": "return"},
    {"status": "Ke bawah", "move": "pass_down", "office": "grid-district"},
    {"status": "Tanya", "move": "ask"},
    {"status": "Pesan", "move": "message"},
    {"status": "Catatan", "move": "note"},
    {"status": "Menunggu suku cadang"},
]


class Works:
    """A system that has joined, asking."""

    def __init__(self, joined: Joined) -> None:
        self.joined, self.system, self.api = joined, joined.system, joined.client()

    def file(self, **parts: Any) -> Any:
        return self.api.post("/api/v1/system/cases/", {**FILED, **parts})

    def find(self, ref: str) -> Any:
        return self.api.get("/api/v1/system/cases/", {"external_ref": ref})

    def case(self, number: str) -> Any:
        return self.api.get(f"/api/v1/cases/{number}/")

    def move(self, number: str, move: str, body: Any = None, **headers: str) -> Any:
        url = f"/api/v1/cases/{number}/moves/{move}/"
        return self.api.post(url, body or {}, headers=headers)

    def accept(self, number: str, **body: Any) -> Any:
        return self.move(number, "accept", body)

    def refer(self, number: str, ref: Any) -> Any:
        return self.api.put(f"/api/v1/cases/{number}/reference/", {"external_ref": ref})

    def status(self, number: str, status: str, headers: Any = None, **words: Any) -> Any:
        url = f"/api/v1/cases/{number}/status/"
        return self.api.post(url, {"status": status, **words}, headers=headers or {})

    def table(self, rows: list[dict[str, str]]) -> Any:
        return self.api.put("/api/v1/system/statuses/", {"statuses": rows})

    def rehearse(self, *sent: tuple[str, str]) -> Any:
        rows = [{"number": number, "status": status} for number, status in sent]
        return self.api.post("/api/v1/system/statuses/dry-run/", rows)


def taken(play: Play, works: Works, ref: str = "") -> Play:
    """A case with the department that the system has taken over."""
    play.forward()
    answer = works.accept(play.number, **({"external_ref": ref} if ref else {}))
    assert answer.status_code == 200, answer.json()
    return play


def below(play: Play) -> Office:
    """The office right below the department."""
    office: Office = play.cast.district_office
    return office


def newest() -> Case:
    """The case filed last."""
    return Case.objects.latest("id")
