"""A code to a telephone number, for whoever signs in with it.

Which digits, how long they are good for and how often they may be typed is allauth's business; here
they are derived, written into the outbox, and counted. Whether a number is known is never told: the
answer, the statements and the message are the same.
"""

import uuid
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from complaints import limits, moment
from complaints.errors import Invalid, TooMany
from complaints.models import Handle, Notice
from complaints.services import correspondence, sealing
from complaints.submission import clean_phone, read_contact

#: Codes to one number in an hour, from wherever they were asked for: each one costs, and disturbs.
CODES_AN_HOUR = 10
HOUR = timedelta(hours=1)


def handle_of(*, typed: str, language: str, address: str = "") -> Handle:
    """The handle of a number as typed, to which a code may be sent; made if it is new.

    `address` is the visitor's network address. Raises Invalid for what is no number, and TooMany
    after too many codes to it or from there.
    """
    phone = _phone(typed)
    if limits.codes_asked_from_address(address) > limits.CODES_ASKED_AN_HOUR_FROM_ADDRESS:
        raise TooMany
    index = correspondence.index_of("sms", phone)
    if limits.codes_for(f"{address}\x00{index}") > limits.CODES_AN_HOUR:
        raise TooMany
    new = Handle(
        channel="sms",
        index=index,
        sealed=sealing.seal({"address": phone, "other": ""}),
        language=language,
        created_at=moment.now(),
    )
    Handle.objects.bulk_create([new], ignore_conflicts=True)
    handle = Handle.objects.get(channel="sms", index=index)
    lately = Notice.objects.filter(handle=handle, template="code")
    if lately.filter(created_at__gt=moment.now() - HOUR).count() >= CODES_AN_HOUR:
        raise TooMany
    return handle


def _phone(typed: str) -> str:
    """The number as E.164. Raises Invalid."""
    try:
        # An e-mail address is no number either; said in the same words.
        return clean_phone(typed, settings.COUNTRY) or read_contact("", settings.COUNTRY)[1]
    except ValidationError as error:
        raise Invalid(fields={"phone": list(error.messages)}) from error


def send(handle: Handle, nonce: str, language: str) -> None:
    """Write the digits of a nonce to the number. An operator's gets none: many people file from it.

    The notice is written in either case, and taken back where nothing is to be sent.
    """
    is_operators = correspondence.is_operators(handle)
    now = moment.now()
    with transaction.atomic():
        before = transaction.savepoint()
        Notice.objects.create(
            handle=handle,
            template="code",
            sealed=sealing.seal({"code": digits(handle.pk, nonce)}),
            language=language,
            channel="sms",
            key=f"sign-in:{uuid.uuid4()}",
            created_at=now,
            next_at=now,
        )
        (transaction.savepoint_rollback if is_operators else transaction.savepoint_commit)(before)


def digits(handle_id: int, nonce: str) -> str:
    """The six digits of a nonce: derived whenever they are needed."""
    return sealing.one_time_code(handle_id, nonce)


def fits(handle_id: int, nonce: str, typed: str) -> bool:
    """Whether these are the digits of a nonce, in constant time; False for an empty nonce."""
    return sealing.code_matches(handle_id, nonce, typed) and bool(nonce)
