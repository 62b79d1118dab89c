"""Draw the table of moves as a page for people: docs/workflow.md."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from complaints.workflow_page import page


class Command(BaseCommand):
    help = "Write docs/workflow.md from the table of moves; --check fails if it is out of date."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        file = Path(settings.BASE_DIR) / "docs" / "workflow.md"
        if not options["check"]:
            file.write_text(page(), "utf-8")
        elif file.read_text("utf-8") != page():
            raise CommandError("docs/workflow.md is out of date: run manage.py workflow_page")
