"""Load the demonstration: people for each role, and cases at every stage. Safe to repeat."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from complaints import demo
from complaints.demo.people import People
from complaints.demo.stories import Stories
from complaints.models import Case


class Command(BaseCommand):
    help = "Load demonstration people and cases (only with GRS_DEMO=1); --print lists the log-ins."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--print", action="store_true", help="only list the log-ins")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demonstration data is loaded only with GRS_DEMO=1.")
        if not settings.DEMO_PASSWORD:
            raise CommandError("Others can reach this sandbox: set GRS_DEMO_PASSWORD first.")
        folder = Path(demo.__file__).parent
        data = json.loads((folder / f"{settings.COUNTRY}.json").read_text("utf-8"))
        people = People(settings.COUNTRY, data)
        if options["print"]:
            self.print_logins(people)
            return
        people.make()
        if not Case.objects.exists():
            told = Stories(settings.COUNTRY, data).tell()
            self.stdout.write(f"{told} demonstration cases")

    def print_logins(self, people: People) -> None:
        """The log-ins as a table."""
        logins = people.logins()
        wide = max(len(login.email) for login in logins)
        for login in logins:
            self.stdout.write(f"  {login.email:<{wide}}  {login.what}")
        self.stdout.write(f"  password of all: {settings.DEMO_PASSWORD}")
