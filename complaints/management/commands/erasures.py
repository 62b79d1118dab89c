"""`manage.py erasures list` and `manage.py erasures replay FILE`: erasures outlive a restored backup.

A backup brings back what was erased after it was made. So the list of erasures, which names no one, is
written beside the backups, and played again after a restore.
"""

import csv
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from complaints import moment
from complaints.errors import NoSuchCase
from complaints.services import erasing
from complaints.tracking import read_number

HEAD = ("number", "what", "at")


class Command(BaseCommand):
    """Lists what citizens had erased, or erases it once more."""

    help = "List the erasures of the last days as CSV, or erase once more what such a list names."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        listing = verbs.add_parser("list", help="print the list")
        listing.add_argument(
            "--days", type=int, default=60, help="so many: longer than any backup is kept"
        )
        replaying = verbs.add_parser("replay", help="erase what a list names")
        replaying.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "list":
            self._list(options["days"])
        else:
            self._replay(options["file"])

    def _list(self, days: int) -> None:
        to = csv.writer(self.stdout, lineterminator="\n")
        to.writerow(HEAD)
        for event in erasing.asked_for_since(moment.now() - timedelta(days=days)):
            what = " ".join(event.data.get("what", ()))
            to.writerow((event.case.number, what, event.recorded_at.isoformat()))

    def _replay(self, path: Path) -> None:
        try:
            with path.open(newline="", encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
        except OSError as error:
            raise CommandError(f"the list cannot be read: {error}") from error
        if not all(_is_listed(row) for row in rows):
            raise CommandError("this is no list of erasures (number,what,at)")
        erased, unknown = 0, 0
        for row in rows:
            try:
                what, at = str(row["what"]).split(), datetime.fromisoformat(row["at"])
                erased += erasing.erase_by_system(
                    row["number"], *what, because=erasing.REPLAYED, asked_at=at
                )
            except NoSuchCase:
                # Filed after the backup was made: it is not there to be erased.
                unknown += 1
        self.stdout.write(f"{len(rows)} listed, {erased} erased again, {unknown} not there")


def _is_listed(row: Any) -> bool:
    """Whether it is a row of such a list, with a number and a moment of a known zone."""
    if set(row) != set(HEAD) or not read_number(row["number"] or ""):
        return False
    try:
        return datetime.fromisoformat(row["at"] or "").tzinfo is not None
    except ValueError:
        return False
