"""Compare the figures with the raw rows, or make them anew."""

from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from oversight.figures import checking, keeping
from oversight.models import Fact, Kept, Tally


class Command(BaseCommand):
    """`check_figures`: says each difference, and ends with code 1 if there is any."""

    help = "Compare the kept figures with the raw rows (code 1: they differ); --rebuild makes them anew."

    def add_arguments(self, parser: CommandParser) -> None:
        """The one option."""
        parser.add_argument(
            "--rebuild", action="store_true", help="First make all figures anew from the events."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Check, and print what was found and how long it took."""
        begun = monotonic()

        def say(line: str) -> None:
            self.stdout.write(f"{monotonic() - begun:7.1f} s  {line}")

        if options["rebuild"]:
            keeping.rebuild(say)
        else:
            keeping.keep(seconds=3600)
        say("figures are up to the end of the log")
        try:
            found = checking.differences()
        except checking.Busy as busy:
            raise CommandError("A worker counts at this moment: try again.") from busy
        for difference in found:
            self.stdout.write(f"{difference.what}: kept {difference.kept}, raw {difference.raw}")
        kept = Kept.objects.filter(pk=1).first()
        say(
            f"{Fact.objects.count():,} facts, {Tally.objects.count():,} sums, up to entry "
            f"{kept.log_seq if kept else 0:,} of the log"
        )
        if found:
            raise CommandError(
                f"{len(found)} differences (no more than some of each kind are said)."
            )
        say("No difference.")
