from pathlib import Path

import pytest
from django.test import Client

from agencies.selectors import actor_for
from tests.agencies.small_pack import write_pack
from tests.factories.agencies import RegistryCast, make_registry


@pytest.fixture
def cast(db) -> RegistryCast:
    """The tiny country and its people."""
    return make_registry()


@pytest.fixture
def registrar(cast):
    """The registrar as an actor, for services."""
    return actor_for(cast.registrar)


@pytest.fixture
def pages(cast, client: Client) -> Client:
    """A browser in which the registrar is signed in."""
    client.force_login(cast.registrar)
    return client


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """A folder with a small pack of "bd"."""
    return write_pack(tmp_path)
