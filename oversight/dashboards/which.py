"""Which figure's cases are listed: `?measure=answered` of a period, `?state=late&stage=resolve` now.

Read from an address and written into one; no cases here.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.actors import Actor
from agencies.models import Office
from oversight.charts.frame import Step
from oversight.charts.words import period as day_name
from oversight.dashboards.access import KNOW_EXAMINED, sides_for
from oversight.dashboards.pictures import age_names
from oversight.dashboards.state import LEVELS, STAGES
from oversight.figures.asking import AGENCYS, COUNTRYS, Question
from oversight.figures.backlog import AGES
from oversight.figures.periods import Period
from oversight.measures import ASIDE, PAST

Words = str | Promise

#: The measures whose cases can be listed, in words.
MEASURES: dict[str, Words] = {
    "received": gettext_lazy("Received"),
    "forwarded": gettext_lazy("Forwarded for the first time"),
    "forwarded_in_time": gettext_lazy("Forwarded within 3 days"),
    "due_forwarded_in_time": gettext_lazy("Forwarded within 3 days"),
    "measured_to_forward": gettext_lazy("Received, and the 3 days to forward are over"),
    "answered": gettext_lazy("Answered"),
    "kept_from_filing": gettext_lazy("Answered within 10 days from filing"),
    "due_kept_from_filing": gettext_lazy("Answered within 10 days from filing"),
    "measured_from_filing": gettext_lazy("Received, and the 10 days are over"),
    "kept_from_forward": gettext_lazy("Answered within 10 days from the forward"),
    "due_kept_from_forward": gettext_lazy("Answered within 10 days from the forward"),
    "measured_from_forward": gettext_lazy("Forwarded, and the 10 days from then are over"),
    "returned": gettext_lazy("Sent back at least once"),
    "confirmed": gettext_lazy("Confirmed resolved"),
    "awaited": gettext_lazy("Said to be resolved; the citizen has not spoken yet"),
    "silence": gettext_lazy("Said to be resolved; the citizen never replied"),
    "silent": gettext_lazy("Closed without a word of the citizen"),
    "contested": gettext_lazy("Answered, then disputed or in appeal"),
    "answered_otherwise": gettext_lazy("Partly resolved, not upheld, advice only, no power to act"),
    "partly": gettext_lazy("Partly resolved"),
    "not_upheld": gettext_lazy("Not upheld"),
    "advice_only": gettext_lazy("Advice only"),
    "no_power": gettext_lazy("No power to act"),
    "ended": gettext_lazy("Answered and closed"),
    "rated": gettext_lazy("With a mark of the citizen"),
    "disputed": gettext_lazy("Disputed"),
    "appealed": gettext_lazy("Appealed"),
    "decided": gettext_lazy("Appeal decided"),
    "upheld": gettext_lazy("Appeal upheld"),
    "reopened": gettext_lazy("Reopened"),
    "closed": gettext_lazy("Closed"),
    "withdrawn": gettext_lazy("Withdrawn by the citizen"),
    "declined": gettext_lazy("Declined: not for this portal"),
    "merged": gettext_lazy("Joined with another case"),
}
STATES: dict[str, Words] = {
    "open": gettext_lazy("Open cases"),
    "late": gettext_lazy("Late cases"),
    "in_time": gettext_lazy("Open cases in time"),
    "today": gettext_lazy("Cases due today"),
    "appeal": gettext_lazy("Cases in appeal"),
    "waiting": gettext_lazy("Cases that wait for the citizen"),
}
#: States of which the ages are kept.
OF_AGES = ("open", "late", "in_time")
#: Dimensions of which a case may have none, and a subject without those below it, in words.
WITHOUT: dict[str, Words] = {
    "category": gettext_lazy("No subject yet"),
    "district": gettext_lazy("No place"),
    "below": gettext_lazy("Without the subjects below"),
}
#: Cases of rankings alone, or those that these leave out, for `KNOW_EXAMINED`; and those of the time before
#: the portal, which are in nothing else.
RANKED, SET_ASIDE, OF_THE_PAST = "ranked", "aside", "past"
SIDES: dict[str, tuple[tuple[int, ...], Words]] = {
    RANKED: (AGENCYS, gettext_lazy("Without cases that are set aside")),
    SET_ASIDE: ((ASIDE,), gettext_lazy("Set aside: under examination, or a pattern was confirmed")),
    OF_THE_PAST: ((PAST,), gettext_lazy("Brought from the time before the portal")),
}
#: The longest span of days that an address may name.
LONGEST = 400


@dataclass(frozen=True, slots=True)
class Which:
    """The figure whose cases are listed: a measure of a period, or a state now with what narrows it.

    `alone`: what the office itself has, without those below it; of the country what no office has.
    `own`: what an agency's own offices have, without agencies below it. `without`: a key of `WITHOUT`;
    `sides`: one of `SIDES`. `first` and `last` are days of a step of the period, in its stead, both
    included.
    """

    measure: str = ""
    state: str = "open"
    stage: str = ""
    level: int = 0
    age: int = 0
    alone: bool = False
    own: bool = False
    without: str = ""
    sides: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def values(self) -> dict[str, str]:
        """As an address has it."""
        told: dict[str, object] = {"measure": self.measure}
        if not self.measure:
            told = {"state": self.state, "stage": self.stage, "level": self.level, "age": self.age}
            told["alone"] = int(self.alone)
        told |= {"own": int(self.own), "without": self.without, "sides": self.sides}
        return {name: str(value) for name, value in told.items() if value} | self.days

    @property
    def days(self) -> dict[str, str]:
        """The days in the period's stead, as an address has them."""
        if self.first is None or self.last is None:
            return {}
        return {"first": self.first.isoformat(), "last": self.last.isoformat()}

    @property
    def title(self) -> str:
        """In words."""
        return str(MEASURES[self.measure] if self.measure else STATES[self.state])

    @property
    def narrowed(self) -> list[str]:
        """What else is asked, in words."""
        words = [str(STAGES[self.stage])] if self.stage else []
        if self.level:
            words.append(_("Moved up to level %(level)s") % {"level": self.level})
        if self.age:
            words.append(_("Open for %(days)s") % {"days": age_names()[self.age - 1]})
        if self.alone:
            words.append(_("Without the offices below"))
        if self.own:
            words.append(_("Without the agencies below"))
        if self.without:
            words.append(str(WITHOUT[self.without]))
        if self.sides:
            words.append(str(SIDES[self.sides][1]))
        return [*words, self.days_in_words] if self.days else words

    @property
    def days_in_words(self) -> str:
        """The days in the period's stead; empty for the period itself."""
        if self.first is None or self.last is None:
            return ""
        language = get_language() or "en"
        one, other = (day_name(day, Step.DAY, language) for day in (self.first, self.last))
        if self.first == self.last:
            return one
        return _("%(first)s to %(last)s") % {"first": one, "last": other}

    def known_to(self, actor: Actor) -> "Which":
        """The same for its reader: what is set aside is not for everybody to know."""
        knows = self.sides == OF_THE_PAST or actor.has(*KNOW_EXAMINED)
        return self if knows else replace(self, sides="")

    def of(self, question: Question, actor: Actor, office: Office | None) -> Question:
        """The question to the figures: the same days, sides and kind of cases as the figure has."""
        if self.first and self.last:
            question = question.during(Period("", self.first, self.last + timedelta(days=1)))
        if self.without == "category":
            question = replace(question, category=(0,))
        elif self.without == "district":
            question = replace(question, district=(0,))
        elif self.without == "below":
            # A subject stands before those below it.
            question = replace(question, category=question.category[:1])
        return replace(question, sides=self._sides(actor, office))

    def _sides(self, actor: Actor, office: Office | None) -> tuple[int, ...]:
        known = self.known_to(actor).sides
        if known:
            return SIDES[known][0]
        # Work is work: of how it stands now nothing is left out.
        return sides_for(actor, office) if self.measure else COUNTRYS


