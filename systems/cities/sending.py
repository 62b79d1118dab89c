"""Cases are sent to cities, each once, and accepted here when the city has them.

A city cannot be told twice that a request is the same. So before anything leaves, the row says that it may
have; where a try was cut off, or its answer lost, the city's own list is looked through for our number.
Is it not there either, people decide: nothing is sent a second time without somebody's word.
"""

import time
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.core.cache import cache
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from agencies.services.recording import record
from channels import breaker
from channels.mistakes import mistake
from complaints import moment
from complaints.errors import Refused as MoveRefused
from complaints.models import Case
from complaints.services import casework
from complaints.services.sealing import CannotUnseal
from systems.cities import notes, queue
from systems.cities.asking import Asking, CannotAsk, Filed, Refused, id_in, key_of
from systems.cities.leaving import marks_of, service_for, what_leaves
from systems.cities.linking import source_of
from systems.cities.queue import REFUSED, SENDING, SENT, WAITING
from systems.models import City, Forwarding, Reference

log = structlog.get_logger(__name__)
#: Seconds after which a run begins nothing more, and nothing more of one city; and the lock of a run,
#: longer than one can last.
LONGEST_RUN, SHARE, RUNNING, RUNNING_FOR = 30.0, 10.0, "systems:cities:sending", 120
#: Kinds of an end after which the request may be with the city all the same.
UNSURE = "unsure:"
#: So often the city's list is looked through, before people are asked.
LOOKS = 3
#: And so often it is tried, where the city does not even give its list, or it cannot be sent from here.
GIVEN_UP = 12
#: So often a token is asked for its id, each time later: in all about a week.
TOKEN_LOOKS = 32
#: The list is asked for from so long before the first try: clocks differ.
BEFORE = timedelta(hours=25)
#: Why a row waits for people.
DOUBTFUL, SAME_ID, NO_ID = "doubtful", "same_id", "no_id"


def send_due(*, seconds: float = LONGEST_RUN) -> int:
    """Hand over what waits; says how many requests cities have taken. One run at a time."""
    mark = uuid4().hex
    if not cache.add(RUNNING, mark, timeout=RUNNING_FOR):
        return 0
    try:
        until = time.monotonic() + seconds
        return sum(_send_apart(city, until) for city in queue.cities())
    finally:
        if cache.get(RUNNING) == mark:
            cache.delete(RUNNING)


def breaker_of(city: City) -> str:
    """The name under which a city's failures in a row are counted."""
    return f"city:{city.pk}"


def _send_apart(city: City, until: float) -> int:
    """Send what is due of one city, whatever happens: others are not to wait for it."""
    try:
        return _send_to(city, min(until, time.monotonic() + SHARE))
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:
        # A mistake of ours, or an answer that nobody thought of.
        log.error("sending to a city broke", system=city.system_id, **mistake(error))
        queue.note_city(city, queue.FAULT)
        return 0


def _send_to(city: City, until: float) -> int:
    """Send what is due of one city, until it fails or the time is over."""
    if not city.services or time.monotonic() >= until:
        return 0
    try:
        key = key_of(city)
    except CannotUnseal:
        # A key is missing here: nothing that the city could mend, so nothing is counted. Its pages say so.
        log.error("a city's key does not open", system=city.system_id)
        return 0
    queue.find(city, moment.now())
    taken = 0
    with Asking(city) as asking:
        while time.monotonic() < until and not breaker.is_open(breaker_of(city), moment.now()):
            row = queue.claim(city, moment.now())
            if row is None:
                break
            try:
                taken += _one(asking, row, key)
            except CannotAsk as error:
                _put_off(city, row, error)
                break
            except SoftTimeLimitExceeded:
                raise
            except Exception as error:
                _put_off_fault(city, row, error)
                continue
            breaker.worked(breaker_of(city), moment.now())
            queue.note_city(city, "")
    return taken


def _put_off(city: City, row: Forwarding, error: CannotAsk) -> None:
    now = moment.now()
    log.info("a city was not reached", system=city.system_id, kind=error.kind, try_=row.tries)
    was_unsure = _is_unsure(row)
    is_unsure = was_unsure or (error.may_have_arrived and not row.token)
    if was_unsure and row.tries > GIVEN_UP:
        _leave_to_people(row, DOUBTFUL, "")
    kind = UNSURE + error.kind if is_unsure else error.kind
    queue.put_off(row, kind, now, error.wait, anew=is_unsure and not was_unsure)
    queue.note_city(city, error.kind)
    breaker.failed(breaker_of(city), error.kind, now, error.wait)


def _put_off_fault(city: City, row: Forwarding, error: Exception) -> None:
    """Sending this one broke, or its contact does not open: it is tried later, and the next one goes on."""
    log.error("sending a case to a city broke", system=city.system_id, **mistake(error))
    has_left = Forwarding.objects.filter(pk=row.pk, error=SENDING).exists()
    was_unsure = _is_unsure(row)
    fault = queue.SEALED if isinstance(error, CannotUnseal) else queue.FAULT
    if fault == queue.FAULT:
        queue.note_city(city, fault)
    is_unsure = has_left or was_unsure
    if row.tries > GIVEN_UP:
        _leave_to_people(row, DOUBTFUL if is_unsure else fault, "")
        return
    kind = UNSURE + fault if is_unsure else fault
    queue.put_off(row, kind, moment.now(), anew=has_left and not was_unsure)


