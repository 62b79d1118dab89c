"""How the open cases stand now: the counts on top, and by the step that is waited for."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Office
from complaints.clocks import Kind
from oversight.dashboards.asking import Asked
from oversight.dashboards.counted import Counted
from oversight.figures.asking import Counts
from oversight.figures.backlog import NOBODYS
from oversight.figures.standing import Standing
from oversight.metrics import Metric

#: The steps in the order of a case, in words for those who oversee.
STAGES: dict[str, str | Promise] = {
    Kind.FORWARD.value: gettext_lazy("To be forwarded"),
    Kind.ACCEPT.value: gettext_lazy("To be accepted or returned"),
    Kind.RESOLVE.value: gettext_lazy("To be answered"),
    Kind.RULE.value: gettext_lazy("Whose case it is, to be ruled"),
    Kind.APPEAL.value: gettext_lazy("Appeal to be decided"),
    Kind.INVESTIGATION.value: gettext_lazy("Under investigation"),
    NOBODYS: gettext_lazy("No officer’s deadline runs"),
}
IN_APPEAL = (Kind.APPEAL.value, Kind.INVESTIGATION.value)
LEVELS = (1, 2, 3)


class Coded(Protocol):
    """An office, or what tells which one it is."""

    @property
    def code(self) -> str:
        """Its code in the registry."""


def list_url(asked: Asked, office: Coded | None, **which: object) -> str:
    """The list of the cases behind a figure of this screen: `state=…` or `measure=…`."""
    values = asked.values | ({"office": office.code} if office else {})
    values |= {name: str(value) for name, value in which.items() if value}
    return f"{reverse('oversight-cases')}?{urlencode(values)}"


def cases_of(
    asked: Asked,
    office: Office | None,
    metric: Metric,
    counts: Counts | None,
    **which: object,
) -> str:
    """The list of the cases that a figure counts; empty where there is none."""
    return _of_measure(asked, office, metric.behind, counts, **which)


def whole_of(asked: Asked, office: Office | None, metric: Metric, counts: Counts | None) -> str:
    """The list of the cases that a figure is out of; empty where there is none."""
    return _of_measure(asked, office, metric.out_of, counts)


def _of_measure(
    asked: Asked, office: Office | None, measure: str, counts: Counts | None, **which: object
) -> str:
    if counts is None or not measure or counts.of(measure) <= 0:
        return ""
    return list_url(asked, office, measure=measure, **which)


def days_of(first: date, end: date) -> dict[str, str]:
    """Days of a list in the period's stead: from `first` on, `end` excluded."""
    return {"first": first.isoformat(), "last": (end - timedelta(days=1)).isoformat()}


def counts_on_top(asked: Asked, office: Office | None, found: Counted) -> list[dict[str, Any]]:
    """The state now in numbers, each with its list."""
    now, stages = found.now, found.stages
    appeals = sum(stages[stage].open for stage in IN_APPEAL if stage in stages)
    forward = stages.get(Kind.FORWARD.value, Standing()).open
    entries: list[tuple[str, int, dict[str, object], str]] = [
        (_("Late"), now.late, {"state": "late"}, "late"),
        (_("Moved up to the top"), now.level3, {"state": "late", "level": 3}, "late"),
        (_("Due today"), now.today, {"state": "today"}, "today"),
        (_("To be forwarded"), forward, {"state": "open", "stage": Kind.FORWARD.value}, ""),
        (_("In appeal"), appeals, {"state": "appeal"}, ""),
        (_("Waiting for the citizen"), now.waiting, {"state": "waiting"}, ""),
        (_("Open in all"), now.open, {"state": "open"}, ""),
    ]
    return [
        {
            "title": title,
            "number": max(0, number),
            "url": list_url(asked, office, **which),
            "code": code if number > 0 else "",
        }
        for title, number, which, code in entries
    ]


@dataclass(frozen=True, slots=True)
class Cell:
    """A number with the list behind it; no link where there is none."""

    number: int
    url: str


@dataclass(frozen=True, slots=True)
class StageRow:
    """One step: its open cases, the late ones, and of these those at each level (1, 2, 3)."""

    name: str
    cells: tuple[Cell, ...]


def stage_rows(asked: Asked, office: Office | None, found: Counted) -> list[StageRow]:
    """By the step that is waited for; steps with no open case are left out."""
    return [
        _row(asked, office, code, str(name), found.stages[code])
        for code, name in STAGES.items()
        if code in found.stages and found.stages[code].open > 0
    ]


def _row(asked: Asked, office: Office | None, code: str, name: str, standing: Standing) -> StageRow:
    def cell(number: int, **which: object) -> Cell:
        url = list_url(asked, office, stage=code, **which) if number > 0 else ""
        return Cell(max(0, number), url)

    levels = (standing.level1, standing.level2, standing.level3)
    moved_up = (
        cell(number, state="late", level=level)
        for level, number in zip(LEVELS, levels, strict=True)
    )
    cells = (cell(standing.open, state="open"), cell(standing.late, state="late"), *moved_up)
    return StageRow(name, cells)
