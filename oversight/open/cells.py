"""The rows of an open table: a month at a time, small cells taken out (`suppressing`)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import F

from agencies.models import Category, Office, Place
from complaints.views.officer.wording import CAME_BY
from oversight.audits import rates
from oversight.figures import reading
from oversight.figures.asking import PUBLIC, Counts, Question
from oversight.figures.cube import MONTH, next_month
from oversight.figures.periods import Period, month_period, today
from oversight.measures import CUTS
from oversight.models import Kept, Tally
from oversight.open.datasets import Dataset, rests_on_column
from oversight.open.suppressing import hidden_in_tree, hidden_parts, is_small
from oversight.open.words import in_languages

#: Seconds for which the rows of a month are kept; an edition of the data is as old at most.
FRESH = 3600
#: Raised when rows are made otherwise: what was kept before is not read.
FORMAT = 2
#: How exact shares, days and means are written.
DIGITS = 4

#: The key of the whole country among agencies.
WHOLE = 0

#: A row as it is published: by the columns of its table.
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the country in a table: its code, its names, and the agency above it."""

    code: str
    names: Mapping[str, str] = field(default_factory=dict)
    above: int | None = None
    above_code: str = ""


def edition() -> str:
    """Names what is published now: the hour up to which figures were kept, in UTC."""
    kept = Kept.objects.filter(pk=1).values_list("kept_at", "registry").first()
    at, registry = kept or (None, None)
    return f"{FORMAT}-{at:%Y%m%d%H}-{registry}" if at else f"{FORMAT}-none"


def months(dataset: Dataset) -> list[Period]:
    """The months of a table, oldest first: those that are over; the running one where it has it."""
    sums = Tally.objects.filter(node=0, cut=CUTS.index(()), grain=MONTH, side__in=PUBLIC)
    first: date | None = sums.order_by("on").values_list("on", flat=True).first()
    if first is None:
        return []
    found, at = [], first
    while at <= today():
        found.append(month_period(at))
        at = next_month(at)
    return [month for month in found if dataset.with_running or not month.is_running]


def rows(dataset: Dataset) -> Iterator[Row]:
    """All rows of a table, a month after the other; each month is kept for an hour."""
    kept = f"open:{settings.COUNTRY}:{dataset.code}:{edition()}"
    all_groups = cache.get_or_set(f"{kept}:groups", lambda: groups(dataset), timeout=FRESH) or {}
    for month in months(dataset):
        name = f"{kept}:{month.code}"
        made: list[Row] | None = cache.get(name)
        if made is None:
            made = month_rows(dataset, month, all_groups)
            cache.set(name, made, timeout=FRESH)
        yield from made


def month_rows(dataset: Dataset, month: Period, all_groups: Mapping[Any, Group]) -> list[Row]:
    """The rows of one month, in the order of their codes."""
    counted = _counted(dataset, Question(month, sides=PUBLIC), all_groups)
    hidden = _hidden(dataset, counted, all_groups)
    keys = sorted(all_groups, key=lambda key: all_groups[key].code)
    made = [
        _row(dataset, month, all_groups[key], counted.get(key, Counts()),
             frozenset(code for code, keys in hidden.items() if key in keys))
        for key in keys
    ]  # fmt: skip
    return [row for row in made if dataset.of != "agency" or _says_something(dataset, row)]


def _says_something(dataset: Dataset, row: Row) -> bool:
    """Whether it has a case, or hides whether it has. Thousands of agencies have none in most months."""
    return bool(row["suppressed"]) or any(row[metric.code] for metric in dataset.metrics)


# --- The parts of the country -----------------------------------------------------------------


def groups(dataset: Dataset) -> Mapping[Any, Group]:
    """What the rows are of: each part that ever had a case, by its key in the figures."""
    country = {"country": settings.COUNTRY}
    match dataset.of:
        case "":
            return {"": Group("")}
        case "agency":
            return _agencies()
        case "category":
            subjects = Category.objects.filter(**country, pk__in=_seen("category"))
            named = {row.pk: Group(row.code, row.names) for row in subjects}
            return {**named, **_without(named, "category")}
        case "district":
            places = Place.objects.filter(**country, pk__in=_seen("district"))
            named = {row.pk: Group(row.code, row.names) for row in places.defer("search_text")}
            return {**named, **_without(named, "district")}
    return {code: Group(code, in_languages(CAME_BY.get(code, code))) for code in _seen("channel")}