def which_of(query: Any) -> Which:
    """What the address asks for; all open cases for whatever cannot be read."""
    without = query.get("without", "") if query.get("without", "") in WITHOUT else ""
    sides = query.get("sides", "") if query.get("sides", "") in SIDES else ""
    if query.get("measure", "") in MEASURES:
        first, last = _days_of(query)
        return Which(
            measure=query["measure"],
            own=query.get("own", "") == "1",
            without=without,
            sides=sides,
            first=first,
            last=last,
        )
    state, stage = query.get("state", ""), query.get("stage", "")
    level = _among(query.get("level", ""), LEVELS)
    state = "late" if level else state if state in STATES else "open"
    is_aged = state in OF_AGES and not level
    return Which(
        state=state,
        stage=stage if stage in STAGES else "",
        level=level,
        age=_among(query.get("age", ""), range(1, len(AGES) + 2)) if is_aged else 0,
        alone=query.get("alone", "") == "1",
        without=without,
        sides=sides,
    )


def _among(text: str, numbers: Any) -> int:
    return next((number for number in numbers if str(number) == text), 0)


def _days_of(query: Any) -> tuple[date | None, date | None]:
    """The days of an address; none if they cannot be, or are too many."""
    try:
        first, last = (date.fromisoformat(query.get(name, "")) for name in ("first", "last"))
    except ValueError:
        return None, None
    is_fine = 1900 <= first.year <= last.year <= 2100 and 0 <= (last - first).days < LONGEST
    return (first, last) if is_fine else (None, None)
