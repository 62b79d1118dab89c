"""Tables of public figures: a row for each part of the country, its figures as everybody may read them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from agencies.models import Place
from complaints.models.case import Kind
from oversight.charts import Area, Chart, Frame, Unit, district_map
from oversight.charts.geometry import has_map
from oversight.dashboards.asking import channel_name, kind_name
from oversight.dashboards.trees import Trees
from oversight.figures.asking import Counts
from oversight.metrics import LEAST_CASES, METRICS
from oversight.open.words import Shown, few_words, language, shown, written

#: The figures of a row, in the order of the columns.
COLUMNS = (
    *("received", "answered", "answered_in_10_from_filing", "answered_in_10_from_forward"),
    *("confirmed_resolved", "median_days"),
)
#: What the map shows.
MAPPED = "answered_in_10_from_filing"
#: So many rows are shown at first, and so many if all are asked for; the rest is in the open data.
ROWS, ALL_ROWS = 40, 500


@dataclass(frozen=True, slots=True)
class Row:
    """A part of the country and its figures, as COLUMNS has them."""

    name: str
    cells: tuple[Shown, ...]
    url: str = ""

    @property
    def labelled(self) -> list[dict[str, object]]:
        """The cells, each with the head of its column: on a phone it stands beside it."""
        return [
            {"head": METRICS[code].name, "words": cell.words, "few": cell.few}
            for code, cell in zip(COLUMNS, self.cells, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows, most cases first. `too_few` parts have too few cases; `more` are not shown."""

    key: str
    title: str
    of: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    too_few: int = 0
    more: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """What a row is of: its name, its page if it has one, and what was counted."""

    name: str
    counts: Counts
    url: str = ""

    @property
    def cases(self) -> int:
        """How many cases it had, filed or answered."""
        return max(self.counts["received"], self.counts["answered"])


def table(key: str, title: str, of: str, parts: Iterable[Part], *, most: int = ROWS) -> Table:
    """The table of these parts; of parts with fewer than LEAST_CASES cases only how many they are."""
    with_cases = [part for part in parts if part.cases]
    enough = [part for part in with_cases if part.cases >= LEAST_CASES]
    enough.sort(key=lambda part: (-part.cases, part.name))
    rows = tuple(
        Row(part.name, tuple(shown(METRICS[code], part.counts, exact=False) for code in COLUMNS),
            part.url)
        for part in enough[:most]
    )  # fmt: skip
    heads = tuple(str(METRICS[code].name) for code in COLUMNS)
    few, more = len(with_cases) - len(enough), max(0, len(enough) - most)
    return Table(key, title, of, heads, rows, few, more)


def by_channel(counts: Mapping[str, Counts]) -> Table:
    """By the way in which cases come."""
    parts = (Part(channel_name(code), one) for code, one in counts.items())
    return table("channel", _("By way in"), _("Way in"), parts)


def by_kind(counts: Mapping[str, Counts]) -> Table:
    """By the kind of case."""
    parts = (Part(kind_name(code), one) for code, one in counts.items() if code in Kind.values)
    return table("kind", _("By kind"), _("Kind"), parts)


def by_category(counts: Mapping[int, Counts], trees: Trees) -> Table:
    """By subject: each at the top of the tree with all below it."""
    found: dict[str, Counts] = {}
    for pk, one in counts.items():
        subject = trees.subjects.by_id.get(pk)
        top = subject.path.split("/")[0] if subject else ""
        found.setdefault(top, Counts()).add(one)
    names = {code: row.name for code, row in trees.subjects.by_code.items()}
    parts = (Part(names.get(code) or _("No subject yet"), one) for code, one in found.items())
    return table("category", _("By subject"), _("Subject"), parts)


# --- Places -----------------------------------------------------------------------------------


def map_level(country: str) -> str:
    """The level of places that the country's map shows."""
    return "district" if has_map(country, "district") else "province"


def _by_place(counts: Mapping[int, Counts], trees: Trees) -> dict[Place | None, Counts]:
    """By the places of the map: what lies below one counts with it; what lies above by itself."""
    level = map_level(settings.COUNTRY)
    found: dict[Place | None, Counts] = {}
    for pk, one in counts.items():
        place = trees.places.by_id.get(pk)
        codes = place.ancestor_codes if place else []
        above = (trees.places.by_code.get(code) for code in codes)
        drawn = next((row for row in above if row and row.level == level), place)
        found.setdefault(drawn, Counts()).add(one)
    return found


def by_place(counts: Mapping[int, Counts], trees: Trees) -> Chart:
    """The map, with its table: the share in ten days, and how many were filed."""
    metric = METRICS[MAPPED]
    areas, without = [], 0
    for place, one in _by_place(counts, trees).items():
        if place is None:
            continue
        if 0 < max(one["received"], one["answered"]) < LEAST_CASES:
            without += 1
        areas.append(_area(place, one))
    areas.sort(key=lambda area: area.name)
    frame = Frame(
        "places",
        _("By place"),
        str(metric.formula),
        _("Place"),
        language(),
        note=_("Hatched: no figures, or too few cases to say.") if without else "",
    )
    return district_map(
        frame,
        settings.COUNTRY,
        areas,
        unit=Unit.SHARE,
        level=map_level(settings.COUNTRY),
        value_name=str(metric.name),
    )


def _area(place: Place, counts: Counts) -> Area:
    metric, received = METRICS[MAPPED], METRICS["received"]
    share, filed = shown(metric, counts), shown(received, counts, exact=False)
    told = share.few or filed.few
    value = None if told or metric.of(counts) is None else float(metric.of(counts) or 0)
    if told:
        return Area(place.code, place.name, None, few_words())
    detail = _("%(share)s in time, %(number)s received") % {
        "share": written(value, "share"),
        "number": filed.words,
    }
    return Area(place.code, place.name, value, detail)
