"""A row judged: the case that is to be made of it, and all that is doubtful. Nothing is written here."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DataError

from agencies.models import Office
from complaints.models.case import AnsweredWith, EndedAs, Kind, Priority
from complaints.redaction import masked
from complaints.services.importing import WITH_NOBODY, PastCase
from complaints.submission import ContactDetails, clean_email, clean_phone
from complaints.workflow import State
from systems.past.cells import Cells, Refused
from systems.past.columns import as_json
from systems.past.doubts import REFUSALS, Doubt
from systems.past.finding import Found
from systems.past.mapping import Meanings, Stands, key
from systems.past.reading import Row
from systems.past.steps import Life, life_of

LONGEST_ID, LONGEST_TEXT = 200, 100_000
#: The channel of cases of which nobody knows how they came.
UNKNOWN_CHANNEL = "import"
#: What is wrong with a day of filing, and why nothing can be made then.
UNFILED = {"date_in_future": "filing_date_in_future", "date_unread": "filing_date_unread"}
#: What an odd row may raise that no check foresaw.
UNFORESEEN = (
    *(ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError),
    DataError,
)
#: Open states in which an office has a case.
WITH_OFFICE = frozenset({State.FORWARDED, State.IN_PROGRESS, State.ANSWERED})


class Registry(Protocol):
    """What is looked up (`systems.past.finding.Finder`)."""

    def office(self, word: str, /) -> Found: ...
    def category(self, word: str, /) -> Found: ...
    def place(self, words: tuple[str, ...], /) -> Found: ...
    def is_about_misconduct(self, text: str, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """For how many days from its closing who filed a case is kept, and its words; and of sensitive ones."""

    person: int
    words: int
    sensitive_words: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A row with its id, what it would become (None: it is refused), and what is doubtful."""

    row: int
    external_id: str
    fingerprint: str
    past: PastCase | None
    doubts: tuple[Doubt, ...]


