"""The appeals of a case on its page: who decides, hearings, statements, investigations, what came of it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.errors import Sentence
from complaints.forms.hearings import INVITED
from complaints.models import Appeal, Hearing, Recommendation
from complaints.selectors.appeal_words import DECIDES
from complaints.selectors.appeals import AppealShown, appeals_of, is_overdue, way_up
from complaints.selectors.casefile import CaseFile, Entry
from complaints.services.investigations import FINDINGS
from complaints.under_way import HearingTold, InvestigationTold
from complaints.views.officer.wording import Names, timeline_of
from complaints.views.story import FOLLOWED, files_shown

#: What is done within an appeal, in the order in which it is offered.
APPEAL_MOVES = (
    "set_hearing",
    "hold_hearing",
    "move_hearing",
    "call_off_hearing",
    "testify",
    "investigate",
    "end_investigation",
    "guide",
    "recommend",
)
HEARING_STATES: dict[str, Sentence] = {
    "set": gettext_lazy("Set"),
    "overdue": gettext_lazy("Minutes are missing"),
    "held": gettext_lazy("Held"),
    "off": gettext_lazy("Called off"),
}


def appeals_shown(file: CaseFile, names: Names) -> list[dict[str, Any]]:
    """Each appeal as `office_appeal.html` wants it, the newest first; none without a query."""
    return [_shown(file, appeal, names) for appeal in reversed(appeals_of(file))]


def _shown(file: CaseFile, appeal: AppealShown, names: Names) -> dict[str, Any]:
    row, language = appeal.row, file.case.language
    grounds, way = appeal.entry(row.filed_event_id), way_up(file.case, row.office)

    def told(*moves: str) -> list[dict[str, Any]]:
        return timeline_of(appeal.of(*moves), names, language)

    return {
        "title": _("Second appeal") if row.level > 1 else _("First appeal"),
        "by_other_side": row.by_respondent,
        "filed_at": row.filed_at,
        "decides": row.office.name if row.office else _("The overseers"),
        "way": [names.of(code) for code in way] if row.decided_at is None else [],
        "state": state_of(row),
        "grounds": grounds.said.get("text", "") if grounds else "",
        "language": language,
        "hearings": [hearing_shown(file, hearing, appeal) for hearing in appeal.told.hearings],
        "statements": told("testify"),
        "investigations": [_investigation(one, appeal) for one in appeal.told.investigations],
        "guidance": told("guide"),
        "recommendations": [_recommendation(one, appeal) for one in appeal.told.recommendations],
        "decision": next(iter(told(*DECIDES)), None),
    }


def state_of(row: Appeal) -> str:
    """open, upheld, dismissed or withdrawn."""
    if row.decided_at is None:
        return "open"
    return "withdrawn" if row.upheld is None else "upheld" if row.upheld else "dismissed"


def hearing_state(hearing: Hearing) -> str:
    """set, overdue, held or off."""
    if hearing.called_off_at is not None:
        return "off"
    if hearing.held_at is not None:
        return "held"
    return "overdue" if is_overdue(hearing) else "set"


def hearing_shown(file: CaseFile, told: HearingTold, appeal: AppealShown) -> dict[str, Any]:
    """A hearing: when, where, who was asked and came, the notice, and the minutes for whoever may."""
    hearing, state = told.row, hearing_state(told.row)
    notice, minutes = appeal.entry(hearing.set_event_id), appeal.entry(hearing.held_event_id)
    return {
        "at": hearing.at,
        "state": state,
        "state_text": HEARING_STATES[state],
        "place": _word(notice, "place"),
        "notice": _word(notice, "text"),
        "asked": [
            {"who": INVITED.get(party, party), "came": came} for party, came in told.asked.items()
        ],
        "minutes": _word(minutes, "text"),
        "minutes_later": bool(minutes and minutes.kept_back),
        "files": files_shown(minutes.files) if minutes else [],
        "calendar": reverse("office-hearing", args=[file.case.number]) if state == "set" else "",
    }


def _word(entry: Entry | None, part: str) -> str:
    return entry.said.get(part, "") if entry else ""


def _investigation(told: InvestigationTold, appeal: AppealShown) -> dict[str, Any]:
    row = told.row
    order = appeal.entry(row.begun_event_id)
    end = appeal.entry(row.ended_event_id)
    reads = order is not None and not order.kept_back
    finding = end.event.data.get("finding", "") if end and not end.kept_back else ""
    return {
        "begun_at": row.begun_at,
        "ended_at": row.ended_at,
        "reported": row.reported,
        "team": [str(member.user) for member in told.team] if reads else [],
        "order": _word(order, "text"),
        "end": _word(end, "text"),
        "finding": FINDINGS.get(finding, ""),
        "files": files_shown(end.files) if end else [],
        "reads": reads,
    }


def _recommendation(row: Recommendation, appeal: AppealShown) -> dict[str, Any]:
    # It may have been answered while a later appeal was open, or when none was.
    answer = next((e for e in appeal.of("follow") if e.event.pk == row.followed_event_id), None)
    return {
        "office": row.office.name,
        "made_at": row.made_at,
        "text": _word(appeal.entry(row.made_event_id), "text"),
        "followed": FOLLOWED.get(row.followed, ""),
        "followed_at": row.followed_at,
        "answer": _word(answer, "text"),
    }
