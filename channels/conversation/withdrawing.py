"""WITHDRAW and KEEP: giving up a case takes its second secret; keeping it after all takes little."""

from datetime import datetime, timedelta

from accounts.actors import Actor
from channels import grammar
from channels.conversation.talk import Talk
from channels.grammar import Read, Word
from complaints import limits
from complaints.clocks import Kind
from complaints.errors import NoSuchCase, Refused, TooMany
from complaints.models import Case, Clock
from complaints.proofs import check_secret
from complaints.services import correspondence, links, withdrawing

#: The question whether somebody pressed is answered in this time, or nothing is withdrawn.
PATIENCE = timedelta(hours=1)
#: Letters from which on an answer that is neither yes nor no tells of the pressure.
TELLS = 10


def begin(talk: Talk, read: Read) -> None:
    """Prove the case by its second secret, then ask whether somebody pressed."""
    proved = _prove(talk, *grammar.number_and_secret(read.rest or read.digits))
    if proved is None:
        return
    case, withdraws = proved
    talk.is_about(case)
    if not withdraws:
        talk.say("chat_other_secret", case=case)
    elif case.withdrawal_pending:
        _say_until(talk, case)
    elif not case.is_open:
        talk.say("chat_not_now", case=case)
    elif talk.channel.talks:
        talk.kept = {"case": case.number, "at": talk.now.isoformat(), "proof": _proof(case)}
        talk.ask("pressed", "chat_pressed", case=case)
    else:
        # Where nothing is asked back, the notice leads to a page on which it can be said.
        _withdraw(talk, case, is_pressed=False)


def _prove(talk: Talk, number: str, secret: str) -> tuple[Case, bool] | None:
    """The case, and whether the secret was the one to withdraw; what is wrong is said."""
    if not (number and secret):
        talk.say("chat_withdraw_how")
        return None
    try:
        return check_secret(number, secret, _guesser(talk))
    except NoSuchCase:
        talk.say("chat_no_case")
    except TooMany:
        talk.say("chat_too_many")
    return None


def _proof(case: Case) -> str:
    """What was proved: it dies with the secret, as a proof in a browser does."""
    return case.withdrawal_hash[:16]


def _guesser(talk: Talk) -> str:
    return f"{talk.handle.channel}:{talk.handle.pk}"


def pressed(talk: Talk, read: Read) -> bool:
    """The answer to whether somebody pressed: yes, no, or how.

    False if it came too late, or the secret was replaced since.
    """
    asked_at = datetime.fromisoformat(str(talk.kept["at"]))
    case = Case.objects.filter(number=talk.kept["case"]).first()
    is_proved = case is not None and talk.kept.get("proof") == _proof(case)
    if case is None or not is_proved or talk.now >= asked_at + PATIENCE:
        talk.forget()
        return False
    said = grammar.yes_or_no(talk.text)
    if said is None and grammar.letters(talk.text) < TELLS:
        talk.ask("pressed", "chat_pressed", case=case)
        return True
    talk.forget()
    told = talk.text if said is None else read.rest if read.word == Word.YES else ""
    text = told if grammar.letters(told) >= TELLS else ""
    _withdraw(talk, case, is_pressed=said is not False, text=text)
    return True


def _withdraw(talk: Talk, case: Case, *, is_pressed: bool, text: str = "") -> None:
    actor = _citizen(talk, case, withdraws=True)
    try:
        withdrawing.withdraw(actor=actor, number=case.number, pressured=is_pressed, text=text)
    except Refused:
        talk.say("chat_not_now", case=case)
        return
    # Their own case sends its news here anyway.
    if not correspondence.belongs(talk.handle, case):
        _say_until(talk, case)


def _say_until(talk: Talk, case: Case) -> None:
    clock = Clock.objects.filter(case=case, kind=Kind.WITHDRAWAL, stopped_at=None).first()
    talk.say("chat_withdrawing", case=case, due=clock.due_at.isoformat() if clock else "")


def keep(talk: Talk, read: Read) -> None:
    """The case goes on after all: with either secret; or from where its news goes, with the digits of
    the message where anybody can pretend to be the sender.
    """
    number, secret = grammar.number_and_secret(read.rest or read.digits)
    if number and secret:
        proved = _prove(talk, number, secret)
        if proved is not None:
            _keep(talk, proved[0])
        return
    cases = correspondence.open_cases(talk.handle)
    cases += correspondence.cases_with_this_contact(talk.handle)
    pending = [case for case in cases if case.withdrawal_pending]
    if number:
        pending = [case for case in pending if case.number == number]
    if not pending:
        talk.say("chat_nothing_to_keep")
    elif talk.channel.proves_sender and talk.handle.pk:
        _keep(talk, pending[0])
    else:
        _keep_by_digits(talk, pending, read.digits)


def _keep_by_digits(talk: Talk, pending: list[Case], digits: str) -> None:
    """The one of these whose message had these digits; wrong ones are counted."""
    for case in pending:
        if limits.guessed_too_often(_guesser(talk), case.number):
            talk.say("chat_too_many")
            return
    clocks = Clock.objects.filter(case__in=pending, kind=Kind.WITHDRAWAL, stopped_at=None)
    for clock in clocks.select_related("case"):
        if limits.digits_tried(clock.pk) < limits.DIGITS_A_QUESTION:
            if links.code_matches(clock, digits[:4]):
                _keep(talk, clock.case)
                return
            limits.count_digits(clock.pk)
    limits.count_guess(_guesser(talk), pending[0].number)
    talk.say("chat_keep_digits")


def _keep(talk: Talk, case: Case) -> None:
    talk.is_about(case)
    try:
        withdrawing.call_back(actor=_citizen(talk, case), number=case.number)
    except Refused:
        talk.say("chat_not_now", case=case)
        return
    if not correspondence.belongs(talk.handle, case):
        talk.say("chat_kept", case=case)


def _citizen(talk: Talk, case: Case, *, withdraws: bool = False) -> Actor:
    return Actor(
        kind="citizen",
        case_id=case.pk,
        withdrawal_proved=withdraws,
        channel=talk.handle.channel,
        language=talk.language,
    )
