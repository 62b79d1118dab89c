"""`manage.py simulate PROVIDER --from WHOM --text WORDS`: bring a message as a provider does.

For providers that the simulator's pages do not play, and for trying an installation's own settings. It
signs with the secrets of this installation and brings the message to its own address, which has to be
on this machine. The message is seen on the telephone too.
"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from channels.simulator import playing, wire
from channels.simulator.people import named_as, stranger
from channels.simulator.providers.base import Said
from channels.simulator.registry import PROVIDERS


class Command(BaseCommand):
    """One message, and what the portal answered."""

    help = "Bring a message to the portal on this machine as a provider does (demonstration only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("provider", choices=sorted(PROVIDERS))
        parser.add_argument(
            "--from", dest="sender", required=True, metavar="WHOM", help="+8801…, an address, an id"
        )
        parser.add_argument("--text", required=True, help="what they write")
        parser.add_argument(
            "--id", default="", help="the provider's id; the same again is a repeat"
        )
        parser.add_argument("--forged", action="store_true", help="with secrets that are not ours")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SIMULATOR:
            raise CommandError("Only a demonstration is played with (GRS_DEMO=1, on this machine).")
        provider = PROVIDERS[options["provider"]]
        if missing := [name for name in provider.secrets if not provider.keys[name]]:
            raise CommandError(f"{provider.name} is not configured: {', '.join(missing)}")
        sender, channel = options["sender"], provider.channel
        person = named_as(settings.COUNTRY, channel, sender) or stranger(channel, sender)
        how = {"forged": options["forged"], "message_id": options["id"]}
        try:
            answer = playing.say(provider, person, Said(text=options["text"]), **how)
        except wire.NotHere as error:
            raise CommandError(f"{error} is not this machine") from error
        if not answer.status:
            raise CommandError(f"The portal does not answer at {settings.PUBLIC_URL}.")
        self.stdout.write(f"{provider.url} answered:")
        self.stdout.write(f"{answer.status} {answer.body.strip()[:500]}")
