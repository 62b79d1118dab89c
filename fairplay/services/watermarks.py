"""How far regular work has come: one at a time, from where the last one stopped."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.db import transaction

from fairplay.models import Watermark


@contextmanager
def from_mark(name: str, begin: datetime) -> Iterator[Watermark | None]:
    """The mark of some work under its lock, saved on leaving; None while another one has it.

    `begin` is where the very first run begins (UTC). An exception leaves the mark where it was.
    """
    country = settings.COUNTRY
    Watermark.objects.bulk_create(
        [Watermark(country=country, name=name, at=begin)], ignore_conflicts=True
    )
    with transaction.atomic():
        rows = Watermark.objects.select_for_update(skip_locked=True)
        mark = rows.filter(country=country, name=name).first()
        yield mark
        if mark is not None:
            mark.save(update_fields=["at", "case_id"])
