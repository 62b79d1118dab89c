"""Figures and how they changed, as the reader of a report writes them. No database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from oversight.charts import Step, Unit
from oversight.charts import words as chart_words
from oversight.metrics import METRICS

#: What stands where there is nothing to make a figure of.
NONE = chart_words.NONE
#: Below so many cases a change in per cent says nothing.
ENOUGH = 20
DIGITS = {"rating": 1, "mean": 2}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Writes numbers and days in one language, which has to be the active one."""

    language: str

    def count(self, value: float) -> str:
        """A number as it is, with at most two decimals."""
        exact = int(value) if value == int(value) else value
        return chart_words.written(exact, Unit.DAYS, self.language)

    def day(self, day: date) -> str:
        """A day in words."""
        return chart_words.period(day, Step.DAY, self.language)

    def month(self, day: date) -> str:
        """The month in which a day lies."""
        return chart_words.period(day, Step.MONTH, self.language)

    def period(self, code: str) -> str:
        """A year or a month by its code."""
        if len(code) == len("2026"):
            return chart_words.digits(code, self.language)
        return self.month(date.fromisoformat(f"{code}-01"))

    def value(self, unit: str, value: float | None) -> str:
        """A figure in its unit: "1,234", "87%", "3.8"; a dash for none."""
        if value is None:
            return NONE
        if unit == "share":
            return chart_words.number(value, Unit.SHARE, self.language)
        return self.count(round(value, DIGITS.get(unit, 0)))

    def figure(self, code: str, figure: Mapping[str, Any]) -> str:
        """A figure of METRICS as it was written down."""
        if figure.get("few"):
            return _("under 5")
        return self.value(METRICS[code].unit, figure["value"])

    def interval(self, code: str, figure: Mapping[str, Any]) -> str:
        """Both ends of its interval: "82% to 91%"; a dash for none."""
        if "low" not in figure:
            return NONE
        unit = METRICS[code].unit
        ends = {"low": self.value(unit, figure["low"]), "high": self.value(unit, figure["high"])}
        return _("%(low)s to %(high)s") % ends

    def change(self, code: str, value: float | None, then: float | None) -> str:
        """How a figure stands to that of another period: "3 points higher, better"; a dash for none."""
        if value is None or then is None:
            return NONE
        metric = METRICS[code]
        said, direction = self._difference(metric.unit, value, then)
        if not direction or not metric.better:
            return said
        verdict = _("better") if direction == metric.better else _("worse")
        return _("%(change)s, %(verdict)s") % {"change": said, "verdict": verdict}

    def _difference(self, unit: str, value: float, then: float) -> tuple[str, int]:
        if unit == "count":
            return self._difference_of_counts(value, then)
        scale = 100 if unit == "share" else 1
        places = DIGITS.get(unit, 0)
        apart = round(round(value * scale, places) - round(then * scale, places), places)
        if not apart:
            return _("the same"), 0
        number = self.count(abs(apart))
        if unit == "share":
            higher = ngettext(
                "%(number)s point higher", "%(number)s points higher", abs(int(apart))
            )
            lower = ngettext("%(number)s point lower", "%(number)s points lower", abs(int(apart)))
        elif unit == "days":
            higher = ngettext("%(number)s day more", "%(number)s days more", abs(int(apart)))
            lower = ngettext("%(number)s day less", "%(number)s days less", abs(int(apart)))
        else:
            higher, lower = _("%(number)s higher"), _("%(number)s lower")
        return (higher if apart > 0 else lower) % {"number": number}, 1 if apart > 0 else -1

    def _difference_of_counts(self, value: float, then: float) -> tuple[str, int]:
        apart = value - then
        if not apart:
            return _("the same"), 0
        direction = 1 if apart > 0 else -1
        if then < ENOUGH:
            words = _("%(number)s more") if apart > 0 else _("%(number)s fewer")
            return words % {"number": self.count(abs(apart))}, direction
        percent = chart_words.number(abs(apart) / then, Unit.SHARE, self.language)
        words = _("%(percent)s more") if apart > 0 else _("%(percent)s fewer")
        return words % {"percent": percent}, direction


def name_of(row: Mapping[str, Any], language: str, own: Mapping[str, str | Promise]) -> str:
    """What a part of the country is called; `own` are the portal's words for what has no name."""
    names: dict[str, str] = row["names"]
    found = names.get(language) or names.get("en") or next(iter(names.values()), "")
    if found:
        return found
    words = str(own.get(row["code"], row["code"]))
    return words[:1].upper() + words[1:]


def country_name() -> str:
    """The country whose portal this is."""
    return _("Bangladesh") if settings.COUNTRY == "bd" else _("Indonesia")
