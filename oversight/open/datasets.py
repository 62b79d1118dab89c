"""The tables of the open data: what each is of, and what its columns mean."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from oversight.metrics import METRICS, Metric

#: Licence of everything that is published here.
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
LICENCE_NAME = "CC BY 4.0"
#: Figures that are made of call-backs: counted for the country and by agency alone.
OF_CALLS = ("audit_solved", "audit_agreement")
#: Numbers that a share rests on: hidden with the number that they could be worked out from.
_OF_ANSWERS = (
    *("answered", "decided", "ended", "rated", "confirmed", "silent", "disputed", "appealed"),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the file, what stands in it, and its unit ("" for words)."""

    code: str
    name: str | Promise
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A table with a row for each month and each part of the country."""

    code: str
    title: str | Promise
    description: str | Promise
    #: What a row is of: "" (the country), "agency", or a dimension of the figures.
    of: str = ""
    with_running: bool = False

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The figures of a row, in the order of the columns."""
        counted = self.of in ("", "agency")
        return tuple(m for code, m in METRICS.items() if counted or code not in OF_CALLS)

    @property
    def counts(self) -> tuple[Metric, ...]:
        """Those that are numbers of cases."""
        return tuple(metric for metric in self.metrics if metric.unit == "count")

    def columns(self) -> Iterator[Column]:
        """All columns, in the order of the file."""
        yield Column("month", _("Month, as YYYY-MM"))
        yield Column("complete", _("1: the month is over. 0: it is still running"))
        if self.of:
            yield Column("code", _CODES[self.of])
            if self.of == "agency":
                yield Column("above", _("Code of the agency above, whose figures hold these too"))
            for language, name in settings.LANGUAGES:
                yield Column(f"name_{language}", format_lazy(_("Name: {language}"), language=name))
        for metric in self.metrics:
            yield Column(metric.code, metric.name, metric.unit)
        yield Column("suppressed", _("Columns that are empty because they are of too few cases"))


_CODES = {
    "agency": _("Code of the agency in the registry; its figures hold all below it"),
    "category": _("Code of the subject in the registry; empty: none yet"),
    "district": _("Code of the place in the registry; empty: none given"),
    "channel": _("Code of the way in"),
}

DATASETS = {
    dataset.code: dataset
    for dataset in (
        Dataset("by-month", _("Complaints by month"), _("The whole country, a row a month."),
                with_running=True),
        Dataset("by-agency-month", _("Complaints by agency and month"),
                _("A row for each agency and month in which it had a case; an agency’s figures hold all"
                  " below it."), "agency"),
        Dataset("by-category-month", _("Complaints by subject and month"),
                _("A row for each subject and month."), "category"),
        Dataset("by-district-month", _("Complaints by place and month"),
                _("A row for each district, regency or city and month."), "district"),
        Dataset("by-channel-month", _("Complaints by way in and month"),
                _("A row for each way in (web, SMS, hotline and others) and month."), "channel"),
    )
}  # fmt: skip


def rests_on_column(metric: Metric) -> str:
    """The number whose hiding hides a figure too: else the number could be worked out from it."""
    if metric.unit == "count":
        return metric.code
    whole = metric.out_of or metric.behind
    return "answered" if whole in _OF_ANSWERS else "received"
