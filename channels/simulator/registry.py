"""The pretended providers, by their names in the settings."""

from channels.simulator.providers.base import Provider
from channels.simulator.providers.gateways import AfricasTalking, Infobip, Kannel, SslWireless
from channels.simulator.providers.inbox import Inbox
from channels.simulator.providers.messenger import Messenger
from channels.simulator.providers.twilio import Twilio
from channels.simulator.providers.whatsapp import WhatsApp
from channels.simulator.providers.x import X

#: Those that the page plays, one a channel, in its order.
PLAYED: dict[str, Provider] = {
    provider.channel: provider for provider in (Twilio(), WhatsApp(), Messenger(), X(), Inbox())
}
#: All, for the command.
PROVIDERS: dict[str, Provider] = {
    provider.name: provider
    for provider in (*PLAYED.values(), Infobip(), AfricasTalking(), Kannel(), SslWireless())
}
