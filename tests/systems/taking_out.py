"""Cases of every story, exports of an office, and what comes back when they are brought in."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from accounts.actors import Actor
from agencies.models import Office
from complaints.services.escalation import sweep
from systems.export.choosing import Owned
from systems.export.orders import make
from systems.export.rows import Rows
from systems.export.writing import Form
from systems.models import Reference
from systems.past import mapping
from systems.past.columns import comparable_row
from systems.past.reading import open_source
from systems.past.running import Run
from systems.past.writing import Outcome
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play

#: Words that make trouble in one or the other kind of file.
AWKWARD = (
    '=SUM(A1:A9) is what the screen shows; "quoted", and a comma,\r\nthen a line\tand a tab. _x000D_ is'
    " no letter. মিটার নষ্ট 🔥 'twas so."
)


def lived(scene: Scene) -> list[Play]:
    """A case of each story that people of the cast can play, all with the department at some time."""
    cast = scene.cast

    def play(**filing: Any) -> Play:
        return Play(scene, **filing).forward()

    lead = play()
    at_work = [
        play(text=text).accept()
        for text in (
            AWKWARD,
            "-1 and +2 is what my meter shows at home.",
            "'quoted' from the start",
        )
    ]
    stories = [
        play(),
        play(named=False),
        *at_work,
        play().send_back(),
        play().send_back(whose=cast.rival_ministry).forward(),
        play().send_back().forward().send_back().rule(),
        play().pass_down(),
        play().accept().assign("case_officer").note().message(),
        play().accept().ask(),
        play().accept().ask().reply().answer(),
        play().accept().answer().confirm(rating=4),
        play().accept().answer(outcome="partly", cause="staff").dispute().answer().confirm(),
        play().accept().answer().appeal(),
        play().accept().answer().appeal().uphold(),
        play().accept().answer().appeal().dismiss(),
        play().accept().answer().appeal().testify().investigate().report().recommend().uphold(),
        play().accept().answer().appeal().testify().note(by="ministry_focal"),
        play().accept().answer().appeal().guide().set_hearing(),
        play().accept().answer().appeal().set_hearing().move_hearing().call_off_hearing().dismiss(),
        play().accept().answer().appeal().investigate().end_investigation().uphold(),
        play().accept().answer().appeal().recommend().uphold().follow(),
        play().accept().answer().appeal().testify(by="focal").dismiss(),
        play().accept().answer().confirm().reopen(),
        play().merge(lead),
        play().merge(lead).separate(),
        play(publish_consent=True).accept().publish(),
        play(publish_consent=True).accept().publish().unpublish(),
        play().accept().mark_sensitive(),
        play().accept().mark_sensitive().clear_sensitive(),
        play(about_official=False).accept().withdraw(),
        play().accept().withdraw().call_back(),
        play().accept().about(user_id=cast.rival_focal.pk),
        lead,
    ]
    stories[2].break_seal()
    return stories


def later(scene: Scene, clock: Any, days: int) -> None:
    """So many days later the sweep has looked at everything."""
    clock.move_to(SUNDAY + timedelta(days=days))
    sweep()


def rows(office: Office, actor: Actor | None = None) -> dict[str, dict[str, Any]]:
    """The rows of an export by number."""
    return {one.row["number"]: one.row for one in Rows(Owned(office, actor))}


def written(folder: Path, office: Office, form: str, actor: Actor | None = None) -> Path:
    """An export as a file."""
    path = folder / f"everything.{form}"
    with path.open("w+b") as out:
        make(Owned(office, actor), Form(form), out, lambda _done, _whole: None)
    return path


def brought(path: Path, source: str) -> list[Outcome]:
    """What became of each of its rows."""
    by = mapping.ours(source, ZoneInfo("Asia/Dhaka"), publish=True)
    run = Run(open_source(path), by, "0" * 64)
    return [outcome for batch in run.batches() for outcome in batch]


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Columns that are not the same, of rows by number."""
    found = []
    for number in before:
        old, new = comparable_row(before[number]), comparable_row(after[number])
        names = sorted({*old, *new})
        found += [
            (name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)
        ]
    return found


def not_the_same(folder: Path, office: Office, form: str, *, source: str) -> list[Any]:
    """What is doubtful, or not as it was, when an export is brought in and all is exported again."""
    before = rows(office)
    outcomes = brought(written(folder, office, form), source)
    known, after = numbers(source), rows(office)
    lost = sorted(set(before) - set(known))
    found = {old: after[new] for old, new in known.items() if new in after}
    gone = sorted(set(known) - set(found))
    there = {number: row for number, row in before.items() if number in found}
    doubts = [(one.judged.external_id, one.doubts) for one in outcomes if one.doubts]
    return [*doubts, *lost, *gone, *differences(there, found)]


def numbers(source: str) -> dict[str, str]:
    """By the number that a case had before: the one that it has here."""
    made = Reference.objects.filter(source=source).select_related("case")
    return {row.external_id: row.case.number for row in made}
