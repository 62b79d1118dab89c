"""Addresses of the channels: providers' webhooks, and the pages about them."""

from django.urls import URLPattern, URLResolver, path

from channels import webhooks

urlpatterns: list[URLPattern | URLResolver] = [
    path("channels/sms/<slug:provider>/", webhooks.receive, name="webhook-sms"),
    path("channels/sms/<slug:provider>/<str:secret>/", webhooks.receive, name="webhook-sms-secret"),
    path("channels/<slug:provider>/", webhooks.receive, name="webhook"),
]
