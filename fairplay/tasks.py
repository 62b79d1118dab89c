"""Regular work of fair play; each task calls services and is safe to repeat."""

from celery import shared_task

from fairplay.services import finding, joining, patterns

#: Seconds after which a run begins nothing new, well before the worker would cut it short.
LONGEST = 25.0


@shared_task(name="fairplay.tasks.find_clusters")
def find_clusters() -> None:
    """Compare new filings with those of the last days."""
    finding.find_clusters()


@shared_task(name="fairplay.tasks.join_clusters")
def join_clusters() -> None:
    """Join the filings that the desk chose, and what came since in the same words."""
    joining.join_waiting(LONGEST)


@shared_task(name="fairplay.tasks.look_for_patterns")
def look_for_patterns() -> None:
    """Look at the offices' days; what there is no time for comes first the next time."""
    patterns.look_for_patterns(LONGEST)


@shared_task(name="fairplay.tasks.set_aside")
def set_aside() -> None:
    """Leave flagged cases out of the rankings, and count those of dismissed flags again."""
    patterns.set_flagged_aside(LONGEST)
