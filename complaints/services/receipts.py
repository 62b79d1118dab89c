"""The signed receipt: what the citizen holds against the portal (its format: docs/record.md).

It holds the filing's event exactly as it is hashed, so that anybody can compute the leaf of the public
log from it; its dates are those that the event itself fixes. It is made anew from the case at any time.
"""

import json
from datetime import datetime
from typing import Any

from django.conf import settings

from complaints import clocks
from complaints.models import Case, Event
from complaints.services.work import Work, hashed_fields
from record import chain, merkle, signing

FORMAT = 1


def promise(work: Work) -> tuple[datetime, datetime]:
    """Let the filing's event fix what its receipt promises, before it is sealed.

    Returned (UTC): by when the case is forwarded; and answered, at the latest if no office has it yet.
    """
    clockwork, policy = work.clockwork, work.clockwork.policy
    forward = next(clock for clock in clockwork.new if clock.kind == clocks.Kind.FORWARD)
    resolve = clockwork.open.get(clocks.Kind.RESOLVE)
    answer_due = resolve.due_at if resolve else None
    if answer_due is None:
        calendar = work.registry.default_calendar
        answer_due = clocks.latest_answer_due(
            work.case.filed_at, policy("forward"), policy("resolve"), calendar
        )
    work.events[0].fixed["promised"] = {
        "forward_due": chain.moment(forward.due_at),
        "answer_due": chain.moment(answer_due),
    }
    return forward.due_at, answer_due


def signed_receipt(event: Event) -> dict[str, Any]:
    """The receipt of a filing, from its sealed `submit` event with the case loaded.

    The salt is the citizen's: with it and the text they prove the words. Once the text is erased, both
    are gone, and the rest still proves when something was filed and what was promised.
    """
    hashed = json.loads(chain.canonical(chain.hashed_as(hashed_fields(event), event.prev_hash)))
    promised = hashed.get("fixed", {}).get("promised", {})
    body = {
        "format": FORMAT,
        "log": settings.COUNTRY,
        "number": event.case.number,
        "event": hashed,
        "leaf_hash": merkle.leaf_hash(bytes.fromhex(event.hash)).hex(),
        "filed_at": hashed["happened_at"],
        "forward_due": promised.get("forward_due"),
        "answer_due": promised.get("answer_due"),
        "text_salt": event.case.text_salt,
        "key": signing.key_id(signing.public_key()),
    }
    return {**body, "signature": signing.text(signing.sign(chain.canonical(body)))}


def receipt_of(case: Case) -> dict[str, Any]:
    """The receipt of a case, signed now with the key in use."""
    event = Event.objects.get(case=case, seq=1)
    event.case = case
    return signed_receipt(event)
