"""Who works on a case, as far as whoever reads it may know."""

from typing import Any

from rest_framework import serializers

from accounts.actors import Actor
from accounts.roles import Role
from complaints.models import Case

NOBODY, YOU, ANOTHER = "nobody", "you", "another"


class WithAssigned(serializers.Serializer[Any]):
    """Adds who works on a case, for the reader (`actor` in the context).

    Officers read the id of an officer, with which their own apps name one in `accept` and `assign`. An
    agency's system is told of no officer, here as in the timeline: it reads whether the case is its own.
    Citizens read neither; they deal with an office.
    """

    assigned = serializers.SerializerMethodField(
        help_text="For officers: the id of the officer who works on it. For an agency's system, and for"
        " citizens, always null."
    )
    assigned_to = serializers.SerializerMethodField(
        help_text="nobody, you, or another (an officer, or a system of the office). Empty for citizens."
    )

    def get_assigned(self, case: Case) -> int | None:
        """The officer's id, for officers alone."""
        actor: Actor = self.context["actor"]
        is_told = _is_at_work(actor, case) and not actor.has(Role.SYSTEM)
        return case.assigned_id if is_told else None

    def get_assigned_to(self, case: Case) -> str:
        """Whose it is, seen by whoever reads."""
        actor: Actor = self.context["actor"]
        if not _is_at_work(actor, case):
            return ""
        if case.assigned_id is None:
            return NOBODY
        return YOU if case.assigned_id == actor.user_id else ANOTHER


def _is_at_work(actor: Actor, case: Case) -> bool:
    """Whether somebody reads it as an officer or a system, not as the citizen whose case it is."""
    return bool(actor.posts) and case.owner_id != actor.user_id