class Judge:
    """Judges rows by a mapping and the registry, as of one moment (UTC). `with_files`: files come along."""

    def __init__(
        self,
        by: Meanings,
        registry: Registry,
        now: datetime,
        kept: Kept,
        *,
        with_files: bool = False,
    ) -> None:
        self.by, self.registry, self.now, self.kept = by, registry, now, kept
        self.with_files = with_files

    def judge(self, row: Row) -> Judged:
        """What becomes of a row."""
        cells, past, refusal = Cells(row, self.by, self.now), None, list[Doubt]()
        external_id = ""
        try:
            if row.wrong in REFUSALS:
                raise Refused(row.wrong, "", row.where)
            external_id = self._id(cells)
            past = self._case(cells)
        except Refused as refused:
            refusal.append(refused.doubt)
        except UNFORESEEN as error:
            refusal.append(Doubt("value_unread", "", type(error).__name__))
        doubts = (*refusal, *cells.doubts)
        return Judged(row.number, external_id, fingerprint(row.cells), past, doubts)

    def _id(self, cells: Cells) -> str:
        external_id = cells.word("external_id")
        if not external_id or len(external_id) > LONGEST_ID:
            raise Refused("no_id", "external_id")
        return external_id

    def _case(self, cells: Cells) -> PastCase:
        self._note_cells(cells)
        text = self._text(cells)
        filed_at = self._filed_at(cells)
        holder = self._office(cells, "holder")
        stands = self._stands(cells, holder)
        if stands.status != State.CLOSED and holder is not None and holder.closed_at is not None:
            cells.note("agency_closed", "holder")
            holder = None
        stands = self._placed(cells, stands, holder)
        holder = None if stands.status in WITH_NOBODY else holder
        life = life_of(cells, self.registry, filed_at, stands, holder, with_files=self.with_files)
        sensitive = self._sensitive(cells, text)
        contact = self._contact(cells, life)
        has_words = bool(text) or life.has_words
        if has_words:
            self._note_keeping(cells, life, sensitive=sensitive)
        return PastCase(
            source=self.by.source,
            text=text,
            filed_at=filed_at,
            status=stands.status,
            ending=stands.ending,
            outcome=stands.outcome,
            waiting_from=State(stands.waiting_from) if stands.waiting_from else None,
            sensitive=sensitive,
            contact=contact,
            anonymous=cells.flag("anonymous") is not False,
            person_is_over=self._is_over(life, self.kept.person),
            holder=holder,
            passed_by=self._office(cells, "passed_by"),
            **self._codes(cells),
            **self._place(cells),
            **self._public(cells, text, sensitive=sensitive),
            forwarded_at=life.forwarded_at,
            answered_at=life.answered_at,
            closed_at=life.closed_at,
            steps=life.steps,
            filed_by=life.filed_by,
            filed_with=life.filed_with,
            filed_files=life.filed_files,
            words_erased_at=None if has_words else cells.moment("words_erased_at"),
        )

    def _note_cells(self, cells: Cells) -> None:
        if cells.row.wrong:
            cells.note(cells.row.wrong)
        if rounded := set(cells.row.rounded):
            for name, theirs in self.by.columns.items():
                if rounded.intersection(theirs):
                    cells.note("number_rounded", name)
        if cells.given("files") and not self.with_files:
            cells.note("files_not_brought", "files")

    # --- What it says, and when --------------------------------------------------------------

    def _text(self, cells: Cells) -> str:
        text = cells.text("text")
        if not text and self.by.is_ours and _says_erased(cells):
            return ""
        if not any(letter.isalnum() for letter in text):
            raise Refused("no_text", "text")
        if len(text) > LONGEST_TEXT:
            raise Refused("text_too_long", "text")
        return text

    def _filed_at(self, cells: Cells) -> datetime:
        filed_at = cells.moment("filed_at")
        if filed_at is not None:
            return filed_at
        for doubt, refusal in UNFILED.items():
            # What is only left out elsewhere is needed here.
            if Doubt(doubt, "filed_at") in cells.doubts:
                del cells.doubts[Doubt(doubt, "filed_at")]
                raise Refused(refusal, "filed_at")
        raise Refused("no_filing_date", "filed_at")

    def _sensitive(self, cells: Cells, text: str) -> bool:
        """What the file says; where it says nothing, a text about misconduct is taken for sensitive."""
        said = cells.flag("sensitive")
        if said or not self.registry.is_about_misconduct(text):
            return bool(said)
        cells.note("may_be_misconduct", "text")
        return said is None and self.by.misconduct_is_sensitive

    # --- Where it stands ---------------------------------------------------------------------

    def _stands(self, cells: Cells, holder: Office | None) -> Stands:
        word = cells.word("status")
        meant = self.by.statuses.get(key(word))
        if meant is None:
            if word not in tuple(State):
                raise Refused("status_unknown", "status", word)
            meant = Stands(State(word))
        closed = meant.status == State.CLOSED
        ending = cells.coded("ending", "endings", EndedAs.values) if closed else ""
        outcome = cells.coded("outcome", "outcomes", AnsweredWith.values)
        waiting_from = meant.waiting_from or cells.word("waiting_from")
        return Stands(
            meant.status,
            ending=ending or meant.ending,
            outcome=outcome or meant.outcome,
            waiting_from=_waiting_from(meant.status, waiting_from, holder),
        )

    def _placed(self, cells: Cells, stands: Stands, holder: Office | None) -> Stands:
        """Where it can stand here: with somebody who works on it, or at the desk."""
        status = stands.status
        if status == State.RECEIVED and holder is not None:
            cells.note("goes_to_agency", "status")
            return Stands(State.FORWARDED, outcome=stands.outcome)
        if stands.waiting_from == State.RECEIVED and holder is not None:
            # Whoever waits at the desk is with no office.
            cells.note("goes_to_agency", "status")
            return replace(stands, waiting_from=State.IN_PROGRESS.value)
        from_office = stands.waiting_from == State.IN_PROGRESS
        if holder is None and (status in WITH_OFFICE or from_office):
            cells.note("goes_to_desk", "status")
            return Stands(State.RECEIVED, outcome=stands.outcome)
        return stands

    def _office(self, cells: Cells, name: str) -> Office | None:
        word = self.by.words.get("agencies", {}).get(key(cells.word(name)), cells.word(name))
        if not word:
            return None
        found = self.registry.office(word)
        if found.doubt:
            cells.note(f"agency_{found.doubt}", name, cells.word(name))
        office: Office | None = found.row
        return office

    # --- What it is about --------------------------------------------------------------------

    def _codes(self, cells: Cells) -> dict[str, Any]:
        languages = [code for code, _name in settings.LANGUAGES]
        named = self._office(cells, "agency_named")
        return {
            "kind": cells.coded("kind", "kinds", Kind.values, Kind.COMPLAINT),
            "priority": cells.coded("priority", "priorities", Priority.values, Priority.NORMAL),
            "language": cells.coded("language", "languages", languages, settings.LANGUAGE_CODE),
            "channel": self._channel(cells),
            "on_behalf": bool(cells.flag("on_behalf")),
            "agency_named_id": named.pk if named else None,
            "category_id": self._category(cells),
        }

    def _channel(self, cells: Cells) -> str:
        word = cells.word("channel")
        channel = cells.channel(word)
        if word and not channel:
            cells.note("word_unknown", "channel", word)
        return channel or UNKNOWN_CHANNEL

    def _category(self, cells: Cells) -> int | None:
        word = cells.translated("categories", cells.word("category"))
        found = self.registry.category(word) if word else Found()
        if found.doubt:
            cells.note(f"category_{found.doubt}", "category", cells.word("category"))
        return found.row.pk if found.row else None

    def _place(self, cells: Cells) -> dict[str, Any]:
        """The place, and its words where the registry does not know all of them."""
        theirs = cells.words("place")
        named = (cells.translated("places", word) for word in theirs)
        words = tuple(part.strip() for word in named for part in word.split("/") if part.strip())
        found = self.registry.place(words) if words else Found()
        notes = [cells.text("place_note")]
        if found.doubt:
            cells.note(f"place_{found.doubt}", "place", " / ".join(theirs))
            notes.append(", ".join(theirs))
        latitude, longitude = cells.number("latitude", 90), cells.number("longitude", 180)
        there = latitude is not None and longitude is not None
        return {
            "place_id": found.row.pk if found.row else None,
            "place_note": ". ".join(filter(None, notes))[:200],
            "latitude": latitude if there else None,
            "longitude": longitude if there else None,
        }

    # --- People, and the public --------------------------------------------------------------

    def _contact(self, cells: Cells, life: Life) -> ContactDetails | None:
        given = {
            "phone": self._reached(cells, "contact_phone"),
            "email": self._reached(cells, "contact_email"),
            "name": cells.word("contact_name")[:200],
            "for_name": cells.word("contact_for")[:200],
        }
        details = ContactDetails(**given)
        if not details:
            return None
        if self._is_over(life, self.kept.person):
            cells.note("contact_over")
            return None
        return details

    def _reached(self, cells: Cells, name: str) -> str:
        word = cells.word(name)
        try:
            if name == "contact_email":
                return clean_email(word)
            return clean_phone(word, settings.COUNTRY)
        except ValidationError:
            cells.note("contact_unread", name)
            return ""

    def _is_over(self, life: Life, days: int) -> bool:
        return life.closed_at is not None and life.closed_at < self.now - timedelta(days=days)

    def _note_keeping(self, cells: Cells, life: Life, *, sensitive: bool) -> None:
        if self._is_over(life, self.kept.sensitive_words if sensitive else self.kept.words):
            cells.note("words_over")

    def _public(self, cells: Cells, text: str, *, sensitive: bool) -> dict[str, Any]:
        """What the public may read: what it read before, masked, if the mapping and the citizen say so.

        Words that nobody has released are left to the desk, and so is what may tell of misconduct.
        """
        consent = bool(cells.flag("publish_consent")) and not sensitive
        given = cells.text("public_text")
        if given and not self.by.publish:
            cells.note("not_published", "public_text")
        shown, is_doubtful = "", any(doubt.code == "may_be_misconduct" for doubt in cells.doubts)
        if self.by.publish and consent and given and not is_doubtful:
            language = cells.word("language")
            shown = masked(given, language if language in ("en", "bn", "id") else "")
        published_at = cells.moment("published_at")
        return {"publish_consent": consent, "public_text": shown, "published_at": published_at}


def _says_erased(cells: Cells) -> bool:
    """Whether a row of the portal's own format without words says that they were erased."""
    filing = next(iter(cells.listed("history")), None)
    said_with_it = isinstance(filing, dict) and filing.get("erased") is True
    return said_with_it or cells.moment("words_erased_at") is not None


def _waiting_from(status: State, given: str, holder: Office | None) -> str:
    if status != State.WAITING:
        return ""
    if given in (State.RECEIVED, State.IN_PROGRESS):
        return given
    return State.IN_PROGRESS if holder is not None else State.RECEIVED


def fingerprint(cells: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of what a row holds."""
    plain = {name: v if isinstance(v, list) else str(v) for name, v in cells.items()}
    return hashlib.sha256(as_json(plain).encode(errors="surrogatepass")).hexdigest()
