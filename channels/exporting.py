"""What the channels keep of a case, for its citizen: messages as they came, while they are kept, and on
how many devices news is shown. `complaints` asks for it (`services.export.ALSO`).
"""

from typing import Any

from channels.models import Device, Message
from complaints.models import Case
from complaints.services import export, sealing

#: Of a case; each may be large.
MOST_MESSAGES = 500


def register() -> None:
    """Take part in exports, from start-up on; twice is once."""
    if of_case not in export.ALSO:
        export.ALSO.append(of_case)


def of_case(case: Case) -> dict[str, Any]:
    """Raw messages that became the case or went to it, opened; and the number of devices."""
    messages = Message.objects.filter(case=case, erased_at=None, kind=Message.Kind.WORDS)
    return {
        "messages_from_you": [_shown(m) for m in messages.order_by("id")[:MOST_MESSAGES]],
        "devices": Device.objects.filter(contact__case=case).count(),
    }


def _shown(message: Message) -> dict[str, Any]:
    try:
        raw = sealing.unseal(message.sealed) if message.sealed else {}
    except sealing.CannotUnseal:
        raw = {}
    return {"channel": message.channel, "at": message.received_at, "as_it_came": raw}
