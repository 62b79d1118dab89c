"""`manage.py verify_record [--case NUMBER]`: prove that nothing in the record was changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from complaints.services.verifying import Verification
from complaints.tracking import read_number

WHAT = {
    "gap": "an event is missing before it",
    "link": "it does not follow the event before it",
    "hash": "it was changed",
    "version": "it is of an unknown version",
    "words": "the words are not the ones that were said",
    "words_missing": "the words are gone without having been erased",
    "end": "events after it are missing",
    "no_events": "it has no events",
}


class Command(BaseCommand):
    """Walks every chain and stops at the first fault."""

    help = "Recompute the record's hashes and commitments; exit 1 at the first fault."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--case", metavar="NUMBER", help="only this case")

    def handle(self, *args: Any, **options: Any) -> None:
        number = ""
        if options["case"]:
            number = read_number(options["case"]) or ""
            if not number:
                raise CommandError(f"{options['case']} is not a case number")
        verification = Verification(number=number)
        fault = next(verification.faults(), None)
        seen = f"{verification.events} events of {verification.cases} cases"
        if fault is not None:
            at = f"case {fault.number}, event {fault.seq}: {WHAT[fault.code]} ({fault.code})"
            raise CommandError(f"{seen} checked, then a fault: {at}")
        if number and not verification.cases:
            raise CommandError(f"there is no case {number}")
        self.stdout.write(f"{seen}: no fault")
