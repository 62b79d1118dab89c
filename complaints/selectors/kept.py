"""The table of what is kept (`complaints.retention`) with the numbers that are in force, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies import snapshot
from agencies.policies import DEFAULTS
from complaints import moment
from complaints.models import Case
from complaints.retention import GROUNDS, KEPT, THEN, Kept, Whose, Words

YEAR = 365
#: What a citizen reads on the page of one case, in this order.
OF_A_CASE = ("contact", "words", "messages", "notices", "looks", "record")


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of the table for people. `ends_at` is when its time is over, where a case says so (UTC)."""

    code: str
    what: Words
    time: str
    since: Words
    then: Words
    ground: Words
    ends_at: datetime | None = None

    @property
    def until(self) -> str:
        """ "2 years from the closing of the case"."""
        if not self.time:
            return str(self.since)
        return _("%(time)s %(since)s") % {"time": self.time, "since": self.since}


def kept_for_public() -> list[Shown]:
    """The whole table but for what is the portal's own business."""
    return [_shown(kind) for kind in KEPT if not kind.inside]


def kept_of_case(case: Case) -> list[Shown]:
    """What is kept of one case, and until when if it is closed."""
    codes = ["sensitive" if code == "words" and case.sensitive else code for code in OF_A_CASE]
    by_code = {kind.code: kind for kind in KEPT}
    return [_shown(by_code[code], case) for code in codes]


def days_of(kind: Kept) -> int | None:
    """How long a kind is kept, in days of the policy in force; None where another rule says it."""
    if not kind.policy:
        return None
    return snapshot.current(settings.COUNTRY).policy(kind.policy, moment.now()).amount


def _shown(kind: Kept, case: Case | None = None) -> Shown:
    days = days_of(kind)
    ends_at = None
    if case is not None and days is not None and kind.code in ("contact", "words", "sensitive"):
        ends_at = case.closed_at + timedelta(days=days) if case.closed_at is not None else None
    return Shown(
        code=kind.code,
        what=kind.what,
        time=_time(kind, days),
        since=kind.since,
        then=THEN[kind.then],
        ground=GROUNDS[kind.ground],
        ends_at=ends_at,
    )


def _time(kind: Kept, days: int | None) -> str:
    """How long, in words: whole years as years. Empty where `since` says all."""
    if days is not None and days % YEAR == 0:
        years = days // YEAR
        return ngettext("%(n)s year", "%(n)s years", years) % {"n": years}
    if days is not None:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    if kind.hours:
        return ngettext("%(n)s hour", "%(n)s hours", kind.hours) % {"n": kind.hours}
    return ""


def document(kinds: Iterable[Kept] = KEPT) -> str:
    """The table as the document has it (Markdown), with the default numbers; a test compares them."""
    lines = [
        "| kind | about | tables and columns | how long | then | ground |",
        "|---|---|---|---|---|---|",
    ]
    whose = {Whose.CITIZEN: "citizens", Whose.OFFICER: "officers"}
    for kind in kinds:
        where = "<br>".join(f"`{line.replace(': ', '`: ')}" for line in kind.where) or "as above"
        cells = (kind.what, whose[kind.whose], where, _by_default(kind), THEN[kind.then])
        lines.append("| " + " | ".join(map(str, (*cells, GROUNDS[kind.ground]))) + " |")
    return "\n".join(lines)


def _by_default(kind: Kept) -> str:
    if kind.policy:
        return f"`{kind.policy}` ({DEFAULTS[kind.policy].amount} days) {kind.since}"
    return f"{kind.hours} hours {kind.since}" if kind.hours else str(kind.since)
