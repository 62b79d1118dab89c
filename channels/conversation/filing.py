"""Putting a complaint together in a conversation: what is missing is asked for, one thing at a time.

What was written is never lost: it is filed as it is when the questions stay unanswered for some hours
(policy `unfinished_kept`), or when another complaint is begun. What is no answer to a question belongs
to the complaint, and so does what is said behind an answer.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from django.conf import settings
from django.utils import translation

from agencies.models import Place
from agencies.naming import comparable
from agencies.selectors import search_places
from channels import grammar
from channels.conversation.talk import Talk, without_words
from channels.conversation.whose import begins_with_agency
from channels.courtesy import substance
from channels.grammar import Read, Word
from complaints.models import Case
from complaints.selectors.finding import described_places
from complaints.services import casework, correspondence, files, intake
from complaints.submission import MAX_CHARACTERS, MIN_LETTERS, Submission
from complaints.tracking import digits_only

#: How often a question is put again before it is left open; how many places are offered.
MOST_ASKED, MOST_PLACES = 2, 5
#: Hours for which too few words, or files without any, wait for more: for no longer than loose files.
FEW_WORDS_KEPT = 20
#: Letters behind an answer that say something more than it.
LEAST_BEHIND = 4
#: Characters of what names a place; more is a part of the complaint.
LONGEST_PLACE = 120
#: Characters of a menu of places: with what is asked, no more than an SMS in Bangla may cost.
LONGEST_MENU = 300


def begin(talk: Talk, text: str, keys: tuple[str, ...] = ()) -> None:
    """A new complaint: its first words, with the agency that they begin with.

    Another one that is still being put together is filed as it is.
    """
    incoming, before = talk.incoming, talk.kept if talk.step == "text" else {}
    if not before:
        file_unfinished(talk)
    office = begins_with_agency(text)
    # What they sent before its first words, a photo or a position, belongs to it.
    carried = ("latitude", "longitude", "forwarded")
    talk.kept = {name: before[name] for name in carried if name in before} | {
        "text": text,
        "files": [*before.get("files", ()), *keys],
        "agency": office.code if office else "",
    }
    talk.keep_forwarded()
    _locate(talk)
    if talk.channel.talks and not incoming.is_public:
        go_on(talk)
    else:
        file(talk)


def file_post(talk: Talk) -> None:
    """A public post is a complaint of its own and filed at once: no question is asked in public.

    What they are putting together in private waits as it was.
    """
    conversation, kept = talk.conversation, talk.kept
    step, file_at = conversation.step, conversation.file_at
    talk.forget()
    begin(talk, talk.text, talk.files)
    talk.kept, conversation.step, conversation.file_at = kept, step, file_at


def wait_for_answer(talk: Talk) -> None:
    """File what there is after some hours without a word (policy `unfinished_kept`)."""
    talk.wait(talk.registry.policy("unfinished_kept", talk.now).amount)


def set_aside(talk: Talk) -> bool:
    """Keep what is being put together for its time from now on; says whether it is enough to be filed then.

    A question about another matter (an answer, a withdrawal) is forgotten.
    """
    if talk.conversation.file_at is None:
        talk.forget()
        return False
    talk.kept.pop("ask_again", None)
    is_enough = substance(str(talk.kept.get("text", ""))) >= MIN_LETTERS
    if is_enough:
        wait_for_answer(talk)
    else:
        talk.wait(FEW_WORDS_KEPT)
    return is_enough


def file_unfinished(talk: Talk) -> None:
    """The questions stay unanswered: file what there is, without any consent.

    Words that are too few for a complaint were never one; whoever sent files beside them is told.
    """
    text, had_files = str(talk.kept.get("text", "")), bool(talk.kept.get("files"))
    # The message that comes now is no part of it.
    came, talk.forwarded = talk.forwarded, ""
    if substance(text) >= MIN_LETTERS:
        file(talk)
    elif had_files:
        talk.say("chat_cancelled")
    talk.forget()
    talk.forwarded = came


def more(talk: Talk, text: str) -> None:
    """More words of the complaint that is being put together; what stands there already is no more."""
    said = str(talk.kept.get("text", ""))
    talk.kept["text"] = said if text in said else f"{said}\n{text}".strip()


def keep_parts(talk: Talk) -> None:
    """Files and a position are part of the complaint, whatever the words with them say."""
    talk.kept["files"] = [*talk.kept.get("files", []), *talk.files]
    talk.keep_forwarded()
    _locate(talk)


def _locate(talk: Talk) -> None:
    incoming = talk.incoming
    if incoming.latitude is not None and incoming.longitude is not None:
        talk.kept |= {"latitude": incoming.latitude, "longitude": incoming.longitude}


def go_on(talk: Talk) -> None:
    """Ask for the next thing that is missing; file it when nothing is."""
    kept = talk.kept
    kept["asked"] = 0
    if substance(kept.get("text", "")) < MIN_LETTERS:
        talk.wait(FEW_WORDS_KEPT)
        talk.ask("text", "chat_write")
        return
    wait_for_answer(talk)
    if "official" not in kept:
        talk.ask("official", "chat_official")
    elif "place" not in kept and _place_is_missing(talk):
        talk.ask("place", "chat_place")
    elif "publish" not in kept and not kept["official"]:
        talk.ask("publish", "chat_publish")
    else:
        file(talk)


def _place_is_missing(talk: Talk) -> bool:
    """Whether neither a position nor the words say where it is."""
    if "latitude" in talk.kept:
        return False
    decision = intake.preview(_submission(talk))
    return decision is None or not decision.place


# --- Answers ----------------------------------------------------------------------------------


def text(talk: Talk, read: Read) -> bool:
    """The words were too few: these belong to them."""
    keep_parts(talk)
    more(talk, talk.text)
    go_on(talk)
    return True


def official(talk: Talk, read: Read) -> bool:
    """Is it about an official?"""
    return _yes_or_no(talk, "official")


def publish(talk: Talk, read: Read) -> bool:
    """May it be published?"""
    return _yes_or_no(talk, "publish")


def _yes_or_no(talk: Talk, name: str) -> bool:
    """A yes or a no settles it; other words belong to the complaint, and it is asked again, but not
    after each of many that come in one go.
    """
    keep_parts(talk)
    said = grammar.yes_or_no(talk.text)
    if not _is_skipped(talk) and _says_more(talk.text, said):
        more(talk, talk.text)
    if said is None and not _is_skipped(talk):
        if talk.lets_finish():
            return True
        if talk.kept["asked"] < MOST_ASKED:
            wait_for_answer(talk)
            talk.ask(name, f"chat_{name}")
            return True
    # Not answered: nobody agreed to anything.
    talk.kept[name] = bool(said)
    go_on(talk)
    return True


def _says_more(text: str, said: bool | None) -> bool:
    """Whether there are words that belong to the complaint: all that is no answer and no courtesy."""
    if said is None:
        return substance(text) > 0
    return substance(grammar.read(text).rest) >= LEAST_BEHIND


def _is_skipped(talk: Talk) -> bool:
    return grammar.read(talk.text).word == Word.SKIP


def place(talk: Talk, read: Read) -> bool:
    """Where is it? One place of that name is taken, of several they say which."""
    keep_parts(talk)
    if _is_skipped(talk):
        return _placed(talk, "", "")
    if talk.incoming.latitude is not None:
        return _placed(talk, "", talk.text)
    return _place_by_name(talk)


def _place_by_name(talk: Talk) -> bool:
    """The place that is called just so, with all that lies in it; else the one that the words are
    about, as the router reads them ("Savar, Dhaka"); else one that is called something like it.
    """
    if not _names_something(talk.text):
        if len(digits_only(talk.text)) > 1:
            # A telephone number, a house: no place, but something that they want to say.
            more(talk, talk.text)
        return _place_again(talk)
    found = search_places(settings.COUNTRY, talk.text[:100], MOST_PLACES)
    form = comparable(talk.text)
    exact = [place for place in found if form in place.search_text.split("|")]
    meant = _place_meant(talk)
    if meant and (not exact or meant in [place.code for place in exact]):
        return _placed(talk, meant, talk.text)
    found = exact or found
    if found and all(place.path.startswith(found[0].path) for place in found):
        return _placed(talk, found[0].code, talk.text)
    return _which_of(talk, found) if found else _no_such_place(talk)


def _place_meant(talk: Talk) -> str:
    """The code of the place that words are about, as the router reads them; empty for none."""
    decision = intake.preview(replace(_submission(talk), text=talk.text[:MAX_CHARACTERS]))
    return decision.place if decision else ""


def _which_of(talk: Talk, found: Sequence[Place]) -> bool:
    with translation.override(talk.language):
        lines = [f"{n}: {row.line}" for n, row in enumerate(described_places(found), 1)]
    while len(menu := "\n".join(lines)) > LONGEST_MENU and len(lines) > 1:
        lines.pop()
    talk.kept |= {"places": [place.code for place in found[: len(lines)]], "note": talk.text}
    talk.ask("which_place", "chat_which_place", sealed={"places": menu})
    return True


def _no_such_place(talk: Talk) -> bool:
    """Nobody's place is turned away: the desk reads what they wrote. What is too long for a place
    belongs to the complaint.
    """
    if len(talk.text) <= LONGEST_PLACE:
        return _placed(talk, "", talk.text)
    more(talk, talk.text)
    return talk.lets_finish() or _place_again(talk)


def _names_something(text: str) -> bool:
    """Whether it is more than a digit, a courtesy, or a yes or no to another question."""
    read = grammar.read(text)
    return bool(substance(read.rest if read.word in (Word.YES, Word.NO) else text))


def _place_again(talk: Talk) -> bool:
    """That was no place: ask once more, then go on without one."""
    if talk.kept["asked"] < MOST_ASKED:
        wait_for_answer(talk)
        talk.ask("place", "chat_place")
        return True
    return _placed(talk, "", "")


def which_place(talk: Talk, read: Read) -> bool:
    """Which of the places; anything else is another try at its name."""
    keep_parts(talk)
    places = talk.kept.pop("places", [])
    note = talk.kept.pop("note", "")
    chosen = grammar.choice_in(talk.text, len(places))
    if chosen:
        return _placed(talk, places[chosen - 1], note)
    if _is_skipped(talk) or talk.kept["asked"] >= MOST_ASKED:
        return _placed(talk, "", note)
    return _place_by_name(talk)


def _placed(talk: Talk, code: str, note: str) -> bool:
    """It is there, or nowhere that we know. The words are kept beside it; all of long ones."""
    if len(note) > LONGEST_PLACE:
        more(talk, note)
    talk.kept |= {"place": code, "note": note}
    go_on(talk)
    return True


# --- Filing -----------------------------------------------------------------------------------


def file(talk: Talk) -> None:
    """File what there is; its receipt goes to whoever wrote. Too few words are asked for more of."""
    if substance(talk.kept.get("text", "")) < MIN_LETTERS:
        talk.forget()
        talk.say("chat_write")
        return
    sent = talk.kept.get("files", [])
    # Loose files are kept for a day: who pauses for longer does not lose the words too.
    talk.kept["files"] = there = files.still_loose(sent)
    talk.send_kept()
    receipt = intake.submit(actor=talk.actor, submission=_submission(talk))
    case = Case.objects.get(number=receipt.number)
    talk.is_about(case)
    send_after(
        talk, case, talk.kept.get("text", "")[MAX_CHARACTERS:], there[settings.FILES_A_MOVE :]
    )
    if len(there) < len(sent):
        talk.say("chat_files_gone", case=case)
    talk.forget()


def send_after(talk: Talk, case: Case, text: str, keys: Sequence[str]) -> None:
    """Send to a case what was more than one move takes: a long letter's end, the eleventh file."""
    actor, most = talk.citizen_of(case), settings.FILES_A_MOVE
    rest = [text[at : at + MAX_CHARACTERS] for at in range(0, len(text), MAX_CHARACTERS)]
    batches = [keys[at : at + most] for at in range(0, len(keys), most)]
    for words, batch in zip_longest(rest, batches):
        said = words if words and grammar.letters(words) >= MIN_LETTERS else without_words(talk)
        casework.message(actor=actor, number=case.number, text=said, files=batch or ())


def _submission(talk: Talk) -> Submission:
    kept = talk.kept
    return Submission(
        text=str(kept.get("text", ""))[:MAX_CHARACTERS],
        language=talk.language,
        place=str(kept.get("place", "")),
        place_note=str(kept.get("note", ""))[:200],
        latitude=kept.get("latitude"),
        longitude=kept.get("longitude"),
        agency_named=str(kept.get("agency", "")),
        about_official=bool(kept.get("official")),
        publish_consent=bool(kept.get("publish")),
        contact=correspondence.contact_of(talk.handle),
        handle_id=talk.handle.pk,
        files=tuple(kept.get("files", ())[: settings.FILES_A_MOVE]),
    )
