"""What we send to the portal: each thing once, however often it has to be tried.

- The key (`Idempotency-Key`) is the same at each try: if an answer got lost, we get it again.
- `If-Match` says what we knew: if something has happened to the case since, nothing is done (412), and
  somebody looks again.
- Of one ticket things go in order; while one waits, the later ones do.
"""

import logging
import random
import uuid
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from desk.models import Sending
from desk.portal import Later, Refused
from desk.receiving import bring_up_to_date

log = logging.getLogger("desk")
#: Keys and uploaded files are known to the portal for 24 hours.
KEY_GOOD_FOR = timedelta(hours=23)
LONGEST_WAIT = 600
What, State = Sending.What, Sending.State


def send_due(portal):
    """Send what is due, the oldest first; says how many were sent or refused."""
    ended, held, now = 0, set(), timezone.now()
    waiting = Sending.objects.filter(state=State.WAITING).select_related("ticket").defer("file")
    for sending in waiting:
        if sending.ticket_id in held:
            continue
        sending.refresh_from_db()
        if sending.next_at > now or not _send(portal, sending):
            held.add(sending.ticket_id)
        else:
            ended += 1
    return ended


def _send(portal, sending):
    """Whether it is known now what became of it."""
    now = timezone.now()
    if sending.first_tried_at is None or now - sending.first_tried_at > KEY_GOOD_FOR:
        # After a day the portal knows neither key nor file. If the first try got through after all,
        # the case has moved since, and `If-Match` stops this one.
        sending.key, sending.file_key = uuid.uuid4(), ""
        sending.first_tried_at = now
    sending.tries += 1
    sending.save()
    try:
        answer = _call(portal, sending)
    except Later as later:
        wait = later.seconds or min(2 ** (sending.tries - 1), LONGEST_WAIT)
        # Somewhat at random, so that not all come back to the portal in the same second.
        wait *= random.uniform(1, 1.2)  # noqa: S311
        sending.next_at, sending.error = now + timedelta(seconds=wait), str(later)
        sending.save()
        log.info("%s of %s waits: %s", sending.what, sending.ticket.ref, later)
        return False
    except Refused as refusal:
        sending.state, sending.error = State.REFUSED, refusal.words
        sending.save()
        log.warning("%s of %s was refused: %s", sending.what, sending.ticket.ref, refusal.code)
    else:
        _is_done(sending, answer)
    if number := sending.ticket.case:
        bring_up_to_date(portal, number)
    return True


def _call(portal, sending):
    ticket, body = sending.ticket, dict(sending.body)
    if sending.what == What.FILE:
        # Our number makes it safe to repeat.
        return portal.call("POST", "system/cases/", json={**body, "external_ref": ticket.ref})
    if not ticket.case:
        raise Later("The complaint itself is not filed yet.")
    at = f"cases/{ticket.case}"
    if sending.what == What.REFERENCE:
        return portal.call("PUT", f"{at}/reference/", json=body)
    if sending.file_name:
        if not sending.file_key:
            # Its key is kept before it is used: with another one it would be another request.
            sending.file_key = portal.upload(sending.file_name, bytes(sending.file))
            sending.save()
        body["files"] = [sending.file_key]
    path = f"{at}/moves/accept/" if sending.what == What.ACCEPT else f"{at}/status/"
    sending.seen = _newest_known(sending)
    return portal.call("POST", path, json=body, key=sending.key, seen=sending.seen)


def _newest_known(sending):
    """The step for `If-Match`: the one that the clerk saw, or what we ourselves made of it since."""
    done = Sending.objects.filter(ticket=sending.ticket, state=State.DONE, then__gt=F("seen"))
    ours, seen = dict(done.values_list("seen", "then")), sending.seen
    while seen in ours:
        seen = ours[seen]
    return seen


def _is_done(sending, answer):
    ticket = sending.ticket
    sending.state, sending.error, sending.then = State.DONE, "", answer.get("seen")
    if sending.what == What.FILE:
        # Contacts are the portal's to keep, not ours.
        sending.body, ticket.case = {}, answer["number"]
        ticket.save(update_fields=["case"])
    elif sending.what == What.STATUS:
        # A message is none of our statuses, it is only sent as one. `there` keeps the next reading
        # from taking our own move for somebody else's.
        said = sending.body["status"]
        ticket.status, ticket.there = ticket.status if said == "Message" else said, answer["status"]
        ticket.save(update_fields=["status", "there"])
    sending.save()
