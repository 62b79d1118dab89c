"""Addresses of the pages for an office about its systems."""

from django.urls import include, path

from systems.views import deliveries, statuses

pages = [
    path("", deliveries.systems, name="office-systems"),
    path("<int:pk>/deliveries/", deliveries.deliveries, name="office-system-deliveries"),
    path("<int:pk>/deliveries/again/", deliveries.again, name="office-system-again"),
    path("<int:pk>/deliveries/<int:seq>/", deliveries.delivery, name="office-system-delivery"),
    path("<int:pk>/address/", deliveries.address, name="office-system-address"),
    path("<int:pk>/statuses/", statuses.table, name="office-system-statuses"),
]
urlpatterns = [path("office/systems/", include(pages))]
