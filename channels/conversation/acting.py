"""What somebody's words do to their case: a reply, a message, a yes or a no."""

from django.conf import settings
from django.db.models import Q

from channels import grammar
from channels.conversation import filing
from channels.conversation.talk import Talk, with_position, without_words
from channels.courtesy import substance
from channels.grammar import Read, Word
from complaints import limits
from complaints.clocks import Kind
from complaints.errors import Invalid, Refused
from complaints.models import Case, Clock
from complaints.models.case import Status
from complaints.services import answering, appeals, casework, correspondence, links
from complaints.services.answering import CONFIRMED
from complaints.submission import MAX_CHARACTERS
from complaints.workflow import Ending

SILENT = Ending.SILENT
#: A reason shorter than this is asked for once more.
LEAST_REASON = 3
#: Letters of what may be an awkward answer to how well it was handled; more is another matter.
MOST_MARK = 30


def words_to(talk: Talk, case: Case, text: str, files: tuple[str, ...] = ()) -> None:
    """Bring somebody's words to their case: what they mean depends on where it stands.

    Raises nothing: what the case does not take now is said.
    """
    talk.is_about(case)
    text = correspondence.without_secrets(case, with_position(talk, text))
    said = grammar.solved(text) if case.status == Status.ANSWERED else None
    if said is not None:
        verdict(talk, case, text, files, is_yes=said)
    elif _is_heard(talk, case, text, files):
        # An "ok" closes nothing, and is nothing for an officer to read: whether it is solved is asked.
        talk.say("chat_answered", case=case)
    elif _send(talk, case, text, files):
        # Words that are neither yes nor no leave it open whether it is solved.
        is_asked = case.status == Status.ANSWERED and not case.sensitive
        talk.say("chat_added_answered" if is_asked else "chat_added", case=case)


def _is_heard(talk: Talk, case: Case, text: str, files: tuple[str, ...]) -> bool:
    is_asked = case.status == Status.ANSWERED and not case.sensitive
    return is_asked and talk.channel.talks and not files and grammar.is_heard(text)


def _send(talk: Talk, case: Case, text: str, files: tuple[str, ...]) -> bool:
    """Reply, or write a message; False if the case does not take it, which is said."""
    actor = talk.citizen_of(case)
    said, first = text[:MAX_CHARACTERS] or without_words(talk), files[: settings.FILES_A_MOVE]
    try:
        if case.status == Status.WAITING:
            answering.reply(actor=actor, number=case.number, text=said, files=first)
        else:
            casework.message(actor=actor, number=case.number, text=said, files=first)
        rest = files[settings.FILES_A_MOVE :]
        filing.send_after(talk, case, text[MAX_CHARACTERS:], rest)
    except Invalid:
        talk.say("chat_help")
        return False
    except Refused:
        talk.say("chat_not_now", case=case)
        return False
    return True


def verdict(talk: Talk, case: Case, text: str, files: tuple[str, ...], *, is_yes: bool) -> None:
    """Yes or no to an answer. By a channel where anybody can pretend to be the sender, a yes needs
    the digits that were sent with the question; a no closes nothing and needs none.
    """
    talk.is_about(case)
    if not is_yes:
        # The whole of it: "No repair was made" says something else than what follows the no.
        _not_solved(talk, case, text, files)
        return
    read = grammar.read(grammar.without_number(text))
    # Without a word it began with a "1", which is none of the digits.
    digits = read.digits if read.word == Word.YES else read.digits[1:]
    if not talk.channel.proves_sender:
        if not _digits_fit(talk, case, digits[:4]):
            return
        digits = digits[4:]
    if files:
        _send(talk, case, "", files)
    # A bare "1" says yes, and no more.
    has_mark = read.word == Word.YES and not substance(read.rest)
    mark = grammar.mark_in(digits) if has_mark else None
    if not _solved(talk, case, mark):
        talk.say("chat_not_now", case=case)
    elif mark is not None:
        talk.say("chat_thanks", case=case)
    else:
        # It is closed with the yes. How well it was handled is asked for afterwards, and may be left.
        talk.kept = {"case": case.number}
        talk.ask("mark", "chat_mark", case=case)


def _digits_fit(talk: Talk, case: Case, code: str) -> bool:
    """Whether these are the digits of the question; if not, that is said.

    So many wrong ones are looked at in an hour from one sender, and so many for one question in all:
    four digits would else be found in the days that it is open.
    """
    clock = _question_of(case)
    if limits.guessed_too_often(_guesser(talk), case.number):
        talk.say("chat_too_many")
    elif clock is None or limits.digits_tried(clock.pk) >= limits.DIGITS_A_QUESTION:
        talk.say("chat_not_now", case=case)
    elif not links.code_matches(clock, code):
        count_wrong(talk, case)
        talk.say("chat_wrong_digits", case=case)
    else:
        return True
    return False


