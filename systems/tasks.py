"""Regular work of the room; each task calls one service and is safe to repeat."""

from celery import shared_task

from systems.cities import reading as cities_read
from systems.cities import sending as cities_sent
from systems.inward import leaving
from systems.out import following, forgetting, led, sending
from systems.services import tokens


@shared_task(name="systems.tasks.follow_log", soft_time_limit=50, time_limit=55)
def follow_log() -> None:
    """Tell systems what the record's log has; who is called hears of it at once."""
    led.keep()
    if following.follow():
        send_webhooks.delay()


@shared_task(name="systems.tasks.send_webhooks", soft_time_limit=50, time_limit=55)
def send_webhooks() -> None:
    """Call the systems for which something is due."""
    sending.send_due()


@shared_task(name="systems.tasks.forget_deliveries", soft_time_limit=250, time_limit=280)
def forget_deliveries() -> None:
    """Erase what systems were told, when its days are over."""
    forgetting.forget()


@shared_task(name="systems.tasks.forget_tokens")
def forget_tokens() -> None:
    """Erase tokens whose ten minutes are over."""
    tokens.forget_expired()


@shared_task(name="systems.tasks.give_back_cases")
def give_back_cases() -> None:
    """Open cases of systems that have ended come back to the people of their offices."""
    leaving.give_back()


@shared_task(name="systems.tasks.send_to_cities", soft_time_limit=100, time_limit=110)
def send_to_cities() -> None:
    """Hand over what waits for cities that speak Open311."""
    cities_sent.send_due()


@shared_task(name="systems.tasks.read_cities", soft_time_limit=100, time_limit=110)
def read_cities() -> None:
    """Read what became of what cities have."""
    cities_read.read_due()
