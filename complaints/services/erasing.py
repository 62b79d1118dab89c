"""A person is erased from a case, and their words: the case's steps stay, and stay provable.

The key of the contact goes (`DataKey`), and with it whatever it sealed, in every backup too; indexes,
account, handle and devices are cut. Of words the salted commitments stay in the record, their salts do
not. All of it happens in one transaction, under the case's lock, and does nothing a second time.
`channels` and `oversight` keep something of a case too: they add their part to `ROOMS` at start-up.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor
from complaints import moment
from complaints.errors import NoSuchCase, Refused, Sentence
from complaints.models import (
    Attachment,
    Case,
    Contact,
    ContactProof,
    Event,
    Handle,
    Notice,
    Restriction,
    RoutingRecord,
    ServedSummary,
    Statement,
)
from complaints.selectors import restrictions
from complaints.services import files, sealing
from complaints.services.work import Work, at_work
from complaints.workflow import Party
from complaints.workflow_terms import FILED

#: What can be erased, as the event `erase` names it: who it was; their own words; all words.
PERSON, OWN_WORDS, ALL_WORDS = "person", "words", "all_words"
#: Why the system erases: its time is over; or a backup had brought back what a citizen had erased.
TIME_IS_OVER, REPLAYED = "time_is_over", "replayed"


@dataclass
class Rooms:
    """What rooms above erase of a case, and of an officer who left (by id); and whether a handle is in
    use there (it is cleared if not).
    """

    person: list[Callable[[Case], None]] = field(default_factory=list)
    words: list[Callable[[Case], None]] = field(default_factory=list)
    all_words: list[Callable[[Case], None]] = field(default_factory=list)
    handle: list[Callable[[Handle], bool]] = field(default_factory=list)
    officer: list[Callable[[int], None]] = field(default_factory=list)


ROOMS = Rooms()

WHY_WORDS_STAY: dict[str, Sentence] = {
    "case_open": _(
        "Your words can be erased once the case is closed: until then the office works with them."
    ),
    "appeal_open": _(
        "Your words can be erased once the time for an appeal is over: whoever decides it has to read"
        " them."
    ),
    "lead_open": _(
        "Your complaint was joined with another one that is still open. Your words can be erased once"
        " that one is closed."
    ),
}


def why_words_stay(case: Case, now: datetime) -> str:
    """Why the citizen's words cannot be erased yet: a code of `WHY_WORDS_STAY`, empty if they can."""
    if case.is_open:
        return "case_open"
    if case.followed.is_open:
        return "lead_open"
    served = ServedSummary.objects.filter(case=case, appeal_until__gt=now)
    if (case.appeal_until is not None and case.appeal_until > now) or served.exists():
        return "appeal_open"
    return ""


def words_are_erased(case: Case, *, said_until: datetime | None = None) -> bool:
    """Whether the citizen's words are gone, also those that they wrote after they had others erased; with
    `said_until` (UTC) of what they wrote until then.
    """
    own = Statement.objects.filter(case=case, event__party=Party.CITIZEN)
    if said_until is not None:
        own = own.filter(event__recorded_at__lte=said_until)
    # No case is ever filed without any.
    return not case.text and not own.exclude(body={}).exists()


def erase(*, actor: Actor, number: str, words: bool = False) -> Case:
    """Erase who the citizen is, and with `words` what they wrote and their files. Safe to repeat.

    Who they are can be erased at any time: the case goes on without anybody to tell. Raises
    NoSuchCase if the actor is not its citizen, and Refused while the words are still needed.
    """
    with at_work(actor, number) as work:
        case = work.case
        if Party.CITIZEN not in work.who.parties:
            raise NoSuchCase
        wants_words = words and not words_are_erased(case)
        if wants_words and (code := why_words_stay(case, work.now)):
            raise Refused(WHY_WORDS_STAY[code], code=code)
        done = [PERSON] if case.person_erased_at is None else []
        erase_person(work)
        if wants_words:
            _erase_own_words(work)
            done.append(OWN_WORDS)
        if done:
            work.write("erase", party=Party.CITIZEN, before=case.status, data={"what": done})
    return case


def erase_by_system(
    number: str, *what: str, because: str, asked_at: datetime | None = None
) -> bool:
    """Erase at the end of its time, or once more after a backup came back; False if all was gone.

    `because` is a code for the record. `asked_at` is when the citizen had it erased (UTC): of their words
    they did not mean those that they wrote later. Raises NoSuchCase for an unknown number.
    """
    with at_work(SYSTEM, number) as work:
        case, done = work.case, []
        if PERSON in what and case.person_erased_at is None:
            was_known = erase_person(work)
            # Where nobody was, the end of its time is nothing for the record to say.
            done += [PERSON] if was_known or because == REPLAYED else []
        if OWN_WORDS in what and not words_are_erased(case, said_until=asked_at):
            _erase_own_words(work)
            done.append(OWN_WORDS)
        if ALL_WORDS in what and case.words_erased_at is None:
            _erase_all_words(work)
            done.append(ALL_WORDS)
        if done:
            data = {"what": done, "because": because}
            work.write("erase", party=Party.SYSTEM, before=case.status, data=data)
    return bool(done)


# --- Who it was -------------------------------------------------------------------------------


