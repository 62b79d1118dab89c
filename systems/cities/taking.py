"""What a city says of a request is taken into its case: words to the citizen, a status by its table.

A status alone closes nothing. What it means is what the office's table of statuses says, and only where an
officer could do it now; without a row a note asks the officers to answer. Each thing is taken once: what is
done and that it is taken are written in one transaction, with the row locked.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from complaints import moment
from complaints.api.moves import ready_to_make
from complaints.errors import Refused
from complaints.forms import MOVE_FORMS
from complaints.models import Case
from complaints.models.case import Status
from complaints.services import casework
from complaints.services.work import tell_database
from systems.cities import notes
from systems.cities.answers import is_done
from systems.cities.linking import named_by
from systems.cities.queue import SENT
from systems.inward.meaning import WORDS, Row, body_for
from systems.inward.statuses import is_done_already, meaning_in, table_of
from systems.models import City, Forwarding

log = structlog.get_logger(__name__)
#: Ids of updates that are remembered of a case: an update is listed again only for a while.
REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class Told:
    """What a city said: of which request, the status, words, its own time (UTC) if it gave one.

    `key` is by what it is known as taken; without one only the status counts.
    """

    id: str
    status: str
    words: str
    at: datetime | None
    key: str = ""


def take(city: City, case_id: int, told: Told) -> bool:
    """Take one thing; False where it was taken before, or there is nothing new in it."""
    with transaction.atomic():
        tell_database(notes.acting_for(city))
        # The case first, as whoever erases its words does.
        cases = Case.objects.select_for_update(of=("self",)).select_related("holder__agency")
        case = cases.get(pk=case_id)
        rows = Forwarding.objects.select_for_update().filter(city=city, case=case_id, state=SENT)
        row = rows.first()
        if row is None or (told.key and told.key in row.taken):
            return False
        is_news = _is_news(row, told)
        words_used = is_news and _take_status(city, row, case, told)
        if told.key and told.words and not words_used:
            _tell_citizen(city, case, told.words)
        if not is_news and not told.key:
            return False
        _keep(city, row, told, is_news=is_news)
    return True


def _is_news(row: Forwarding, told: Told) -> bool:
    """Whether the status is another one. One that is older than what is known is the past's."""
    if not told.status or told.status.casefold()[:40] == row.status.casefold():
        return False
    if told.at is not None and row.updated_at is not None and told.at < row.updated_at:
        return False
    # The specification has two words, cities have more: "closed" after "FIXED" says nothing new.
    is_plain = told.status.casefold() in ("open", "closed")
    return not (is_plain and row.status and is_done(told.status) == is_done(row.status))


def _keep(city: City, row: Forwarding, told: Told, *, is_news: bool) -> None:
    if told.key:
        row.taken = [*row.taken, told.key][-REMEMBERED:]
    if is_news:
        row.status = told.status[:40]
        named_by(city).filter(case=row.case_id).update(
            status=told.status[:80], status_at=moment.now()
        )
    if told.at is not None:
        row.updated_at = max(filter(None, (row.updated_at, told.at)))
    row.save(update_fields=["taken", "status", "updated_at"])


def _take_status(city: City, row: Forwarding, case: Case, told: Told) -> bool:
    """Do what a new status means; True if its words were used for that."""
    was_done, done = is_done(row.status), is_done(told.status)
    if was_done and done:
        return False
    if was_done:
        with translation.override(settings.LANGUAGE_CODE):
            sentence = _("%(city)s has opened this again: “%(status)s”. Decide what follows.")
            _note(city, case, told, sentence)
        return False
    works_there = case.assigned_id == city.system.user_id
    meaning = meaning_in(table_of(city.system), told.status) if works_there else None
    if meaning is None:
        if done and case.status not in (Status.ANSWERED, Status.CLOSED):
            _ask_to_answer(city, case, told)
        return False
    actor = notes.acting_for(city)
    if is_done_already(meaning, case, actor):
        return False
    return _make(city, case, meaning, told)


def _make(city: City, case: Case, meaning: Row, told: Told) -> bool:
    """Make the move that a status means, as an officer would; a note says why not."""
    with translation.override(case.language):
        given = {"text": _words_for(city, meaning.move, told)}
        if meaning.move == "answer":
            given["evidence"] = _evidence(city, told)
        body = body_for(meaning, given)
    if meaning.move == "answer" and not told.words:
        # An answer without a word of what was done is none.
        _ask_to_answer(city, case, told)
        return False
    try:
        with transaction.atomic():
            ready_to_make(body, case, notes.acting_for(city), meaning.move)()
    except Refused as refusal:
        log.info("a city's status is not followed", case=case.number, why=refusal.code)
        with translation.override(settings.LANGUAGE_CODE):
            _note(
                city,
                case,
                told,
                _(
                    "%(city)s: “%(status)s”. By the table that is “%(move)s”, which was refused: %(why)s"
                ),
                move=str(MOVE_FORMS[meaning.move].title),
                why=_why(refusal),
            )
        return False
    return meaning.move in WORDS


def _why(refusal: Refused) -> str:
    wrong = [str(one) for sentences in refusal.fields.values() for one in sentences]
    return " ".join(wrong) or str(refusal.sentence)


def _words_for(city: City, move: str, told: Told) -> str:
    """The city's words, with where they are from."""
    words = told.words[: notes.LONGEST]
    if not words:
        return _("%(city)s: “%(status)s”") % {"city": city.system.name, "status": told.status}
    if move == "answer":
        sentence = _("This is the answer of %(city)s, where the complaint has the number %(id)s:")
        return f"{sentence % {'city': city.system.name, 'id': told.id}}\n\n{words}"
    return _("%(city)s writes: %(words)s") % {"city": city.system.name, "words": words}


def _evidence(city: City, told: Told) -> str:
    day = date_format(told.at or moment.now(), "DATE_FORMAT")
    return _("%(city)s: “%(status)s”, number %(id)s, %(day)s") % {
        "city": city.system.name,
        "status": told.status,
        "id": told.id,
        "day": day,
    }


def _tell_citizen(city: City, case: Case, words: str) -> None:
    """A public update is a message of the city to the citizen."""
    with translation.override(case.language):
        text = _("%(city)s writes: %(words)s") % {
            "city": city.system.name,
            "words": words[: notes.LONGEST],
        }
    try:
        with transaction.atomic():
            casework.message(actor=notes.acting_for(city), number=case.number, text=text)
    except Refused as refusal:
        # The case is with somebody else by now.
        log.info("a city's update is not told", case=case.number, why=refusal.code)


def _ask_to_answer(city: City, case: Case, told: Told) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        sentence = _(
            "%(city)s is done with this: “%(status)s”. That is no answer yet: see what was done, and"
            " answer the citizen."
        )
        _note(city, case, told, sentence)


def _note(city: City, case: Case, told: Told, sentence: str, **more: str) -> None:
    values = {"city": city.system.name, "status": told.status, **more}
    words = f"\n\n{told.words}" if told.words else ""
    notes.write(city, case.number, f"{sentence % values}{words}")
