"""Taking a message: what its words mean, given where the talk stands and which cases are theirs."""

from collections.abc import Callable

from channels import courtesy, grammar
from channels.conversation import acting, commands, filing, mailbox, withdrawing
from channels.conversation.talk import Talk, with_position
from channels.conversation.whose import named, possible
from channels.grammar import Read, Word
from complaints.models import Case
from complaints.models.case import Status
from complaints.services import correspondence, files
from complaints.submission import MIN_LETTERS

MOST_CHOICES = 5
#: What is meant as a word of the grammar, also where it names a case of theirs.
OF_ANY_CASE = (Word.STATUS, Word.NEW, Word.WITHDRAW, Word.KEEP)


def take(talk: Talk) -> None:
    """Do what a message asks for. Everything is written in the transaction of the caller."""
    handle, read = talk.handle, grammar.read(talk.text)
    handle.last_in_at = talk.now
    handle.language = grammar.language_of(talk.text, handle.language, talk.actor.language)
    if read.word != Word.STOP:
        # Whoever writes again wants to be answered again.
        handle.stopped_at = None
    _take(talk, read)
    handle.save(update_fields=["language", "last_in_at", "stopped_at"])
    talk.save()


def _take(talk: Talk, read: Read) -> None:
    """The first that fits: a case that it names or opens, a word of the grammar, the question that was
    asked last, a case of theirs, a new complaint. A public post is always the last of these.
    """
    if talk.incoming.is_public:
        filing.file_post(talk)
        return
    case = named(talk)
    if case is not None and read.word not in OF_ANY_CASE:
        _to_named(talk, case, read)
        return
    if read.word is None and mailbox.take(talk):
        return
    if commands.obey(talk, read):
        if read.word == Word.START and talk.conversation.file_at is not None:
            _go_on(talk)
        return
    if _yes_with_digits(talk, read):
        return
    if talk.step and STEPS[talk.step](talk, read):
        return
    _take_words(talk, read)


def _go_on(talk: Talk) -> None:
    """With what they were writing when they said STOP: what was asked last is asked again."""
    if talk.step == "which_case":
        _ask_which_again(talk)
    else:
        filing.go_on(talk)


def _take_words(talk: Talk, read: Read) -> None:
    """Words that nothing was asked for."""
    case, choices = possible(talk)
    if _is_courtesy(talk):
        _answer_courtesy(talk, choices if case is None else [case])
    elif case is not None:
        acting.words_to(talk, case, talk.text, talk.files)
    elif read.word in (Word.YES, Word.NO) and _answer_to_one(talk, choices, read):
        return
    elif choices:
        which(talk, choices)
    elif talk.text or talk.files or talk.incoming.latitude is not None:
        filing.begin(talk, talk.text, talk.files)


def _to_named(talk: Talk, case: Case, read: Read) -> None:
    """To the case that it names: as the answer to what was just asked about it, else as words to it."""
    asked_about = (talk.kept.get("case"), *talk.kept.get("cases", ()))
    was_asked = bool(talk.step) and case.number in asked_about
    if not (was_asked and STEPS[talk.step](talk, read)):
        acting.words_to(talk, case, talk.text, talk.files)


def _yes_with_digits(talk: Talk, read: Read) -> bool:
    """A yes with the digits of an SMS of ours is about that case, whatever else was asked since; so
    are those digits alone.
    """
    is_yes, is_code = read.word == Word.YES, not grammar.letters(talk.text)
    if not (is_yes or is_code) or len(read.digits) not in (4, 5) or talk.channel.proves_sender:
        return False
    cases = correspondence.open_cases(talk.handle)
    cases += correspondence.cases_with_this_contact(talk.handle)
    answered = [case for case in cases if case.status == Status.ANSWERED]
    asked = [case for case in answered if acting.is_code_of(case, read.digits[:4])]
    for case in asked or answered[: int(is_yes)]:
        acting.verdict(talk, case, f"{Word.YES} {read.digits}", talk.files, is_yes=True)
        return True
    if answered:
        acting.count_wrong(talk, answered[0])
    return False


def _answer_to_one(talk: Talk, choices: list[Case], read: Read) -> bool:
    """A yes or no that names no case: to the one of theirs that waits for it."""
    waiting = [case for case in choices if case.status == Status.ANSWERED]
    if len(waiting) == 1:
        acting.words_to(talk, waiting[0], talk.text, talk.files)
        return True
    if not choices and grammar.letters(read.rest) < MIN_LETTERS:
        talk.say("chat_nothing_asked")
        return True
    return False


