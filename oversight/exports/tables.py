"""The tables of the dashboards with every figure there is: one row an office, a subject, a place, a way
in, a kind, or a step of time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Office
from oversight.audits.rates import add_by_node
from oversight.boards.handoffs import ids_in, only_of, pairs_of
from oversight.dashboards.asking import Asked, channel_name, kind_name
from oversight.dashboards.children import children_of
from oversight.dashboards.counted import MOST_FACTS
from oversight.dashboards.state import STAGES
from oversight.exports.sheets import Sheet
from oversight.figures import reading, standing
from oversight.figures.asking import COUNTRYS, Counts, Question
from oversight.figures.standing import Standing
from oversight.metrics import METRICS, STATES

Words = str | Promise

#: The tables, in words.
TABLES: dict[str, Words] = {
    "offices": gettext_lazy("Offices below, each with all below it"),
    "category": gettext_lazy("Subjects"),
    "district": gettext_lazy("Districts"),
    "channel": gettext_lazy("Ways in"),
    "kind": gettext_lazy("Kinds"),
    "trend": gettext_lazy("Day by day, or month by month"),
    "stages": gettext_lazy("Open cases by what is due next"),
    "flow": gettext_lazy("Who sent cases back to whom"),
}
#: For those who see the country alone.
OF_COUNTRY = ("flow",)
#: Figures of call-backs are counted by office and in all, not by subject or step.
AUDITED = ("audit_solved", "audit_agreement")


@dataclass(frozen=True, slots=True)
class Ask:
    """What a file is asked of: the filters, an office (None: the country), whose figures, the cases of
    which whoever asks must know nothing, and whether what call-backs found is for them to read.
    """

    asked: Asked
    office: Office | None
    sides: tuple[int, ...]
    hidden: Sequence[int]
    audited: bool
    #: Whose figures of the offices below.
    sides_below: tuple[int, ...] = COUNTRYS

    @property
    def question(self) -> Question:
        """The same as a question to the figures."""
        return self.asked.question(self.office, self.sides)

    @property
    def question_now(self) -> Question:
        """The same of how it stands now: work is work, so nothing is left out (as on the screens)."""
        return replace(self.question, sides=COUNTRYS)

    @property
    def name(self) -> str:
        """What a file of it is called, to begin with."""
        place = self.office.code if self.office else "country"
        return "-".join([place, self.asked.period.code, *self.asked.filters.values()])[:80]


def is_quick(ask: Ask, table: str) -> bool:
    """Whether nobody has to wait for it: it is answered from sums, or by counting few facts."""
    question = ask.question
    if table in ("stages", "flow"):
        return True
    dimension = table if table in ("category", "district", "channel", "kind") else ""
    nodes = [office.pk for office in children_of(ask.office)] if table == "offices" else []
    return reading.is_kept(question, dimension, nodes) or (
        reading.facts_to_count(question) <= MOST_FACTS
    )


def tables_for(ask: Ask) -> dict[str, Words]:
    """The tables that whoever asks may have."""
    return {name: words for name, words in TABLES.items() if ask.audited or name not in OF_COUNTRY}


def table_of(ask: Ask, table: str) -> Sheet:
    """A table of `tables_for` by its name; KeyError for others."""
    if table not in tables_for(ask):
        raise KeyError(table)
    head, rows = _MADE[table](ask)
    return Sheet(f"{table}-{ask.name}", head, rows)


Made = tuple[list[str], Iterator[list[object]]]


def _metrics_head(*, audited: bool) -> list[str]:
    head = []
    for metric in METRICS.values():
        if metric.code in AUDITED and not audited:
            continue
        head.append(str(metric.name))
        if metric.interval:
            head.append(_("%(figure)s: 95%% interval from") % {"figure": metric.name})
            head.append(_("%(figure)s: 95%% interval to") % {"figure": metric.name})
    return head


def _metrics_row(counts: Counts, *, audited: bool) -> list[object]:
    row: list[object] = []
    for metric in METRICS.values():
        if metric.code in AUDITED and not audited:
            continue
        row.append(_rounded(metric.of(counts)))
        if metric.interval:
            low, high = metric.interval_of(counts) or (None, None)
            row += [_rounded(low), _rounded(high)]
    return row


def _rounded(value: float | None) -> float | int | None:
    """Shares and means with four places: no more is known."""
    return round(value, 4) if isinstance(value, float) else value


def _states_head() -> list[str]:
    return [_("Now: %(figure)s") % {"figure": state.name} for state in STATES.values()]


def _states_row(now: Standing) -> list[object]:
    return [_rounded(state.value(now)) for state in STATES.values()]


def _offices(ask: Ask) -> Made:
    children = children_of(ask.office)
    nodes = [office.pk for office in children]
    asked = replace(ask.question, sides=ask.sides_below)
    counts = reading.by_node(asked, nodes, hidden=ask.hidden)
    if ask.audited:
        add_by_node(counts, asked, nodes, hidden=ask.hidden)
    now = standing.standing_by_node(ask.question_now, nodes, hidden=ask.hidden)
    head = [_("Code"), _("Office"), *_states_head(), *_metrics_head(audited=ask.audited)]
    return head, (
        [
            *(office.code, office.name),
            *_states_row(now.get(office.pk, Standing())),
            *_metrics_row(counts.get(office.pk, Counts()), audited=ask.audited),
        ]
        for office in children
    )


def _by(ask: Ask, dimension: str, first: str, named: Callable[[Any], tuple[str, str]]) -> Made:
    counts = reading.by(ask.question, dimension, hidden=ask.hidden)
    now = standing.standing_by(ask.question_now, dimension, hidden=ask.hidden)
    keys = sorted({*counts, *now}, key=named)
    head = [_("Code"), first, *_states_head(), *_metrics_head(audited=False)]
    return head, (
        [
            *named(key),
            *_states_row(now.get(key, Standing())),
            *_metrics_row(counts.get(key, Counts()), audited=False),
        ]
        for key in keys
    )


def _of_rows(rows: Mapping[int, Any]) -> Callable[[int], tuple[str, str]]:
    def named(key: int) -> tuple[str, str]:
        row = rows.get(key)
        return (row.code, row.name) if row else ("", _("None given"))

    return named


def _categories(ask: Ask) -> Made:
    return _by(ask, "category", _("Subject"), _of_rows(ask.asked.trees.subjects.by_id))


def _districts(ask: Ask) -> Made:
    return _by(ask, "district", _("District"), _of_rows(ask.asked.trees.places.by_id))


def _channels(ask: Ask) -> Made:
    return _by(ask, "channel", _("Way in"), lambda code: (code, channel_name(code)))


def _kinds(ask: Ask) -> Made:
    return _by(ask, "kind", _("Kind"), lambda code: (code, kind_name(code)))


def _trend(ask: Ask) -> Made:
    steps = reading.trend(ask.question, hidden=ask.hidden, bands=True)
    head = [_("First day"), *_metrics_head(audited=False)]
    return head, ([day, *_metrics_row(c, audited=False)] for day, c in steps.items())


def _stages(ask: Ask) -> Made:
    found = standing.by_stage(ask.question_now, hidden=ask.hidden)
    head = [_("Code"), _("Due next"), *(str(state.name) for state in STATES.values())]
    head.append(_("Oldest, filed on"))
    return head, (
        [code, str(STAGES.get(code, code)), *_states_row(now), now.oldest_on]
        for code, now in found.items()
    )


def _flow(ask: Ask) -> Made:
    pairs = pairs_of(ask.asked.period, hidden=ask.hidden).value
    if ask.office:
        pairs = only_of(pairs, ask.office.pk)
    offices = Office.objects.only("code", "names", "country").in_bulk(ids_in(pairs))

    def named(agency: int) -> list[object]:
        office = offices.get(agency)
        return [office.code, office.name] if office else ["", _("The central desk")]

    head = [*(_("Code"), _("Sent back by"), _("Code"), _("Next with"), _("Times"))]
    return head, (
        [*named(source), *named(target), number] for (source, target), number in pairs.most_common()
    )


_MADE: dict[str, Callable[[Ask], Made]] = {
    "offices": _offices,
    "category": _categories,
    "district": _districts,
    "channel": _channels,
    "kind": _kinds,
    "trend": _trend,
    "stages": _stages,
    "flow": _flow,
}
