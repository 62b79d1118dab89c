"""`manage.py export_cases OFFICE --out FILE`: everything an office and those below own (docs/import.md)."""

import os
import tempfile
from pathlib import Path
from time import monotonic
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actors import Actor
from accounts.models import User
from agencies.selectors import actor_for, office_by_code
from systems.export.choosing import Owned
from systems.export.orders import make, may_take
from systems.export.writing import Form, TooMany

#: Seconds between two lines of progress.
EACH = 5.0


class Command(BaseCommand):
    """The file is there whole or not at all."""

    help = "Write all cases of an office and those below to a CSV, XLSX, JSON Lines or ZIP file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("office", help="its code")
        parser.add_argument("--out", type=Path, required=True, help=".csv, .xlsx, .jsonl or .zip")
        parser.add_argument(
            "--as",
            dest="email",
            default="",
            help="only what this officer may see; without it also cases about people of the office",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["out"]
        kind = out.suffix.lower().lstrip(".")
        if kind not in tuple(Form):
            raise CommandError("--out has to end in .csv, .xlsx, .jsonl or .zip.")
        office = office_by_code(settings.COUNTRY, options["office"])
        if office is None:
            raise CommandError(f"There is no office {options['office']!r}.")
        actor = _actor(options["email"]) if options["email"] else None
        if actor is not None and not may_take(actor, office):
            raise CommandError("This officer does not lead the office, and is no overseer.")
        try:
            self._write(Owned(office, actor), Form(kind), out)
        except TooMany as error:
            raise CommandError(
                "There are more cases than a sheet holds, or more files than an archive. Write .csv or"
                " .jsonl, or take out the offices below this one by one."
            ) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error

    def _write(self, owned: Owned, form: Form, out: Path) -> None:
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
        try:
            with os.fdopen(handle, "w+b") as file:
                done = self._make(owned, form, cast(BinaryIO, file))
            Path(name).replace(out)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        self.stdout.write(f"{done:,} cases looked at: {out}")

    def _make(self, owned: Owned, form: Form, file: BinaryIO) -> int:
        begun = told = monotonic()
        last = 0

        def progress(done: int, whole: int) -> None:
            nonlocal told, last
            last = done
            if monotonic() - told >= EACH:
                told = monotonic()
                rate = done / (told - begun)
                self.stdout.write(f"{done:,} of {whole:,} cases, {rate:,.0f} a second")

        make(owned, form, file, progress)
        return last


def _actor(email: str) -> Actor:
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise CommandError(f"Nobody signs in as {email}.")
    return actor_for(user)
