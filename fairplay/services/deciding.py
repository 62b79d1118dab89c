"""What an overseer decides about a flag."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.roles import Role
from complaints import moment
from complaints.errors import Refused
from complaints.selectors import visible_to
from complaints.services import casework, ranking
from fairplay.models import Flag
from fairplay.services.patterns import set_flagged_aside

#: Seconds within the request for the cases of a flag; the task does what is left.
AT_ONCE = 2.0


def decide(*, actor: Actor, flag: Flag, confirm: bool, reason: str) -> Flag:
    """Confirm a flag (the office is told), or dismiss it (its cases are counted again).

    Raises Refused for whoever is no overseer or holds a post in that office, and for a flag that
    somebody decided meanwhile.
    """
    reason = casework.words("reason", reason, least=10)
    if not actor.has(Role.OVERSEER):
        raise Refused(_("This is for overseers to decide."), code="not_yours")
    if any(post.office_id == flag.office_id for post in actor.posts):
        raise Refused(
            _("You hold a post in this office: somebody else decides."), code="own_office"
        )
    with transaction.atomic():
        row = Flag.objects.select_for_update(of=("self",)).select_related("office").get(pk=flag.pk)
        if row.state != Flag.State.OPEN:
            raise Refused(_("Somebody has decided on this meanwhile."), code="decided")
        row.state = Flag.State.CONFIRMED if confirm else Flag.State.DISMISSED
        row.reason, row.decided_by_id, row.decided_at = reason, actor.user_id, moment.now()
        row.save(update_fields=["state", "reason", "decided_by", "decided_at"])
        if confirm:
            _tell(actor, row)
    set_flagged_aside(AT_ONCE)
    return row


def _tell(actor: Actor, flag: Flag) -> None:
    """Tell the office by a case that it has, and that is no secret to it."""
    cases = visible_to(actor).filter(pk__in=flag.cases.values("case"), sensitive=False)
    case = cases.filter(holder=flag.office).order_by("id").first()
    if case is not None:
        ranking.tell_office(
            actor=actor, number=case.number, office=flag.office, count=flag.cases.count()
        )
