"""The question in an address: a period, a subject, a place, a way in, a kind. Read, and written again.

What cannot be read is left out and said in words, never refused: an address may be old, or typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from agencies.models import Category, Office, Place
from complaints.models.case import Kind
from complaints.views.officer.wording import CAME_BY, CHANNELS
from oversight.charts.frame import Step
from oversight.charts.words import period as month_name
from oversight.charts.words import year as year_name
from oversight.dashboards.trees import Trees, trees
from oversight.figures.asking import COUNTRYS, Question
from oversight.figures.periods import (
    LAST_DAYS,
    YEAR_CODE,
    Period,
    month_period,
    period_of,
    today,
    year_period,
)

#: The names of the filters, in the order of the form and of the chips.
FILTERS = ("category", "district", "channel", "kind")
#: The period that an address without one means; it is left out of addresses.
USUAL = str(LAST_DAYS[0])
#: So many months and years are offered; others may be written into the address.
MONTHS_OFFERED, YEARS_OFFERED = 13, 4
LONGEST = 60

_UNKNOWN = {
    "period": gettext_lazy("There is no period “%(value)s”. The last 30 days are shown."),
    "category": gettext_lazy("There is no subject “%(value)s”. All subjects are shown."),
    "district": gettext_lazy("There is no place “%(value)s”. All places are shown."),
    "channel": gettext_lazy("There is no way in “%(value)s”. All ways in are shown."),
    "kind": gettext_lazy("There is no kind “%(value)s”. All kinds are shown."),
}


@dataclass(frozen=True)
class Asked:
    """What an address asks for. `mistakes` are sentences about what was left out of it."""

    period: Period
    trees: Trees
    category: Category | None = None
    district: Place | None = None
    channel: str = ""
    kind: str = ""
    mistakes: tuple[str, ...] = ()

    def question(self, office: Office | None = None, sides: tuple[int, ...] = COUNTRYS) -> Question:
        """The same as a question to the figures: a subject or place with all below it."""
        return Question(
            self.period,
            office,
            category=_ids(self.trees.subjects.with_below(self.category)) if self.category else (),
            district=_ids(self.trees.places.with_below(self.district)) if self.district else (),
            channel=self.channel,
            kind=self.kind,
            sides=sides,
        )

    @property
    def values(self) -> dict[str, str]:
        """As an address has it; what is usual is left out."""
        written = {
            "period": "" if self.period.code == USUAL else self.period.code,
            "category": self.category.code if self.category else "",
            "district": self.district.code if self.district else "",
            "channel": self.channel,
            "kind": self.kind,
        }
        return {name: value for name, value in written.items() if value}

    @property
    def filters(self) -> dict[str, str]:
        """The filters in use, without the period."""
        return {name: value for name, value in self.values.items() if name != "period"}

    @property
    def query(self) -> str:
        """The query of an address that asks the same, with its "?"; empty for what is usual."""
        return self.with_().removesuffix("?")

    def with_(self, **changes: object) -> str:
        """The query with some values set (or dropped, if None or empty), also others than filters."""
        values = {**self.values, **changes}
        kept = {name: str(value) for name, value in values.items() if value not in (None, "")}
        return f"?{urlencode(kept)}" if kept else "?"

    def in_words(self, name: str) -> str:
        """A filter's value as people say it."""
        match name:
            case "category":
                return self.category.name if self.category else ""
            case "district":
                return self.district.name if self.district else ""
            case "channel":
                return channel_name(self.channel)
            case "kind":
                return kind_name(self.kind)
        return period_name(self.period)

    @property
    def period_words(self) -> str:
        """The period as people say it."""
        return period_name(self.period)

    @property
    def chips(self) -> list[dict[str, str]]:
        """The filters in use, each with the address without it."""
        return [
            {"name": name, "words": self.in_words(name), "without": self.with_(**{name: None})}
            for name in self.filters
        ]

    def during(self, period: Period) -> "Asked":
        """The same of another period."""
        return replace(self, period=period)


