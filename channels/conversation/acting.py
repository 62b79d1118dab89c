"""What somebody's words do to their case: a reply, a message, a yes or a no."""

from django.conf import settings

from channels import grammar
from channels.conversation import filing
from channels.conversation.talk import Talk, without_words
from channels.grammar import Read, Word
from complaints import limits
from complaints.clocks import Kind
from complaints.errors import Invalid, Refused
from complaints.models import Case, Clock
from complaints.models.case import Status
from complaints.services import answering, casework, correspondence, links
from complaints.submission import MAX_CHARACTERS

#: A reason shorter than this is asked for once more.
LEAST_REASON = 3


def words_to(talk: Talk, case: Case, text: str, files: tuple[str, ...] = ()) -> None:
    """Bring somebody's words to their case: what they mean depends on where it stands.

    Raises nothing: what the case does not take now is said.
    """
    talk.is_about(case)
    text = correspondence.without_secrets(case, text)
    read = grammar.read(text)
    if case.status == Status.ANSWERED and read.word in (Word.YES, Word.NO) and not files:
        verdict(talk, case, read)
        return
    actor = correspondence.citizen(talk.handle, case, talk.language)
    said, first = text[:MAX_CHARACTERS] or without_words(talk), files[: settings.FILES_A_MOVE]
    try:
        if case.status == Status.WAITING:
            answering.reply(actor=actor, number=case.number, text=said, files=first)
        else:
            casework.message(actor=actor, number=case.number, text=said, files=first)
        filing.send_after(talk, case, text, files)
    except Invalid:
        talk.say("chat_help")
        return
    except Refused:
        talk.say("chat_not_now", case=case)
        return
    talk.say("chat_added", case=case)


def verdict(talk: Talk, case: Case, read: Read) -> None:
    """Yes or no to an answer. By a channel where anybody can pretend to be the sender, a yes needs
    the digits that were sent with the question; a no closes nothing and needs none.
    """
    if read.word == Word.NO:
        _not_solved(talk, case, read.rest)
        return
    digits = read.digits
    if not talk.channel.proves_sender:
        if not _code_fits(talk, case, digits[:4]):
            talk.say("chat_wrong_digits", case=case)
            return
        digits = digits[4:]
    mark = grammar.mark_in(digits)
    if mark is None:
        talk.kept = {"case": case.number}
        talk.ask("mark", "chat_mark", case=case)
    else:
        _solved(talk, case, mark)


def _code_fits(talk: Talk, case: Case, code: str) -> bool:
    """Whether these are the digits of the question; so many wrong ones an hour are looked at."""
    who = f"{talk.handle.channel}:{talk.handle.pk}"
    if limits.guessed_too_often(who, case.number):
        return False
    if not is_code_of(case, code):
        limits.count_guess(who, case.number)
        return False
    return True


def is_code_of(case: Case, code: str) -> bool:
    """Whether these are the digits that were sent with the question whether the case is solved."""
    clock = Clock.objects.filter(case=case, kind=Kind.CONFIRM, stopped_at=None).first()
    return clock is not None and links.is_open(clock) and links.code_matches(clock, code)


def mark(talk: Talk, read: Read) -> bool:
    """The answer to how well it was handled; False if it is none."""
    chosen = grammar.choice_in(talk.text, 5)
    case = _case_of(talk)
    if chosen is None or case is None:
        talk.forget()
        return False
    talk.forget()
    _solved(talk, case, chosen)
    return True


def why(talk: Talk, read: Read) -> bool:
    """The answer to what is still wrong; False if the case is no longer there for it."""
    case = _case_of(talk)
    talk.forget()
    if case is None or not talk.text:
        return False
    _not_solved(talk, case, talk.text)
    return True


def _case_of(talk: Talk) -> Case | None:
    """The case of a question that was asked; whose it is was settled then."""
    number = talk.kept.get("case", "")
    return Case.objects.filter(number=number, status=Status.ANSWERED).first()


def _solved(talk: Talk, case: Case, rating: int) -> None:
    talk.is_about(case)
    actor = correspondence.citizen(talk.handle, case, talk.language)
    try:
        answering.confirm(actor=actor, number=case.number, rating=rating)
    except Refused:
        talk.say("chat_not_now", case=case)
        return
    talk.say("chat_thanks", case=case)


def _not_solved(talk: Talk, case: Case, reason: str) -> None:
    talk.is_about(case)
    if grammar.letters(reason) < LEAST_REASON:
        talk.kept = {"case": case.number}
        talk.ask("why", "chat_why", case=case)
        return
    actor = correspondence.citizen(talk.handle, case, talk.language)
    reason = correspondence.without_secrets(case, reason)
    try:
        answering.dispute(actor=actor, number=case.number, reason=reason)
    except Refused:
        talk.say("chat_not_now", case=case)
        return
    talk.say("chat_disputed", case=case)
