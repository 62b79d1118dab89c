"""The cast on a Sunday, for clusters and patterns."""

import pytest
from django.core.cache import cache

from tests.complaints.conftest import cast as cast
from tests.complaints.conftest import clock as clock
from tests.complaints.conftest import scene as scene


@pytest.fixture(autouse=True)
def _nothing_counted(db: None) -> None:
    """No filing of another test counts as one of this day."""
    cache.clear()
