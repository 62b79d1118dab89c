"""What the worker counts before anybody asks: what is asked for most, and takes longer than a page may."""

from itertools import product

from oversight.boards import desk_work, handoffs, leagues
from oversight.boards.keeping import usual_periods
from oversight.figures.asking import AGENCYS, COUNTRYS, Question
from oversight.figures.periods import today, year_period


def count_ahead() -> None:
    """The hand-offs, the leagues of all kinds of agencies (as overseers read them, and as the desk does) and
    the moves of the desk, for the usual periods; hand-offs for this year and the last one too. What was
    kept before is read until each is counted.
    """
    groups = leagues.groups(anew=True)
    for year in (today().year, today().year - 1):
        handoffs.flows_of(year_period(year), anew=True)
    for period in usual_periods():
        handoffs.flows_of(period, anew=True)
        if desk_work.is_counted(period):
            desk_work.moves_of_all(period, anew=True)
        for group, sides in product(groups, (AGENCYS, COUNTRYS)):
            leagues.numbers_of(group, Question(period, sides=sides), anew=True)
