"""What a country pack says, as values. One class a file of the pack; names are in NFC."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

Names = dict[str, str]


@dataclass(frozen=True, slots=True)
class CountryInfo:
    """`country.json`. Weekend days are ISO weekdays, Monday 1; the zone is an IANA name."""

    code: str
    names: Names
    languages: tuple[str, ...]
    default_language: str
    time_zone: str
    weekend: tuple[int, ...]
    currency: str


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """`places.csv.gz`: parents stand before their children."""

    code: str
    parent: str
    level: str
    names: Names
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class OfficeTypeRow:
    """`office_types.csv`."""

    code: str
    body: str
    level: str
    names: Names


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """`offices.csv`, or one office made from a pattern. `where` names the line, for mistakes."""

    code: str
    parent: str
    type: str
    names: Names
    short: str = ""
    aliases: tuple[str, ...] = ()
    email: str = ""
    website: str = ""
    places: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class PatternRow:
    """`office_patterns.csv`: one office for each place of a level; names hold `{place}`.

    Only for places under one of `under`, if any are given, and for none under `not_under`.
    """

    type: str
    for_level: str
    parent: str
    names: Names
    aliases: tuple[str, ...] = ()
    under: tuple[str, ...] = ()
    not_under: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """`categories.csv`, in the order in which they are shown."""

    code: str
    parent: str
    names: Names


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """`services.csv`: promised by an office, or by every office of a type."""

    code: str
    office: str
    office_type: str
    category: str
    names: Names
    what: Names
    days: int
    working_days: bool
    fee: Decimal | None
    where: str = ""


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    """`policies.csv`: a number that differs from `agencies.policies.DEFAULTS`."""

    name: str
    amount: int
    unit: str
    agency: str = ""
    kind: str = ""
    priority: str = ""
    where: str = ""

    @property
    def key(self) -> str:
        """What tells two numbers apart; versions of one number share it."""
        return "/".join((self.name, self.agency, self.kind, self.priority))


@dataclass(frozen=True, slots=True)
class HolidayRow:
    """A day off, from the library or from `holidays.csv`."""

    date: date
    names: Names
    source: str


@dataclass(slots=True)
class Pack:
    """A country pack as read; `digest` changes with any byte of it."""

    info: CountryInfo
    digest: str
    places: list[PlaceRow] = field(default_factory=list)
    office_types: list[OfficeTypeRow] = field(default_factory=list)
    offices: list[OfficeRow] = field(default_factory=list)
    patterns: list[PatternRow] = field(default_factory=list)
    categories: list[CategoryRow] = field(default_factory=list)
    services: list[ServiceRow] = field(default_factory=list)
    policies: list[DeadlineRow] = field(default_factory=list)
    holidays: list[HolidayRow] = field(default_factory=list)
