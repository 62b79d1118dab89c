"""Taking a message: what its words mean, given where the talk stands and which cases are theirs."""

from collections.abc import Callable

from channels import grammar
from channels.conversation import acting, commands, filing
from channels.conversation.talk import Talk
from channels.conversation.whose import named, possible
from channels.grammar import Read, Word
from complaints.models import Case
from complaints.models.case import Status
from complaints.services import correspondence
from complaints.submission import MIN_LETTERS

MOST_CHOICES = 5


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
    """The first that fits: a case that it names, a word of the grammar, the question that was
    asked last, a case of theirs, a new complaint. A public post is always the last of these.
    """
    if talk.incoming.is_public:
        filing.file_post(talk)
        return
    case = named(talk)
    if case is not None and read.word not in (Word.STATUS, Word.NEW):
        _to_named(talk, case, read)
        return
    if commands.obey(talk, read):
        return
    if _yes_with_digits(talk, read):
        return
    if talk.step and STEPS[talk.step](talk, read):
        return
    case, choices = possible(talk)
    if case is not None:
        acting.words_to(talk, case, talk.text, talk.files)
    elif read.word in (Word.YES, Word.NO) and _answer_to_one(talk, choices, read):
        return
    elif choices:
        which(talk, choices)
    elif talk.text or talk.files or talk.incoming.latitude is not None:
        filing.begin(talk, talk.text, talk.files)


def _to_named(talk: Talk, case: Case, read: Read) -> None:
    """To the case that it names: as the answer to what was just asked about it, else as words to it."""
    was_asked = bool(talk.step) and talk.kept.get("case") == case.number
    if not (was_asked and STEPS[talk.step](talk, read)):
        acting.words_to(talk, case, talk.text, talk.files)


def _yes_with_digits(talk: Talk, read: Read) -> bool:
    """A yes with the digits of an SMS of ours is about that case, whatever else was asked since."""
    if read.word != Word.YES or len(read.digits) not in (4, 5) or talk.channel.proves_sender:
        return False
    cases = correspondence.open_cases(talk.handle)
    cases += correspondence.cases_with_this_contact(talk.handle)
    answered = [case for case in cases if case.status == Status.ANSWERED]
    asked = [case for case in answered if acting.is_code_of(case, read.digits[:4])]
    for case in asked or answered[:1]:
        acting.words_to(talk, case, talk.text)
        return True
    return False


def _answer_to_one(talk: Talk, choices: list[Case], read: Read) -> bool:
    """A yes or no that names no case: to the one of theirs that waits for it."""
    waiting = [case for case in choices if case.status == Status.ANSWERED]
    if len(waiting) == 1:
        acting.words_to(talk, waiting[0], talk.text)
        return True
    if not choices and grammar.letters(read.rest) < MIN_LETTERS:
        talk.say("chat_nothing_asked")
        return True
    return False


# --- Which case? ------------------------------------------------------------------------------


def which(talk: Talk, cases: list[Case]) -> None:
    """Ask which of their cases it is about; what they wrote waits for the answer."""
    cases = cases[:MOST_CHOICES]
    talk.kept = {
        "cases": [case.number for case in cases],
        "text": talk.text,
        "files": list(talk.files),
    }
    _ask_which(talk, cases)
    talk.wait(talk.registry.policy("unfinished_kept", talk.now).amount)


def _ask_which(talk: Talk, cases: list[Case]) -> None:
    if len(cases) == 1:
        talk.ask("which_case", "chat_your_case", case=cases[0])
        return
    numbers = [f"{n}: {case.number}" for n, case in enumerate(cases, 1)]
    talk.ask("which_case", "chat_which_case", numbers=numbers, new="new")


def which_case(talk: Talk, read: Read) -> bool:
    """One of the cases, or none of them: then it is a new complaint."""
    numbers = talk.kept["cases"]
    text, files = str(talk.kept["text"]), tuple(talk.kept["files"])
    chosen = _chosen(talk, read, len(numbers))
    if chosen is None:
        # More of the same: it goes where the first of it goes.
        talk.kept["text"] = f"{text}\n{talk.text}".strip()
        talk.kept["files"] = [*files, *talk.files]
        if talk.kept["asked"] < filing.MOST_ASKED:
            _ask_which(talk, list(Case.objects.filter(number__in=numbers).order_by("-filed_at")))
            return True
        text, files, chosen = talk.kept["text"], tuple(talk.kept["files"]), 0
    talk.forget()
    case = Case.objects.filter(number=numbers[chosen - 1]).first() if chosen else None
    if case is None:
        filing.begin(talk, text, files)
    else:
        acting.words_to(talk, case, text, files)
    return True


def _chosen(talk: Talk, read: Read, most: int) -> int | None:
    """Which one, from 1; 0 for a new complaint; None for no answer."""
    if most == 1:
        said = grammar.yes_or_no(talk.text)
        return None if said is None else int(said)
    if grammar.choice_in(talk.text, most):
        return grammar.choice_in(talk.text, most)
    return 0 if grammar.is_zero(talk.text) else None


def file_unfinished(talk: Talk) -> None:
    """The questions stayed unanswered: file what there is, without any consent.

    Words that are too few for a complaint were never one.
    """
    if grammar.letters(str(talk.kept.get("text", ""))) >= MIN_LETTERS:
        filing.file(talk)
    talk.forget()
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
}
