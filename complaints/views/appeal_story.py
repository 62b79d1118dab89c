"""An appeal as the case's citizen reads it: who decides, the hearing, what was decided, what can follow."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.selectors.appeal_words import DECIDES
from complaints.selectors.appeals import AppealShown, appeals_of, is_overdue
from complaints.selectors.casefile import CaseFile
from complaints.services.hearings import Invited


def appeal_shown(file: CaseFile) -> dict[str, Any] | None:
    """The newest appeal of a case as `_track_appeal.html` wants it; none, without a query, had it none.

    The appeals of a case that this one was joined with are between others.
    """
    if file.shown_case is not file.case:
        return None
    appeals = appeals_of(file)
    if not appeals:
        return None
    appeal = appeals[-1]
    row, case = appeal.row, file.case
    decision = next(iter(appeal.of(*DECIDES)), None)
    again = row.upheld is False and "appeal" in file.moves
    return {
        "open": row.decided_at is None,
        "second": row.level > 1,
        "by_other_side": row.by_respondent,
        "filed_at": row.filed_at,
        "decides": row.office.name if row.office else _("The overseers of the government"),
        "hearing": _hearing(file, appeal),
        "investigated": any(one.row.ended_at is None for one in appeal.told.investigations),
        "upheld": row.upheld,
        "decision": decision.said.get("text", "") if decision else "",
        "decided_at": row.decided_at,
        "until": case.appeal_until if again else None,
        "final": case.appeal_final and row.upheld is False,
    }


def _hearing(file: CaseFile, appeal: AppealShown) -> dict[str, Any] | None:
    """The hearing that is set, if the citizen is asked to come."""
    for told in appeal.told.hearings:
        if told.is_open and Invited.CITIZEN in told.asked:
            hearing = told.row
            entry = appeal.entry(hearing.set_event_id)
            said = entry.said if entry else {}
            address = reverse("track-hearing", args=[file.case.number])
            return {
                "at": hearing.at,
                "place": said.get("place", ""),
                "notice": said.get("text", ""),
                "over": is_overdue(hearing),
                "calendar": "" if file.case.sensitive else address,
            }
    return None
