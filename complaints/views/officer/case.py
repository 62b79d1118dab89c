"""One case on one screen: the words, who has it, the clocks, why it is here, what can be done next."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Place
from complaints import beside, clocks
from complaints.bars import respondents_of
from complaints.errors import Sentence
from complaints.forms import MOVE_FORMS
from complaints.models import Case, Contact
from complaints.models.case import Status
from complaints.selectors import CaseFile, similar_cases
from complaints.selectors.casefile import ClockLine
from complaints.selectors.pulse import pulse_of
from complaints.selectors.respondents import respondent_words
from complaints.views.officer.access import READERS, file_of, officers
from complaints.views.officer.appeal import APPEAL_MOVES, appeals_shown
from complaints.views.officer.wording import (
    CAME_BY,
    TRAY,
    Names,
    names_for,
    timeline_of,
)
from routing.facts import Decision
from routing.wording import why_desk

#: Moves that bring the case forward, in the order in which they are offered.
MAIN = (
    "accept",
    "answer",
    "forward",
    "rule",
    "uphold",
    "dismiss",
    "report",
    "follow",
    "ask",
    "assign",
    "pass_down",
    "return",
    "decline",
    "merge",
    "reopen",
    "decide_restriction",
)
#: How many of them stand in the bar that stays in sight.
IN_BAR = 1
BESIDE = (
    "message",
    "publish",
    "unpublish",
    "mark_sensitive",
    "clear_sensitive",
    "link_respondent",
    "serve",
    "unlink_respondent",
    "note_pressure",
    "write_privately",
    "restrict",
    "lift_restriction",
    "put_back",
)
OFFICERS_MOVES = (*MAIN, *BESIDE, *APPEAL_MOVES, "note", "break_seal")
UNITS = {
    "calendar_days": gettext_lazy("Calendar days count."),
    "working_days": gettext_lazy("Working days count."),
}


@require_safe
@officers(*READERS)
def case_page(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Everything about a case, with the moves that are this officer's now."""
    file = file_of(actor, number)
    return render(request, "complaints/office_case.html", page_context(file))


def live_context(file: CaseFile, names: Names) -> dict[str, Any]:
    """What changes while an officer has the page open: state, dates, timeline; a tag of them."""
    case = file.case
    return {
        "case": case,
        "lead_number": file.lead.number if file.lead else "",
        "head": head_of(file),
        "clock": leading_clock(file),
        "clocks": clocks_shown(file.clock_lines),
        "ended_clocks": [c for c in reversed(file.clock_rows) if c.stopped_at is not None],
        "timeline": timeline_of(reversed(file.timeline), names, case.language),
        "withdrawing": case.withdrawal_pending and file.reads_private,
        "pressured": case.pressured and file.reads_private,
        "seen": file.seen,
        "pulse": pulse_of(case, file.actor),
    }


def page_context(file: CaseFile) -> dict[str, Any]:
    """What the page of a case shows."""
    case, names = file.case, names_for(file)
    contact = contact_state(case)
    note = MOVE_FORMS["note"] if "note" in file.moves else None
    return {
        **live_context(file, names),
        "file": file,
        "decision": explained(file.decision, names),
        "tray": TRAY.get(case.tray, case.tray),
        "similar": similar_to(file),
        "main": moves_shown(file, MAIN),
        "in_bar": moves_shown(file, MAIN)[:IN_BAR],
        "beside": moves_shown(file, BESIDE),
        "appeals": appeals_shown(file, names),
        "appeal_moves": moves_shown(file, APPEAL_MOVES),
        "note": note(case=case, actor=file.actor) if note else None,
        "contact": contact,
        "may_look": "break_seal" in file.moves and contact in ("shared", "sealed"),
        "respondents": respondents_shown(case),
        "beside_it": beside.parts_of("officer", case, file.actor),
        "from_desk": file.actor.has(Role.DESK) and case.holder_id is None,
    }


def head_of(file: CaseFile) -> dict[str, Any]:
    """The head of a case as `_case_summary.html` wants it."""
    case = file.case
    return {
        "number": case.number,
        "status": case.status,
        "hands": file.hands,
        "since": file.in_hands_since,
        "filed_at": case.filed_at,
        "kind": case.get_kind_display(),
        "category": case.category or "",
        "place": place_words(case.place),
        "channel": CAME_BY.get(case.channel, case.channel),
        "sensitive": case.sensitive,
        "ending_text": case.get_ending_display(),
        "outcome_text": case.outcome_now,
    }


