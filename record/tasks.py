"""Regular work of the record; safe to repeat."""

from celery import shared_task

from record.services import writing

#: Seconds after which the writer begins no new step, well before the worker would cut it short.
LONGEST = 25.0


@shared_task(name="record.tasks.write_log")
def write_log() -> None:
    """Give events their numbers in the log, and sign the heads of days that are over."""
    writing.write(seconds=LONGEST)
