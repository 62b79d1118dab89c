"""Addresses of OAuth."""

from django.urls import path

from systems.access import views

urlpatterns = [
    path("oauth/token/", views.Token.as_view(), name="oauth-token"),
    path("oauth/revoke/", views.Revoke.as_view(), name="oauth-revoke"),
]