def place_words(place: Place | None) -> str:
    """A place with those around it, nearest first: "Kaliakair, Gazipur, Dhaka"."""
    names = []
    for _step in range(3):
        if place is None:
            break
        names.append(place.name)
        place = place.parent if "parent" in place._state.fields_cache else None
    return ", ".join(names)


def leading_clock(file: CaseFile) -> Any:
    """The clock shown beside the number: the earliest of those that an officer answers for."""
    found = [
        line.clock
        for line in file.clock_lines
        if line.clock.kind in clocks.LADDERED and line.clock.paused_at is None
    ]
    return min(found, key=lambda clock: clock.due_at, default=None)


def clocks_shown(lines: Iterable[ClockLine]) -> list[dict[str, Any]]:
    """Open clocks with how they were counted, the most urgent first."""
    return [
        {"clock": line.clock, "counted": line.days, "unit": UNITS.get(line.clock.unit, "")}
        for line in sorted(lines, key=lambda line: line.clock.due_at)
    ]


CONDITIONS: dict[str, Sentence] = {
    "category": gettext_lazy("subject"),
    "place": gettext_lazy("place"),
    "named": gettext_lazy("office named"),
    "kind": gettext_lazy("kind"),
    "channel": gettext_lazy("way it came"),
    "language": gettext_lazy("language"),
    "covers": gettext_lazy("area covered"),
    "type": gettext_lazy("type of office"),
}


def explained(decision: Decision | None, names: Names) -> dict[str, Any] | None:
    """The router's decision as an officer reads it."""
    if decision is None:
        return None
    code = decision.target or decision.suggested
    return {
        "office": names.of(code) if code else "",
        "sent": bool(decision.target),
        "suggested": decision.suggested,
        "why_desk": why_desk(decision.desk_because),
        "confidence": decision.confidence,
        "rules": [
            {"rule": reason, "conditions": [_condition(c) for c in reason.conditions]}
            for reason in decision.reasons
        ],
        "runners_up": [
            {"code": code, "name": names.of(code), "score": score}
            for code, score in decision.runners_up
        ],
        "ruleset": decision.ruleset,
        "version": decision.version,
        "errors": decision.errors,
    }


def _condition(condition: str) -> str:
    operator, _colon, value = condition.partition(":")
    return f"{CONDITIONS.get(operator, operator)}: {value}"


def similar_to(file: CaseFile) -> list[dict[str, Any]]:
    """Likely duplicates among the cases this officer may see, each with the way to join it."""
    case = file.case
    if case.sensitive:
        return []
    may_join = "merge" in file.moves
    join = reverse("office-move", args=[case.number, "merge"])
    return [
        {
            "number": other.number,
            "text": other.text[:300],
            "language": other.language,
            "status": other.status,
            "agency": other.holder,
            "filed_at": other.filed_at,
            "place": other.place,
            "score": getattr(other, "alike", None),
            "url": reverse("office-case", args=[other.number]),
            "join": f"{join}?lead={other.number}"
            if may_join and other.status != Status.CLOSED and not other.lead_id
            else "",
        }
        for other in similar_cases(case.text, case.place, seen_by=file.actor, besides=case.pk)
    ]


def moves_shown(file: CaseFile, names: Iterable[str]) -> list[dict[str, Any]]:
    """Of these moves, those that the officer may make now, each with its page."""
    return [
        {
            "name": name,
            "title": MOVE_FORMS[name].title,
            "url": reverse("office-move", args=[file.case.number, name]),
        }
        for name in names
        if name in file.moves
    ]


def contact_state(case: Case) -> str:
    """Whether there is a contact (any more), and whether the citizen lets officers see it.

    What is left of one that was erased tells it from one that an import never brought (one query).
    """
    if case.imported_from and not Contact.objects.filter(case=case).exists():
        return "not_brought"
    if case.person_erased_at is not None:
        return "erased"
    if case.anonymous:
        return "anonymous"
    return "shared" if case.share_contact and not case.sensitive else "sealed"


def respondents_shown(case: Case) -> list[dict[str, Any]]:
    """Whom the case is about, and since when each has a summary."""
    return [
        {"words": respondent_words(row), "served_at": row.served_at} for row in respondents_of(case)
    ]
