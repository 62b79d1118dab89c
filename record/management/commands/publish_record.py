"""`manage.py publish_record --out FOLDER`: the public record as files, for a mirror elsewhere."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from record.publishing import Differs, publish


class Command(BaseCommand):
    """Writes only what is not in the folder yet; meant to run each day, after midnight."""

    help = "Write the published record into a folder (days that are there already stay)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", required=True, type=Path, metavar="FOLDER")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["out"]
        if folder.exists() and not folder.is_dir():
            raise CommandError(f"{folder} is a file")
        try:
            days = publish(folder)
        except Differs as difference:
            raise CommandError(
                f"what was published for {difference} is not what the database has now: nothing was"
                " written. Keep the folder, it is the proof (docs/record.md)"
            ) from difference
        self.stdout.write(f"{days} days written to {folder}")
