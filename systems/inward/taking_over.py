"""What a system adds to a move that it makes by the API: with `accept`, its number for the case."""

from collections.abc import Mapping
from typing import Any

from accounts.actors import Actor
from accounts.roles import Role
from complaints.api import taking_part
from complaints.api.taking_part import Then
from complaints.models import Case
from systems.inward.references import clean_ref, take_over
from systems.models import System


def register() -> None:
    """Take part in moves by the API, from start-up on."""
    taking_part.register(with_a_move)


def with_a_move(case: Case, actor: Actor, move: str, sent: Mapping[str, Any]) -> Then | None:
    """Of `accept` by a system: it works on the case from now on, under its number if it gives one.

    Where it gives the case to an officer of the office, its number alone is kept. Raises Invalid.
    """
    if move != "accept" or not actor.has(Role.SYSTEM):
        return None
    ref = clean_ref(sent["external_ref"]) if sent.get("external_ref") else ""
    if not ref and sent.get("case_officer") not in (None, "", actor.user_id):
        return None
    system = System.objects.select_related("office__agency").get(user_id=actor.user_id or 0)
    return lambda: take_over(case, system, ref)
