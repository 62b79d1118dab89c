"""Addresses of the simulator: its pages, and the APIs of the pretended providers below their names."""

from django.urls import path

from channels.simulator import phones
from channels.simulator.api import messenger, twilio, whatsapp, x

TWILIO = "simulator/twilio/2010-04-01/Accounts/<str:sid>/Messages"
PHONE = "simulator/phones/<str:channel>/<str:person>/"

urlpatterns = [
    path("simulator/", phones.row, name="simulator"),
    path("simulator/public/", phones.public, name="simulator-public"),
    path("simulator/live/", phones.row_live, name="simulator-live"),
    path("simulator/live/<str:channel>/<str:person>/", phones.phone_live, name="simulator-talk"),
    path("simulator/pictures/<str:picture>.jpg", phones.photo, name="simulator-photo"),
    path(PHONE, phones.phone, name="simulator-phone"),
    path(f"{PHONE}raw/", phones.raw, name="simulator-raw"),
    path(f"{PHONE}send/", phones.send, name="simulator-send"),
    path(f"{PHONE}try/", phones.try_out, name="simulator-try"),
    path(f"{PHONE}trouble/", phones.make_trouble, name="simulator-trouble"),
    path(f"{TWILIO}.json", twilio.messages, name="simulated-twilio-messages"),
    path(f"{TWILIO}/<str:message>/Media/<str:media>", twilio.media, name="simulated-twilio-media"),
    path(
        "simulator/whatsapp/<str:account>/messages",
        whatsapp.messages,
        name="simulated-whatsapp-messages",
    ),
    path(
        "simulator/whatsapp/attachments/", whatsapp.attachment, name="simulated-whatsapp-attachment"
    ),
    path("simulator/whatsapp/<str:media>", whatsapp.media, name="simulated-whatsapp-media"),
    path(
        "simulator/messenger/<str:account>/messages",
        messenger.messages,
        name="simulated-messenger-messages",
    ),
    path(
        "simulator/x/2/dm_conversations/with/<str:participant>/messages",
        x.direct_messages,
        name="simulated-x-messages",
    ),
    path("simulator/x/2/tweets", x.posts, name="simulated-x-posts"),
    path(
        "simulator/x/1.1/ton/data/dm/<str:message>/<str:photo>/photo.jpg",
        x.media,
        name="simulated-x-media",
    ),
]
