"""Addresses of the pages for an office about its systems."""

from django.urls import include, path

from systems.views import deliveries, export, office_city, statuses

pages = [
    path("", deliveries.systems, name="office-systems"),
    path("<int:pk>/deliveries/", deliveries.deliveries, name="office-system-deliveries"),
    path("<int:pk>/deliveries/again/", deliveries.again, name="office-system-again"),
    path("<int:pk>/deliveries/<int:seq>/", deliveries.delivery, name="office-system-delivery"),
    path("<int:pk>/address/", deliveries.address, name="office-system-address"),
    path("<int:pk>/statuses/", statuses.table, name="office-system-statuses"),
    path("<int:pk>/city/", office_city.city, name="office-system-city"),
    path("<int:pk>/city/again/", office_city.again, name="office-system-city-again"),
]
urlpatterns = [
    path("office/systems/", include(pages)),
    path("office/export/", export.export, name="office-export"),
]
