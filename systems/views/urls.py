"""Addresses of the registrar's pages about systems."""

from django.urls import include, path

from systems.views import city, registry

pages = [
    path("", registry.systems, name="registry-systems"),
    path("new/", registry.join, name="registry-system-new"),
    path("<int:pk>/", registry.system, name="registry-system"),
    path("<int:pk>/edit/", registry.change, name="registry-system-edit"),
    path("<int:pk>/secret/", registry.new_secret, name="registry-system-secret"),
    path("<int:pk>/old-secret/", registry.end_old_secret, name="registry-system-old-secret"),
    path("<int:pk>/end/", registry.end, name="registry-system-end"),
    path("<int:pk>/city/", city.city, name="registry-system-city"),
]
urlpatterns = [path("registry/systems/", include(pages))]
