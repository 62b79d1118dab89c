"""A secret was lost: a code goes to the contact of the case, and who knows it gets new secrets.

Whether a number exists, has a contact, and has this one is never told: the answer, the queries and
the work are the same. The code is derived from a row, where it goes out and where it comes back.
"""

import hmac
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from complaints import limits, moment, tracking
from complaints.errors import Invalid, TooMany, WrongCode
from complaints.models import Contact, ContactProof, Notice
from complaints.services import sealing
from complaints.services.identity import NewSecrets, renew_secrets
from complaints.services.notice_words import CODE_VALID
from complaints.submission import read_contact

#: How long a code is valid, and how often one may be typed.
VALID = CODE_VALID
MOST_TRIES = 5
HOUR = timedelta(hours=1)
#: How a code goes to each kind of contact.
WAYS = {"email": "email", "phone": "sms"}


def ask_code(*, number: str, contact: str, address: str = "") -> ContactProof:
    """Send a code, if this is the contact of that case; the caller cannot tell.

    `number` and `contact` are as typed, `address` is the visitor's network address. Raises Invalid
    for what can be neither, and TooMany after too many from one address.
    """
    number, kind, index = _read(number, contact)
    if limits.codes_asked_from_address(address) > limits.CODES_ASKED_AN_HOUR_FROM_ADDRESS:
        raise TooMany
    owners = Contact.objects.filter(case__country=settings.COUNTRY, case__number=number)
    found = owners.filter(erased_at=None).first()
    known = getattr(found, f"{kind}_index") if found else ""
    is_theirs = hmac.compare_digest(known, index)
    # Counted for the case where it is theirs: who guesses contacts cannot use up the citizen's codes.
    asked = limits.codes_for(number if is_theirs else f"{number}\x00{index}")
    return _prove(found, WAYS[kind], is_theirs and asked <= limits.CODES_AN_HOUR)


def _read(number: str, contact: str) -> tuple[str, str, str]:
    """The number as written by us, the kind of contact and its blind index. Raises Invalid."""
    wrong = dict[str, list[Any]]()
    read = tracking.read_number(number)
    if read is None:
        wrong["number"] = [_("Check the number: 12 digits and a letter, like 4821-9530-7716-K")]
    kind, value = "phone", ""
    try:
        kind, value = read_contact(contact, settings.COUNTRY)
    except ValidationError as error:
        wrong["contact"] = list(error.messages)
    if read is None or wrong:
        raise Invalid(fields=wrong)
    return read, kind, sealing.blind_index(kind, value)


def _prove(contact: Contact | None, way: str, may: bool) -> ContactProof:
    """The row that a code comes from, and its notice; without `may`, a row of no case and no notice.

    The notice is written in either case, and taken back where nobody is to be told.
    """
    now = moment.now()
    with transaction.atomic():
        lately = ContactProof.objects.filter(
            contact_id=contact.pk if contact else 0, created_at__gt=now - HOUR
        )
        may = lately.count() < limits.CODES_AN_HOUR and may
        owner = contact if may else None
        proof = ContactProof.objects.create(
            case_id=owner.case_id if owner else None,
            contact=owner,
            nonce=secrets.token_hex(16),
            created_at=now,
            expires_at=now + VALID,
        )
        before_notice = transaction.savepoint()
        Notice.objects.create(
            case_id=proof.case_id,
            contact_id=owner.pk if owner else 0,
            template="code",
            values={"proof": proof.pk},
            language=owner.language if owner else "",
            channel=way,
            key=f"code:{proof.key}",
            created_at=now,
            next_at=now,
        )
        (transaction.savepoint_commit if owner else transaction.savepoint_rollback)(before_notice)
    return proof


def use_code(
    *,
    key: UUID,
    code: str,
    number: str = "",
    address: str = "",
    channel: str = "web",
    language: str = "en",
) -> NewSecrets:
    """New secrets for the right code. The try counts before the code is looked at.

    `number` is given where the address names a case: the code has to be one of that case. Raises
    WrongCode, the same for a wrong, old, used or never sent one, and TooMany.
    """
    if limits.guessed_too_often(address, str(key)):
        raise TooMany
    alive = ContactProof.objects.filter(
        key=key, used_at=None, expires_at__gt=moment.now(), tries__lt=MOST_TRIES
    )
    counts = alive.update(tries=F("tries") + 1)
    proof = ContactProof.objects.select_related("case").filter(key=key).first()
    fits = sealing.code_matches(proof.pk if proof else 0, proof.nonce if proof else "", code)
    case = proof.case if proof else None
    is_of_case = case is not None and (not number or tracking.read_number(number) == case.number)
    if proof is None or case is None or not (counts and fits and is_of_case):
        limits.count_guess(address, str(key))
        raise WrongCode
    actor = Actor(kind="citizen", case_id=case.pk, channel=channel, language=language)
    return renew_secrets(actor=actor, number=case.number, proof=proof)


def forget_proofs() -> int:
    """Erase codes an hour after their time; says how many. Safe to repeat."""
    old = ContactProof.objects.filter(expires_at__lte=moment.now() - HOUR)
    gone, _by_model = old.delete()
    return gone
