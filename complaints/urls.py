"""Addresses of complaints: citizen, officer, public, files, API."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    # API
    path("api/v1/", include("complaints.api.urls")),
]
