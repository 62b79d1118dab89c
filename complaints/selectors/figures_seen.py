"""The figures of a period as one officer may read them: without the cases from which they are barred.

By agency a figure may rest on a single case, and then tells that there is one. What the public reads
rests on more (`oversight.selectors.LEAST_CASES`).
"""

from copy import deepcopy

from accounts.actors import Actor
from complaints.bars import barred_from
from complaints.selectors.figures import PeriodFigures, count_period, period_figures


def figures_for(actor: Actor, days: int) -> PeriodFigures:
    """The figures of the last so many days for an officer (one query beside those of everybody)."""
    all_of_them = period_figures(days)
    theirs = count_period(days, among=barred_from(actor))
    if not theirs.total.cases:
        return all_of_them
    return _without(deepcopy(all_of_them), theirs)


def _without(period: PeriodFigures, hidden: PeriodFigures) -> PeriodFigures:
    period.total.take_out(hidden.total)
    for whose, of_hidden in (
        (period.by_agency, hidden.by_agency),
        (period.open_to_all, hidden.open_to_all),
    ):
        for agency, figures in of_hidden.items():
            if agency in whose:
                whose[agency].take_out(figures)
                if not whose[agency].cases:
                    del whose[agency]
    for agency, count in hidden.left_out.items():
        left = period.left_out.get(agency, 0) - count
        period.left_out[agency] = max(0, left)
        if not period.left_out[agency]:
            del period.left_out[agency]
    return period
