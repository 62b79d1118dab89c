"""Withdrawing, calling it back, and saying that somebody pressed for it.

All of this is between the citizen and the overseers (`workflow.PRIVATE_MOVES`): whoever pressed somebody
to withdraw must not be able to look whether they did, or whether they thought better of it. The office
works on meanwhile, and is told when a withdrawal has taken effect.
"""

from accounts.actors import Actor
from complaints import clocks
from complaints.models import Case, Statement
from complaints.services.casework import words
from complaints.services.outbox import overseers
from complaints.services.work import Work, at_work


def withdraw(*, actor: Actor, number: str, pressured: bool = False, text: str = "") -> Case:
    """Ask to withdraw; it takes effect in 72 hours and can be called back until then.

    `pressured` and what is said about it (`text`) are for overseers alone.
    """
    with at_work(actor, number) as work:
        work.make("withdraw")
        work.case.withdrawal_pending = True
        due = work.clockwork.open[clocks.Kind.WITHDRAWAL].due_at
        work.outbox.tell_citizen("withdrawal_pending", due=due.isoformat())
        if pressured or text.strip():
            _pressed(work, text)
    return work.case


def call_back(*, actor: Actor, number: str) -> Case:
    """Keep the case after all."""
    with at_work(actor, number) as work:
        work.make("call_back")
        work.case.withdrawal_pending = False
        work.outbox.tell_citizen("withdrawal_called_back")
    return work.case


def say_pressured(*, actor: Actor, number: str, text: str = "") -> Case:
    """Somebody presses the citizen to give up; they may say so at any time, also without words."""
    with at_work(actor, number) as work:
        _pressed(work, text)
    return work.case


def _pressed(work: Work, text: str) -> None:
    said = {"text": words("text", text)} if text.strip() else {}
    work.make("say_pressured", said=said, kind=Statement.Kind.REASON)
    case = work.case
    case.pressured, case.pressure_noted_at = True, None
    work.outbox.tell_people(overseers(case.country), "pressured")


def note_pressure(*, actor: Actor, number: str, text: str, seen: int | None = None) -> Case:
    """An overseer writes down what was done about it; no office ever reads it."""
    text = words("text", text)
    with at_work(actor, number, seen) as work:
        work.make("note_pressure", said={"text": text}, kind=Statement.Kind.NOTE, internal=True)
        work.case.pressure_noted_at = work.now
    return work.case


def write_privately(*, actor: Actor, number: str, text: str, seen: int | None = None) -> Case:
    """An overseer writes to a citizen who was pressed; no office reads it, nor that it was written.

    It reaches those too who gave no contact. Their answer is `say_pressured`.
    """
    text = words("text", text, digits=True)
    with at_work(actor, number, seen) as work:
        work.make("write_privately", said={"text": text})
        work.outbox.tell_citizen("message")
    return work.case
