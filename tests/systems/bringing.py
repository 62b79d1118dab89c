"""Files of other systems written for a test, and brought in."""

import csv
import json
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management import call_command
from openpyxl import Workbook

from complaints.models import Case, Event
from complaints.services.verifying import Verification
from systems.models import Import, Reference
from systems.past.doubts import Doubt
from systems.past.mapping import Meanings, read_mapping
from systems.past.reading import open_source
from systems.past.running import Run
from systems.past.writing import Outcome

DHAKA = ZoneInfo("Asia/Dhaka")
#: A mapping as an agency would write it, for files with the headings of HEADINGS.
MAPPING = """
source = "grid-2017"
dates = ["%d/%m/%Y %H:%M", "%d/%m/%Y", "iso"]
empty = ["-", "0000-00-00"]

[columns]
external_id = "Ticket"
text = "Complaint"
status = "Status"
filed_at = "Filed"
forwarded_at = "Sent"
answered_at = "Answered"
closed_at = "Closed"
answer = "Answer"
holder = "Agency"
place = ["District", "Upazila"]
category = "Subject"
channel = "Way"
rating = "Mark"

[statuses]
"Solved" = { status = "closed", ending = "confirmed", outcome = "resolved" }
"Ended" = "closed"
"In work" = "in_progress"
"New" = "received"

[channels]
"Call" = "hotline"

[agencies]
"The Grid" = "grid"

[categories]
"Wrong bills" = "electricity-billing"
"""
HEADINGS = (
    *("Ticket", "Complaint", "Status", "Filed", "Sent", "Answered", "Closed", "Answer"),
    *("Agency", "District", "Upazila", "Subject", "Way", "Mark"),
)
#: A row without anything doubtful.
PLAIN = {
    "Ticket": "G-1",
    "Complaint": "The transformer in our lane burns each evening.",
    "Status": "Solved",
    "Filed": "03/02/2017 09:30",
    "Sent": "04/02/2017",
    "Answered": "10/02/2017",
    "Closed": "12/02/2017",
    "Answer": "A new transformer stands there since Friday.",
    "Agency": "The Grid",
    "District": "Gazipur",
    "Upazila": "",
    "Subject": "Wrong bills",
    "Way": "Call",
    "Mark": "4",
}


class Bench:
    """A folder with a mapping, in which files are written and brought in."""

    def __init__(self, folder: Path, mapping: str = MAPPING) -> None:
        self.folder, self.mapping = folder, folder / "mapping.toml"
        self.mapping.write_text(mapping, "utf-8")

    def csv(self, *rows: Mapping[str, str], name: str = "old.csv", **form: str) -> Path:
        """A CSV file with these rows, each PLAIN but for what is given."""
        path = self.folder / name
        encoding, delimiter = form.get("encoding", "utf-8"), form.get("delimiter", ",")
        with path.open("w", encoding=encoding, newline="") as file:
            out = csv.DictWriter(file, HEADINGS, delimiter=delimiter)
            out.writeheader()
            out.writerows(rows_of(rows))
        return path

    def xlsx(self, *rows: Mapping[str, Any], name: str = "old.xlsx") -> Path:
        """The same as a workbook."""
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(list(HEADINGS))
        for row in rows_of(rows):
            sheet.append([row[heading] for heading in HEADINGS])
        book.save(self.folder / name)
        return self.folder / name

    def lines(self, *rows: Mapping[str, Any], name: str = "old.jsonl") -> Path:
        """JSON Lines with these rows as they are."""
        path = self.folder / name
        words = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        path.write_text("".join(words), "utf-8")
        return path

    def meanings(self) -> Meanings:
        """The mapping, read."""
        return read_mapping(self.mapping, zone=DHAKA)

    def bring(self, path: Path, *, dry: bool = False, limit: int = 0) -> list[Outcome]:
        """What became of each row."""
        by = self.meanings()
        hashed = self.mapping.read_text("utf-8").encode().hex()[:64]
        run = Run(open_source(path, by.form), by, hashed, dry=dry, limit=limit)
        return [outcome for batch in run.batches() for outcome in batch]

    def command(self, path: Path, *args: str) -> str:
        """What the command says."""
        out = StringIO()
        call_command("import_cases", str(path), "--mapping", str(self.mapping), *args, stdout=out)
        return out.getvalue()


def rows_of(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """PLAIN with what each row changes; ids count up where none is given."""
    return [{**PLAIN, "Ticket": f"G-{n}", **row} for n, row in enumerate(rows, 1)]


def case_of(external_id: str, source: str = "grid-2017") -> Case:
    """The case that a row became."""
    return Reference.objects.get(source=source, external_id=external_id).case


def steps_of(case: Case) -> list[tuple[str, str, str]]:
    """Its events as (move, what it was like, state)."""
    events = Event.objects.filter(case=case).order_by("seq")
    return [(e.move, e.data.get("as", ""), e.to_status) for e in events]


def codes(outcome: Outcome) -> set[str]:
    """Codes of what is doubtful in a row."""
    return {doubt.code for doubt in outcome.doubts}


def doubted(outcome: Outcome, code: str, column: str = "") -> bool:
    """Whether that is doubtful in that column."""
    return Doubt(code, column) in outcome.doubts


def faults() -> list[str]:
    """What proving the whole record finds."""
    return [f"{fault.code} {fault.what}" for fault in Verification().faults()]


def counted() -> tuple[int, int, int, int]:
    """Rows, made, known, refused of the one import that there is."""
    of = Import.objects.get()
    return of.rows, of.made, of.known, of.refused
