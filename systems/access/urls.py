"""Addresses of OAuth, and of a system that asks who it is."""

from django.urls import path

from systems.access import api, views

urlpatterns = [
    path("oauth/token/", views.Token.as_view(), name="oauth-token"),
    path("oauth/revoke/", views.Revoke.as_view(), name="oauth-revoke"),
    path("api/v1/system/", api.Me.as_view(), name="api-system"),
]
