"""`manage.py load_country bd|id`: load a country's registry, and what the rooms above add."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from agencies.loading import PackError, load_country, run_steps
from agencies.loading.reading import PACKS


class Command(BaseCommand):
    """Loads a country pack; a second time it changes nothing."""

    help = "Load a country pack (places, offices, categories, services, calendar, deadlines)."

    def add_arguments(self, parser: CommandParser) -> None:
        packs = sorted(path.name for path in PACKS.iterdir() if path.is_dir())
        parser.add_argument("country", choices=packs)
        parser.add_argument(
            "--force",
            action="store_true",
            help="Compare row by row even if the pack is the one that was loaded last.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = load_country(options["country"], force=options["force"])
        except PackError as error:
            raise CommandError(str(error)) from error
        lines = [*report.lines, *run_steps(options["country"], force=options["force"])]
        self.stdout.write("\n".join(lines))
