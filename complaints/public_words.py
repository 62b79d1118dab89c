"""How a published case stands, in words for everybody. Pure but for gettext."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from complaints.notice_texts import STATE_WORDS, Words
from complaints.workflow import CITIZEN_WORDS, State

#: The citizen's five words, for readers who are not the citizen.
STATES: Mapping[str, Words] = {**STATE_WORDS, "asked": _("the citizen was asked something")}


def standing(status: str, agency: str) -> str:
    """Who has it, or what came of it; `agency` is the name of the office that has it, if one does: in an
    appeal of the one that decides.
    """
    word = CITIZEN_WORDS[State(status)]
    if word == "with_agency" and not agency:
        word = "with_overseers" if status == State.APPEALED else "received"
    return str(STATES[word]) % {"agency": agency}
