"""Proving a case by its secret, for a visitor's session; and who is acting in a request.

A proof is kept in the session for an hour after it was last used. It holds the start of the secret's
hash, so that it dies with the secret; and it dies when the person of the case is erased.
"""

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from accounts.actors import Actor
from agencies.selectors import actor_for
from complaints import limits, tracking
from complaints.errors import NoSuchCase, TooMany
from complaints.models import Case
from complaints.services import sealing

KEPT_SECONDS = 3600
MOST_PROOFS = 5


def client_address(request: HttpRequest) -> str:
    """The visitor's network address: behind N trusted proxies, the N-th from the right."""
    proxies: int = settings.PROXIES
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if proxies and len(forwarded) >= proxies:
        return str(forwarded[-proxies]).strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def check_secret(number_typed: str, secret_typed: str, address: str) -> tuple[Case, bool]:
    """The case that number and secret open, and whether it was the withdrawal secret.

    Raises NoSuchCase, the same for an unknown number and a wrong secret and after the same work, and
    TooMany after too many wrong guesses from one address on one number.
    """
    number = tracking.read_number(number_typed) or ""
    secret = tracking.read_secret(secret_typed)
    if limits.guessed_too_often(address, number):
        raise TooMany
    case = Case.objects.filter(country=settings.COUNTRY, number=number).first()
    opens = sealing.secret_matches(number, secret, case.secret_hash if case else "")
    withdraws = sealing.secret_matches(number, secret, case.withdrawal_hash if case else "")
    if case is None or not secret or not (opens or withdraws):
        limits.count_guess(address, number)
        raise NoSuchCase
    return case, withdraws


def prove(request: HttpRequest, number_typed: str, secret_typed: str) -> Case:
    """Open a case for this session. Raises NoSuchCase or TooMany."""
    case, withdraws = check_secret(number_typed, secret_typed, client_address(request))
    proofs = dict(request.session.get("proofs", {}))
    before = proofs.pop(case.number, {})
    while len(proofs) >= MOST_PROOFS:
        proofs.pop(next(iter(proofs)))
    proofs[case.number] = {
        "id": case.pk,
        "withdraws": withdraws,
        "hash": _hash_start(case, withdraws),
        "at": timezone.now().timestamp(),
        "seen": before.get("seen"),
    }
    request.session.cycle_key()
    request.session["proofs"] = proofs
    return case


def look_at(request: HttpRequest, case: Case) -> int | None:
    """Up to which step the case was seen in this session before; from now on up to its last.

    None where it was not. It is kept in the session alone, and goes with it: nowhere stands when
    somebody looked, or from where.
    """
    proofs = request.session.get("proofs", {})
    proof = proofs.get(case.number)
    if proof is None:
        return None
    before: int | None = proof.get("seen")
    if before != case.last_seq:
        request.session["proofs"] = {**proofs, case.number: {**proof, "seen": case.last_seq}}
    return before


def forget(request: HttpRequest, number: str) -> None:
    """Close a case in this session."""
    proofs = dict(request.session.get("proofs", {}))
    proofs.pop(number, None)
    request.session["proofs"] = proofs


def _hash_start(case: Case, withdraws: bool) -> str:
    """What a proof dies with: the secret, and the person, when they are erased."""
    start = (case.withdrawal_hash if withdraws else case.secret_hash)[:16]
    erased_at = case.person_erased_at
    return f"{start}:{erased_at.timestamp()}" if erased_at is not None else start


def actor_of(request: HttpRequest) -> Actor:
    """Who is acting in a request, in its language; no case is proved yet."""
    return actor_for(request.user, channel="web", language=(get_language() or "en")[:2])


def citizen_of(request: HttpRequest, number: str) -> Actor | None:
    """The citizen of the case of this number: see `citizen_for`. None if there is no such case."""
    case = Case.objects.filter(country=settings.COUNTRY, number=number).first()
    return citizen_for(request, case) if case is not None else None


def citizen_for(request: HttpRequest, case: Case) -> Actor | None:
    """The citizen of a case whose proof this session holds, or who filed it from their account.

    None if there is no proof, or it is too old, or the secret has changed since.
    """
    language, number = (get_language() or "en")[:2], case.number
    proofs = request.session.get("proofs", {})
    proof = proofs.get(number)
    now = timezone.now().timestamp()
    if proof and proof["id"] == case.pk and now - proof["at"] < KEPT_SECONDS:
        withdraws = bool(proof["withdraws"])
        if proof["hash"] == _hash_start(case, withdraws):
            if now - proof["at"] > KEPT_SECONDS / 10:
                request.session["proofs"] = {**proofs, number: {**proof, "at": now}}
            return Actor(
                kind="citizen", case_id=case.pk, withdrawal_proved=withdraws, language=language
            )
    if request.user.is_authenticated and case.owner_id == request.user.pk:
        return Actor(kind="citizen", case_id=case.pk, language=language)
    return None
