"""Addresses of the API by which systems send something in."""

from django.urls import path

from systems.inward import api

urlpatterns = [
    path("api/v1/system/cases/", api.Filing.as_view(), name="api-system-cases"),
    path("api/v1/system/statuses/", api.Statuses.as_view(), name="api-system-statuses"),
    path(
        "api/v1/system/statuses/dry-run/",
        api.Rehearsal.as_view(),
        name="api-system-statuses-dry-run",
    ),
    path(
        "api/v1/cases/<str:number>/reference/",
        api.CaseReference.as_view(),
        name="api-case-reference",
    ),
    path("api/v1/cases/<str:number>/status/", api.CaseStatus.as_view(), name="api-case-status"),
]
