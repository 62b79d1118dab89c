"""What lies behind a figure, as facts: the same conditions. The lists that show it apply the read rule."""

from datetime import date, timedelta

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from complaints import moment
from complaints.models.case import Status
from oversight.figures.asking import Question
from oversight.figures.periods import today
from oversight.measures import BY_NAME, DUE, DUE_TO_FORWARD, FORWARD_DAYS, MEASURED
from oversight.models import Branch, Fact

#: Before the name of a measure: of the days alone on which what was promised is over.
PROMISED = "due_"


def facts_behind(question: Question, measure: str) -> QuerySet[Fact]:
    """The facts that a measure counts in the question's period. KeyError for one that there is not.

    With "due_" before it those alone whose promised days are over; `MEASURED` too can be asked for.
    """
    whole, *parts = MEASURED.get(measure, (measure,))
    facts = _counted(question, whole)
    for part in parts:
        theirs = BY_NAME[part.removeprefix(PROMISED)].condition
        facts = facts.filter(RawSQL(f"({theirs}) IS NOT TRUE", (), output_field=BooleanField()))
    return facts


def _counted(question: Question, measure: str) -> QuerySet[Fact]:
    meant, end = BY_NAME.get(measure), question.period.end
    if measure == DUE_TO_FORWARD:
        meant, end = BY_NAME["received"], min(end, _due_before(FORWARD_DAYS))
    elif meant is None:
        meant = BY_NAME[measure.removeprefix(PROMISED)]
        end = min(end, _due_before(DUE[meant.name]))
    return _of(question).filter(
        RawSQL(f"({meant.condition})", (), output_field=BooleanField()),
        **{
            f"{meant.on}__gte": question.period.start,
            f"{meant.on}__lt": end,
            "last_on__gte": question.period.start,
        },
    )


def _due_before(days: int) -> date:
    return today() - timedelta(days=days)


def facts_standing(
    question: Question, *, stage: str = "", late: bool = False, level: int = 0
) -> QuerySet[Fact]:
    """Of open cases of the question, perhaps at one stage, late, or moved up to a level (1–3)."""
    facts = _of(question).exclude(status=Status.CLOSED)
    if stage:
        facts = facts.filter(stage="" if stage == "none" else stage)
    if late or level:
        facts = facts.filter(due_at__lte=moment.now())
    if level:
        facts = facts.filter(level=level)
    return facts


def _of(question: Question) -> QuerySet[Fact]:
    facts = Fact.objects.filter(side__in=question.sides)
    for name in question.filtered:
        value = getattr(question, name)
        facts = facts.filter(**{name if isinstance(value, str) else f"{name}__in": value})
    if question.node:
        below = Branch.objects.filter(node=question.node).values("office")
        facts = facts.filter(office__in=below)
    return facts
