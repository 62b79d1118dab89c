"""What the portal tells us. An event is put away first; what it means is found out by reading the case.

So it does not matter if one comes twice, late, or in another order, and little if one is lost: the feed
brings it, and whatever happened to a case, reading it once is enough.
"""

import json

from django.db import transaction
from django.utils import timezone
from standardwebhooks import Webhook

from desk.models import FOLLOWS, Desk, Event, Line, Sending, Ticket
from desk.portal import Refused

PART = 500
AT_ONCE = 1000


def take_webhook(body, headers):
    """Verify a call and put it away; the same again changes nothing. Raises an error if it is not the
    portal's, or too old.
    """
    told = Webhook(Desk.row().hook_secret).verify(body, headers)
    # A test has no event, and nothing has to be done for it.
    if told["type"] != "test":
        _put_away([told["data"]], "webhook")


def read_feed(portal):
    """Take in what is new in the feed; says how many events had not come before.

    Each part and how far we are then are written together: killed at any point, nothing is left out.
    """
    new = 0
    while True:
        after = Desk.row().after
        try:
            part = portal.get("events/", after=after, limit=PART)
        except Refused as refusal:
            if refusal.code != "forgotten":
                raise
            # We were away for longer than it is kept: the cases themselves say how they stand.
            reconcile(portal)
            part = portal.get("events/", after=0, limit=PART)
        with transaction.atomic():
            new += _put_away(part["events"], "feed")
            Desk.objects.update(after=part["last"])
        if part["last"] == part["head"]:
            return new


def _put_away(events, came_by):
    known = Event.objects.filter(pk__in=[e["id"] for e in events]).count()
    rows = [
        Event(id=e["id"], seq=e["seq"], case=e["case"], raw=json.dumps(e), came_by=came_by)
        for e in events
    ]
    Event.objects.bulk_create(rows, ignore_conflicts=True)
    return len(events) - known


def work_through(portal):
    """Bring the tickets up to date of whose cases something was told; says how many."""
    todo = {}
    for event in Event.objects.filter(done_at=None).order_by("seq")[:AT_ONCE]:
        todo.setdefault(event.case, []).append(event)
    for number, events in todo.items():
        if any(json.loads(event.raw)["move"] == "erase" for event in events):
            # What we sent holds somebody's words, too.
            sent = Sending.objects.filter(ticket__case=number).exclude(state="waiting")
            sent.update(body={}, file=b"", error="")
        bring_up_to_date(portal, number)
        Event.objects.filter(pk__in=[e.pk for e in events]).update(done_at=timezone.now())
    return len(todo)


def bring_up_to_date(portal, number):
    """Read a case and make our ticket fit; open one if it is new with us. Safe to repeat."""
    try:
        case = portal.get(f"cases/{number}/")
    except Refused as refusal:
        if refusal.status != 404:
            raise
        # It is not for us any more.
        Ticket.objects.filter(case=number).update(status="Gone", text="", due=None)
        Line.objects.filter(ticket__case=number).delete()
        return None
    desk = Desk.row()
    with transaction.atomic():
        ticket = _ticket_of(case, desk)
        if ticket is None:
            return None
        is_ours = case["holder"] == desk.office
        if ticket.there != case["status"] or not is_ours:
            ticket.status = FOLLOWS[case["status"]] if is_ours else "Not with us"
        ticket.there, ticket.seen, ticket.text = case["status"], case["seen"], case["text"]
        ticket.due = case["next_due"]
        ticket.save()
        _write_lines(ticket, case["timeline"])
        if is_ours:
            _take_over(ticket, case, desk)
    return ticket


def _ticket_of(case, desk):
    """Our ticket, locked; a new one if the case is with our own office; None if it is no matter of ours."""
    refs = [e["external_ref"] for e in case["elsewhere"] if e["system"] == desk.name]
    tickets = Ticket.objects.select_for_update()
    # A complaint that we filed has our number there, also if the answer never reached us.
    found = tickets.filter(case=case["number"]).first() or tickets.filter(ref__in=refs).first()
    if found is None and case["holder"] == desk.office and case["status"] != "closed":
        found = Ticket.objects.create(text=case["text"])
    if found is not None:
        found.case = case["number"]
    return found


def _write_lines(ticket, timeline):
    ticket.lines.all().delete()
    Line.objects.bulk_create(
        Line(
            ticket=ticket,
            seq=step["seq"],
            move=step["move"],
            party=step["party"],
            text="\n".join(step["said"].values()),
            at=step["at"],
        )
        for step in timeline
    )


def _take_over(ticket, case, desk):
    """Accept what is new with us, under our number; only say the number of what an officer works on."""
    if "accept" in case["moves"]:
        what = Sending.What.ACCEPT
    elif any(e["system"] == desk.name for e in case["elsewhere"]) or case["status"] == "closed":
        return
    else:
        what = Sending.What.REFERENCE
    # Once for each state of the case: what was refused is not asked again before something happens.
    Sending.objects.get_or_create(
        ticket=ticket,
        what=what,
        seen=case["seen"],
        defaults={"body": {"external_ref": ticket.ref}},
    )


def reconcile(portal):
    """Compare all open cases with our tickets, and make these fit; says what differed."""
    differed, there = [], set()
    office = Desk.row().office
    open_states = [state for state in FOLLOWS if state != "closed"]
    for row in portal.pages("cases/", status=open_states, holder=office):
        there.add(row["number"])
        ticket = Ticket.objects.filter(case=row["number"]).first()
        if ticket is None or ticket.there != row["status"]:
            differed.append(row["number"])
    ours = Ticket.objects.exclude(case=None).exclude(there="closed")
    ours = ours.exclude(status="Gone").exclude(status="Not with us")
    differed += [number for number in ours.values_list("case", flat=True) if number not in there]
    for number in differed:
        bring_up_to_date(portal, number)
    return differed
