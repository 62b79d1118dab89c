"""The rows of the table for what happens within an appeal: hearings, statements, investigations. Pure.

Part of the one table in `complaints.workflow`, which nothing but it reads. None of these rows leads
anywhere: a case in appeal is left only by the decision, or by the citizen's own withdrawal.
"""

from complaints.workflow_terms import (
    OFFICE,
    SAME,
    Condition,
    Edge,
    Party,
    Situation,
    State,
    cancel,
    meet,
    row,
    start,
)

APPEALED, ANY = (State.APPEALED,), tuple(State)
APPEAL_OFFICER, INVESTIGATOR = {Party.APPEAL_OFFICER}, {Party.INVESTIGATOR}
#: Whoever has to do with the matter may be heard, and whoever hears them takes down what others say.
HEARD = OFFICE | {Party.CITIZEN, Party.RESPONDENT}
TAKERS = APPEAL_OFFICER | INVESTIGATOR


def _hearing_set(s: Situation) -> bool:
    return s.hearing_set


def _no_hearing(s: Situation) -> bool:
    return not s.hearing_set


def _hearing_to_come(s: Situation) -> bool:
    return not s.hearing_begun


def _investigating(s: Situation) -> bool:
    return s.investigating


def _not_investigating(s: Situation) -> bool:
    return not s.investigating


def _recommended(s: Situation) -> bool:
    return s.recommended


TOO_EARLY: tuple[Condition, str] = (_hearing_to_come, "hearing_to_come")

# fmt: off
WITHIN_APPEALS: tuple[tuple[str, tuple[str, ...], tuple[tuple[Edge, ...], ...]], ...] = (
    ("set_hearing", ("at", "place", "text", "invited"), (
        row(APPEALED, SAME, APPEAL_OFFICER, when=_no_hearing, why="hearing_set"),
    )),
    ("move_hearing", ("at", "place", "reason"), (
        row(APPEALED, SAME, APPEAL_OFFICER, when=_hearing_set, why="no_hearing"),
    )),
    ("call_off_hearing", ("reason",), (
        row(APPEALED, SAME, APPEAL_OFFICER, when=_hearing_set, why="no_hearing"),
    )),
    ("hold_hearing", ("came", "text"), (
        row(APPEALED, SAME, APPEAL_OFFICER, when=_hearing_set, why="no_hearing", unless=TOO_EARLY),
    )),
    ("testify", ("text", "witness"), (
        row(APPEALED, SAME, HEARD | TAKERS),
    )),
    ("investigate", ("text", "lead", "team"), (
        row(APPEALED, SAME, APPEAL_OFFICER, start("investigation"),
            when=_not_investigating, why="investigating"),
    )),
    ("report", ("text", "finding"), (
        row(APPEALED, SAME, INVESTIGATOR, meet("investigation"),
            when=_investigating, why="no_investigation"),
    )),
    ("end_investigation", ("reason",), (
        row(APPEALED, SAME, APPEAL_OFFICER, cancel("investigation"),
            when=_investigating, why="no_investigation"),
    )),
    ("guide", ("text",), (
        row(APPEALED, SAME, APPEAL_OFFICER),
    )),
    # Recommended action resolves nothing: it changes no state, no outcome and no figure.
    ("recommend", ("office", "text"), (
        row(APPEALED, SAME, APPEAL_OFFICER),
    )),
    ("follow", ("recommendation", "followed", "text"), (
        row(ANY, SAME, {Party.ACTION_OFFICE, Party.OVERSEER},
            when=_recommended, why="nothing_recommended"),
    )),
)
# fmt: on
