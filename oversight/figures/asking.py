"""A question to the figures, and counts as the answer."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from agencies.models import Office
from oversight.figures.cube import CUT_LEVELS
from oversight.figures.periods import Period
from oversight.measures import ABOUT, ASIDE, BANDS, DIMENSIONS, MEASURED, OPEN, SEALED, SIDES

#: What public figures are of, those of one agency, and those of the country.
PUBLIC, AGENCYS, COUNTRYS = (OPEN,), (OPEN, SEALED, ABOUT), SIDES
#: What the country's own total is of where everybody reads it: all but cases about somebody, of which
#: whoever is barred from them would learn by comparing.
COUNTRYS_IN_PUBLIC = (OPEN, SEALED, ASIDE)


@dataclass(frozen=True, slots=True)
class Question:
    """Of which cases: an office with all below it (None: the country), a period, and filters.

    Filters are ids of categories and districts (any of them; empty: all), the code of a channel and of
    a kind (empty: all). `sides` says whose figures they are: `PUBLIC`, `AGENCYS`, `COUNTRYS`,
    `COUNTRYS_IN_PUBLIC`.
    """

    period: Period
    office: Office | None = None
    category: tuple[int, ...] = ()
    district: tuple[int, ...] = ()
    channel: str = ""
    kind: str = ""
    sides: tuple[int, ...] = COUNTRYS

    @property
    def node(self) -> int:
        """The node of the tree: the office's id, 0 for the country."""
        return self.office.pk if self.office else 0

    @property
    def is_cut(self) -> bool:
        """Whether sums by subject, place and way in are kept: for the country and the levels below it."""
        return self.office is None or self.office.path.count("/") <= CUT_LEVELS

    @property
    def filtered(self) -> tuple[str, ...]:
        """The dimensions that are filtered."""
        return tuple(name for name in DIMENSIONS if getattr(self, name))

    def during(self, period: Period) -> "Question":
        """The same of another period."""
        return replace(self, period=period)

    def of(self, office: Office | None) -> "Question":
        """The same of another office."""
        return replace(self, office=office)


@dataclass(slots=True)
class Counts:
    """What was counted: a number a measure (`oversight.measures`; "due_…" where the promised
    days are over), and answers by bands of days. They add up.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    bands: dict[str, list[int]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        return self.numbers.get(name, 0)

    def of(self, name: str) -> int:
        """A measure, or one of `MEASURED`."""
        whole, *parts = MEASURED.get(name, (name,))
        return self[whole] - sum(self[part] for part in parts)

    def __bool__(self) -> bool:
        return any(self.numbers.values())

    def add(self, other: "Counts", sign: int = 1) -> None:
        """Count another's cases too; with sign -1 leave them out again."""
        for name, number in other.numbers.items():
            self.numbers[name] = self.numbers.get(name, 0) + sign * number
        for name, bands in other.bands.items():
            mine = self.bands.get(name) or [0] * len(bands)
            self.bands[name] = [a + sign * b for a, b in zip(mine, bands, strict=True)]

    def within(self, histogram: str, share: float) -> int | None:
        """The days within which that share of the answers lies (0–1), None if there are none.

        To the tenth day exactly; above it the last day of the band in which it lies. Beyond the last
        band it is that band's last day and one more.
        """
        bands = self.bands.get(histogram, [])
        needed, seen = share * sum(bands), 0
        if not needed:
            return None
        for last, count in zip((*BANDS, BANDS[-1] + 1), bands, strict=True):
            seen += count
            if seen >= needed:
                return last
        return BANDS[-1] + 1


def added(counts: Iterable[Counts]) -> Counts:
    """All of them together."""
    total = Counts()
    for each in counts:
        total.add(each)
    return total
