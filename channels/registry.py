"""The channels that there are, by code, and what is particular about talking in each."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from channels.email.inbound import MailIn
from channels.email.outbound import EmailOut
from channels.inbound import Inbound
from channels.messenger.inbound import MessengerIn
from channels.messenger.outbound import MessengerOut
from channels.outbound import Outbound
from channels.push.outbound import PushOut
from channels.sms import providers as sms
from channels.sms.outbound import SmsOut
from channels.whatsapp.inbound import WhatsAppIn
from channels.whatsapp.outbound import WhatsAppOut
from channels.x.inbound import XIn
from channels.x.outbound import XOut


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel: its name for people, and how words leave by it (None: they only come in).

    `proves_sender`: whoever writes is who they seem to be (an account of a messenger); a telephone
    number or the sender of an e-mail can be forged. `talks`: questions are asked one at a time; else
    what comes is filed as it is.
    """

    code: str
    name: str | Promise
    outbound: Callable[[], Outbound] | None = None
    proves_sender: bool = False
    talks: bool = False


CHANNELS: dict[str, Channel] = {
    channel.code: channel
    for channel in (
        Channel("email", _("E-mail"), EmailOut),
        Channel("sms", _("SMS"), SmsOut, talks=True),
        Channel("push", _("App"), PushOut),
        Channel("whatsapp", _("WhatsApp"), WhatsAppOut, proves_sender=True, talks=True),
        Channel("messenger", _("Messenger"), MessengerOut, proves_sender=True, talks=True),
        Channel("x", _("X"), XOut, proves_sender=True, talks=True),
    )
}

#: Ways in, by the provider's name in its address.
INBOUND: dict[str, Inbound] = {
    way.provider: way
    for way in (
        MailIn(),
        *sms.INBOUND,
        WhatsAppIn(),
        MessengerIn(),
        XIn(),
    )
}
