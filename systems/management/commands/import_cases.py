"""`manage.py import_cases FILE [--mapping M] [--dry-run]`: bring in past cases (docs/import.md)."""

import gc
from pathlib import Path
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from systems.past import mapping, report
from systems.past.mapping import BadMapping, Meanings
from systems.past.reading import Unreadable, open_source
from systems.past.running import Busy, IsDone, Run, mapping_hash

#: Seconds between two lines of progress.
EACH = 5.0
#: Objects that are made before garbage is looked for: some batches' worth.
GARBAGE = 100_000


class Command(BaseCommand):
    """Goes on where it stopped, and makes nothing twice."""

    help = "Bring in cases of the time before the portal from a CSV, XLSX, JSON Lines or ZIP file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--mapping", type=Path, help="TOML or JSON; without it the file is in our own format"
        )
        parser.add_argument("--source", default="", help="the name of the import")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be made")
        parser.add_argument("--report", type=Path, help="a CSV file to be written, row by row")
        parser.add_argument("--limit", type=int, default=0, help="read only so many rows")
        parser.add_argument(
            "--publish", action="store_true", help="of our own format: publish what was public"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = self._run(options)
            self._bring_in(run, options["report"])
        except (BadMapping, Unreadable) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error
        except Busy as error:
            raise CommandError(
                f"Another process is bringing in cases as {error}. Wait until it is done."
            ) from error
        except IsDone as error:
            done = error.done
            self.stdout.write(
                f"This file was brought in on {done.ended_at:%Y-%m-%d}: {done.made:,} cases made,"
                f" {done.refused:,} rows refused. Nothing was changed."
            )

    def _run(self, options: dict[str, Any]) -> Run:
        if options["limit"] < 0:
            raise CommandError("--limit is a number of rows.")
        by, hashed = _meanings(options)
        source = open_source(options["file"], by.form)
        self.stdout.write(f"{source.path.name}, as {by.source}: {_how(options)}.")
        return Run(source, by, hashed, dry=options["dry_run"], limit=options["limit"])

    def _bring_in(self, run: Run, path: Path | None) -> None:
        tally = report.Tally()
        if run.dry and path is not None:
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                self._go(run, tally, report.RowReport(file))
                report.write_words(tally.words, file)
        else:
            self._go(run, tally, None)
        for line in tally.lines(dry=run.dry):
            self.stdout.write(line)
        if run.files is not None:
            self.stdout.write(
                f"{run.files.count:,} files {'would come' if run.dry else 'came'} along."
            )
        if path is not None:
            if run.of is not None:
                with path.open("w", encoding="utf-8-sig", newline="") as file:
                    report.write_doubts(run.of, file)
                    report.write_words(tally.words, file)
            self.stdout.write(f"Row by row: {path}")

    def _go(self, run: Run, tally: report.Tally, rows: report.RowReport | None) -> None:
        told, usual = monotonic(), gc.get_threshold()
        # The rows of a batch are let go with it, without a search for them while they are made.
        gc.set_threshold(GARBAGE)
        try:
            for outcomes in run.batches():
                if run.progress.rows <= len(outcomes):
                    # The registry and the rules stay: no collection of garbage walks over them again.
                    gc.freeze()
                if run.progress.skipped and run.progress.rows <= len(outcomes):
                    self.stdout.write(f"Going on after row {run.progress.skipped:,}.")
                tally.add(outcomes)
                if rows is not None:
                    rows.add(outcomes)
                if monotonic() - told >= EACH:
                    told = monotonic()
                    self._tell(run)
        except KeyboardInterrupt:
            self.stdout.write("Stopped. The same command goes on where it was.")
        finally:
            gc.unfreeze()
            gc.set_threshold(*usual)
        self._tell(run)

    def _tell(self, run: Run) -> None:
        at = run.progress
        self.stdout.write(f"{at.skipped + at.rows:,} rows, {at.a_second:,.0f} a second")


def _meanings(options: dict[str, Any]) -> tuple[Meanings, str]:
    """The mapping, and its hash. Raises BadMapping."""
    zone, path, publish = ZoneInfo(settings.TIME_ZONE), options["mapping"], options["publish"]
    if path is None:
        name = options["source"] or options["file"].stem
        by = mapping.ours(name, zone, publish=publish)
        return by, mapping_hash(f"ours publish={publish}".encode())
    if publish:
        raise BadMapping("With a mapping, publishing is said in it: publish = true.")
    by = mapping.read_mapping(path, zone=zone, source=options["source"])
    return by, mapping_hash(path.read_bytes())


def _how(options: dict[str, Any]) -> str:
    form = f"by {options['mapping'].name}" if options["mapping"] else "in the portal's own format"
    return f"{form}, tried out, nothing is changed" if options["dry_run"] else form
