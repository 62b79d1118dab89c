"""The portal's settings for the type checker, which needs no servers and no secrets."""

import os

from tests.environment import TEST_SETTINGS

for _name, _value in TEST_SETTINGS.items():
    os.environ.setdefault(_name, _value)
os.environ.setdefault("DATABASE_URL", "postgresql:///not-started")
os.environ.setdefault("REDIS_URL", "unix:///not-started?db=0")

from grs.settings import *  # noqa: E402, F403
