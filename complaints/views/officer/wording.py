"""What happened on a case, as officers read it: each step in words, by whom, and what was said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.prepared import prepared
from agencies.models import Office
from complaints.errors import Sentence
from complaints.forms.hearings import INVITED
from complaints.models import Event
from complaints.models.case import AnsweredWith, Status
from complaints.selectors.casefile import INTERNAL_MOVES, CaseFile, Entry
from complaints.services.answering import Cause
from complaints.services.investigations import FINDINGS
from complaints.services.notice_words import moment_in_words
from complaints.views.story import FOLLOWED, files_shown
from complaints.workflow import Party
from complaints.workflow_terms import HISTORY

CHANNELS: dict[str, Sentence] = {
    "web": gettext_lazy("the web form"),
    "api": gettext_lazy("an app"),
    "sms": gettext_lazy("text message"),
    "hotline": gettext_lazy("the hotline"),
    "counter": gettext_lazy("a service counter"),
    "radio": gettext_lazy("radio"),
    "email": gettext_lazy("e-mail"),
    "whatsapp": gettext_lazy("WhatsApp"),
    "messenger": gettext_lazy("Messenger"),
    "x": gettext_lazy("X"),
    "open311": gettext_lazy("another program (Open311)"),
    "agency_system": gettext_lazy("an agency’s own system"),
}
#: The same of one case. `import` is no way in: nobody wrote down how an old case had come.
CAME_BY = CHANNELS | {"import": gettext_lazy("not known")}
#: Why a filing waits in the tray.
TRAY: dict[str, Sentence] = {
    "too_many": gettext_lazy("Many from one source"),
    "rule_error": gettext_lazy("The rules failed"),
    "spam": gettext_lazy("Perhaps spam"),
    "restricted": gettext_lazy("From somebody restricted"),
    "restricted_more": gettext_lazy("From somebody restricted, more than a day’s number"),
}
#: The steps; `%(office)s` and the like come from the event's data.
STEPS: dict[str, Sentence] = {
    "submit": gettext_lazy("Filed"),
    "ask": gettext_lazy("Asked the citizen"),
    "reply": gettext_lazy("The citizen replied"),
    "time_out": gettext_lazy("No reply in time; the work goes on"),
    "forward": gettext_lazy("Forwarded to %(office)s"),
    "decline": gettext_lazy("Declined: not for this portal"),
    "merge": gettext_lazy("Joined with %(lead)s"),
    "separate": gettext_lazy("Taken out again: the citizen says it is another matter"),
    "accept": gettext_lazy("Accepted; %(officer)s works on it"),
    "return": gettext_lazy("Returned by %(from_office)s: not theirs"),
    "rule": gettext_lazy("Ruled: it is the case of %(office)s"),
    "pass_down": gettext_lazy("Passed down to %(office)s"),
    "assign": gettext_lazy("Given to %(officer)s"),
    "answer": gettext_lazy("Answered: %(outcome)s"),
    "confirm": gettext_lazy("The citizen is satisfied: %(rating)s of 5"),
    "dispute": gettext_lazy("The citizen disputes the answer"),
    "lapse": gettext_lazy("Closed: the citizen said nothing"),
    "appeal": gettext_lazy("Appeal"),
    "uphold": gettext_lazy("The appeal was upheld"),
    "dismiss": gettext_lazy("The appeal was dismissed"),
    "set_hearing": gettext_lazy("A hearing was set: %(hearing)s"),
    "move_hearing": gettext_lazy("The hearing was moved: %(hearing)s"),
    "call_off_hearing": gettext_lazy("The hearing was called off"),
    "hold_hearing": gettext_lazy("The hearing was held"),
    "testify": gettext_lazy("A statement"),
    "investigate": gettext_lazy("An investigation was ordered"),
    "report": gettext_lazy("The investigation has reported"),
    "end_investigation": gettext_lazy("The investigation was called off"),
    "guide": gettext_lazy("Guidance to the office"),
    "recommend": gettext_lazy("Departmental action was recommended to %(office)s"),
    "follow": gettext_lazy("%(office)s answered the recommendation"),
    "withdraw": gettext_lazy("The citizen asked to withdraw"),
    "call_back": gettext_lazy("The citizen keeps the complaint after all"),
    "say_pressured": gettext_lazy("The citizen says that somebody presses them (overseers only)"),
    "write_privately": gettext_lazy("Written to the citizen, unseen by the office"),
    "note_pressure": gettext_lazy("About the pressure (overseers only)"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "reopen": gettext_lazy("Opened again after an audit"),
    "message": gettext_lazy("Message to the citizen"),
    "note": gettext_lazy("Note"),
    "publish": gettext_lazy("Published without names"),
    "unpublish": gettext_lazy("Taken out of the public pages"),
    "mark_sensitive": gettext_lazy("Marked as sensitive"),
    "clear_sensitive": gettext_lazy("The mark “sensitive” was lifted"),
    "link_respondent": gettext_lazy("Somebody it is about was named"),
    "unlink_respondent": gettext_lazy("Somebody named by mistake was taken off"),
    "serve": gettext_lazy("A summary was served on %(officer)s"),
    "taken_off": gettext_lazy("Taken from the case officer, who may not have it"),
    "break_seal": gettext_lazy("Looked at who filed it"),
    "audit_look": gettext_lazy(
        "Looked up the citizen, to ask whether it was solved (overseers only)"
    ),
    "rate": gettext_lazy("The citizen’s mark: %(rating)s of 5"),
    "restrict": gettext_lazy("Whoever filed it was restricted for a time"),
    "appeal_restriction": gettext_lazy("The citizen appealed against the restriction"),
    "decide_restriction": gettext_lazy("The appeal against the restriction was decided"),
    "lift_restriction": gettext_lazy("The restriction was ended"),
    "set_aside": gettext_lazy("Left out of the rankings: a pattern is examined"),
    "put_back": gettext_lazy("Counted in the rankings again"),
    "moved_up": gettext_lazy("Moved up to %(office)s: the office below may not have it"),
    "new_secrets": gettext_lazy("The citizen proved their contact and got new secrets"),
    "news_here": gettext_lazy("The citizen gets news by one more way"),
    "no_news_here": gettext_lazy("The citizen gets no more news on a device"),
    "told": gettext_lazy("The citizen was told that the desk still has it"),
    "erase": gettext_lazy("Erased: %(erased)s"),
    "lengthen": gettext_lazy("A date was moved (%(clock)s)"),
    "import": gettext_lazy("Brought from %(source)s"),
    "history": gettext_lazy("%(status)s, as recorded there"),
}
#: Of a case brought from elsewhere for which no office was found that could work on it.
WAITS_HERE = gettext_lazy("It waits for the desk here: no office that could work on it is known")
LEVELS: dict[int, Sentence] = {
    1: gettext_lazy("Late (%(clock)s). The head was told."),
    2: gettext_lazy("Still late (%(clock)s). The level above was told."),
    3: gettext_lazy("Still late (%(clock)s). The top level was told."),
}
CITIZEN_WROTE = gettext_lazy("The citizen wrote")
UNRATED = gettext_lazy("The citizen says that it is solved")
ROUTED = gettext_lazy("Forwarded by the rules to %(office)s")
#: What can be erased.
ERASED: dict[str, Sentence] = {
    "person": gettext_lazy("who filed it"),
    "words": gettext_lazy("what the citizen wrote, and their files"),
    "all_words": gettext_lazy("all words and files"),
}
#: Parts of what was said that need a word before them.
PARTS: dict[str, Sentence] = {
    "witness": gettext_lazy("Statement of: %(words)s"),
    "place": gettext_lazy("Where: %(words)s"),
    "where_to": gettext_lazy("Where to turn instead: %(words)s"),
    "evidence": gettext_lazy("What shows it: %(words)s"),
    "suggestion": gettext_lazy("How it could be prevented: %(words)s"),
}
#: Who was asked to a hearing, and who came.
ATTENDED: dict[str, Sentence] = {
    "invited": gettext_lazy("Asked to come: %(parties)s"),
    "came": gettext_lazy("Came: %(parties)s"),
    "absent": gettext_lazy("Did not come: %(parties)s"),
}
WHO: dict[str, Sentence] = {
    Party.CITIZEN: gettext_lazy("The citizen"),
    Party.RESPONDENT: gettext_lazy("The other side"),
    Party.CHANNEL: gettext_lazy("The citizen"),
    Party.ROUTER: gettext_lazy("The rules"),
    Party.SYSTEM: gettext_lazy("The portal"),
}


@dataclass(frozen=True)
class Names:
    """Names of the offices that a page mentions, by id and by code."""

    by_id: Mapping[int, str]
    by_code: Mapping[str, str]

    def of(self, code: object) -> str:
        """An office's name; a word for an office that is unknown."""
        return self.by_code.get(str(code or ""), "") or _("an office")


