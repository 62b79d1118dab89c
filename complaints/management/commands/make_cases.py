"""`manage.py make_cases N [--seed S]`: synthetic load, for trying out size and speed (docs/load.md)."""

from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Max, Min
from django.utils import timezone

from agencies import snapshot
from complaints.load import mending
from complaints.load.country import Country
from complaints.load.making import Failed, Maker, Progress, ids, taken
from complaints.load.mending import Busy, Mended
from complaints.load.plans import Wanted
from complaints.load.signals import cases_made
from complaints.models import Case

#: Up to so many, indexes stay and the events go into the record's queue.
SMALL, MOST = 50_000, 10_000_000
BUSY = (
    "A load is writing, or another one is making its indexes and keys again. Nothing was changed: try again"
    " when it is done."
)


class Command(BaseCommand):
    """Made by COPY; a big load without indexes, which are made again at the end, each timed."""

    help = "Make N synthetic cases (only with GRS_DEMO=1 or DEBUG). They are no record of anything."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, nargs="?", default=0, metavar="N")
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same cases")
        parser.add_argument("--years", type=int, default=3, help="filed over so many years")
        parser.add_argument("--processes", type=int, default=2, help="for a big load")
        parser.add_argument(
            "--mend", action="store_true", help="only make again what a killed load took away"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.DEBUG):
            raise CommandError("Synthetic cases are made only with GRS_DEMO=1.")
        if not options["mend"]:
            self._check(options)
        try:
            unfinished = self._mend(
                "A load before this one was not finished: making again what it took away."
            )
        except Busy as error:
            raise CommandError(BUSY) from error
        if unfinished:
            self._count_all()
        if options["mend"]:
            self.stdout.write("Everything is in its place.")
            return
        self._make(options)

    def _check(self, options: dict[str, Any]) -> None:
        if not 1 <= options["number"] <= MOST:
            raise CommandError(f"How many? A whole number from 1 to {MOST:,}.")
        if not 1 <= options["years"] <= 10:
            raise CommandError("Over how many years? From 1 to 10.")
        if not 1 <= options["processes"] <= 32:
            raise CommandError("How many processes? From 1 to 32.")

    def _make(self, options: dict[str, Any]) -> None:
        number, seed = options["number"], options["seed"]
        is_big = number > SMALL
        if is_big and not mending.is_owner():
            raise CommandError(
                f"More than {SMALL:,} cases need the owner of the database: indexes are taken away"
                " and made again. Set DATABASE_ADMIN_URL."
            )
        try:
            country = Country(snapshot.current(settings.COUNTRY), seed)
        except ValueError as error:
            raise CommandError(str(error)) from error
        first = ids(Case, number)
        clashing = taken(first, number, seed)
        wanted = Wanted(number, seed, options["years"], first, timezone.now(), clashing)
        maker = Maker(country, wanted)
        try:
            if is_big:
                self._write_big(maker, options["processes"])
            else:
                for progress in maker.here():
                    self._tell(progress, number)
                self._total(progress)
        finally:
            # Of a load that fails half way, what it had written is there, and counts.
            self._count(first, first + number - 1)

    def _write_big(self, maker: Maker, processes: int) -> None:
        self.stdout.write(
            "The events do not go into the record's log: a database with such a load is no record."
        )
        try:
            gone = mending.take_away()
        except Busy as error:
            raise CommandError(BUSY) from error
        self.stdout.write(f"{gone} indexes and keys are taken away until the rows are written.")
        try:
            for progress in maker.by(processes):
                self._tell(progress, maker.wanted.number)
            self._total(progress)
        except Failed as error:
            raise CommandError(
                "A process of the load ended early. What it had written is there."
            ) from error
        finally:
            # Of processes that were ended the database may still hold a lock for a moment.
            self._mend("Making indexes and keys again.", waiting=True)

    def _count(self, first: int, last: int) -> None:
        mending.analyze()
        cases_made.send(sender=None, first=first, last=last, say=self.stdout.write)

    def _count_all(self) -> None:
        """A load that was killed told nobody which cases it had written."""
        found = Case.objects.aggregate(first=Min("pk"), last=Max("pk"))
        if found["first"] is not None:
            self._count(found["first"], found["last"])

    def _tell(self, progress: Progress, number: int) -> None:
        self.stdout.write(
            f"{progress.cases:,} of {number:,} cases, {progress.seconds:.0f} s,"
            f" {progress.a_second:,.0f} a second"
        )

    def _total(self, progress: Progress) -> None:
        self.stdout.write(
            f"COPY: {progress.cases:,} cases with all their rows in {progress.seconds:.1f} s:"
            f" {progress.a_second:,.0f} cases a second"
        )

    def _mend(self, why: str, *, waiting: bool = False) -> bool:
        """Make again what is to be made again; says whether there was anything."""
        if not mending.is_to_be_mended():
            return False
        begun = monotonic()
        self.stdout.write(why)
        made = mending.mend(self._tell_mended, waiting=waiting)
        self.stdout.write(f"{made} made again in {monotonic() - begun:.1f} s")
        return True

    def _tell_mended(self, mended: Mended) -> None:
        self.stdout.write(f"  {mended.seconds:8.1f} s  {mended.what}")
