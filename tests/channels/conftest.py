"""Who talks to whom in the tests of the channels."""

from collections.abc import Iterator
from typing import Any

import pytest

from channels.outbound import Letter
from channels.registry import CHANNELS, INBOUND, Channel
from tests.channels.talking import Person
from tests.complaints.conftest import Scene, cast, clock, scene

__all__ = ["cast", "clock", "scene"]


class NoWay:
    """A way out that keeps what it is given."""

    provider = "nowhere"

    def __init__(self) -> None:
        self.sent: list[Letter] = []

    def __enter__(self) -> "NoWay":
        return self

    def __exit__(self, *_: Any) -> None:
        return None

    def send(self, letter: Letter) -> str:
        self.sent.append(letter)
        return f"out-{letter.reference}"


@pytest.fixture(autouse=True)
def _ways_as_before() -> Iterator[None]:
    channels, inbound = dict(CHANNELS), dict(INBOUND)
    yield
    for registry, before in ((CHANNELS, channels), (INBOUND, inbound)):
        registry.clear()
        registry.update(before)


@pytest.fixture
def rahima(scene: Scene, settings: Any) -> Person:
    """Somebody with a telephone who writes SMS."""
    settings.REPLIES_BY = frozenset({"sms"})
    return Person()


@pytest.fixture
def budi(scene: Scene) -> Person:
    """Somebody with an account of a messenger, which proves who writes."""
    CHANNELS["whatsapp"] = Channel("whatsapp", "WhatsApp", NoWay, proves_sender=True, talks=True)
    return Person("whatsapp", "BD.1349", "8801812345678")
