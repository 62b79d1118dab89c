"""Addresses of Open311 below `open311/v2/`, and the registrar's page of keys."""

from django.urls import include, path, re_path

from channels.open311 import pages, views

FORM = r"\.(?P<form>xml|json)$"

georeport = [
    re_path(rf"^discovery{FORM}", views.discovery, name="open311-discovery"),
    re_path(rf"^services{FORM}", views.services, name="open311-services"),
    re_path(rf"^services/(?P<code>[^/]+){FORM}", views.definition, name="open311-service"),
    re_path(rf"^requests{FORM}", views.requests, name="open311-requests"),
    re_path(rf"^requests/(?P<number>[^/]+){FORM}", views.request_by_number, name="open311-request"),
    re_path(rf"^tokens/(?P<token>[^/]+){FORM}", views.token, name="open311-token"),
    re_path(rf"^servicerequestupdates{FORM}", views.updates, name="open311-updates"),
    re_path(r"^(?P<rest>.*)$", views.anything_else, name="open311-nothing"),
]

urlpatterns = [
    path("open311/v2/", include(georeport)),
    path("registry/keys/", pages.api_keys, name="registry-keys"),
    path("registry/keys/<int:pk>/revoke/", pages.revoke, name="registry-key-revoke"),
]