def _is_courtesy(talk: Talk) -> bool:
    """Whether it is a greeting or thanks and nothing else, where people talk."""
    return talk.channel.talks and not talk.files and courtesy.is_polite(talk.text)


def _answer_courtesy(talk: Talk, cases: list[Case]) -> None:
    """No complaint, and nothing for an officer to read. Thanks for an answer are asked to be a yes."""
    answered = [case for case in cases if case.status == Status.ANSWERED and not case.sensitive]
    if answered:
        talk.say("chat_answered", case=answered[0])
    elif not courtesy.is_thanks(talk.text):
        talk.say("chat_help" if cases else "chat_write")


# --- Which case? ------------------------------------------------------------------------------


def which(talk: Talk, cases: list[Case]) -> None:
    """Ask which of their cases it is about; what they wrote waits for the answer."""
    cases = cases[:MOST_CHOICES]
    talk.kept = {
        "cases": [case.number for case in cases],
        "text": with_position(talk, talk.text),
        "files": list(talk.files),
    }
    talk.keep_forwarded()
    _ask_which(talk, cases)
    filing.wait_for_answer(talk)


def _ask_which(talk: Talk, cases: list[Case]) -> None:
    if len(cases) == 1:
        talk.ask("which_case", "chat_your_case", case=cases[0])
        return
    numbers = [f"{n}: {case.number}" for n, case in enumerate(cases, 1)]
    talk.ask("which_case", "chat_which_case", numbers=numbers, new="new")


def _ask_which_again(talk: Talk) -> None:
    cases = {case.number: case for case in Case.objects.filter(number__in=talk.kept["cases"])}
    filing.wait_for_answer(talk)
    _ask_which(talk, [cases[number] for number in talk.kept["cases"]])


def which_case(talk: Talk, read: Read) -> bool:
    """One of the cases, or none of them: then it is a new complaint."""
    numbers = talk.kept["cases"]
    chosen = _chosen(talk, numbers)
    if chosen is None:
        # More of the same: it goes where the first of it goes.
        _keep_more(talk)
        if talk.lets_finish():
            return True
        if talk.kept["asked"] < filing.MOST_ASKED:
            _ask_which_again(talk)
            return True
        chosen = 0
    elif courtesy.substance(talk.text) > MIN_LETTERS or talk.files:
        # The number of the case stood in a sentence, or a photo came with the digit.
        _keep_more(talk)
    text, keys = str(talk.kept["text"]), tuple(files.still_loose(talk.kept["files"]))
    talk.send_kept()
    talk.forget()
    case = Case.objects.filter(number=numbers[chosen - 1]).first() if chosen else None
    if case is None:
        filing.begin(talk, text, keys)
    else:
        acting.words_to(talk, case, text, keys)
    return True


def _keep_more(talk: Talk) -> None:
    talk.kept["text"] = f"{talk.kept['text']}\n{with_position(talk, talk.text)}".strip()
    talk.kept["files"] = [*talk.kept["files"], *talk.files]
    talk.keep_forwarded()


def _chosen(talk: Talk, numbers: list[str]) -> int | None:
    """Which one, from 1; 0 for a new complaint; None for no answer."""
    if (number := grammar.number_in(talk.text)) in numbers:
        return numbers.index(number) + 1
    if len(numbers) == 1:
        said = grammar.yes_or_no(talk.text)
        return None if said is None else int(said)
    chosen = grammar.choice_in(talk.text, len(numbers))
    return 0 if grammar.is_zero(talk.text) else chosen


def time_is_over(talk: Talk) -> None:
    """Nothing more came: ask again what their own words have buried, else file what there is."""
    if not talk.kept.get("ask_again"):
        filing.file_unfinished(talk)
    elif talk.step == "which_case":
        _ask_which_again(talk)
    else:
        filing.wait_for_answer(talk)
        talk.ask(talk.step, f"chat_{talk.step}")
    talk.save()


STEPS: dict[str, Callable[[Talk, Read], bool]] = {
    "text": filing.text,
    "official": filing.official,
    "place": filing.place,
    "which_place": filing.which_place,
    "publish": filing.publish,
    "which_case": which_case,
    "mark": acting.mark,
    "why": acting.why,
    "pressed": withdrawing.pressed,
}