def erase_person(work: Work) -> bool:
    """Contact, account, handle, devices, raw messages and codes of a case whose lock is held.

    False if nobody was known: neither contact nor account.
    """
    case = work.case
    contact = Contact.objects.select_related("data_key").filter(case=case).first()
    was_known = case.owner_id is not None or (contact is not None and contact.erased_at is None)
    ContactProof.objects.filter(case=case).delete()
    for step in ROOMS.person:
        step(case)
    handles = _cut_conversations(case)
    if contact is not None:
        handles |= {contact.handle_id} if contact.handle_id is not None else set()
        _silence(Notice.objects.filter(contact=contact))
        _empty(contact, work.now)
    for handle_id in sorted(handles):
        forget_handle(handle_id)
    if case.owner_id is not None:
        case.owner = None
        Case.objects.filter(pk=case.pk).update(owner=None)
    if was_known:
        case.share_contact = False
    case.person_erased_at = case.person_erased_at or work.now
    return was_known


def _cut_conversations(case: Case) -> set[int]:
    """What was said from elsewhere about the case is no longer of it; gives the handles it went to.

    Whoever wrote into its mailbox, by number and secret, is most likely its citizen.
    """
    said = Notice.objects.filter(case=case, handle__isnull=False)
    handles = {handle_id for handle_id in said.values_list("handle_id", flat=True) if handle_id}
    _silence(said)
    said.update(case=None)
    return handles


def _empty(contact: Contact, now: datetime) -> None:
    """Nothing in it is anybody's any more; its key, without which a backup cannot be read, is gone."""
    key = contact.data_key
    contact.sealed, contact.data_key, contact.handle = b"", None, None
    contact.phone_index = contact.email_index = contact.way = ""
    contact.has_phone = contact.has_email = contact.has_push = False
    contact.erased_at = contact.erased_at or now
    contact.save()
    if key is not None:
        key.delete()


def _silence(notices: QuerySet[Notice]) -> None:
    """What was to be sent is not sent any more; of what was, only when and which stays.

    One that a worker is just sending arrives: what became of it is then written down no more.
    """
    waiting = notices.filter(status=Notice.Status.PENDING)
    waiting.update(status=Notice.Status.UNREACHABLE, error="erased")
    notices.update(values={}, sealed=None, provider_id="")


def forget_handle(handle_id: int) -> bool:
    """Forget a handle to which no case's news goes and from which nobody is just writing.

    False if it stays for now: then retention comes back to it. While a restriction holds for it, it
    stays too: nobody gets rid of that by having themselves erased.
    """
    with transaction.atomic():
        # Whoever writes from there holds it first and asks for the case then: never wait for them.
        handle = Handle.objects.select_for_update(skip_locked=True).filter(pk=handle_id).first()
        if handle is None or Contact.objects.filter(handle=handle).exists():
            return False
        index = sealing.blind_index("handle", str(handle.pk))
        held = restrictions.in_force(moment.now()).filter(kind=Restriction.Kind.HANDLE, index=index)
        if held.exists():
            return False
        notices = Notice.objects.filter(handle=handle)
        if notices.filter(status=Notice.Status.PENDING).exists():
            return False
        if not all(clear(handle) for clear in ROOMS.handle):
            return False
        notices.delete()
        handle.delete()
    return True


# --- What they wrote --------------------------------------------------------------------------


def _erase_own_words(work: Work) -> None:
    case = work.case
    _erase_text(case)
    own = Statement.objects.filter(case=case, event__party=Party.CITIZEN)
    _erase_statements(own, work.now)
    theirs = Q(event__party=Party.CITIZEN) | Q(event__move__in=FILED)
    _erase_files(Attachment.objects.filter(theirs, case=case))
    for step in ROOMS.words:
        step(case)


def _erase_all_words(work: Work) -> None:
    """At the end of its time: what officers wrote as well, and files of both sides."""
    case = work.case
    _erase_text(case)
    _erase_statements(Statement.objects.filter(case=case), work.now)
    _erase_files(Attachment.objects.filter(case=case))
    for step in (*ROOMS.words, *ROOMS.all_words):
        step(case)
    case.words_erased_at = work.now


def _erase_text(case: Case) -> None:
    """The complaint, where it happened, the words that the router found; it leaves the public pages."""
    gone = {"text": "", "text_salt": "", "place_note": "", "latitude": None, "longitude": None}
    for name, value in gone.items():
        setattr(case, name, value)
    Case.objects.filter(pk=case.pk).update(**gone)
    case.public_text, case.published_at, case.publish_consent = "", None, False
    RoutingRecord.objects.filter(case=case).update(facts={}, decision={})


def _erase_statements(statements: QuerySet[Statement], now: datetime) -> None:
    statements.filter(erased_at=None).update(body={}, salt="", erased_at=now)


def _erase_files(attachments: QuerySet[Attachment]) -> None:
    """Files are cut off at once and nobody's; their bytes go when this is committed.

    If the process dies just then, the hourly task for loose files does it.
    """
    keys = list(attachments.values_list("pk", flat=True))
    if keys:
        files.cut_off(Attachment.objects.filter(pk__in=keys))
        transaction.on_commit(partial(files.erase_loose, keys))


# --- After a backup came back -----------------------------------------------------------------


def asked_for_since(since: datetime) -> Iterator[Event]:
    """Erasures that citizens asked for since a moment (UTC), the oldest first.

    Those of retention need no list: it finds them again by their dates.
    """
    # Of a citizen's events no actor is recorded: so the index by actor and time serves.
    events = Event.objects.filter(actor_id=None, recorded_at__gte=since, move="erase")
    events = events.filter(party=Party.CITIZEN, case__country=settings.COUNTRY)
    return events.select_related("case").order_by("recorded_at", "id").iterator()
