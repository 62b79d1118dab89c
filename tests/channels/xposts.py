"""A case whose public moves the portal's account tells at X, for tests of that."""

from datetime import timedelta
from typing import Any

import pytest

from channels.x import posting
from tests.channels.xapi import X
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

SECRET_WORDS = "Rahima of house 12 says that the meter is wrong."


@pytest.fixture
def play(scene: Scene, settings: Any, x: X) -> Play:
    """A case that may be published; the account has been watching for a while, in English."""
    settings.LANGUAGE_CODE = "en"
    posting.post_publicly()
    return Play(scene, text=SECRET_WORDS, publish_consent=True, place_note="The blue door")


def later(clock: Any, **how: float) -> int:
    clock.shift(timedelta(**how))
    return posting.post_publicly()


def lines(x: X) -> list[str]:
    """The first line of each post."""
    return [asked.text.partition("\n")[0] for asked in x.posts]
