"""How the agencies are doing, put together from what `complaints.selectors` counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from agencies.models import Office
from complaints import moment
from complaints.selectors import heartbeat_age, outbox_age
from complaints.selectors.figures import Figures, PeriodFigures
from complaints.selectors.stuck import Now, Standing

#: Public figures of an agency need so many cases; fewer could point at a person.
LEAST_CASES = 5


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency in the table: what is open now, and how its cases of the period went.

    `office` is None for cases that no office has: they are with the central desk. `bar` is the
    length of its bar, 0–100, of the agency with most late cases.
    """

    office: Office | None
    standing: Standing
    figures: Figures
    bar: int = 0
    #: Cases of the period that its figures leave out, as a pattern is examined or was confirmed.
    left_out: int = 0


def agency_rows(now: Now, period: PeriodFigures) -> list[AgencyRow]:
    """All agencies with open cases or cases of the period, the most late ones first (one query)."""
    ids = now.by_agency.keys() | period.by_agency.keys() | period.left_out.keys()
    offices = Office.objects.defer("search_text", "aliases").in_bulk([pk for pk in ids if pk])
    most = max((standing.late for standing in now.by_agency.values()), default=0)
    rows = []
    for pk in ids:
        standing = now.by_agency.get(pk, Standing())
        bar = bar_length(standing.late, most)
        figures = period.by_agency.get(pk, Figures())
        left_out = period.left_out.get(pk, 0)
        office = offices.get(pk) if pk else None
        rows.append(AgencyRow(office, standing, figures, bar, left_out))
    return sorted(rows, key=_most_late_first)


def _most_late_first(row: AgencyRow) -> tuple[int, int, int, str]:
    late, figures = row.standing, row.figures
    return (-late.late, -late.open, -figures.cases, row.office.path if row.office else "")


def bar_length(part: int, whole: int) -> int:
    """How long a bar is, 0–100; never nothing for something."""
    return max(1, round(100 * part / whole)) if part and whole else 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the bar of all answers: what became of them. `start` and `length` are 0–100."""

    code: str
    count: int
    share: float
    start: float
    length: float


def pieces(figures: Figures) -> list[Piece]:
    """All answers of the period, by what became of them, in the order in which they are drawn."""
    counts = {
        "confirmed": figures.confirmed,
        "awaited": figures.awaited,
        "silence": figures.silence,
        "contested": figures.contested,
        "other": figures.other_outcomes,
    }
    found, start = [], 0.0
    for code, count in counts.items():
        share = count / figures.answered if figures.answered else 0.0
        found.append(Piece(code, count, share, round(start, 2), round(100 * share, 2)))
        start += 100 * share
    return found


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of life: since when (None: never, or nothing waits), and whether that is well."""

    at: datetime | None
    well: bool


def sweep_sign() -> Sign:
    """When the sweep last ran to its end."""
    age = heartbeat_age()
    if age is None:
        return Sign(None, well=False)
    return _sign(age, settings.HEALTH_MAX_HEARTBEAT_AGE)


def outbox_sign() -> Sign:
    """Since when the oldest notice waits that should have left."""
    age = outbox_age()
    return Sign(None, well=True) if age is None else _sign(age, settings.HEALTH_MAX_OUTBOX_AGE)


def _sign(age: timedelta, longest: timedelta) -> Sign:
    return Sign(moment.now() - age, well=age <= longest)


@dataclass(frozen=True, slots=True)
class PublicRow:
    """An agency in public. What rests on fewer than LEAST_CASES cases is None: too few."""

    name: str
    filed: int
    answered: int
    confirmed: float | None
    citizens: float | None
    agencys: float | None
    median: int | None
    most: int | None


def public_row(name: str, figures: Figures) -> PublicRow:
    """Figures as everybody may read them: nothing that a handful of cases says."""
    enough = figures.answered >= LEAST_CASES
    return PublicRow(
        name=name,
        filed=figures.filed,
        answered=figures.answered,
        confirmed=figures.confirmed_share if enough else None,
        citizens=figures.citizens_share if figures.due_from_filing >= LEAST_CASES else None,
        agencys=figures.agencys_share if figures.due_from_forward >= LEAST_CASES else None,
        median=figures.median_days if enough else None,
        most=figures.most_days if enough else None,
    )


def public_rows(period: PeriodFigures) -> tuple[list[PublicRow], int]:
    """The agencies with enough cases, most cases first, and how many had too few (one query).

    Sensitive cases are not among an agency's; they count in the country's sums alone.
    """
    figures = {pk: counted for pk, counted in period.open_to_all.items() if pk is not None}
    shown = {pk: counted for pk, counted in figures.items() if counted.cases >= LEAST_CASES}
    offices = Office.objects.only("names", "country").in_bulk(shown)
    rows = [public_row(offices[pk].name, shown[pk]) for pk in shown if pk in offices]
    rows.sort(key=lambda row: (-row.filed, row.name))
    return rows, len(figures) - len(shown)
