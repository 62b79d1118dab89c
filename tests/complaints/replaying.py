"""Stories of the synthetic load played again through the real services, step by step at the same moments.

The oracle of `complaints.load`: what the services leave behind is what the load has to write.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from accounts.actors import Actor
from accounts.models import User
from agencies import snapshot
from agencies.models import Office
from agencies.selectors import actor_for
from complaints import moment
from complaints.load.country import Country
from complaints.load.life import Manner, Story
from complaints.load.making import write
from complaints.load.plans import Burst, Plan, Planner, Wanted
from complaints.load.stage import Filing, Stage
from complaints.load.telling import tell
from complaints.load.writing import Sheet
from complaints.models import Case, Clock, Contact, Event, Notice
from complaints.services import answering, appeals, casework, intake, publishing, withdrawing
from complaints.services.escalation import sweep
from complaints.submission import Submission

#: By the sweep, and with the filing.
BY_ITSELF = ("escalate", "told", "lapse", "time_out", "withdrawn")
#: What each case has of its own, and the words of whoever filed.
OWN = {
    *("id", "case_id", "event_id", "clock_id", "filed_event_id", "number", "hash", "prev_hash"),
    *("salt", "commitment", "text", "text_salt", "secret_hash", "withdrawal_hash", "last_hash"),
    # Told in summaries, which wait for office hours.
    "told_at",
    # The router's own words; and of what is erased at night only the time.
    *("ruleset", "version", "decision", "confidence", "suggested", "desk_because"),
}
SECONDS = re.compile(r":\d\d(?:\.\d+)?Z")
#: Every table of this room that refers to a case, whatever the load thinks that there are; but for other
#: cases, notices (a load tells nobody) and contacts (its people are anonymous).
TABLES = [
    relation.related_model
    for relation in Case._meta.get_fields(include_hidden=True)
    if relation.auto_created
    and not relation.concrete
    and relation.related_model._meta.app_label == "complaints"
    and relation.related_model not in (Case, Notice, Contact)
]


@dataclass
class Load:
    """Makes synthetic cases by hand, one story each."""

    country: Country
    seed: int = 7

    @classmethod
    def of(cls, code: str = "bd") -> "Load":
        """For the registry there is."""
        return cls(Country(snapshot.current(code), 7))

    def make(
        self,
        story: Story,
        holder: Office,
        filing: Filing,
        *,
        number: int = 1,
        seed: int = 1,
        manner: Manner | None = None,
    ) -> Case:
        """A case (the last of several) in which the story happened, written by COPY."""
        now, shape = moment.now(), self.country.shape_of(self.country.offices[holder.pk])
        shape = replace(shape, manner=manner or shape.manner)
        last = Case.objects.order_by("pk").values_list("pk", flat=True).last() or 0
        wanted = Wanted(number, self.seed, 1, last + 1000, now)
        planner, rng = Planner(self.country, wanted), Random(seed)
        stage = Stage(self.country.registry, shape, filing, now, rng)
        sheets = [Sheet(tell(stage, story.moves), rng)] * number
        if "merge" in story.moves:
            lead = Stage(self.country.registry, shape, filing, now, rng)
            sheets[0] = Sheet(tell(lead, ("forward",)), rng)
        # A burst is with one office; so is this.
        seat = self.country.at(holder.pk)
        with_holder = Burst(holder.pk, self.country.draw_category(seat, rng))
        plan = Plan(wanted.first, sheets, [seat], filing.language, with_holder, rng)
        write(planner, [plan])
        return Case.objects.get(pk=wanted.first + number - 1)


class Replay:
    """A synthetic case once more, by the services."""

    def __init__(self, made: Case, words: dict[str, str]) -> None:
        """`words` are those by which the router knows an office, by its code."""
        self.made, self.words = made, words
        self.steps = list(
            Event.objects.filter(case=made).select_related("statement").order_by("seq")
        )
        self.number = ""

    def play(self) -> Case:
        """File and make every move at its moment; the sweep runs between them when it has something to do."""
        for event in self.steps:
            if event.move in BY_ITSELF or event.party == "router":
                continue
            self._sweep_until(event.recorded_at)
            with moment.as_if(event.recorded_at):
                if event.move == "submit":
                    self._file(event)
                else:
                    self._move(event)
        self._sweep_until(moment.now())
        return self.case

    @property
    def case(self) -> Case:
        """The case that the services made."""
        return Case.objects.get(number=self.number)

    def _sweep_until(self, until: datetime) -> None:
        while self.number:
            open_ones = Clock.objects.filter(case=self.case, stopped_at=None)
            first = open_ones.exclude(next_at=None).order_by("next_at").first()
            if first is None or first.next_at is None or first.next_at >= until:
                return
            # The load sweeps what ends at an odd moment with the next full hour.
            at = first.next_at
            if at.second or at.microsecond:
                at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
            sweep(at=at + timedelta(seconds=30))

    def _file(self, event: Event) -> None:
        made = self.made
        forwarded = next((e.data["office"] for e in self.steps if e.party == "router"), "")
        word = self.words.get(forwarded, "nothing")
        actor = Actor(kind="citizen", channel=made.channel)
        if event.actor_id is not None:
            user = User.objects.get(pk=event.actor_id or 0)
            actor = actor_for(user, channel=made.channel)
        receipt = intake.submit(
            actor=actor,
            submission=Submission(
                text=f"This is about {word} and the like.",
                kind=made.kind,
                category=made.category.code if made.category else "",
                place=made.place.code if made.place else "",
                language=made.language,
                about_official=made.sensitive,
                share_contact=made.share_contact,
                publish_consent=made.publish_consent,
            ),
        )
        self.number = receipt.number

    def _move(self, event: Event) -> None:
        statement = getattr(event, "statement", None)
        said: dict[str, str] = statement.body if statement else {}
        call, parts = CALLS[event.move](event.data, said, self)
        call(actor=self._actor(event), number=self.number, **parts)

    def _actor(self, event: Event) -> Actor:
        if event.party == "citizen":
            return Actor(kind="citizen", case_id=self.case.pk, withdrawal_proved=True)
        return actor_for(User.objects.get(pk=event.actor_id or 0))


def _office(code: str) -> Office | None:
    return Office.objects.select_related("agency").filter(code=code).first()


def _lead(replay: Replay) -> str:
    """Another case that the services made, to be joined with."""
    lead = intake.submit(
        actor=Actor(kind="citizen"), submission=Submission(text="The same thing.", language="en")
    )
    return lead.number


Call = Callable[[dict[str, Any], dict[str, str], Replay], tuple[Callable[..., Any], dict[str, Any]]]
CALLS: dict[str, Call] = {
    "forward": lambda data, said, _r: (
        casework.forward,
        {"office": _office(data["meant"]), "reason": said["text"]},
    ),
    "rule": lambda data, said, _r: (
        casework.rule,
        {"office": _office(data["meant"]), "reason": said["text"]},
    ),
    "decline": lambda _d, said, _r: (
        casework.decline,
        {"reason": said["text"], "where_to": said["where_to"]},
    ),
    "merge": lambda _d, _s, replay: (casework.merge, {"lead": _lead(replay)}),
    "accept": lambda data, _s, _r: (
        casework.accept,
        {"case_officer": User.objects.get(pk=data["case_officer"])},
    ),
    "return": lambda data, said, _r: (
        casework.return_case,
        {"reason": said["text"], "whose": _office(data["whose"])},
    ),
    "pass_down": lambda data, said, _r: (
        casework.pass_down,
        {"office": _office(data["office"]), "reason": said["text"]},
    ),
    "ask": lambda _d, said, _r: (casework.ask, {"text": said["text"]}),
    "reply": lambda _d, said, _r: (answering.reply, {"text": said["text"]}),
    "answer": lambda data, said, _r: (answering.answer, {**data, **said}),
    "confirm": lambda data, said, _r: (
        answering.confirm,
        {"rating": data.get("rating"), "comment": said.get("text", "")},
    ),
    "dispute": lambda _d, said, _r: (answering.dispute, {"reason": said["text"]}),
    "appeal": lambda _d, said, _r: (appeals.appeal, {"grounds": said["text"]}),
    "uphold": lambda _d, said, _r: (appeals.uphold, {"reason": said["text"]}),
    "dismiss": lambda _d, said, _r: (appeals.dismiss, {"reason": said["text"]}),
    "reopen": lambda _d, said, _r: (appeals.reopen, {"reason": said["text"]}),
    "withdraw": lambda _d, _s, _r: (withdrawing.withdraw, {}),
    "publish": lambda _d, _s, replay: (
        publishing.publish,
        {"public_text": replay.made.public_text},
    ),
}


def rows_of(case: Case) -> dict[str, Any]:
    """All rows of a case, table by table, without what each case has of its own; moments to the minute."""
    found: dict[str, Any] = {"Case": _plain(case, case)}
    for table in TABLES:
        rows = table.objects.filter(case=case).order_by("id")
        found[table.__name__] = [_plain(row, case) for row in rows]
    return found


def _plain(row: Any, case: Case) -> dict[str, Any]:
    names = [field.attname for field in row._meta.concrete_fields]
    return {name: _value(getattr(row, name), case) for name in names if name not in OWN}


def _value(value: Any, case: Case) -> Any:
    if isinstance(value, datetime):
        return value.replace(second=0, microsecond=0)
    if isinstance(value, dict):
        kept = {
            k: v for k, v in value.items() if k not in ("ruleset", "version", "confidence", "lead")
        }
        return {k: _value(v, case) for k, v in kept.items() if k != "lead_id"}
    if isinstance(value, list):
        # The clocks that an event fixes come in the order in which the database gave them.
        return sorted((_value(one, case) for one in value), key=repr)
    if isinstance(value, str):
        return SECONDS.sub("Z", value)
    return "lead" if value is not None and value == case.lead_id else value
