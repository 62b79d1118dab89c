"""One complaint played through: each verb is a move, made by whoever makes it in the usual course.

`by` names another of the cast ("desk", "head", "overseer" ...). Verbs return the play, so that a test
says how a case came to where it is: `Play(scene).forward().accept().answer()`.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.actors import Actor
from agencies.models import Office
from complaints import moment
from complaints.errors import Refused
from complaints.models import Case, Clock, Escalation, Event, Notice
from complaints.selectors import CaseFile, find_case
from complaints.services import (
    answering,
    appeals,
    casework,
    files,
    hearings,
    identity,
    investigations,
    publishing,
    recommendations,
    withdrawing,
)
from complaints.services.escalation import sweep
from complaints.submission import Whom
from tests.complaints.conftest import SUNDAY, Scene


@contextmanager
def refused(code: str) -> Iterator[None]:
    """What happens inside is refused for this reason."""
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code == code


class Play:
    """A complaint and the people around it. It is filed by a named citizen unless told otherwise."""

    def __init__(self, scene: Scene, *, named: bool = True, **filing: Any) -> None:
        self.scene, self.cast = scene, scene.cast
        self.receipt = scene.file_named(**filing) if named else scene.file(**filing)
        self.number = self.receipt.number

    # --- Reading ------------------------------------------------------------------------------

    @property
    def case(self) -> Case:
        """The case as it is in the database now."""
        return self.scene.case(self.receipt)

    @property
    def state(self) -> str:
        """State, and how it ended: "closed: merged"."""
        case = self.case
        return f"{case.status}: {case.ending}" if case.ending else case.status

    @property
    def holder(self) -> str:
        """The code of the office that has it; empty for the desk."""
        holder = self.case.holder
        return holder.code if holder else ""

    def clock(self, kind: str) -> Clock:
        """The newest clock of a kind."""
        return Clock.objects.filter(case=self.case, kind=kind).latest("id")

    @property
    def running(self) -> set[str]:
        """The kinds of the open clocks."""
        return set(
            Clock.objects.filter(case=self.case, stopped_at=None).values_list("kind", flat=True)
        )

    @property
    def moves(self) -> list[str]:
        """The moves made, in order."""
        return list(
            Event.objects.filter(case=self.case).order_by("seq").values_list("move", flat=True)
        )

    @property
    def last(self) -> Event:
        """The newest event."""
        return Event.objects.filter(case=self.case).latest("seq")

    def told(self, template: str) -> set[str]:
        """Who was told of something: names of users, codes of offices, "citizen"."""
        rows = Notice.objects.filter(case=self.case, template=template)
        return {
            row.user.name if row.user else row.office.code if row.office else "citizen"
            for row in rows.select_related("user", "office")
        }

    def heard(self) -> list[str]:
        """What this case's citizen was told, in order."""
        rows = Notice.objects.filter(contact__case=self.case).order_by("id")
        return list(rows.values_list("template", flat=True))

    def levels(self, kind: str) -> list[int]:
        """How far a clock has climbed the ladder."""
        rows = Escalation.objects.filter(case=self.case, clock__kind=kind).order_by("level")
        return list(rows.values_list("level", flat=True))

    def actor(self, who: str) -> Actor:
        """One of the cast, or "citizen", or "withdrawing" (the citizen with the other secret)."""
        if who in ("citizen", "withdrawing"):
            return self.scene.citizen(self.receipt, withdraws=who == "withdrawing")
        return self.scene.actor(getattr(self.cast, who))

    def sees(self, who: str) -> bool:
        """Whether somebody may see the case."""
        return find_case(self.actor(who), self.number) is not None

    def file_for(self, who: str) -> CaseFile:
        """The case as somebody reads it."""
        actor = self.actor(who)
        case = find_case(actor, self.number)
        assert case is not None, f"{who} does not see {self.number}"
        return CaseFile(case, actor)

    def may(self, who: str) -> list[str]:
        """The moves that somebody is offered."""
        return self.file_for(who).moves

    # --- Moving -------------------------------------------------------------------------------

    def _as(self, who: str) -> dict[str, Any]:
        return {"actor": self.actor(who), "number": self.number}

    def forward(self, to: Office | None = None, by: str = "desk") -> "Play":
        office = to or self.cast.department
        casework.forward(**self._as(by), office=office, reason="They are responsible")
        return self

    def decline(self, by: str = "desk") -> "Play":
        casework.decline(**self._as(by), reason="A matter for a court", where_to="The court")
        return self

    def accept(self, officer: str = "case_officer", by: str = "focal") -> "Play":
        casework.accept(**self._as(by), case_officer=getattr(self.cast, officer))
        return self

    def assign(self, officer: str, by: str = "focal") -> "Play":
        casework.assign(**self._as(by), case_officer=getattr(self.cast, officer))
        return self

    def ask(self, by: str = "case_officer") -> "Play":
        casework.ask(**self._as(by), text="Which meter is it?")
        return self

    def reply(self) -> "Play":
        answering.reply(**self._as("citizen"), text="The left one.")
        return self

    def send_back(self, by: str = "focal", whose: Office | None = None) -> "Play":
        casework.return_case(**self._as(by), reason="Not ours at all", whose=whose)
        return self

    def rule(self, to: Office | None = None, by: str = "overseer") -> "Play":
        casework.rule(**self._as(by), office=to or self.cast.department, reason="It is theirs")
        return self

    def pass_down(self, to: Office | None = None, by: str = "focal") -> "Play":
        office = to or self.cast.district_office
        casework.pass_down(**self._as(by), office=office, reason="In their district")
        return self

    def answer(self, by: str = "case_officer", **parts: Any) -> "Play":
        said = {
            "outcome": "resolved",
            "text": "The meter was changed.",
            "evidence": "Photo",
            "cause": "system",
        }
        answering.answer(**self._as(by), **(said | parts))
        return self

    def confirm(self, rating: int = 5) -> "Play":
        answering.confirm(**self._as("citizen"), rating=rating)
        return self

    def dispute(self) -> "Play":
        answering.dispute(**self._as("citizen"), reason="It is as wrong as before")
        return self

    def appeal(self, by: str = "citizen") -> "Play":
        appeals.appeal(**self._as(by), grounds="Nobody came to look at it at all.")
        return self

    def uphold(self, by: str = "ministry_focal") -> "Play":
        appeals.uphold(**self._as(by), reason="The office has to look at it again.")
        return self

    def dismiss(self, by: str = "ministry_focal") -> "Play":
        appeals.dismiss(**self._as(by), reason="The office did what it could do.")
        return self

    def set_hearing(
        self,
        at: datetime | None = None,
        by: str = "ministry_focal",
        invited: tuple[str, ...] = ("citizen", "office"),
    ) -> "Play":
        at = at or moment.now() + timedelta(days=7)
        said: dict[str, Any] = {
            "place": "Room 12, Ministry of Power",
            "text": "Bring the bill, please.",
        }
        hearings.set_hearing(**self._as(by), at=at, invited=invited, **said)
        return self

    def move_hearing(self, at: datetime | None = None, by: str = "ministry_focal") -> "Play":
        at = at or moment.now() + timedelta(days=9)
        said: dict[str, Any] = {
            "place": "Room 14, Ministry of Power",
            "reason": "The room is taken.",
        }
        hearings.move_hearing(**self._as(by), at=at, **said)
        return self

    def call_off_hearing(self, by: str = "ministry_focal") -> "Play":
        hearings.call_off_hearing(**self._as(by), reason="It is not needed any more.")
        return self

    def hold_hearing(
        self, by: str = "ministry_focal", came: tuple[str, ...] = ("citizen",)
    ) -> "Play":
        hearings.hold_hearing(**self._as(by), came=came, text="The citizen showed both bills.")
        return self

    def testify(self, by: str = "citizen", witness: str = "", **parts: Any) -> "Play":
        hearings.give_statement(**self._as(by), text="I saw it myself.", witness=witness, **parts)
        return self

    def investigate(
        self, by: str = "ministry_focal", lead: str = "rival_focal", team: tuple[str, ...] = ()
    ) -> "Play":
        investigations.investigate(
            **self._as(by),
            text="Find out who read the meter.",
            lead=getattr(self.cast, lead),
            team=[getattr(self.cast, name) for name in team],
        )
        return self

    def report(self, by: str = "rival_focal", **parts: Any) -> "Play":
        said = {"text": "Nobody read the meter in May.", "finding": "founded"}
        investigations.report(**self._as(by), **(said | parts))
        return self

    def end_investigation(self, by: str = "ministry_focal") -> "Play":
        investigations.end_investigation(**self._as(by), reason="The bill says it all.")
        return self

    def guide(self, by: str = "ministry_focal") -> "Play":
        recommendations.guide(**self._as(by), text="Read each meter before you bill it.")
        return self

    def recommend(self, to: Office | None = None, by: str = "ministry_focal") -> "Play":
        office = to or self.cast.department
        recommendations.recommend(**self._as(by), office=office, text="Proceed against the reader.")
        return self

    def follow(self, by: str = "head", followed: str = "acted", which: int | None = None) -> "Play":
        said: dict[str, Any] = {"followed": followed, "text": "Proceedings have been opened."}
        recommendations.follow(**self._as(by), recommendation=which, **said)
        return self

    def reopen(self, by: str = "overseer") -> "Play":
        appeals.reopen(**self._as(by), reason="The audit found it unsolved.")
        return self

    def merge(self, lead: "Play", by: str = "desk") -> "Play":
        casework.merge(**self._as(by), lead=lead.number)
        return self

    def separate(self) -> "Play":
        answering.separate(**self._as("citizen"))
        return self

    def withdraw(self, *, pressured: bool = False, by: str = "withdrawing") -> "Play":
        withdrawing.withdraw(**self._as(by), pressured=pressured)
        return self

    def call_back(self, by: str = "citizen") -> "Play":
        withdrawing.call_back(**self._as(by))
        return self

    def message(self, by: str = "citizen") -> "Play":
        casework.message(**self._as(by), text="Is there any news?")
        return self

    def note(self, by: str = "case_officer") -> "Play":
        casework.note(**self._as(by), text="Ask the store first.")
        return self

    def publish(self, by: str = "desk") -> "Play":
        publishing.publish(**self._as(by), public_text="A meter shows a wrong number.")
        return self

    def unpublish(self, by: str = "desk") -> "Play":
        publishing.unpublish(**self._as(by))
        return self

    def mark_sensitive(self, by: str = "citizen") -> "Play":
        answering.mark_sensitive(**self._as(by))
        return self

    def clear_sensitive(self, by: str = "overseer") -> "Play":
        answering.clear_sensitive(**self._as(by), reason="It is about a broken meter")
        return self

    def about(self, *, by: str = "desk", **whom: Any) -> "Play":
        """Link a respondent: `user_id`, or `office_id` and `role`."""
        answering.link_respondent(**self._as(by), respondent=Whom(**whom))
        return self

    def break_seal(self, by: str = "case_officer", reason: str = "To visit the house") -> Any:
        """The contact, as the officer is shown it."""
        return identity.break_seal(**self._as(by), reason=reason)[1]

    def photo(self, who: str) -> str:
        """The key of a photo that somebody has just uploaded."""
        picture = io.BytesIO()
        Image.new("RGB", (4, 3)).save(picture, "JPEG")
        upload = SimpleUploadedFile("meter.jpg", picture.getvalue())
        return str(files.store(actor=self.actor(who), upload=upload).key)

    # --- Time ---------------------------------------------------------------------------------

    def sweep(self) -> "Play":
        sweep()
        return self


def day(number: int, hour: int = 10) -> datetime:
    """So many days after the Sunday of the scene, at an hour in Dhaka."""
    midnight = SUNDAY - timedelta(hours=10)
    return midnight + timedelta(days=number, hours=hour)


def end_of_day(number: int) -> datetime:
    """Midnight at the end of the day that is so many days after the Sunday of the scene."""
    return day(number + 1, 0)
