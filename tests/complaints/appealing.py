"""A case in appeal, and its pages as people open them."""

from typing import Any

from django.test import Client

from tests.complaints.conftest import Scene
from tests.complaints.play import Play


def appealed(scene: Scene, **filing: Any) -> Play:
    return Play(scene, **filing).forward().accept().answer().appeal()


def page(scene: Scene, client: Client, who: str, address: str) -> str:
    client.force_login(getattr(scene.cast, who))
    answer = client.get(f"/en{address}")
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def case_page(scene: Scene, client: Client, who: str, play: Play) -> str:
    return page(scene, client, who, f"/office/cases/{play.number}/")


def send(scene: Scene, client: Client, who: str, play: Play, move: str, **data: Any) -> Any:
    client.force_login(getattr(scene.cast, who))
    data.setdefault("seen", play.case.last_seq)
    return client.post(f"/en/office/cases/{play.number}/{move}/", data)


def follow_page(play: Play, client: Client) -> str:
    """The citizen's page, opened by the secret."""
    client.logout()
    opened = {"number": play.number, "secret": play.receipt.secret}
    assert client.post("/en/complaints/track/", opened).status_code == 302
    return str(client.get(f"/en/complaints/track/{play.number}/").content.decode())


def entry(play: Play, who: str, move: str) -> Any:
    """What somebody reads of the last step of that name; None if they are not told of it."""
    found = [e for e in play.file_for(who).timeline if e.event.move == move]
    return found[-1] if found else None
