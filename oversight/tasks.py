"""Regular work of oversight; each task calls one service and is safe to repeat."""

from celery import shared_task

from oversight.issues import tending


@shared_task(name="oversight.tasks.tend_issues")
def tend_issues() -> None:
    """Remind of issues, tell who is late and what is back, and tell the citizens of linked cases."""
    tending.tend()
