"""Somebody says that they look after an alert: who, when, and perhaps what they do."""

from django.db import transaction

from accounts.actors import Actor
from complaints import moment
from complaints.services.work import tell_database
from oversight.alerts.rules import NoSuchAlert, person
from oversight.models import Alert

#: The longest note, in characters.
LONGEST_NOTE = 2000


def acknowledge(*, actor: Actor, alert_id: int, note: str = "") -> bool:
    """Acknowledge an alert, also one that is over. Whoever does first, does: False for all later ones,
    and nothing is changed by them. Raises NoSuchAlert, and Refused for whoever is no overseer.
    """
    who = person(actor)
    with transaction.atomic():
        tell_database(actor)
        alert = Alert.objects.select_for_update().filter(pk=alert_id).first()
        if alert is None:
            raise NoSuchAlert
        if alert.acknowledged_at is not None:
            return False
        alert.acknowledged_at, alert.acknowledged_by_id = moment.now(), who
        alert.note = note.strip()[:LONGEST_NOTE]
        alert.save(update_fields=["acknowledged_at", "acknowledged_by", "note"])
    return True