def _seen(dimension: str) -> set[Any]:
    """All values of a dimension that cases ever had."""
    sums = Tally.objects.filter(node=0, cut=CUTS.index((dimension,)), grain=MONTH, side__in=PUBLIC)
    return set(sums.values_list(dimension, flat=True).distinct())


def _without(named: Mapping[int, Group], dimension: str) -> dict[int, Group]:
    """Cases without a subject or place, and of those that the registry no longer has: one row."""
    return {0: Group("")} if _seen(dimension) - named.keys() else {}


def _agencies() -> dict[Any, Group]:
    offices = Office.objects.filter(country=settings.COUNTRY, agency_id=F("id"))
    by_id = {office.pk: office for office in offices.only("names", "code", "path", "country")}
    by_code = {office.code: office.pk for office in by_id.values()}
    seen = set(
        Tally.objects.filter(
            node__in=by_id, cut=CUTS.index(()), grain=MONTH, side__in=PUBLIC
        ).values_list("node", flat=True).distinct()
    )  # fmt: skip
    found = {}
    for pk, office in by_id.items():
        if pk not in seen:
            continue
        over = [by_code[code] for code in office.path_codes[:-1] if code in by_code]
        above = over[-1] if over else None
        found[pk] = Group(office.code, office.names, above, by_id[above].code if above else "")
    return found


# --- Counting and taking out ------------------------------------------------------------------


def _counted(
    dataset: Dataset, question: Question, all_groups: Mapping[Any, Group]
) -> dict[Any, Counts]:
    if not dataset.of:
        counts = reading.totals(question)
        rates.add_to(counts, question)
        return {"": counts}
    if dataset.of == "agency":
        nodes = list(all_groups)
        found = reading.by_node(question, nodes)
        rates.add_by_node(found, question, nodes)
        return {**found, WHOLE: reading.totals(question, bands=False)}
    counted: dict[Any, Counts] = {}
    for key, counts in reading.by(question, dataset.of).items():
        counted.setdefault(key if key in all_groups else 0, Counts()).add(counts)
    return counted


def _hidden(
    dataset: Dataset, counted: Mapping[Any, Counts], all_groups: Mapping[Any, Group]
) -> dict[str, frozenset[Any]]:
    """By the column of a number: the parts in which it is hidden."""
    found = {}
    for metric in dataset.counts:
        numbers = {key: counted.get(key, Counts())[metric.code] for key in all_groups}
        if not dataset.of:
            found[metric.code] = frozenset(k for k, number in numbers.items() if is_small(number))
        elif dataset.of == "agency":
            above = {key: group.above for key, group in all_groups.items()}
            # What the desk has lies beside all agencies.
            total = counted.get(WHOLE, Counts())[metric.code]
            found[metric.code] = hidden_in_tree(numbers, above, total)
        else:
            found[metric.code] = hidden_parts(numbers)
    return found


def _row(
    dataset: Dataset, month: Period, group: Group, counts: Counts, hidden: frozenset[str]
) -> Row:
    row: Row = {"month": month.code, "complete": 0 if month.is_running else 1}
    if dataset.of:
        row["code"] = group.code
        if dataset.of == "agency":
            row["above"] = group.above_code
        for language, _name in settings.LANGUAGES:
            row[f"name_{language}"] = group.names.get(language, "")
    suppressed = []
    for metric in dataset.metrics:
        value = metric.of(counts)
        if rests_on_column(metric) in hidden or is_small(metric.rests_on(counts)):
            suppressed.append(metric.code)
            value = None
        row[metric.code] = round(value, DIGITS) if isinstance(value, float) else value
    row["suppressed"] = " ".join(suppressed)
    return row
