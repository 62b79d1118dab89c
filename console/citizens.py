"""A citizen's case while an operator speaks with them: opened by number and secret, for one call.

Unlike a citizen's own proof it lasts ten minutes, however much is looked at, and ends with the call.
"""

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from accounts.actors import Actor
from complaints import proofs
from complaints.models import Case
from console.shift import desk_of

CALL_SECONDS = 600
KEY = "call"


def open_case(request: HttpRequest, actor: Actor, number: str, secret: str) -> Case:
    """Open a case for this call; one opened before is closed. Raises NoSuchCase or TooMany.

    Wrong guesses are counted by operator: a call centre has one network address for all.
    """
    case, withdraws = proofs.check_secret(number, secret, f"operator:{actor.user_id}")
    request.session[KEY] = {
        "number": case.number,
        "hash": _hash_start(case, withdraws),
        "withdraws": withdraws,
        "at": timezone.now().timestamp(),
    }
    return case


def citizen_of(request: HttpRequest, actor: Actor, number: str) -> tuple[Case, Actor] | None:
    """The case of this call and its citizen; None if the ten minutes or the secret are over.

    What the citizen does is theirs; the record says by whom it was typed, and at which desk.
    """
    call = request.session.get(KEY)
    if not call or call["number"] != number:
        return None
    case = Case.objects.filter(country=settings.COUNTRY, number=number).first()
    if _is_over(call) or case is None or call["hash"] != _hash_start(case, call["withdraws"]):
        request.session.pop(KEY, None)
        return None
    citizen = Actor(
        kind="citizen",
        case_id=case.pk,
        withdrawal_proved=bool(call["withdraws"]),
        channel=desk_of(request)["channel"],
        language=(get_language() or settings.LANGUAGE_CODE)[:2],
        by_operator=actor.user_id,
    )
    return case, citizen


def number_open(request: HttpRequest) -> str:
    """The number of the case that is open for this call; empty if none is."""
    call = request.session.get(KEY)
    return "" if not call or _is_over(call) else str(call["number"])


def _is_over(call: dict[str, float]) -> bool:
    return timezone.now().timestamp() - call["at"] >= CALL_SECONDS


def _hash_start(case: Case, withdraws: bool) -> str:
    return (case.withdrawal_hash if withdraws else case.secret_hash)[:16]