def names_for(file: CaseFile) -> Names:
    """All offices of the timeline and of the router's decision (one query, if there are any)."""
    ids = {entry.event.office_id for entry in file.timeline if entry.event.office_id}
    codes = {str(code) for entry in file.timeline for code in _codes(entry.event)}
    if decision := file.decision:
        codes |= {decision.target, decision.suggested, *(code for code, _s in decision.runners_up)}
    if file.case.holder is not None:
        # In an appeal the way up to who decides is shown.
        codes |= set(file.case.holder.path_codes)
    codes.discard("")
    if not ids and not codes:
        return Names({}, {})
    found = _offices(ids=list(ids), codes=list(codes))
    return Names({o.pk: o.name for o in found}, {o.code: o.name for o in found})


@prepared
def _offices(*, ids: Any, codes: Any) -> QuerySet[Office]:
    here = Q(country=settings.COUNTRY, code__among=codes)
    return Office.objects.filter(Q(pk__among=ids) | here)


def _codes(event: Event) -> Iterable[Any]:
    return (
        event.data.get(key) for key in ("office", "from_office", "whose") if event.data.get(key)
    )


#: What the channel says of the words or files that came (`Actor.forwarded`).
FORWARDED: dict[str, Sentence] = {
    "once": gettext_lazy("Forwarded message"),
    "often": gettext_lazy("Message forwarded many times"),
}


