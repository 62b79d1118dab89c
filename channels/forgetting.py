"""What the channels keep of a case is erased with its person or its words: raw messages, devices, posts
that are still to leave. `complaints` calls this under the case's lock (`services.erasing.ROOMS`).
"""

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from channels.models import Conversation, Device, Message, PublicPost
from complaints.models import Case, Handle
from complaints.services.erasing import ROOMS

#: Instead of a provider's own id of a message, from which somebody may be told.
NAMELESS = Concat(Value("erased:"), Cast(F("pk"), CharField()))


def register() -> None:
    """Take part in erasing, from start-up on; twice is once."""
    for steps, step in ((ROOMS.person, erase_person), (ROOMS.words, erase_words)):
        if step not in steps:
            steps.append(step)
    if clear_handle not in ROOMS.handle:
        ROOMS.handle.append(clear_handle)


def erase_messages(messages: QuerySet[Message]) -> int:
    """Empty messages of what came with them; says how many. They are no longer anybody's."""
    return messages.update(
        sealed=None, fetched={}, handle=None, external_id=NAMELESS, erased_at=timezone.now()
    )


def erase_person(case: Case) -> None:
    """The devices that got its news, and the messages that became it or went to it."""
    Device.objects.filter(contact__case=case).delete()
    erase_messages(Message.objects.filter(case=case, erased_at=None))


def erase_words(case: Case) -> None:
    """Posts about it that did not leave yet. What is out is at X, with a link to nothing."""
    PublicPost.objects.filter(case=case, status=PublicPost.Status.PENDING).delete()


def clear_handle(handle: Handle) -> bool:
    """Forget what was said in a conversation; False while one is going on there.

    The caller holds the handle's lock, as whoever takes messages of it does.
    """
    new = Message.objects.filter(handle=handle, state=Message.State.NEW)
    talks = Conversation.objects.filter(handle=handle)
    if new.exists() or talks.filter(file_at__isnull=False).exists():
        return False
    talks.delete()
    erase_messages(Message.objects.filter(handle=handle))
    return True
