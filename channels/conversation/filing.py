"""Putting a complaint together in a conversation: what is missing is asked for, one thing at a time.

What was written is never lost: it is filed as it is when the questions stay unanswered for some hours
(policy `unfinished_kept`). What is no answer to a question belongs to the complaint.
"""

from collections.abc import Sequence
from itertools import zip_longest

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation

from agencies.naming import comparable
from agencies.selectors import search_places
from channels import grammar
from channels.conversation.talk import Talk, without_words
from channels.conversation.whose import begins_with_agency
from channels.grammar import Read, Word
from complaints.models import Case
from complaints.selectors.finding import Found, described_places
from complaints.services import casework, correspondence, intake
from complaints.submission import (
    MAX_CHARACTERS,
    MIN_LETTERS,
    ContactDetails,
    Submission,
    clean_phone,
)

#: How often a question is put again before it is left open; how many places are offered.
MOST_ASKED, MOST_PLACES = 2, 5


def begin(talk: Talk, text: str, files: tuple[str, ...] = ()) -> None:
    """A new complaint: its first words, with the agency that they begin with."""
    incoming = talk.incoming
    office = begins_with_agency(text)
    talk.forget()
    talk.kept = {
        "text": text,
        "files": list(files),
        "agency": office.code if office else "",
        "circumstances": [list(pair) for pair in incoming.circumstances],
    }
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
    begin(talk, talk.text, talk.files)
    talk.kept, conversation.step, conversation.file_at = kept, step, file_at


def more(talk: Talk, text: str, files: tuple[str, ...]) -> None:
    """More words or files of the complaint that is being put together."""
    said = f"{talk.kept.get('text', '')}\n{text}".strip()
    talk.kept["text"] = said
    talk.kept["files"] = [*talk.kept.get("files", []), *files]
    _locate(talk)


def _locate(talk: Talk) -> None:
    incoming = talk.incoming
    if incoming.latitude is not None and incoming.longitude is not None:
        talk.kept |= {"latitude": incoming.latitude, "longitude": incoming.longitude}


def go_on(talk: Talk) -> None:
    """Ask for the next thing that is missing; file it when nothing is."""
    kept = talk.kept
    kept["asked"] = 0
    if grammar.letters(kept.get("text", "")) < MIN_LETTERS:
        talk.ask("text", "chat_write")
        return
    talk.wait(talk.registry.policy("unfinished_kept", talk.now).amount)
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
    more(talk, talk.text, talk.files)
    go_on(talk)
    return True


def official(talk: Talk, read: Read) -> bool:
    """Is it about an official?"""
    return _yes_or_no(talk, "official")


def publish(talk: Talk, read: Read) -> bool:
    """May it be published?"""
    return _yes_or_no(talk, "publish")


def _yes_or_no(talk: Talk, name: str) -> bool:
    """A yes or a no settles it; other words belong to the complaint, and it is asked again."""
    said = grammar.yes_or_no(talk.text)
    if said is None and not _is_skipped(talk):
        if talk.text and grammar.read(talk.text).word is None:
            more(talk, talk.text, talk.files)
        elif talk.files:
            more(talk, "", talk.files)
        if talk.kept["asked"] < MOST_ASKED:
            talk.ask(name, f"chat_{name}")
            return True
    # Not answered: nobody agreed to anything.
    talk.kept[name] = bool(said)
    go_on(talk)
    return True


def _is_skipped(talk: Talk) -> bool:
    return grammar.read(talk.text).word == Word.SKIP


def place(talk: Talk, read: Read) -> bool:
    """Where is it? One place of that name is taken, of several they say which."""
    if talk.incoming.latitude is not None or talk.files:
        more(talk, "", talk.files)
        if talk.incoming.latitude is not None:
            return _placed(talk, "", "")
    if _is_skipped(talk) or not talk.text:
        return _placed(talk, "", "")
    found = _places(talk)
    if len(found) == 1:
        return _placed(talk, found[0].code, "")
    if not found:
        # Nobody's place is turned away: the desk reads what they wrote.
        return _placed(talk, "", talk.text)
    talk.kept["places"] = [row.code for row in found]
    talk.kept["note"] = talk.text
    lines = "\n".join(f"{n}: {row.line}" for n, row in enumerate(found, 1))
    talk.ask("which_place", "chat_which_place", sealed={"places": lines})
    return True


def _places(talk: Talk) -> list[Found]:
    """Places of the name that was written; the one that is called just so, with all that lies in it,
    before those that are only called something like it.
    """
    found = search_places(settings.COUNTRY, talk.text[:100], MOST_PLACES)
    form = comparable(talk.text)
    exact = [place for place in found if form in place.search_text.split("|")]
    if exact and all(place.path.startswith(exact[0].path) for place in exact):
        return [Found(exact[0].code, "")]
    with translation.override(talk.language):
        return described_places(exact or found)


def which_place(talk: Talk, read: Read) -> bool:
    """Which of the places; anything else is another try at its name."""
    places = talk.kept.pop("places", [])
    note = talk.kept.pop("note", "")
    chosen = grammar.choice_in(talk.text, len(places))
    if chosen:
        return _placed(talk, places[chosen - 1], "")
    if _is_skipped(talk) or talk.kept["asked"] >= MOST_ASKED:
        return _placed(talk, "", note)
    return place(talk, read)


def _placed(talk: Talk, code: str, note: str) -> bool:
    talk.kept |= {"place": code, "note": note}
    go_on(talk)
    return True


# --- Filing -----------------------------------------------------------------------------------


def file(talk: Talk) -> None:
    """File what there is; its receipt goes to whoever wrote. Too few words are asked for more of."""
    if grammar.letters(talk.kept.get("text", "")) < MIN_LETTERS:
        talk.forget()
        talk.say("chat_write")
        return
    receipt = intake.submit(actor=talk.actor, submission=_submission(talk))
    case = Case.objects.get(number=receipt.number)
    talk.is_about(case)
    send_after(talk, case, talk.kept.get("text", ""), talk.kept.get("files", []))
    talk.forget()


def send_after(talk: Talk, case: Case, text: str, files: Sequence[str]) -> None:
    """What is more than one move takes: a long letter's end, the eleventh file."""
    actor, most = correspondence.citizen(talk.handle, case, talk.language), settings.FILES_A_MOVE
    rest = [
        text[at : at + MAX_CHARACTERS] for at in range(MAX_CHARACTERS, len(text), MAX_CHARACTERS)
    ]
    batches = [files[at : at + most] for at in range(most, len(files), most)]
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
        contact=_contact(talk),
        handle_id=talk.handle.pk,
        files=tuple(kept.get("files", ())[: settings.FILES_A_MOVE]),
        circumstances=tuple((str(name), str(code)) for name, code in kept.get("circumstances", ())),
    )


def _contact(talk: Talk) -> ContactDetails:
    """The telephone number or the e-mail address that the handle is, or has beside it."""
    address, other = correspondence.names_of(talk.handle)
    if talk.handle.channel == "email":
        return ContactDetails(email=address)
    for name in (other, address) if talk.handle.channel == "whatsapp" else (address,):
        try:
            if phone := clean_phone(f"+{name.lstrip('+')}", settings.COUNTRY):
                return ContactDetails(phone=phone)
        except ValidationError:
            continue
    return ContactDetails()
