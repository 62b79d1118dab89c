"""Regular work of the channels; each task calls one service and is safe to repeat."""

from celery import shared_task

from channels import intake, relay
from channels.email import mailbox
from channels.simulator import receipts
from channels.x import posting


@shared_task(name="channels.tasks.deliver_notices", soft_time_limit=50, time_limit=55)
def deliver_notices() -> None:
    """Send the notices that are due."""
    relay.deliver_notices()


@shared_task(name="channels.tasks.take_messages", soft_time_limit=50, time_limit=55)
def take_messages() -> None:
    """Take the messages that came in. What is said back leaves at once, not with the next run."""
    if intake.take_messages():
        deliver_notices.delay()


@shared_task(name="channels.tasks.fetch_mail", soft_time_limit=50, time_limit=55)
def fetch_mail() -> None:
    """Store the letters that wait in the mailbox."""
    mailbox.fetch_mail()


@shared_task(name="channels.tasks.forget_messages", soft_time_limit=50, time_limit=55)
def forget_messages() -> None:
    """Erase the words of old messages."""
    intake.forget_messages()


@shared_task(name="channels.tasks.play_reports", soft_time_limit=50, time_limit=55)
def play_reports() -> None:
    """In a demonstration: report what became of messages, as the providers do."""
    receipts.send_due()


@shared_task(name="channels.tasks.post_publicly", soft_time_limit=50, time_limit=55)
def post_publicly() -> None:
    """Tell the public moves of published cases at X, where that is wanted."""
    posting.post_publicly()
