"""What people are told, and when: the words of every notice. Pure but for gettext.

No text says what a complaint is about, and none holds a secret of a case.
"""

from collections.abc import Mapping

from complaints.notice_texts import to_citizens, to_officers
from complaints.notice_texts.of_appeals import (
    APPEALS_FOR_CITIZENS,
    APPEALS_FOR_OFFICERS,
    APPEALS_FOR_RESPONDENTS,
)
from complaints.notice_texts.wording import (
    ACT_BY_LINK,
    ACT_BY_MAIL,
    ACT_BY_REPLY,
    ACT_BY_SMS,
    CITIZEN_FOOT,
    CLOCK_NAMES,
    OFFICER_FOOT,
    STATE_WORDS,
    WORDED,
    NoticeText,
    Words,
)

__all__ = [
    "ACT_BY_LINK",
    "ACT_BY_MAIL",
    "ACT_BY_REPLY",
    "ACT_BY_SMS",
    "CITIZEN_FOOT",
    "CLOCK_NAMES",
    "FOR_CITIZENS",
    "FOR_OFFICERS",
    "OFFICER_FOOT",
    "RECEIPTS",
    "STATE_WORDS",
    "TEXTS",
    "TO_RESPONDENTS",
    "WORDED",
    "NoticeText",
    "Words",
    "register",
]

FOR_CITIZENS: dict[str, NoticeText] = {**to_citizens.FOR_CITIZENS, **APPEALS_FOR_CITIZENS}
FOR_OFFICERS: dict[str, NoticeText] = {
    **to_officers.FOR_OFFICERS,
    **APPEALS_FOR_OFFICERS,
    **APPEALS_FOR_RESPONDENTS,
}
TEXTS: dict[str, NoticeText] = {**FOR_CITIZENS, **FOR_OFFICERS}

#: What goes to somebody whom a case is about: all else about it they are never told.
TO_RESPONDENTS = frozenset({"served", "served_decision", *APPEALS_FOR_RESPONDENTS})
#: What gives the secrets of a case to whoever filed it: not even of a sensitive case is it held back.
RECEIPTS = frozenset({"receipt", "receipt_with", "receipt_withdrawal"})


def register(texts: Mapping[str, NoticeText]) -> None:
    """Add the words of a room above (at start-up): what is said in its conversations."""
    if clash := TEXTS.keys() & texts.keys() - _registered:
        raise ValueError(f"these notices have words already: {sorted(clash)}")
    TEXTS.update(texts)
    _registered.update(texts)


_registered: set[str] = set()
