"""`manage.py sweep [--at ISO] [--dry-run]`: move up what is late, end what has run its time."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from complaints.moment import NotNow
from complaints.services.escalation import sweep


class Command(BaseCommand):
    """One sweep, line by line."""

    help = "Do what is due now, or as if it were another time (later only with GRS_DEMO=1)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--at",
            metavar="ISO",
            help="as if it were then, e.g. 2026-11-26T00:00; without a zone, the country's",
        )
        parser.add_argument("--dry-run", action="store_true", help="only show what is due")

    def handle(self, *args: Any, **options: Any) -> None:
        at = moment_of(options["at"]) if options["at"] else None
        try:
            done = sweep(at=at, dry_run=options["dry_run"])
        except NotNow as error:
            raise CommandError(str(error)) from error
        for line in done.lines:
            self.stdout.write(line)
        steps = sum(done.steps.values())
        self.stdout.write(f"{steps} steps {'due' if options['dry_run'] else 'done'}")
        if done.failed:
            raise CommandError("failed: " + ", ".join(done.failed))


def moment_of(text: str) -> datetime:
    """An ISO moment; without an offset it is read in the country's zone. Raises CommandError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text} is not a moment like 2026-11-26T00:00+06:00") from error
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