def count_wrong(talk: Talk, case: Case) -> None:
    """Digits came that are not those of the question."""
    limits.count_guess(_guesser(talk), case.number)
    if (clock := _question_of(case)) is not None:
        limits.count_digits(clock.pk)


def _guesser(talk: Talk) -> str:
    return f"{talk.handle.channel}:{talk.handle.pk}"


def _question_of(case: Case) -> Clock | None:
    """The clock of the question whether it is solved, while it runs."""
    clock = Clock.objects.filter(case=case, kind=Kind.CONFIRM, stopped_at=None).first()
    return clock if clock is not None and links.is_open(clock) else None


def is_code_of(case: Case, code: str) -> bool:
    """Whether these are the digits that were sent with the question whether the case is solved."""
    clock = _question_of(case)
    return clock is not None and links.code_matches(clock, code)


def mark(talk: Talk, read: Read) -> bool:
    """The answer to how well it was handled; False if it is none. Asked once more for a digit.

    Whoever thinks better of their yes appeals with it: the case is closed by then.
    """
    chosen, asked = grammar.mark_in(talk.text), talk.kept["asked"]
    case = _case_of(talk)
    if case is not None and grammar.solved(talk.text) is False and chosen is None:
        talk.forget()
        if _is_a_word(read.rest) and not talk.files:
            # "Not good" may be the mark: nothing is appealed against before they say what is wrong.
            _ask_why(talk, case)
        else:
            _not_solved(talk, case, with_position(talk, talk.text), talk.files)
        return True
    is_odd = chosen is None and read.word != Word.NO and not talk.files
    if case is not None and is_odd and asked < filing.MOST_ASKED and _is_short(talk.text):
        talk.ask("mark", "chat_mark_again", case=case)
        return True
    talk.forget()
    if chosen is None or case is None:
        return False
    talk.is_about(case)
    try:
        actor = talk.citizen_of(case)
        answering.rate(actor=actor, number=case.number, rating=chosen)
    except Refused:
        talk.say("chat_not_now", case=case)
    else:
        talk.say("chat_rated", case=case)
    return True


def _is_a_word(text: str) -> bool:
    return sum(bool(substance(word)) for word in text.split()) < 2


def _ask_why(talk: Talk, case: Case) -> None:
    talk.kept = {"case": case.number}
    talk.ask("why", "chat_why", case=case)


def _is_short(text: str) -> bool:
    return grammar.letters(text) <= MOST_MARK


def why(talk: Talk, read: Read) -> bool:
    """The answer to what is still wrong; False if the case is no longer there for it."""
    case = _case_of(talk)
    if case is None:
        talk.forget()
        return False
    if talk.text:
        talk.forget()
        _not_solved(talk, case, with_position(talk, talk.text), talk.files)
    else:
        # A photo or a position alone says something, but not what.
        _send(talk, case, with_position(talk, ""), talk.files)
        talk.ask("why", "chat_why", case=case)
    return True


def _case_of(talk: Talk) -> Case | None:
    """The case of a question that was asked; whose it is was settled then. It may be closed since."""
    stands = Q(status=Status.ANSWERED) | Q(status=Status.CLOSED, ending__in=(*CONFIRMED, SILENT))
    return Case.objects.filter(stands, number=talk.kept.get("case", "")).first()


def _solved(talk: Talk, case: Case, rating: int | None) -> bool:
    """Close it as solved; False if the case does not take that now."""
    talk.is_about(case)
    actor = talk.citizen_of(case)
    try:
        answering.confirm(actor=actor, number=case.number, rating=rating)
    except Refused:
        return False
    return True


def _not_solved(talk: Talk, case: Case, reason: str, files: tuple[str, ...]) -> None:
    talk.is_about(case)
    reason = correspondence.without_secrets(case, reason)
    read = grammar.read(grammar.without_number(reason))
    if substance(read.rest) < LEAST_REASON:
        if files:
            _send(talk, case, "", files)
        _ask_why(talk, case)
        return
    actor = talk.citizen_of(case)
    try:
        if case.status == Status.CLOSED:
            appeals.appeal(actor=actor, number=case.number, grounds=reason[:MAX_CHARACTERS])
        else:
            answering.dispute(actor=actor, number=case.number, reason=reason[:MAX_CHARACTERS])
        filing.send_after(talk, case, reason[MAX_CHARACTERS:], files)
    except Invalid:
        _ask_why(talk, case)
        return
    except Refused:
        talk.say("chat_not_now", case=case)
        return
    clocks = Clock.objects.filter(case=case, stopped_at=None, kind__in=(Kind.RESOLVE, Kind.APPEAL))
    due = clocks.order_by("-id").values_list("due_at", flat=True).first()
    talk.say("chat_disputed", case=case, due=due.isoformat() if due else "")
