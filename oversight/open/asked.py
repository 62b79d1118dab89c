"""What a program asks of the figures: the values of an address, checked one by one, and the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from agencies.models import Office
from agencies.selectors import office_by_code
from complaints.models.case import Kind
from complaints.views.officer.wording import CHANNELS
from oversight.audits import rates
from oversight.dashboards.asking import channel_name, kind_name
from oversight.dashboards.trees import Tree, Trees, trees
from oversight.figures import reading
from oversight.figures.asking import Counts, Question
from oversight.figures.periods import LAST_DAYS, Period, period_of
from oversight.metrics import METRICS, Metric
from oversight.open.datasets import OF_CALLS

#: By what the figures can be told apart.
GROUPS = ("agency", "office", "category", "district", "channel", "kind", "time")
LONGEST = 60
#: More facts than this are not counted while a program waits.
MOST_FACTS = 60_000


@dataclass(frozen=True)
class Asked:
    """A checked question: which figures, by what."""

    question: Question
    metrics: tuple[Metric, ...]
    group: str
    trees: Trees
    #: The filters as they were asked for, by their codes.
    filters: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """One row: the code and name of what it is of (empty for all), and what was counted."""

    code: str
    name: str
    counts: Counts


class _Reading:
    """Reads values one by one, and keeps what is wrong with each."""

    def __init__(self, query: Mapping[str, Any]) -> None:
        self.query = query
        self.errors: dict[str, list[str]] = {}

    def text(self, name: str) -> str:
        return str(self.query.get(name, "")).replace("\0", "").strip()[: LONGEST * 20]

    def wrong(self, name: str, value: str) -> None:
        sentence = _("There is no “%(value)s” here.") % {"value": value[:LONGEST]}
        self.errors.setdefault(name, []).append(sentence)

    def period(self) -> Period:
        code = self.text("period") or str(LAST_DAYS[0])
        found = period_of(code)
        if found.code != code:
            self.wrong("period", code)
        return found

    def one_of(self, name: str, known: Sequence[str]) -> str:
        value = self.text(name)
        if value and value not in known:
            self.wrong(name, value)
            return ""
        return value

    def in_tree(self, name: str, tree: Tree[Any]) -> tuple[int, ...]:
        """The ids of a code and all below it."""
        code = self.text(name)
        if not code:
            return ()
        row = tree.by_code.get(code)
        if row is None:
            self.wrong(name, code)
            return ()
        return tuple(below.pk for below in tree.with_below(row))

    def office(self) -> Office | None:
        code = self.text("office")
        if not code:
            return None
        office = office_by_code(settings.COUNTRY, code[:LONGEST])
        if office is None:
            self.wrong("office", code)
        return office

    def metrics(self) -> tuple[Metric, ...]:
        codes = [code.strip() for code in self.text("metrics").split(",") if code.strip()]
        for code in codes:
            if code not in METRICS:
                self.wrong("metrics", code)
        wanted = dict.fromkeys(codes) or METRICS
        return tuple(METRICS[code] for code in wanted if code in METRICS)


def read(query: Mapping[str, Any], groups: Sequence[str] = GROUPS) -> Asked:
    """What is asked for. ValidationError (422) names every value that there is not."""
    known, values = trees(), _Reading(query)
    question = Question(
        values.period(),
        values.office(),
        category=values.in_tree("category", known.subjects),
        district=values.in_tree("district", known.places),
        channel=values.one_of("channel", tuple(CHANNELS)),
        kind=values.one_of("kind", Kind.values),
    )
    group, metrics = values.one_of("group_by", groups), values.metrics()
    if values.errors:
        raise ValidationError(values.errors)
    if group not in ("", "agency", "office"):
        # Call-backs are not told apart by these.
        metrics = tuple(metric for metric in metrics if metric.code not in OF_CALLS)
    filters = {name: values.text(name) for name in question.filtered}
    return Asked(question, metrics, group, known, filters)


def is_long(asked: Asked) -> bool:
    """Whether no sums are kept for it, and it would take long to count."""
    question, dimension, nodes = asked.question, asked.group, list[int]()
    if asked.group in ("agency", "office"):
        dimension, nodes = "", [office.pk for office in _offices(asked)]
    elif asked.group == "time":
        dimension = "month" if question.period.by_months else "day"
    kept = reading.is_kept(question, dimension, nodes)
    return not kept and reading.facts_to_count(question) > MOST_FACTS


def answers(asked: Asked, hidden: Sequence[int] = ()) -> list[Answer]:
    """The rows, most cases first; over time in its order. `hidden`: ids of cases that are left out."""
    question = asked.question
    match asked.group:
        case "":
            counts = reading.totals(question, hidden=hidden)
            rates.add_to(counts, question, hidden=hidden)
            return [Answer("", "", counts)]
        case "time":
            steps = reading.trend(question, hidden=hidden, bands=True)
            form = "%Y-%m" if question.period.by_months else "%Y-%m-%d"
            return [Answer(f"{day:{form}}", "", counts) for day, counts in steps.items()]
        case "agency" | "office":
            rows = _below(asked, hidden)
        case _:
            counted = reading.by(question, asked.group, hidden=hidden)
            rows = [Answer(*_named(asked, key), counts) for key, counts in counted.items()]
    return sorted(rows, key=lambda row: (-row.counts["received"], row.code))


def _offices(asked: Asked) -> list[Office]:
    """The agencies, or all offices, directly below the office or at the top."""
    offices = Office.objects.filter(country=settings.COUNTRY, parent=asked.question.office)
    if asked.group == "agency":
        offices = offices.filter(agency_id=F("id"))
    return list(offices.only("names", "code", "country", "path"))


def _below(asked: Asked, hidden: Sequence[int]) -> list[Answer]:
    below = _offices(asked)
    nodes = [office.pk for office in below]
    counted = reading.by_node(asked.question, nodes, hidden=hidden)
    rates.add_by_node(counted, asked.question, nodes, hidden=hidden)
    return [
        Answer(office.code, office.name, counted[office.pk])
        for office in below
        if counted.get(office.pk)
    ]


def _named(asked: Asked, key: Any) -> tuple[str, str]:
    if asked.group == "channel":
        return key, channel_name(key)
    if asked.group == "kind":
        return key, kind_name(key)
    tree: Tree[Any] = asked.trees.subjects if asked.group == "category" else asked.trees.places
    row = tree.by_id.get(key)
    return (row.code, row.name) if row else ("", _("None"))
