"""`manage.py rotate_keys [--check]`: seal everything anew with the first of GRS_CONTACT_KEYS."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from complaints.services import rotation
from complaints.services.rotation import Tally

#: Seconds between two lines that say how far it is.
EVERY = 5.0


class Command(BaseCommand):
    """Can be stopped and run again at any time, while the portal works. docs/operations.md says when."""

    help = (
        "Seal contacts, messages, notices and whatever else is sealed anew with the first of"
        " GRS_CONTACT_KEYS; says whether an older key is still needed (then it exits with 1)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only count, change nothing")
        parser.add_argument(
            "--batch", type=int, default=rotation.BATCH, metavar="ROWS", help="rows at a time"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        batch = max(1, options["batch"])
        self.said_at = time.monotonic()
        if not options["check"]:
            for column in rotation.columns():
                done = rotation.rotate(column, self._say, batch=batch)
                self.stdout.write(f"{column.name}: {done.rows} rows, {done.renewed} sealed anew")
        # Counted afterwards, and not as it was done: what was written meanwhile is in it too.
        found = [rotation.check(column, self._say, batch=batch) for column in rotation.columns()]
        for tally in found:
            self.stdout.write(
                f"{tally.column.name}: {tally.rows} rows, {tally.older} under an older key,"
                f" {tally.lost} under none that is given"
            )
        self._end(found)

    def _say(self, tally: Tally) -> None:
        if time.monotonic() - self.said_at >= EVERY:
            self.said_at = time.monotonic()
            self.stdout.write(f"{tally.column.name}: {tally.rows} rows so far …")

    def _end(self, found: list[Tally]) -> None:
        older, lost = sum(t.older for t in found), sum(t.lost for t in found)
        if lost:
            raise CommandError(
                f"{lost} values are opened by none of the {len(settings.CONTACT_KEYS)} keys given:"
                " a key is missing. Put it back behind the others before anything else."
            )
        if older:
            raise CommandError(
                f"{older} values still need an older key: keep it, and run this again. If they stay,"
                " a server or worker still runs with the old settings."
            )
        self.stdout.write(
            "Nothing in the database needs an older key. Drafts and receipts in open sessions may, for"
            " a day more: then the older keys can be taken out of GRS_CONTACT_KEYS."
        )
