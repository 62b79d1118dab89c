"""The router's part in a case: deciding, forwarding what it is sure of, keeping its reasons."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings

from accounts.actors import SYSTEM, Actor
from agencies.models import Office
from complaints.models import Case, RoutingRecord
from complaints.services.work import Handover, Work
from complaints.submission import Submission
from complaints.workflow import Party
from routing import engine
from routing import services as routing
from routing.facts import Decision, Facts

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Taking:
    """An agency's own system files something and says that it is for its office; `by` is that system."""

    office: Office
    by: Actor


def decide(submission: Submission, channel: str = "web") -> tuple[Decision | None, str]:
    """The router's decision, and the tray's label if it failed (then there is no decision)."""
    facts = Facts(
        text=submission.text,
        country=settings.COUNTRY,
        language=submission.language,
        category=submission.category,
        place=submission.place,
        kind=submission.kind,
        channel=channel,
        agency_named=submission.agency_named,
        sensitive=submission.about_official,
    )
    try:
        return engine.decide(facts, routing.current(settings.COUNTRY)), ""
    except Exception:
        # A rule set that cannot be used must not lose a complaint: it waits for the desk, loudly.
        log.exception("routing failed; the complaint goes to the desk")
        return None, "rule_error"


def is_misconduct(decision: Decision | None) -> bool:
    """Whether an official stands beside a word of misconduct, as the router read it."""
    return decision is not None and decision.desk_because == "misconduct"


def forward(work: Work, decision: Decision, taking: Taking | None = None) -> None:
    """Forward where the router decided, or to the office that takes it; else the desk reads it.

    The event is the check for clarity and completeness, by rule set and version. A sensitive case
    is never forwarded here, nor one that waits in the tray, nor one that seems to be about misconduct.
    """
    case = work.case
    if case.tray or case.sensitive:
        return
    # What lies with an office that has closed is nobody's; the rules, or the desk, know whose it is.
    is_there = taking is not None and taking.office.closed_at is None
    if taking is not None and is_there and not is_misconduct(decision):
        hand_over(work, taking.office, decision, taken_by=taking.by)
        work.outbox.tell_office(taking.office, "new_case")
        return
    if not decision.target:
        return
    office = (
        Office.objects.open()
        .select_related("agency")
        .filter(country=case.country, code=decision.target)
        .first()
    )
    if office is None:
        log.error("the router named an office that does not exist", office=decision.target)
        case.tray = "rule_error"
        return
    hand_over(work, office, decision)
    work.outbox.tell_office(office, "new_case")


def hand_over(
    work: Work, office: Office, decision: Decision, *, taken_by: Actor | None = None
) -> None:
    """The router's move: the office has the case from now on. Nobody is told here.

    `taken_by` is the system that filed it and took it for its office: then the move is written as its.
    """
    work.case.forwarded_at = work.now
    taken: dict[str, Any] = {"taken_by": taken_by.user_id} if taken_by else {}
    work.make(
        "forward",
        data={
            "office": office.code,
            "ruleset": decision.ruleset,
            "version": decision.version,
            "confidence": round(decision.confidence, 3),
            "check": "clear_and_complete",
            **taken,
        },
        by=taken_by or SYSTEM,
        parties=frozenset({Party.ROUTER}),
        to=Handover(office),
    )


def record(case: Case, submission: Submission, decision: Decision, now: datetime) -> RoutingRecord:
    """The decision as it is kept: with rule set, facts (without the text) and reasons."""
    facts = {
        "language": case.language,
        "category": submission.category,
        "place": submission.place,
        "kind": case.kind,
        "channel": case.channel,
        "agency_named": submission.agency_named,
    }
    return RoutingRecord(
        case=case,
        at=now,
        ruleset=decision.ruleset,
        version=decision.version,
        facts=facts,
        decision=decision.to_json(),
        target=decision.target,
        suggested=decision.suggested,
        confidence=decision.confidence,
        desk_because=decision.desk_because,
    )
