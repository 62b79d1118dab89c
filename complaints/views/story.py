"""A case as its citizen reads it: each step in a sentence, who took it, and what was said.

No officer's name is ever among it; offices and roles are.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from accounts.roles import Role
from agencies.models import Office
from complaints.clocks import Kind
from complaints.errors import Sentence
from complaints.models import Attachment, Clock, Event
from complaints.models.case import AnsweredWith
from complaints.selectors import CaseFile
from complaints.selectors.casefile import Entry
from complaints.services.notice_words import moment_in_words
from complaints.workflow import CITIZEN_WORDS, Party, State
from complaints.workflow_terms import FILED, HISTORY, IMPORT

#: What happened, where the sentence needs nothing else.
STEPS: dict[str, Sentence] = {
    "ask": gettext_lazy("A question for you"),
    "reply": gettext_lazy("You replied"),
    "time_out": gettext_lazy("No reply came in time. The work goes on without it."),
    "decline": gettext_lazy("This is not for the portal"),
    "merge": gettext_lazy("Joined with another case about the same"),
    "separate": gettext_lazy("Taken out again: yours is another matter"),
    "accept": gettext_lazy("The office works on it"),
    "return": gettext_lazy("Sent back: the office says that it is not theirs"),
    "confirm": gettext_lazy("You were satisfied with the answer"),
    "dispute": gettext_lazy("You said that the problem is not solved"),
    "lapse": gettext_lazy("Closed: nobody said whether the problem is solved"),
    "appeal": gettext_lazy("Appeal to the next higher office"),
    "uphold": gettext_lazy("The appeal was right. The work begins again."),
    "dismiss": gettext_lazy("The appeal was dismissed"),
    "withdraw": gettext_lazy("You asked to withdraw"),
    "write_privately": gettext_lazy("The overseers wrote to you"),
    "call_back": gettext_lazy("You keep your complaint after all"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "call_off_hearing": gettext_lazy("The hearing was called off"),
    "hold_hearing": gettext_lazy("The hearing was held"),
    "testify": gettext_lazy("You gave a statement"),
    "investigate": gettext_lazy("An investigation was ordered"),
    "report": gettext_lazy("The investigation has reported"),
    "end_investigation": gettext_lazy("The investigation was called off"),
    "recommend": gettext_lazy("Departmental action was recommended; that alone solves nothing"),
    "reopen": gettext_lazy("Opened again after an audit"),
    "publish": gettext_lazy("Published without names"),
    "unpublish": gettext_lazy("Taken out of the published cases"),
    "mark_sensitive": gettext_lazy(
        "Marked as sensitive: your name is sealed, nothing is published"
    ),
    "unlink_respondent": gettext_lazy("Somebody named by mistake was taken off the case"),
    "serve": gettext_lazy("A summary without your name was served on somebody it is about"),
    "break_seal": gettext_lazy("Somebody looked at who you are"),
    "audit_look": gettext_lazy("Somebody looked up how to reach you, to ask whether it was solved"),
    "rate": gettext_lazy("You said how well it was handled"),
    "new_secrets": gettext_lazy("You got new secrets; the old ones no longer open the case"),
    "news_here": gettext_lazy("News of it now goes to one more phone, account or device of yours"),
    "no_news_here": gettext_lazy("News of it no longer goes to a device of yours"),
    "told": gettext_lazy("We told you that the central desk still has it"),
    "erase": gettext_lazy("What was kept about you was erased"),
    "restrict": gettext_lazy("You were restricted: what you file waits for the desk for a time"),
    "appeal_restriction": gettext_lazy("You appealed against the restriction"),
    "lift_restriction": gettext_lazy("The restriction was ended"),
}
#: Of a case that was brought from elsewhere: where its old steps left it, in the five words.
BROUGHT: dict[str, Sentence] = {
    "received": gettext_lazy("Received, as recorded there"),
    "asked": gettext_lazy("You were asked, as recorded there"),
    "with_agency": gettext_lazy("With the agency, as recorded there"),
    "answered": gettext_lazy("Answered, as recorded there"),
    "closed": gettext_lazy("Closed, as recorded there"),
}
WAITS_HERE = gettext_lazy("It waits for the central desk here")
#: With the moment of a hearing.
STEPS_WITH_HEARING: dict[str, Sentence] = {
    "set_hearing": gettext_lazy("A hearing was set: %(hearing)s"),
    "move_hearing": gettext_lazy("The hearing was moved: %(hearing)s"),
}
FOLLOWED: dict[str, Sentence] = {
    "acted": gettext_lazy("The office acted on what was recommended"),
    "refused": gettext_lazy("The office does not act on what was recommended"),
}
#: With the name of an office.
STEPS_WITH_OFFICE: dict[str, Sentence] = {
    "forward": gettext_lazy("Sent to %(office)s"),
    "pass_down": gettext_lazy("Passed on to %(office)s"),
    "moved_up": gettext_lazy("Moved up to %(office)s, away from those it is about"),
}
#: By whether the restriction was lifted.
DECIDED_ON_RESTRICTION: dict[bool, Sentence] = {
    True: gettext_lazy("Your appeal was decided: the restriction is lifted."),
    False: gettext_lazy("Your appeal was decided: it stays."),
}
WHY_LATER: dict[str, Sentence] = {
    "calendar": gettext_lazy("A date was moved: a holiday was added"),
    "outage": gettext_lazy("A date was moved: the portal was out of order"),
}
#: A code of the event chooses the sentence: its name, the sentences, and the code taken for others.
STEPS_BY_CODE: dict[str, tuple[str, Mapping[Any, Sentence], Any]] = {
    "lengthen": ("reason", WHY_LATER, "calendar"),
    "follow": ("followed", FOLLOWED, "acted"),
    "decide_restriction": ("lift", DECIDED_ON_RESTRICTION, False),
}
LEVELS: dict[int, Sentence] = {
    1: gettext_lazy("Late. The head of the office was told."),
    2: gettext_lazy("Still late. The agency above was told."),
    3: gettext_lazy("Still late. The top of the government was told."),
}
WHO: dict[str, Sentence] = {
    Party.CITIZEN: gettext_lazy("You"),
    Party.OPERATOR: gettext_lazy("An operator, for you"),
    Party.CHANNEL: gettext_lazy("You"),
    Party.ROUTER: gettext_lazy("The portal"),
    Party.SYSTEM: gettext_lazy("The portal"),
    Party.DESK: gettext_lazy("The central desk"),
    Party.OVERSEER: gettext_lazy("The overseers"),
    Party.RESPONDENT: gettext_lazy("The other side"),
}
LATE, CITIZEN = "late", "citizen"
#: Clocks that a citizen is shown, what waits for them first; `tell` and `accept` are the offices'
#: own business.
CLOCKS: dict[str, Sentence] = {
    Kind.WAITING: gettext_lazy("Your reply is waited for"),
    Kind.CONFIRM: gettext_lazy("You say whether it is solved"),
    Kind.WITHDRAWAL: gettext_lazy("The withdrawal takes effect"),
    Kind.FORWARD: gettext_lazy("The desk sends it to an office"),
    Kind.RESOLVE: gettext_lazy("The office answers"),
    Kind.RULE: gettext_lazy("It is decided whose it is"),
    Kind.APPEAL: gettext_lazy("The appeal is decided"),
    Kind.INVESTIGATION: gettext_lazy("The investigation ends"),
}


def story_of(file: CaseFile) -> list[dict[str, Any]]:
    """The timeline as `_timeline.html` wants it, newest first (at most one query beside the file's own)."""
    offices = _Offices(file.timeline, file.case.holder)
    return [_told(file, entry, offices) for entry in reversed(file.timeline)]


class _Offices:
    """Names of all the offices that a timeline mentions, by id and by code."""

    def __init__(self, entries: list[Entry], holder: Office | None) -> None:
        self.by_id: dict[int, str] = {}
        self.by_code: dict[str, str] = {}
        if holder is not None:
            self.by_id[holder.pk] = self.by_code[holder.code] = holder.name
        # Only of these a citizen reads a name.
        told = [entry.event for entry in entries if entry.event.party not in WHO]
        ids = {event.office_id for event in told if event.office_id} - self.by_id.keys()
        sent = [entry.event for entry in entries if entry.event.move in STEPS_WITH_OFFICE]
        codes = {event.data.get("office", "") for event in sent} - {"", *self.by_code}
        if not ids and not codes:
            return
        found = Office.objects.filter(Q(pk__in=ids) | Q(country=settings.COUNTRY, code__in=codes))
        for office in found:
            self.by_id[office.pk] = self.by_code[office.code] = office.name


def _told(file: CaseFile, entry: Entry, offices: _Offices) -> dict[str, Any]:
    event = entry.event
    return {
        "when": event.happened_at,
        "who": _who(event, offices),
        "what": _what(event, offices),
        "text": _words(file, entry),
        "language": file.case.language if event.move in FILED else "",
        "files": files_shown(entry.files),
        "tone": _tone(event),
        "event": event.pk,
    }


def _who(event: Event, offices: _Offices) -> str:
    if "by_operator" in event.data:
        return _("You, typed by an operator")
    if event.move == HISTORY and event.party == Party.SYSTEM:
        # Who it was, nobody here knows.
        return ""
    if event.party in WHO:
        return str(WHO[event.party])
    return offices.by_id.get(event.office_id or 0, "") or _("The office")


def _what(event: Event, offices: _Offices) -> str:
    move, data = event.move, event.data
    match move:
        case "submit":
            return _("Complaint received")
        case _ if move in (IMPORT, HISTORY):
            return _brought(event)
        case "message":
            return _("You wrote") if event.party == Party.CITIZEN else _("A message for you")
        case "answer":
            outcome = dict(AnsweredWith.choices).get(data.get("outcome", ""), "")
            return _("Answer: %(outcome)s") % {"outcome": outcome}
        case "escalate":
            return str(LEVELS.get(data.get("level", 1), LEVELS[3]))
        case "moved_up" if not data.get("office"):
            return _("Taken from those it is about; the overseers find an office for it")
    if move in STEPS_BY_CODE:
        code, sentences, otherwise = STEPS_BY_CODE[move]
        return str(sentences.get(data.get(code), sentences[otherwise]))
    if move in STEPS_WITH_HEARING:
        at = moment_in_words(data.get("at", ""), get_language() or "")
        return str(STEPS_WITH_HEARING[move]) % {"hearing": at}
    if move in STEPS_WITH_OFFICE:
        office = offices.by_code.get(data.get("office", ""), "") or _("the office")
        return str(STEPS_WITH_OFFICE[move]) % {"office": office}
    return str(STEPS.get(move, _("A step was taken")))


def _brought(event: Event) -> str:
    """A case of the time before the portal, or one of its old steps."""
    if event.move == IMPORT:
        return _("Brought from %(source)s") % {"source": event.data.get("source", "")}
    if "because" in event.data:
        return str(WAITS_HERE)
    return str(BROUGHT[CITIZEN_WORDS[State(event.to_status)]])


def _words(file: CaseFile, entry: Entry) -> str:
    """What was said, its parts one below the other."""
    if entry.statement is not None and entry.statement.erased_at is not None:
        return _("These words were erased.")
    if entry.event.move in FILED:
        return file.case.text or _("These words were erased.")
    said = entry.said
    parts = [said.get(name, "") for name in ("text", "grounds", "reason")]
    if said.get("place"):
        parts.append(_("Where: %(words)s") % {"words": said["place"]})
    if said.get("evidence"):
        parts.append(_("What shows it: %(words)s") % {"words": said["evidence"]})
    if said.get("where_to"):
        parts.append(_("Where you can turn: %(words)s") % {"words": said["where_to"]})
    if said.get("comment"):
        parts.append(said["comment"])
    return "\n\n".join(filter(None, parts))


def _tone(event: Event) -> str:
    if event.party == Party.CITIZEN:
        return CITIZEN
    return LATE if event.move == "escalate" else ""


def files_shown(files: list[Attachment]) -> list[dict[str, str]]:
    """Files as `_files.html` wants them."""
    return [
        {
            "name": file.name,
            "url": reverse("attachment", args=[file.key]),
            "size": filesizeformat(file.size),
        }
        for file in files
    ]


def clocks_shown(file: CaseFile) -> list[dict[str, Any]]:
    """The open clocks that concern a citizen, each with its sum and what it is a sum of."""
    lines = {line.clock.kind: line for line in file.clock_lines}
    return [
        {
            "clock": lines[kind].clock,
            "days": lines[kind].days,
            "title": title,
            "length": _length(lines[kind].clock),
        }
        for kind, title in CLOCKS.items()
        if kind in lines
    ]


def _length(clock: Clock) -> str:
    if clock.unit == "working_days":
        words = ngettext(
            "It lasts %(n)s working day.", "It lasts %(n)s working days.", clock.amount
        )
    else:
        words = ngettext("It lasts %(n)s day.", "It lasts %(n)s days.", clock.amount)
    return words % {"n": clock.amount}


def looks_shown(file: CaseFile) -> list[dict[str, Any]]:
    """Who saw the citizen's identity: which office and post, when, and the reason that was given."""
    reasons = {entry.event.pk: entry.said.get("text", "") for entry in file.timeline}
    return [
        {
            "office": look.office.name if look.office else _("The central desk"),
            "role": Role(role).label if (role := getattr(look, "role", "")) else "",
            "at": look.at,
            "allowed": look.ground == "shared",
            "audit": look.ground == "audit",
            "reason": reasons.get(look.event_id or 0, ""),
        }
        for look in file.looks
    ]
