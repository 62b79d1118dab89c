"""Regular work of casework; each task calls one service and is safe to repeat."""

from datetime import timedelta
from importlib import import_module

from celery import shared_task
from django.conf import settings

from accounts import phones
from complaints import moment
from complaints.services import bar_changes, escalation, files, forgetting, lost_secret, repeating

#: Seconds after which a sweep begins no new case, well before the worker would cut it short.
LONGEST_SWEEP = 25.0


@shared_task(name="complaints.tasks.sweep")
def sweep() -> None:
    """Move up what is late, end what has run its time; what is left is the next sweep's."""
    escalation.sweep(seconds=LONGEST_SWEEP)


@shared_task(name="complaints.tasks.move_from_barred")
def move_from_barred() -> None:
    """Posts have changed hands: open cases leave whoever is barred from them by now, and appeals that no
    overseer may decide are told to whoever does.
    """
    bar_changes.move_all_from_barred()
    bar_changes.tell_of_undecided()


@shared_task(name="complaints.tasks.forget_receipts")
def forget_receipts() -> None:
    """Erase answers kept for what may come again, once their day is over; and codes out of date."""
    repeating.forget_answers()
    lost_secret.forget_proofs()


@shared_task(name="complaints.tasks.erase_loose_files")
def erase_loose_files() -> None:
    """Erase uploads that no move took."""
    files.erase_loose()


@shared_task(name="complaints.tasks.forget_sessions")
def forget_sessions() -> None:
    """Erase sessions that are over, and with them the drafts, receipts and proofs they hold; and
    accounts of telephones from which nobody signed in within a day."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    phones.forget_unused(moment.now() - timedelta(days=1))


@shared_task(name="complaints.tasks.forget_by_retention")
def forget_by_retention() -> None:
    """Erase what has been kept as long as it may be; what is left is the next run's."""
    forgetting.by_retention(seconds=LONGEST_SWEEP)
