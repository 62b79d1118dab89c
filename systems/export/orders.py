"""An export as a file that is ordered on a page: made by a worker, for whoever ordered it, for a week."""

from collections.abc import Iterator
from typing import BinaryIO

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Office
from agencies.selectors import actor_for, office_by_code
from oversight.charts import words
from oversight.charts.frame import Unit
from oversight.figures.periods import today
from oversight.models import FileOrder
from oversight.orders import placing
from oversight.orders.kinds import Impossible, Kind, Progress, register, whoever_ordered
from systems.export import writing
from systems.export.choosing import Owned
from systems.export.rows import Exported, Rows
from systems.export.writing import TYPES, Form

WHAT = "agency-export"
#: Who takes out what an office owns.
LEAD = (Role.FOCAL, Role.HEAD)


def may_take(actor: Actor, office: Office) -> bool:
    """Whether what the office owns is theirs to take: of who leads it or one above, and of overseers."""
    led = tuple(post.office_path for post in actor.posts if post.role in LEAD)
    return actor.has(Role.OVERSEER) or office.path.startswith(led)


def order(actor: Actor, office: Office, form: Form, language: str) -> FileOrder:
    """Order it. One that is younger than an hour is taken again. Raises Invalid (`placing.place`)."""
    day = today().isoformat()
    return placing.place(
        WHAT,
        {"office": office.code, "form": str(form)},
        actor=actor,
        language=language,
        name=f"{slugify(office.code) or 'office'}-{day}.{form}",
        content_type=TYPES[form],
        fresh_for=placing.AN_HOUR,
    )


def too_many_files(number: int) -> str:
    """In words that say what to do: there are so many photos and documents (0: nobody counted them)."""
    limit = _number(writing.MOST_FILES)
    instead = _(
        "Choose JSON Lines, which leaves the files out, or have each office below this one taken out by"
        " itself."
    )
    if not number:
        said = _(
            "There are more than %(limit)s photos and documents, which is the most that a ZIP holds."
        )
        return f"{said % {'limit': limit}} {instead}"
    said = _("There are %(number)s photos and documents. A ZIP holds %(limit)s at most.")
    return f"{said % {'number': _number(number), 'limit': limit}} {instead}"


def _number(value: int) -> str:
    return words.number(value, Unit.COUNT, get_language() or "en")


def make(owned: Owned, form: Form, out: BinaryIO, progress: Progress) -> None:
    """Write the export; `progress` hears how many cases were looked at. Raises writing.TooMany."""
    rows, whole, done = Rows(owned), owned.count(), 0
    progress(0, whole)

    def told() -> None:
        progress(done, max(done, whole))

    def read() -> Iterator[Exported]:
        nonlocal done
        for looked_at, part in rows.parts():
            yield from part
            done += looked_at
            told()

    writing.write(read(), form, out, told)


def _title(made: FileOrder) -> str:
    office = office_by_code(settings.COUNTRY, made.asked.get("office", ""))
    name = office.name if office is not None else made.asked.get("office", "")
    return _("Everything of %(office)s (%(form)s)") % {
        "office": name,
        "form": str(made.asked.get("form", "")).upper(),
    }


def _make(made: FileOrder, out: BinaryIO, progress: Progress) -> None:
    """By the rights that whoever ordered it has now."""
    actor = actor_for(made.asked_by, language=made.language)
    office = office_by_code(settings.COUNTRY, made.asked["office"])
    if office is None or not may_take(actor, office):
        raise PermissionError("the office is not theirs any more")
    try:
        make(Owned(office, actor), Form(made.asked["form"]), out, progress)
    except writing.TooMany as error:
        raise Impossible(f"too_many_{error.of}") from error


def _why(code: str) -> str:
    """Why none can be made, in words."""
    if code == f"too_many_{writing.OF_FILES}":
        return too_many_files(0)
    return _("There are too many cases for a spreadsheet. Choose another kind of file.")


def _may(actor: Actor, made: FileOrder) -> bool:
    """For whoever ordered it, while the office is theirs."""
    office = office_by_code(settings.COUNTRY, made.asked.get("office", ""))
    return whoever_ordered(actor, made) and office is not None and may_take(actor, office)


def register_export() -> None:
    """At start-up."""
    register(Kind(WHAT, _title, _make, may=_may, why=_why))
