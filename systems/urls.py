"""Addresses of the room."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("systems.access.urls")),
    path("", include("systems.views.urls")),
    path("", include("systems.sandbox.urls")),
    path("", include("systems.out.urls")),
    path("", include("systems.views.office_urls")),
    path("", include("systems.inward.urls")),
]
