"""A system of the cast's department, and ways to ask the API as it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import translation
from rest_framework.test import APIClient

from accounts.actors import Actor
from agencies.models import Office
from agencies.selectors import actor_for
from systems.models import System
from systems.scopes import Scope
from systems.services import joining
from tests.complaints.conftest import Scene, cast, clock, scene  # noqa: F401
from tests.systems.city import TheCity, a_city
from tests.systems.handing_over import Linked

#: Where systems of the tests call from.
ADDRESS = "198.51.100.20"


@pytest.fixture(autouse=True)
def _in_english(settings: Any) -> Iterator[None]:
    """What is written for officers is in English, so that tests can read it."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@dataclass
class Joined:
    """A system that has joined, with its secret and the ways to use it."""

    system: System
    secret: str

    @property
    def actor(self) -> Actor:
        """As services and read rules see it."""
        return actor_for(self.system.user, channel="api")

    def ask_token(self, **given: str) -> Any:
        """The answer of /oauth/token/ to id and secret (`client_secret`, `scope` … may be given)."""
        asked = {
            "grant_type": "client_credentials",
            "client_id": self.system.client_id,
            "client_secret": self.secret,
            **given,
        }
        return Client(REMOTE_ADDR=ADDRESS).post("/oauth/token/", asked)

    def token(self, **given: str) -> str:
        """A token, which has to be given."""
        answer = self.ask_token(**given)
        assert answer.status_code == 200, answer.content
        return str(answer.json()["access_token"])

    def client(self, *, token: str = "", address: str = ADDRESS) -> APIClient:
        """The API with a token of this system, got for its secret unless one is given."""
        client = APIClient(REMOTE_ADDR=address, raise_request_exception=False)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token or self.token()}")
        return client


Join = Callable[..., Joined]


@pytest.fixture
def join(scene: Scene) -> Join:  # noqa: F811
    """A function that lets a system join: of the department, with all scopes, unless told otherwise."""

    def joined(office: Office | None = None, **given: Any) -> Joined:
        made = joining.join(
            scene.actor(scene.cast.registrar),
            name=given.pop("name", "Grid Works"),
            office=office or scene.cast.department,
            scopes=given.pop("scopes", Scope.values),
            **given,
        )
        return Joined(made.system, made.secret)

    return joined


@pytest.fixture
def joined(join: Join) -> Joined:
    """The department's system with its secret."""
    return join()


@pytest.fixture
def system(joined: Joined) -> System:
    """The department's system."""
    return joined.system


@pytest.fixture
def as_system(joined: Joined) -> Callable[..., APIClient]:
    """A function that gives the API as a system sees it, with a token for its secret.

    `as_system()` is the department's; another's `Joined` may be given.
    """

    def client(whose: Joined | System | None = None) -> APIClient:
        if whose is None or whose == joined.system:
            whose = joined
        assert isinstance(whose, Joined), "the secret of this system is not known"
        return whose.client()

    return client


@pytest.fixture
def server() -> Iterator[TheCity]:
    """A city's Open311, on this machine."""
    with a_city() as running:
        yield running


@pytest.fixture
def linked(scene: Scene, server: TheCity) -> Linked:  # noqa: F811
    """An office whose cases are handed to it."""
    return Linked(scene, server)


@pytest.fixture
def later(linked: Linked, clock: time_machine.Traveller) -> Any:  # noqa: F811
    """A function that reads the city half an hour later, when all is due."""

    def read() -> int:
        clock.shift(timedelta(minutes=31))
        return linked.read()

    return read
