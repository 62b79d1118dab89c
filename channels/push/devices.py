"""Which devices get the news of a case: kept sealed, found by blind index, at most ten a case."""

from dataclasses import dataclass

from django.db import transaction

from accounts.actors import Actor
from channels.models import Device
from channels.push.subscription import Subscription
from complaints import moment
from complaints.models import Contact
from complaints.services import device_news, sealing
from complaints.services.work import lock_cases

MOST_DEVICES = 10


@dataclass(frozen=True, slots=True)
class Target:
    """A device to send to: the id of its row, and how it is reached."""

    id: int
    subscription: Subscription


def index_of(endpoint: str) -> str:
    """The blind index of a device's address."""
    return sealing.blind_index("device", endpoint)


def add(*, actor: Actor, number: str, subscription: Subscription) -> int:
    """News of the case goes to this device too; says the case's last event. Safe to repeat.

    The oldest device makes room for the eleventh. Raises NoSuchCase if the actor is not its citizen.
    """
    with transaction.atomic():
        # The case is locked from here on: of two devices only one finds the last place.
        news = device_news.start(actor=actor, number=number)
        devices = Device.objects.filter(contact=news.contact)
        if news.is_new:
            # Of a time before: news was stopped since, or whoever had the old secret got it.
            devices.delete()
        how = {"sealed": sealing.seal(subscription.as_json()), "language": actor.language}
        devices.update_or_create(
            contact=news.contact,
            index=index_of(subscription.endpoint),
            defaults=how,
            create_defaults={**how, "created_at": moment.now()},
        )
        newest = devices.order_by("-created_at", "-id").values("pk")[:MOST_DEVICES]
        devices.exclude(pk__in=list(newest.values_list("pk", flat=True))).delete()
    return news.seq


def remove(*, actor: Actor, number: str, endpoint: str) -> int:
    """No more news of the case on this device; says the case's last event. Safe to repeat.

    Raises NoSuchCase if the actor is not its citizen.
    """
    with transaction.atomic():
        case = lock_cases([number]).get(number)
        devices = Device.objects.filter(contact__case=actor.case_id)
        devices.filter(index=index_of(endpoint)).delete()
        if case is not None and devices.exists():
            return case.last_seq
        return device_news.stop(actor=actor, number=number)


def is_known(*, actor: Actor, endpoint: str) -> bool:
    """Whether this device gets the news of the actor's case."""
    devices = Device.objects.filter(contact__case=actor.case_id, contact__has_push=True)
    return devices.filter(index=index_of(endpoint)).exists()


def of_contact(contact_id: int) -> list[Target]:
    """The devices of a contact. Raises CannotUnseal."""
    found = []
    for row in Device.objects.filter(contact=contact_id).order_by("id"):
        opened = sealing.unseal(row.sealed)
        found.append(Target(row.pk, Subscription(opened["endpoint"], **opened["keys"])))
    return found


def forget(device_ids: list[int]) -> None:
    """Their push services say that there are no such devices any more."""
    Device.objects.filter(pk__in=device_ids).delete()


def none_left(contact_id: int) -> None:
    """Nothing more is written for the devices of a contact, unless one came meanwhile."""
    with transaction.atomic():
        lock_cases(Contact.objects.filter(pk=contact_id).values_list("case__number", flat=True))
        if not Device.objects.filter(contact=contact_id).exists():
            device_news.fall_silent(contact_id)
