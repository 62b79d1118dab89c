"""The lists of the cases behind what rises: filed in days of the span, none that is set aside for whoever
may know that.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse

from agencies.models import Category, Office
from oversight.dashboards.state import days_of
from oversight.dashboards.trees import Trees
from oversight.dashboards.which import RANKED
from oversight.measures import ASIDE
from oversight.rising import WEEK
from oversight.surges.counting import Span


@dataclass(frozen=True, slots=True)
class Lists:
    """Addresses of lists. Of a subject they are without those below it, of an office with all below it;
    narrowed as `dashboards.which` has it (`district`, `own`, `without`). `sides`: of the figures.
    """

    span: Span
    known: Trees
    sides: tuple[int, ...]

    def week(
        self, subject: Category | None = None, office: Office | None = None, **which: object
    ) -> str:
        """The cases of the last seven whole days."""
        return self._url(self.span.since, self.span.end, subject, office, which)

    def weeks(self, subject: Category, office: Office | None) -> tuple[str, ...]:
        """Those of each week of the span, oldest first."""
        week = timedelta(days=WEEK)
        return tuple(
            self._url(first, first + week, subject, office, {}) for first in self.span.weeks
        )

    def whole(self, subject: Category, office: Office | None) -> str:
        """Those of the whole span."""
        return self._url(self.span.first, self.span.end, subject, office, {})

    def place(self, subject: Category, key: int) -> str:
        """Those of the last seven days in a district (its id, 0: none given); empty where no list has the
        same cases.
        """
        if not key:
            return "" if self._has_below(subject) else self.week(subject, without="district")
        place = self.known.places.by_id.get(key)
        return self.week(subject, district=place.code) if place else ""

    def _url(
        self,
        first: date,
        end: date,
        subject: Category | None,
        office: Office | None,
        which: dict[str, object],
    ) -> str:
        asked: dict[str, object] = {"measure": "received", **days_of(first, end)}
        asked |= {"sides": RANKED} if ASIDE not in self.sides else {}
        if subject is not None:
            asked["category"] = subject.code
            asked |= {"without": "below"} if self._has_below(subject) else {}
        if office is not None:
            asked["office"] = office.code
        return f"{reverse('oversight-cases')}?{urlencode(asked | which)}"

    def _has_below(self, subject: Category) -> bool:
        return len(self.known.subjects.with_below(subject)) > 1
