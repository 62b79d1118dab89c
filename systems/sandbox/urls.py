"""The one address of a sandbox."""

from django.urls import path

from systems.sandbox import api

urlpatterns = [path("api/v1/sandbox/play/", api.Play.as_view(), name="api-sandbox-play")]
