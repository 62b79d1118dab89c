"""What time it is for casework: one source, so that a rehearsal can pretend another time.

`as_if` is for demonstrations, rehearsals (`sweep --at`) and synthetic load. On a real installation a
time later than now is refused: nothing may be made to have happened in the future.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.conf import settings
from django.utils import timezone

_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


class NotNow(Exception):
    """Pretending another time is for demonstrations alone."""


def now() -> datetime:
    """The moment that counts, aware, in UTC: the real one unless another is pretended."""
    return _pretended.get() or timezone.now()


def is_pretended() -> bool:
    """Whether somebody pretends another time."""
    return _pretended.get() is not None


@contextmanager
def as_if(moment: datetime) -> Iterator[None]:
    """Everything inside happens at that moment. Raises NotNow outside demonstrations if it is later."""
    if moment > timezone.now() and not (settings.DEMO or settings.DEBUG):
        raise NotNow("only a demonstration can pretend a later time (GRS_DEMO=1)")
    token = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(token)
