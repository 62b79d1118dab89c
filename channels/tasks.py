"""Regular work of the channels; each task calls one service."""

from celery import shared_task

from channels import services


@shared_task(name="channels.tasks.deliver_notices", soft_time_limit=50, time_limit=55)
def deliver_notices() -> None:
    """Send the notices that are due."""
    services.deliver_notices()
