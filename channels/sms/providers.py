"""The providers of SMS by name: their ways in, and the gateways of which one is chosen."""

from collections.abc import Callable

from channels.sms.dialects.africastalking import AfricasTalkingIn, AfricasTalkingOut
from channels.sms.dialects.infobip import InfobipIn, InfobipOut
from channels.sms.dialects.kannel import KannelIn, KannelOut
from channels.sms.dialects.log import LogGateway
from channels.sms.dialects.sslwireless import SslWirelessIn, SslWirelessOut
from channels.sms.dialects.twilio import TwilioIn, TwilioOut
from channels.sms.gateway import SmsGateway
from channels.sms.inbound import SmsInbound

INBOUND: tuple[SmsInbound, ...] = (
    TwilioIn(),
    InfobipIn(),
    AfricasTalkingIn(),
    SslWirelessIn(),
    KannelIn(),
)
GATEWAYS: dict[str, Callable[[], SmsGateway]] = {
    "log": LogGateway,
    "twilio": TwilioOut,
    "infobip": InfobipOut,
    "africastalking": AfricasTalkingOut,
    "sslwireless": SslWirelessOut,
    "kannel": KannelOut,
}