def timeline_of(entries: Iterable[Entry], names: Names, language: str) -> list[dict[str, Any]]:
    """Entries as `_timeline.html` wants them, in the order given."""
    return [_told(entry, names, language) for entry in entries]


def _told(entry: Entry, names: Names, language: str) -> dict[str, Any]:
    event = entry.event
    erased = bool(entry.statement and entry.statement.erased_at)
    return {
        "when": event.happened_at,
        "who": _who(entry, names),
        "what": step(entry, names),
        "text": _("These words were erased.") if erased else said(entry, names),
        "language": language if entry.by_citizen else "",
        "files": files_shown(entry.files),
        "tone": _tone(entry),
        "forwarded": FORWARDED.get(event.data.get("forwarded", ""), ""),
        "step": entry.step,
    }


def step(entry: Entry, names: Names) -> str:
    """What was done, in a sentence."""
    event, data = entry.event, entry.event.data
    sentence = STEPS.get(event.move, event.move.replace("_", " "))
    if event.move == "message" and event.party == Party.CITIZEN:
        sentence = CITIZEN_WROTE
    if event.move == "confirm" and "rating" not in data:
        sentence = UNRATED
    if event.move == "forward" and event.party == Party.ROUTER:
        sentence = ROUTED
    if event.move == "escalate":
        sentence = LEVELS.get(data.get("level", 1), LEVELS[3])
    if event.move == HISTORY and "because" in data:
        sentence = WAITS_HERE
    return str(sentence) % {
        "source": data.get("source", ""),
        "status": dict(Status.choices).get(event.to_status, ""),
        "office": names.of(data.get("office")),
        "from_office": names.of(data.get("from_office")),
        "officer": entry.given_to or _("somebody"),
        "lead": data.get("lead") or _("another case"),
        "outcome": dict(AnsweredWith.choices).get(data.get("outcome", ""), ""),
        "rating": data.get("rating", ""),
        "erased": erased_words(data.get("what", ())),
        "clock": clock_words(data.get("clock", "")),
        "hearing": moment_in_words(data["at"], get_language() or "") if "at" in data else "",
    }