def _is_unsure(row: Forwarding) -> bool:
    """Whether an earlier try may have reached the city: cut off, or its answer lost. Of one with a token
    it is known.
    """
    return not row.token and (row.error == SENDING or row.error.startswith(UNSURE))


def _one(asking: Asking, row: Forwarding, key: dict[str, str]) -> bool:
    """Send one, or find out whether it was sent; True if the city has it. Raises CannotAsk."""
    if row.token:
        return _ask_for_token(asking, row)
    if _is_unsure(row):
        return _find_again(asking, row)
    city = asking.city
    case = queue.may_leave(city).filter(pk=row.case_id)
    found_case = case.select_related("category__parent", "place", "holder").first()
    if found_case is None or not service_for(city, found_case):
        # It went elsewhere, or must not leave any more: should it come back, it goes then.
        Forwarding.objects.filter(pk=row.pk, state=WAITING).delete()
        return False
    form = what_leaves(city, found_case) | key
    if not queue.mark_sending(row):
        return False
    try:
        filed = asking.file(form)
    except Refused as refusal:
        return _leave_to_people(row, str(refusal), refusal.words)
    return take(city, row, filed)


def _find_again(asking: Asking, row: Forwarding) -> bool:
    """Of what may have arrived: found in the city's list it is taken, else looked for later, else left to
    people.
    """
    if found := _look_for(asking, row):
        return take(asking.city, row, Filed(id=found))
    was_cut_off = row.error == SENDING
    if not was_cut_off and row.tries > LOOKS:
        return _leave_to_people(row, DOUBTFUL, "")
    # Not listed, yet: cities take their time.
    kind = f"{UNSURE}cut_off" if was_cut_off else row.error
    queue.put_off(row, kind, moment.now(), anew=was_cut_off)
    return False


def _look_for(asking: Asking, row: Forwarding) -> str:
    """The city's id of the request that may have arrived, as far as the city shows it."""
    case = Case.objects.select_related("category__parent").get(pk=row.case_id)
    now, marks = moment.now(), marks_of(case.number)
    service = service_for(asking.city, case)
    rows = asking.recent(service, row.made_at - BEFORE, now + timedelta(hours=1))
    found = (one for one in rows if any(mark in one.get("description", "") for mark in marks))
    return next(filter(None, map(id_in, found)), "")


def _ask_for_token(asking: Asking, row: Forwarding) -> bool:
    found = asking.token(row.token)
    if found:
        return take(asking.city, row, Filed(id=found))
    if row.tries > TOKEN_LOOKS:
        return _leave_to_people(row, NO_ID, row.token)
    queue.put_off(row, "token", moment.now())
    return False


def take(city: City, row: Forwarding, filed: Filed) -> bool:
    """The city has it: its id is kept, and the case accepted by the city's account."""
    if not filed.id:
        now = moment.now()
        Forwarding.objects.filter(pk=row.pk).update(
            token=filed.token, error="token", tries=1, next_at=now + queue.RETRIES[0]
        )
        return True
    try:
        with transaction.atomic():
            case = Case.objects.select_for_update().only("number").get(pk=row.case_id)
            locked = Forwarding.objects.select_for_update().get(pk=row.pk)
            if locked.state != WAITING:
                return False
            _accept(city, case.number)
            _refer(city, row.case_id, filed.id)
            Forwarding.objects.filter(pk=row.pk).update(
                state=SENT, error="", next_at=moment.now() + queue.RETRIES[0]
            )
    except IntegrityError:
        # The city gave the id of another case of ours: it holds the two for one.
        return _leave_to_people(row, SAME_ID, filed.id)
    return True


def _refer(city: City, case_id: int, external_id: str) -> None:
    now = moment.now()
    Reference.objects.update_or_create(
        case_id=case_id,
        source=source_of(city),
        defaults={"external_id": external_id, "system": city.system},
        create_defaults={"external_id": external_id, "system": city.system, "made_at": now},
    )


def _accept(city: City, number: str) -> None:
    """Accept the case as the city; where people took it meanwhile, or it has moved on, it stays theirs."""
    account = city.system.user
    try:
        casework.accept(actor=notes.acting_for(city), number=number, case_officer=account)
    except MoveRefused as refusal:
        log.info("a city has a case that is not accepted", case=number, why=refusal.code)


def _leave_to_people(row: Forwarding, error: str, words: str) -> bool:
    """People of the office work on it: a note says why, once. Always False."""
    rows = Forwarding.objects.filter(pk=row.pk, state=WAITING)
    with transaction.atomic():
        if rows.update(state=REFUSED, error=error[:40], next_at=None):
            notes.write_not_taken(row, error, words)
    return False


def send_again(actor: Actor, row: Forwarding, now: datetime) -> bool:
    """Somebody says that the city does not have it: it is sent once more, and the registry's log says who
    said so. False where it does not wait for people (any more).
    """
    rows = Forwarding.objects.filter(pk=row.pk, state=REFUSED)
    with transaction.atomic():
        if not rows.update(state=WAITING, error="", tries=0, token="", next_at=now):
            return False
        city = City.objects.select_related("system__office").get(pk=row.city_id)
        number = Case.objects.values_list("number", flat=True).get(pk=row.case_id)
        office = city.system.office
        record(
            actor,
            city,
            country=office.country,
            key=f"{office.code}/{city.system_id}",
            before={"case": number, "state": REFUSED.value, "error": row.error},
            after={"case": number, "state": WAITING.value, "sent_again": True},
        )
    return True
