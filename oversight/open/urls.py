"""Addresses of the public figures, of the open data, and of figures for other programs."""

from django.urls import path

from oversight.open import api, data_views, views

urlpatterns = [
    path("performance/", views.performance, name="performance"),
    path("performance/method/", views.method, name="performance-method"),
    path("performance/agency/<str:code>/", views.performance_agency, name="performance-agency"),
    path("performance/data/", data_views.open_data, name="open-data"),
    path("performance/data/catalog.jsonld", data_views.open_data_catalog, name="open-data-catalog"),
    path(
        "performance/data/<slug:code>.<slug:ending>",
        data_views.open_data_file,
        name="open-data-file",
    ),
    path("api/v1/figures/", api.Figures.as_view(), name="api-figures"),
    path("api/v1/figures/public/", api.PublicFigures.as_view(), name="api-figures-public"),
]
