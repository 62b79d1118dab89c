"""Synthetic load: many cases, quickly, for trying out size and speed."""

from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from agencies import snapshot
from complaints.demo.load import Loader


class Command(BaseCommand):
    help = "Make N synthetic cases (only with GRS_DEMO=1 or DEBUG); the same seed, the same cases."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or settings.DEBUG):
            raise CommandError("Synthetic cases are made only with GRS_DEMO=1.")
        if options["number"] < 1:
            raise CommandError("How many? A whole number from 1.")
        begun, done = monotonic(), 0
        loader = Loader(snapshot.current(settings.COUNTRY), options["seed"])
        if not loader.offices:
            raise CommandError("There are no offices: run load_country first.")
        for done in loader.make(options["number"]):
            if done % 50_000 == 0:
                self.stdout.write(f"{done} cases, {monotonic() - begun:.0f} s")
        self.stdout.write(f"{done} synthetic cases in {monotonic() - begun:.1f} s")