#: What a clock measures, within a sentence.
CLOCKS: dict[str, Sentence] = {
    "forward": gettext_lazy("to be forwarded"),
    "tell": gettext_lazy("to tell the citizen"),
    "accept": gettext_lazy("to be accepted"),
    "resolve": gettext_lazy("to be answered"),
    "rule": gettext_lazy("owner to be decided"),
    "waiting": gettext_lazy("the citizen’s reply"),
    "confirm": gettext_lazy("the citizen’s confirmation"),
    "appeal": gettext_lazy("appeal to be decided"),
    "investigation": gettext_lazy("investigation"),
    "withdrawal": gettext_lazy("withdrawal"),
}


def clock_words(kind: str) -> str:
    """A clock's name within a sentence."""
    return str(CLOCKS.get(kind, kind))


def said(entry: Entry, names: Names) -> str:
    """What was said, its parts one below the other, with what the move's codes add to it."""
    if entry.kept_back:
        return _("It can be read once the appeal is decided.")
    parts = [entry.said.get("text", "")]
    parts += [
        str(sentence) % {"words": entry.said[part]}
        for part, sentence in PARTS.items()
        if entry.said.get(part)
    ]
    data = entry.event.data
    parts += codes_of_appeals(data)
    if data.get("cause"):
        cause = dict(Cause.choices).get(data["cause"], data["cause"])
        parts.append(_("Cause: %(cause)s") % {"cause": cause})
    if data.get("whose"):
        parts.append(_("They say it belongs to %(office)s.") % {"office": names.of(data["whose"])})
    if data.get("meant") and data["meant"] != data.get("office"):
        parts.append(_("The office meant for it may not have it; the one above does."))
    return "\n\n".join(filter(None, parts))


def codes_of_appeals(data: Mapping[str, Any]) -> list[str]:
    """What the codes of a step within an appeal add to its words."""
    parts = []
    if data.get("finding"):
        parts.append(_("Found: %(finding)s") % {"finding": FINDINGS.get(data["finding"], "")})
    if data.get("followed"):
        parts.append(str(FOLLOWED.get(data["followed"], "")))
    for key, sentence in ATTENDED.items():
        if data.get(key):
            parties = ", ".join(str(INVITED.get(party, party)) for party in data[key])
            parts.append(str(sentence) % {"parties": parties})
    return parts


def _who(entry: Entry, names: Names) -> str:
    event = entry.event
    if entry.kept_back and (event.move == "testify" or event.party == Party.INVESTIGATOR):
        # Nor is it told yet from which office those are who investigate.
        return ""
    if "by_operator" in event.data:
        return _("The citizen, typed by an operator")
    if event.move == HISTORY and event.party == Party.SYSTEM:
        # Who it was, nobody here knows.
        return ""
    if event.party in WHO:
        return str(WHO[event.party])
    office = names.by_id.get(event.office_id or 0, "")
    return ", ".join(filter(None, (entry.who, office))) or _("The office")


def _tone(entry: Entry) -> str:
    if entry.event.move in INTERNAL_MOVES or (entry.statement and entry.statement.internal):
        return "internal"
    if entry.by_citizen:
        return "citizen"
    return "late" if entry.event.move == "escalate" else ""


def erased_words(what: Iterable[str]) -> str:
    """What an event erased, in words."""
    return "; ".join(str(ERASED[part]) for part in what if part in ERASED)
