"""A city of the cast's department, and cases on their way to it."""

from datetime import timedelta
from typing import Any

from accounts.actors import Actor
from agencies.models import Office
from complaints.models import Event, Statement
from systems.cities import linking, reading, sending
from systems.inward import statuses
from systems.inward.meaning import Row
from systems.models import City, Forwarding, Reference, System
from systems.models.system import Way
from systems.services import joining
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play
from tests.systems.city import TheCity

TEXT = "The electricity meter of Rahima Khatun shows a wrong number. Call me: 01712345678."
ANSWERS = [Row("closed", "answer", {"outcome": "resolved", "cause": "system"})]
KEY = "city-key-7"


class Linked:
    """The department's city as it is set, and what comes of it."""

    def __init__(
        self,
        scene: Scene,
        server: TheCity,
        *,
        name: str = "Kaliakair City",
        office: Office | None = None,
        **given: Any,
    ) -> None:
        self.scene, self.server = scene, server
        self.registrar: Actor = scene.actor(scene.cast.registrar)
        made = joining.join(
            self.registrar,
            name=name,
            office=office or scene.cast.department,
            scopes=[],
            way=Way.OPEN311,
        )
        self.system: System = made.system
        options = {"jurisdiction": "kaliakair", "key": KEY, "publishes": False, **given}
        linking.set_city(self.registrar, self.system, url=server.url, **options)
        linking.set_services(self.registrar, self.system, {"": "roads"})

    @property
    def city(self) -> City:
        return City.objects.get(system=self.system)

    @property
    def row(self) -> Forwarding:
        return Forwarding.objects.get(city=self.city)

    @property
    def reference(self) -> Reference:
        return Reference.objects.get(system=self.system)

    def means(self, *rows: Row) -> None:
        """The office's table of statuses."""
        focal = self.scene.actor(self.scene.cast.focal)
        statuses.set_table(actor=focal, system=self.system, rows=rows)

    def send(self) -> int:
        return sending.send_due()

    def read(self) -> int:
        return reading.read_due()

    def handed(self, **filing: Any) -> Play:
        """A case that the city has."""
        play = Play(self.scene, text=filing.pop("text", TEXT), **filing).forward()
        assert self.send() == 1
        return play


def words_of(play: Play, move: str) -> list[str]:
    """What was said with each move of a kind, in order."""
    rows = Statement.objects.filter(case=play.case, event__move=move).order_by("id")
    return [" | ".join(row.body.values()) for row in rows]


def last_by(play: Play, move: str) -> Event:
    """The newest event of a kind."""
    return Event.objects.filter(case=play.case, move=move).latest("id")


def at(minutes: int) -> str:
    """So many minutes after the clock of the tests began, as a city writes it."""
    return (SUNDAY + timedelta(minutes=minutes)).isoformat()
