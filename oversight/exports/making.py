"""Long tables, made by a worker."""

from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.actors import Actor
from agencies.selectors import actor_for, office_by_code
from oversight.dashboards.access import may_look_at
from oversight.dashboards.listing import number_of
from oversight.dashboards.which import which_of
from oversight.exports.asking import CASES, Wanted, ask_of, office_of, sheet_of
from oversight.exports.sheets import write
from oversight.exports.tables import TABLES
from oversight.models import FileOrder
from oversight.orders.kinds import Kind, Progress, register, whoever_ordered

WHAT = "export"


def _title(order: FileOrder) -> str:
    table = order.asked.get("table", "")
    name = _("List of cases") if table == CASES else str(TABLES.get(table, table))
    return f"{name} ({order.asked.get('form', '').upper()})"


def _make(order: FileOrder, out: BinaryIO, progress: Progress) -> None:
    """Make it by the rights that whoever ordered it has now. Raises as the page would."""
    wanted = Wanted(**order.asked)
    actor = actor_for(order.asked_by, language=order.language)
    number = 0
    if wanted.table == CASES:
        ask = ask_of(actor, wanted.query, office_of(actor, wanted.office))
        which = which_of(wanted.query).known_to(actor)
        question = which.of(ask.question, actor, ask.office)
        number = number_of(which, question, list(ask.hidden)) or 0
    progress(0, number)
    sheet = sheet_of(actor, wanted, lambda done: progress(done, max(done, number)))
    write(sheet, wanted.form, out)


def _may(actor: Actor, order: FileOrder) -> bool:
    """For whoever ordered it, while what it is of is theirs to see: posts change hands within a week."""
    if not whoever_ordered(actor, order):
        return False
    code = order.asked.get("office", "")
    office = office_by_code(settings.COUNTRY, code) if code else None
    return (office is not None or not code) and may_look_at(actor, office)


def register_exports() -> None:
    """At start-up."""
    register(Kind(WHAT, _title, _make, may=_may))
