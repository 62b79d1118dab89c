"""Rows of the table of moves that are about whom a case is about. Pure."""

from complaints.workflow_terms import SAME, Edge, Ending, Party, Situation, State, row

ANY = tuple(State)


def served_may_appeal(s: Situation) -> bool:
    """Whether a respondent may appeal through the summary that was served on them."""
    return s.service_open and s.ending not in (Ending.WITHDRAWN, Ending.MERGED)


def _about_somebody(s: Situation) -> bool:
    return s.about_somebody


def _may_serve(s: Situation) -> bool:
    # Whoever appealed gets the decision, even if they turn out to have been named by mistake.
    return (s.about_somebody or s.other_side_appeals) and s.ending not in (
        Ending.WITHDRAWN,
        Ending.MERGED,
    )


# fmt: off
ABOUT_SOMEBODY: tuple[tuple[str, tuple[str, ...], tuple[tuple[Edge, ...], ...]], ...] = (
    ("link_respondent", ("respondent",), (row(ANY, SAME, {Party.CITIZEN, Party.DESK}),)),
    ("unlink_respondent", ("respondent", "reason"), (
        row(ANY, SAME, {Party.OVERSEER}, when=_about_somebody, why="about_nobody"),
    )),
    # Of an answered or closed case by whoever would decide an appeal on it.
    ("serve", ("respondent", "text"), (
        row((State.ANSWERED, State.APPEALED, State.CLOSED), SAME, {Party.APPEAL_OFFICER},
            when=_may_serve, why="about_nobody"),
    )),
)
# fmt: on
