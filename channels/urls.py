"""Addresses of the channels: providers' webhooks, and the pages about them."""

from django.urls import URLPattern, URLResolver, include, path

from channels import webhooks
from channels.app import pages
from channels.email import webhook as email
from channels.push import api as push
from channels.views import health, tray

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("channels.open311.urls")),
    path("", include("channels.simulator.urls")),
    path("desk/messages/", tray.tray_list, name="message-tray"),
    path("desk/messages/<uuid:key>/", tray.message_page, name="message"),
    path("oversight/channels/", health.channels, name="channels"),
    path("oversight/channels/again/", health.send_again, name="channels-again"),
    path("app.webmanifest", pages.manifest, name="manifest"),
    path("service-worker.js", pages.service_worker, name="service-worker"),
    path("app/offline/", pages.offline, name="offline"),
    path("app/key/", push.PushKey.as_view(), name="push-key"),
    path("app/devices/", push.Devices.as_view(), name="devices"),
    path("app/devices/known/", push.KnownDevice.as_view(), name="devices-known"),
    path("channels/email/<path:service>", email.receive, name="webhook-email"),
    path("channels/sms/<slug:provider>/", webhooks.receive, name="webhook-sms"),
    path("channels/sms/<slug:provider>/<str:secret>/", webhooks.receive, name="webhook-sms-secret"),
    path("channels/<slug:provider>/", webhooks.receive, name="webhook"),
]
