"""What the worker counts before anybody asks: what is asked for most, and takes longer than a page may."""

from oversight.boards import desk_work, handoffs, leagues
from oversight.boards.keeping import usual_periods
from oversight.figures.asking import Question


def count_ahead() -> None:
    """The hand-offs, the leagues of all kinds of agencies and the moves of the desk, for the usual
    periods. What was kept before is read until each is counted.
    """
    groups = leagues.groups(anew=True)
    for period in usual_periods():
        handoffs.pairs_of(period, anew=True)
        if desk_work.is_counted(period):
            desk_work.moves_of_all(period, anew=True)
        for group in groups:
            leagues.numbers_of(group, Question(period), anew=True)
