"""`manage.py annual_report YEAR --out FILE.pdf`: a year's report at once, without a worker."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import translation

from oversight.figures import keeping
from oversight.models import Kept
from oversight.reports import calendar, editions
from oversight.reports.content import compose
from oversight.reports.gathering import STEPS, gather, is_empty
from oversight.reports.typesetting import as_pdf
from record.services.writing import write


class Command(BaseCommand):
    """Counts up to now, puts the report together, and writes one PDF. Nothing is published by it."""

    help = "Make the report of a year (or with --month of one of its months) as a PDF."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int, metavar="YEAR")
        parser.add_argument(
            "--out", metavar="FILE.pdf", help="default: report-YEAR-LANGUAGE.pdf here"
        )
        languages = editions.languages()
        parser.add_argument(
            "--language", choices=languages, default=languages[0], help="default: %(default)s"
        )
        parser.add_argument("--month", type=int, metavar="MM", help="only this month of the year")

    def handle(self, *args: Any, **options: Any) -> None:
        reported = self._period(options["year"], options["month"])
        out = Path(options["out"] or f"report-{reported.code}-{options['language']}.pdf")
        if not out.parent.is_dir():
            raise CommandError(f"There is no folder {out.parent} to write into.")
        self._say("Counting what is new")
        write()
        keeping.keep(seconds=3600)
        with transaction.atomic():
            if keeping.is_ours():
                keeping.count_backlog_now(Kept.objects.get(pk=1))
        data = gather(reported, lambda step: self._say(f"Figures: {step} of {STEPS}"))
        if is_empty(data):
            raise CommandError(f"There are no cases in {reported.code}.")
        self._say("Setting the pages")
        language = options["language"]
        with translation.override(language):
            report = compose(data, language)
        content = as_pdf(report, datetime.fromisoformat(data["made_at"]))
        try:
            out.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}.") from error
        so_far = " so far" if reported.is_so_far else ""
        self.stdout.write(f"{reported.code}{so_far}: {out}, {len(content) // 1024} KB")

    def _period(self, year: int, month: int | None) -> calendar.Reported:
        if not 2000 <= year <= 2999:
            raise CommandError(f"{year} is no year to report on.")
        if month is not None and not 1 <= month <= 12:
            raise CommandError("A month is a number from 1 to 12.")
        code = f"{year}-{month:02d}" if month else f"{year}"
        reported = calendar.reported(code)
        if reported is None:
            raise CommandError(f"{code} has not begun yet, in {settings.TIME_ZONE}.")
        return reported

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
