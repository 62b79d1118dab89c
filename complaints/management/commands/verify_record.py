"""`manage.py verify_record [--case NUMBER] [--all]`: prove that nothing in the record was changed."""

from datetime import timedelta
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from complaints.services.verifying import Verification
from complaints.services.verifying_case import Fault
from complaints.tracking import read_number

#: How long an event may wait for its place in the log.
PATIENCE = timedelta(minutes=5)
WHAT = {
    "gap": "an event is missing before it",
    "link": "it does not follow the event before it",
    "hash": "it was changed",
    "version": "it is of an unknown version",
    "words": "the words are not the ones that were said",
    "words_kind": "the words are shown to others than they were said to",
    "words_elsewhere": "its words were put into another case",
    "words_missing": "the words are gone without having been erased",
    "end": "events after it are missing",
    "no_events": "it has no events",
    "field": "the case is not as its events left it",
    "clock": "a clock is not as the events left it",
    "file_extra": "a file is there that did not come with it",
    "file_missing": "a file is gone or another without having been erased",
    "file_kind": "a file is shown to others than it was given to",
    "respondent": "somebody whom it names is not barred any more",
    "appeal": "the appeal is not as the events left it",
    "hearing": "a hearing of the appeal is not as the events say",
    "investigation": "an investigation, or its team, is not as the events say",
    "served": "what was served on whom is not as the events say",
    "recommendation": "a recommendation, or what became of it, is not as the events say",
    "rating": "a rating is not the one that was given",
    "look": "who looked at the citizen's identity is not as the events say",
    "escalation": "an escalation is not as the events say",
    "unlogged": "it is not in the log and does not wait for it",
    "leaf": "another leaf is in the log for it",
    "log_gap": "an entry is missing",
    "log_event": "it has no event",
    "log_node": "a subtree is not the one of its leaves",
    "log_cut": "entries are missing at the end: fewer than the head of a day signed",
    "log_late": "events wait for the log for too long",
    "head_root": "the log is not the one that was signed",
    "head_link": "the head does not continue the day before",
    "head_proof": "the proof from the day before does not fit",
    "head_signature": "the head is not signed with its key",
    "head_stranger": "the head is signed with a key that is neither in use nor a former one",
    "head_day": "the head of the day before is missing",
    "head_key": "a key is not the one of its name",
}
#: With --all, this many faults are listed.
MOST = 1000


def told(fault: Fault) -> str:
    """A fault in words."""
    place = f"case {fault.number}, event {fault.seq}" if fault.number else "the log"
    if not fault.number and fault.seq:
        place += f", entry {fault.seq}"
    more = f"{fault.code}, {fault.what}" if fault.what else fault.code
    return f"{place}: {WHAT[fault.code]} ({more})"


class Command(BaseCommand):
    """Walks every chain, what the events fix, and the log; stops at the first fault."""

    help = "Recompute the record's hashes, rows and log; exit 1 at the first fault."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--case", metavar="NUMBER", help="only this case")
        parser.add_argument(
            "--all", action="store_true", help=f"go on after a fault and list up to {MOST}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        number = ""
        if options["case"]:
            number = read_number(options["case"]) or ""
            if not number:
                raise CommandError(f"{options['case']} is not a case number")
        verification = Verification(number=number, patience=PATIENCE)
        faults = list(islice(verification.faults(), MOST if options["all"] else 1))
        seen = f"{verification.events} events of {verification.cases} cases"
        if faults:
            for fault in faults[1:]:
                self.stderr.write(told(fault))
            raise CommandError(f"{seen} checked, then a fault: {told(faults[0])}")
        if number and not verification.cases:
            raise CommandError(f"there is no case {number}")
        seen += "" if number else f", {verification.entries} entries of the log"
        self.stdout.write(f"{seen}: no fault")