def read(query: Mapping[str, Any]) -> Asked:
    """What the query of an address asks for (one small query). Never an error."""
    known, mistakes = trees(), list[str]()

    def value(name: str) -> str:
        return str(query.get(name, "")).replace("\0", "").strip()[:LONGEST]

    def unknown(name: str) -> None:
        mistakes.append(str(_UNKNOWN[name]) % {"value": value(name)})

    period = period_of(value("period") or USUAL)
    if value("period") not in ("", period.code):
        unknown("period")
    found: dict[str, Any] = {
        "category": known.subjects.by_code.get(value("category")),
        "district": known.places.by_code.get(value("district")),
        "channel": value("channel") if value("channel") in CHANNELS else "",
        "kind": value("kind") if value("kind") in Kind.values else "",
    }
    for name in FILTERS:
        if value(name) and not found[name]:
            unknown(name)
    return Asked(period, known, mistakes=tuple(mistakes), **found)


def _ids(rows: list[Category] | list[Place]) -> tuple[int, ...]:
    return tuple(row.pk for row in rows)


# --- Words ------------------------------------------------------------------------------------


def channel_name(code: str) -> str:
    """A way in, in words."""
    words = str(CAME_BY.get(code, code))
    return words[:1].upper() + words[1:]


def kind_name(code: str) -> str:
    """A kind of case, in words."""
    return str(Kind(code).label) if code in Kind.values else code


def period_name(period: Period) -> str:
    """A period as people say it: "Last 30 days", "November 2026", "2026"."""
    language = get_language() or "en"
    code = period.code
    if code == YEAR_CODE:
        return _("Twelve months")
    if code == "90":
        return _("Last 90 days")
    if code == USUAL:
        return _("Last 30 days")
    if len(code) == len("2026"):
        return year_name(period.start, language)
    return month_name(period.start, Step.MONTH, language)


# --- The form ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of the form."""

    value: str
    words: str
    chosen: bool


def period_choices(current: Period) -> list[Choice]:
    """The periods that are offered, and the one that is asked for."""
    periods = [period_of(code) for code in (*map(str, LAST_DAYS), YEAR_CODE)]
    month = today().replace(day=1)
    for _step in range(MONTHS_OFFERED):
        periods.append(month_period(month))
        month = month_period(_day_before(month)).start
    periods += [year_period(today().year - back) for back in range(YEARS_OFFERED)]
    if current.code not in {period.code for period in periods}:
        periods.append(current)
    return [Choice(p.code, period_name(p), p.code == current.code) for p in periods]


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def subject_choices(asked: Asked) -> list[Choice]:
    """Subjects in use, indented by their depth; a retired one only while it is asked for."""
    tree = asked.trees.subjects
    return [
        Choice(row.code, "– " * tree.depth(row) + row.name, row == asked.category)
        for row in tree.rows
        if row.retired_at is None or row == asked.category
    ]


def place_choices(asked: Asked) -> list[Choice]:
    """Each province or division, and its districts."""
    tree = asked.trees.places
    return [
        Choice(row.code, "– " * tree.depth(row) + row.name, row == asked.district)
        for row in tree.rows
    ]


def channel_choices(asked: Asked) -> list[Choice]:
    """The ways in."""
    return [Choice(code, channel_name(code), code == asked.channel) for code in CHANNELS]


def kind_choices(asked: Asked) -> list[Choice]:
    """The kinds of cases."""
    return [Choice(code, str(label), code == asked.kind) for code, label in Kind.choices]


def form_of(asked: Asked) -> list[dict[str, Any]]:
    """The filters as the form shows them (`oversight/_asked.html`)."""
    return [
        {"name": "period", "label": _("Period"), "all": "", "choices": period_choices(asked.period)},
        {"name": "category", "label": _("About"), "all": _("All subjects"),
         "choices": subject_choices(asked)},
        {"name": "district", "label": _("Place"), "all": _("All places"),
         "choices": place_choices(asked)},
        {"name": "channel", "label": _("Way in"), "all": _("All ways in"),
         "choices": channel_choices(asked)},
        {"name": "kind", "label": _("Kind"), "all": _("All kinds"), "choices": kind_choices(asked)},
    ]  # fmt: skip
