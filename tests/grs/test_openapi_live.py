"""The API does what its description says, whoever asks: schemathesis against the live server."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.complaints.conftest import Scene, cast  # noqa: F401
from tests.complaints.native_app import App
from tests.complaints.play import Play
from tests.factories.agencies import RegistryCast
from tests.grs.fuzzing import Somebody, fuzz
from tests.systems.conftest import join, joined  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(cast: RegistryCast) -> Scene:  # noqa: F811
    """The cast, now: the live server's clock is the real one."""
    return Scene(cast)


def session_of(user: User) -> dict[str, str]:
    """The headers of a browser in which somebody is signed in."""
    client = Client()
    client.force_login(user)
    token = "x" * 32
    cookies = f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}"
    return {"Cookie": cookies, "X-CSRFToken": token}


def judge(live_server: Any, folder: Path, who: Somebody) -> None:
    code, found = fuzz(live_server.url, who, folder)
    assert code == 0, found


def test_as_nobody(live_server: Any, scene: Scene, tmp_path: Path) -> None:
    judge(live_server, tmp_path, Somebody(closed=["cases", "served", "system", "events"]))


def test_as_the_citizen_of_a_case(live_server: Any, scene: Scene, tmp_path: Path) -> None:
    play = Play(scene).forward()
    words = {"secret": play.receipt.secret}
    who = Somebody(tags=["complaints", "files"], known={"number": play.number}, words=words)
    judge(live_server, tmp_path, who)


def test_as_an_app_in_which_somebody_is_signed_in(
    live_server: Any, scene: Scene, tmp_path: Path
) -> None:
    app = App()
    number = app("POST", "complaints/", {"text": "The lamp in our street is broken."}).json()[
        "number"
    ]
    headers = {"X-Session-Token": app.token}
    judge(live_server, tmp_path, Somebody(headers, ["me"], {"number": number}))


def test_as_an_officer(live_server: Any, scene: Scene, tmp_path: Path) -> None:
    play = Play(scene).forward().accept()
    headers = session_of(scene.cast.focal)
    who = Somebody(headers, ["cases", "served", "figures"], {"number": play.number})
    judge(live_server, tmp_path, who)


def test_as_an_agencys_system(
    live_server: Any,
    joined: Any,  # noqa: F811
    scene: Scene,
    tmp_path: Path,
) -> None:
    play = Play(scene).forward()
    headers = {"Authorization": f"Bearer {joined.token()}"}
    tags = ["cases", "events", "files", "system"]
    judge(live_server, tmp_path, Somebody(headers, tags, {"number": play.number}))
