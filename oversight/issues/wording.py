"""Issues in words and pictures: what a state and a step are called, the bars of a recurrence."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from oversight.issues.recurrence import MONTH, Recurrence
from oversight.models import IssueNote

#: What officers call a state, and the colour of its tag.
STATES: dict[str, tuple[Any, str]] = {
    "open": (_("Under way"), "blue"),
    "fixed": (_("Fixed"), "green"),
    "back": (_("Back again"), "orange"),
    "dropped": (_("Dropped"), "grey"),
}
#: What everybody reads.
PUBLIC_STATES: dict[str, tuple[Any, str]] = {
    "open": (_("Being put right"), "blue"),
    "fixed": (_("Fixed"), "green"),
    "back": (_("It came back: being put right again"), "orange"),
}
STEPS: dict[str, Any] = {
    "begin": _("Made an issue"),
    "edit": _("Changed"),
    "link": _("Cases added"),
    "unlink": _("A case taken out"),
    "note": _("Note"),
    "progress": _("What is being done"),
    "did": _("What the office did"),
    "fix": _("Fixed"),
    "publish": _("Published"),
    "unpublish": _("Taken out of the public pages"),
    "drop": _("Dropped"),
    "reopen": _("Opened again"),
    "back": _("Back again: cases in a month"),
}


def notes_shown(notes: Iterable[IssueNote]) -> list[dict[str, Any]]:
    """What happened, as `oversight/issue.html` shows it."""
    return [
        {
            "at": note.at,
            "what": STEPS.get(note.step, note.step),
            "who": note.by or "",
            "text": "" if note.text.isdecimal() else note.text,
            "number": int(note.text) if note.text.isdecimal() else None,
        }
        for note in notes
    ]


#: Units of the picture: the height of the highest bar, and the width of one with its gap.
HIGH, WIDE = 40, 10


def drawn(found: Recurrence | None) -> dict[str, Any] | None:
    """A recurrence with its bars: whole months alone, since a few days say little."""
    if found is None:
        return None
    whole = [span for span in found.spans if span.days == MONTH]
    most = max((span.cases for span in whole), default=0)
    bars = []
    for place, span in enumerate(whole):
        height = max(1, round(HIGH * span.cases / most)) if span.cases else 0
        bar = {"x": place * WIDE, "y": HIGH - height, "height": height}
        bars.append({**bar, "code": "confirmed" if span.since_fix else "silence"})
    return {"found": found, "bars": bars, "width": max(len(whole) * WIDE, WIDE), "height": HIGH}
