"""Load what oversight has of its own in the demonstration. Safe to repeat; after `load_demo`."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from oversight import demo
from oversight.demo import calls, telling


class Command(BaseCommand):
    help = "Load the demonstration's issues and calls (only with GRS_DEMO=1, after load_demo)."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demonstration data is loaded only with GRS_DEMO=1.")
        file = Path(demo.__file__).parent / f"{settings.COUNTRY}.json"
        told = telling.tell(json.loads(file.read_text("utf-8"))["issues"])
        self.stdout.write(f"{told} demonstration issues, {calls.call()} calls")
