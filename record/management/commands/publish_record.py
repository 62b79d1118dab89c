"""`manage.py publish_record --out FOLDER`: the public record as files, for a mirror elsewhere."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from record.publishing import publish


class Command(BaseCommand):
    """Writes only what is not in the folder yet; meant to run each day, after midnight."""

    help = "Write the published record into a folder (days that are there already stay)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", required=True, type=Path, metavar="FOLDER")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["out"]
        if folder.exists() and not folder.is_dir():
            raise CommandError(f"{folder} is a file")
        days = publish(folder)
        self.stdout.write(f"{days} days written to {folder}")
