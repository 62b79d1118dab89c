"""Addresses of the dashboards and of the public figures."""

from django.urls import include, path

from oversight import pressure

urlpatterns = [
    path("oversight/", include("oversight.dashboards.urls")),
    path("oversight/pressured/", pressure.pressured, name="pressured"),
    path("oversight/pressured/cases/", pressure.closings, name="pressured-cases"),
    path("oversight/audits/", include("oversight.audits.urls")),
    path("", include("oversight.open.urls")),
    path("oversight/", include("oversight.boards.urls")),
    path("oversight/", include("oversight.alerts.urls")),
    path("oversight/", include("oversight.surges.urls")),
    path("", include("oversight.issues.urls")),
    path("", include("oversight.orders.urls")),
    path("", include("oversight.exports.urls")),
    path("", include("oversight.reports.urls")),
]
