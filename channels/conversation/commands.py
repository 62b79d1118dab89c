"""Words that ask the portal for something: HELP, STATUS, NEW, CANCEL, STOP, START, WITHDRAW, KEEP."""

from collections.abc import Callable
from typing import Any

from channels import grammar
from channels.conversation import filing, withdrawing
from channels.conversation.talk import Talk
from channels.grammar import Read, Word
from complaints.clocks import Kind
from complaints.errors import NoSuchCase, TooMany
from complaints.in_hands import hands_of
from complaints.models import Case, Clock
from complaints.proofs import check_secret
from complaints.selectors import find_case
from complaints.services import correspondence
from complaints.workflow import CITIZEN_WORDS, State

#: A letter that begins with such a word and has more behind it was not meant as a command.
MOST_LETTERS = 30


def obey(talk: Talk, read: Read) -> bool:
    """Do what a word asks for; False if the message is no such word, or is a whole letter."""
    is_letter = not talk.channel.talks and grammar.letters(read.rest) > MOST_LETTERS
    if is_letter and not (read.word == Word.NEW and _is_shouted(talk)):
        return False
    if talk.channel.talks and talk.files and read.word in grammar.ALONE:
        # A photo with "help" below it is a complaint.
        return False
    command = COMMANDS.get(read.word) if read.word else None
    if command is None:
        return False
    command(talk, read)
    return True


def status(talk: Talk, read: Read) -> None:
    """How a case stands: for the secret, or without it for whoever it belongs to and is sure to be.

    Who gives the secret from an account that is surely theirs gets the news of the case there.
    """
    number, secret = grammar.number_and_secret(read.rest or read.digits)
    if number and secret:
        _with_secret(talk, number, secret)
        return
    own = correspondence.own_cases(talk.handle)
    if number and talk.channel.proves_sender:
        own = own.filter(number=number)
    case = own.first() if talk.channel.proves_sender else None
    if case is None:
        talk.say("chat_need_secret")
    else:
        tell(talk, case)


def _with_secret(talk: Talk, number: str, secret: str) -> None:
    try:
        case, _withdraws = check_secret(number, secret, f"{talk.handle.channel}:{talk.handle.pk}")
    except NoSuchCase:
        talk.say("chat_no_case")
        return
    except TooMany:
        talk.say("chat_too_many")
        return
    if talk.channel.proves_sender and not correspondence.is_operators(talk.handle):
        actor = correspondence.citizen(talk.handle, case, talk.language)
        correspondence.join(handle=talk.handle, actor=actor, number=case.number)
    tell(talk, case)


def tell(talk: Talk, case: Case) -> None:
    """How it stands, who has it, and by when it is answered."""
    talk.is_about(case)
    actor = correspondence.citizen(talk.handle, case, talk.language)
    found = find_case(actor, case.number)
    if found is None:
        talk.say("chat_no_case")
        return
    shown = found.followed
    state: dict[str, Any] = {"word": CITIZEN_WORDS[State(shown.status)]}
    if shown.pk != case.pk and state["word"] == "asked":
        # Somebody else was asked.
        state["word"] = "with_agency"
    hands, is_sealed = hands_of(shown), case.sensitive or shown.sensitive
    if hands.office is not None and not is_sealed:
        state["agency"] = hands.office.names
    elif state["word"] == "with_agency":
        state["word"] = "with_overseers" if hands.overseers and not is_sealed else "received"
    due = Clock.objects.filter(case=shown, kind=Kind.RESOLVE, stopped_at=None).first()
    if due is None:
        talk.say("status_closed", case=case, state=state)
    else:
        talk.say("status", case=case, state=state, answer_due=due.due_at.isoformat())


def new(talk: Talk, read: Read) -> None:
    """Another complaint, whatever else is open. Only a NEW in capitals is surely no part of it.

    Alone it may answer the question which case their words are about: they are the new one.
    """
    text = read.rest if _is_shouted(talk) or not grammar.letters(read.rest) else talk.text
    keys = talk.files
    if talk.step == "which_case" and not grammar.letters(text):
        text, keys = str(talk.kept["text"]), (*talk.kept["files"], *keys)
        talk.send_kept()
        talk.forget()
    filing.begin(talk, text, keys)


def _is_shouted(talk: Talk) -> bool:
    return talk.text.split(maxsplit=1)[0].isupper()


def cancel(talk: Talk, read: Read) -> None:
    """What was being put together is dropped."""
    if not talk.step:
        talk.say("chat_nothing_to_cancel")
        return
    talk.forget()
    talk.say("chat_cancelled")


def stop(talk: Talk, read: Read) -> None:
    """No more messages to here. What they were writing waits as it would have without a word more."""
    talk.say("chat_stopped_midway" if filing.set_aside(talk) else "chat_stopped")
    talk.handle.stopped_at = talk.now


def start(talk: Talk, read: Read) -> None:
    """Messages again."""
    talk.handle.stopped_at = None
    talk.say("chat_started")


def offer_help(talk: Talk, read: Read) -> None:
    """What can be written."""
    talk.say("chat_help")


COMMANDS: dict[Word, Callable[[Talk, Read], None]] = {
    Word.HELP: offer_help,
    Word.STATUS: status,
    Word.NEW: new,
    Word.CANCEL: cancel,
    Word.STOP: stop,
    Word.START: start,
    Word.WITHDRAW: withdrawing.begin,
    Word.KEEP: withdrawing.keep,
}
