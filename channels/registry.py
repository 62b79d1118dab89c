"""The channels that there are, by code."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from channels.email.outbound import EmailOut
from channels.outbound import Outbound
from channels.sms.outbound import SmsOut


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel: its name for people, and how words leave by it (None: they only come in)."""

    code: str
    name: str | Promise
    outbound: Callable[[], Outbound] | None = None


CHANNELS: dict[str, Channel] = {
    channel.code: channel
    for channel in (
        Channel("email", _("E-mail"), EmailOut),
        Channel("sms", _("SMS"), SmsOut),
    )
}
