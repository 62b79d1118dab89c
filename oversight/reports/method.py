"""How each figure of a report is counted, from METRICS and STATES; and what its words mean."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oversight.metrics import METRICS, STATES
from oversight.reports.blocks import Section, Term, Terms

GLOSSARY: tuple[tuple[str | Promise, str | Promise], ...] = (
    (
        gettext_lazy("Forward"),
        gettext_lazy("The central desk gives a complaint to the office that has to answer it."),
    ),
    (
        gettext_lazy("Answer"),
        gettext_lazy("What the office says that it found and did. The last one of a case counts."),
    ),
    (gettext_lazy("Dispute"), gettext_lazy("The citizen says that the answer does not solve it, and why.")),
    (gettext_lazy("Appeal"), gettext_lazy("Somebody above the office looks at the case and decides again.")),
    (gettext_lazy("Upheld"), gettext_lazy("The appeal was right: the office has to answer once more.")),
    (
        gettext_lazy("Agency"),
        gettext_lazy("A ministry, department, local government or company, with its offices."),
    ),
    (
        gettext_lazy("Interval (95 of 100)"),
        gettext_lazy("Where the true value most likely lies (in 95 of 100 counts like this one); few cases"
           " give a wide one. That of a share is Wilson’s."),
    ),
    (gettext_lazy("Median"), gettext_lazy("Half of the answers took no longer.")),
    (
        gettext_lazy("Record"),
        gettext_lazy("Each step of each case is sealed in one public log. Its root at the end of a day is"
           " published, so that nothing before it can be changed without being seen."),
    ),
)  # fmt: skip


def method(data: dict[str, Any]) -> Terms:
    """Every figure that the report shows: its formula and what it excludes."""
    terms = [
        Term(str(METRICS[code].name), _lines(METRICS[code].formula, METRICS[code].excludes))
        for code in data["figures"]
    ]
    terms += [Term(str(state.name), _lines(state.formula, "")) for state in STATES.values()]
    return Terms(tuple(terms))


def _lines(formula: str | Promise, excludes: str | Promise) -> tuple[str, ...]:
    lines = [str(formula)]
    if excludes:
        lines.append(_("Left out: %(what)s") % {"what": excludes})
    return tuple(lines)


def glossary() -> Section:
    """The words of a report."""
    terms = tuple(Term(str(name), (str(meaning),)) for name, meaning in GLOSSARY)
    return Section("glossary", _("Words"), (Terms(terms),))
