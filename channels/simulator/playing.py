"""What a visitor of the simulator does: writes as somebody, repeats it, forges it, shakes hands."""

from dataclasses import replace

from channels.models import Played
from channels.simulator import mailbox, played, wire
from channels.simulator.people import PUBLIC, Person
from channels.simulator.providers.base import Provider, Said
from channels.simulator.wire import Answer, Request


def say(
    provider: Provider, person: Person, said: Said, *, forged: bool = False, message_id: str = ""
) -> Answer:
    """Write to the portal as the provider brings it; `forged`: as somebody who knows no secret.

    With an id that was there already it is a repeat. Raises NotHere where the portal is on another
    machine.
    """
    keys = provider.strangers_keys if forged else provider.keys
    message_id = message_id or provider.new_id()
    request = provider.words(person, said, message_id, keys)
    shown_with = PUBLIC if said.is_public else person.key
    shown = replace(said, text=provider.shown(said))
    row, is_new = played.theirs(provider.channel, shown_with, person.key, shown, message_id)
    answer = wire.send(request)
    what = "forged" if forged else "words" if is_new else "repeat"
    played.add(row, played.exchange(what, request, answer), refused=not answer.is_taken)
    return answer


def as_answer(person: Person, said: Said) -> Said:
    """A letter as an answer to one of the portal's: where that one asked for it, below its words."""
    letter = mailbox.find(person.email, said.answers)
    if letter is None:
        return replace(said, answers="")
    before = [reference for reference in letter.references.split() if reference]
    return replace(
        said,
        to=letter.reply_to or letter.sender,
        subject=said.subject or f"Re: {letter.subject}",
        quoted="\n".join(f"> {line}".rstrip() for line in letter.text.splitlines()),
        thread=(*before, letter.message_id),
    )


def repeat(provider: Provider, row: Played) -> Answer:
    """Bring the same message once more, byte for byte."""
    first = row.raw["exchanges"][0]["request"]
    request = Request(first["url"], first["body"], first["headers"], first["method"])
    answer = wire.send(request)
    played.add(row, played.exchange("repeat", request, answer))
    return answer


def shake(provider: Provider) -> bool | None:
    """Whether the portal proves that the address is its own, and refuses whoever has no token; None
    where this provider never asks.
    """
    request, strange = (
        provider.handshake(keys) for keys in (provider.keys, provider.strangers_keys)
    )
    if request is None or strange is None:
        return None
    is_ours = provider.is_shaken(request, wire.send(request))
    if "verify_token" not in provider.secrets:
        return is_ours
    return is_ours and wire.send(strange).status == 403
