"""Too many messages from one handle in an hour (policy `messages_per_handle_an_hour`): the rest is kept
for the desk, without a word back and without its files.
"""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from agencies import snapshot
from channels.models import Message

HOUR = timedelta(hours=1)


def hold(message: Message) -> bool:
    """Whether the message is one of too many; then it is held, and with it, in one statement, all
    that came after it and are as well: thousands in the queue would slow down everybody's.

    What the desk has released is not held again.
    """
    if message.handle_id is None or message.fetched.get("released"):
        return False
    came = message.received_at
    most = snapshot.current(settings.COUNTRY).policy("messages_per_handle_an_hour", came).amount
    theirs = Message.objects.filter(handle=message.handle_id, kind=Message.Kind.WORDS)
    lately = theirs.filter(received_at__gt=came - HOUR, received_at__lte=came, pk__lt=message.pk)
    times = lately.order_by("-received_at").values_list("received_at", flat=True)
    # The last that may come before it within an hour.
    first = times[max(most, 1) - 1 :][:1]
    if not first:
        return False
    also = theirs.filter(received_at__gte=came, received_at__lt=first[0] + HOUR)
    also = also.filter(state=Message.State.NEW, pk__gte=message.pk)
    also.exclude(fetched__has_key="released").update(
        state=Message.State.HELD, why="too_many", done_at=timezone.now()
    )
    return True
