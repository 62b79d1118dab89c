"""Addresses of complaints: citizen, officer, public, files, API."""

from django.urls import URLPattern, URLResolver, include, path

from complaints.views import files

urlpatterns: list[URLPattern | URLResolver] = [
    path("files/<uuid:key>/", files.attachment, name="file"),
    # API
    path("api/v1/", include("complaints.api.urls")),
]
