"""Addresses of the dashboards and of the public figures."""

from django.urls import include, path

from oversight import pressure, public, views

urlpatterns = [
    path("oversight/", views.dashboard, name="oversight"),
    path("oversight/agency/<str:code>/", views.agency, name="oversight-agency"),
    path("oversight/escalations/", views.escalations, name="oversight-escalations"),
    path("oversight/pressured/", pressure.pressured, name="pressured"),
    path("oversight/audits/", include("oversight.audits.urls")),
    path("performance/", public.performance, name="performance"),
    path("oversight/", include("oversight.boards.urls")),
    path("", include("oversight.issues.urls")),
    path("", include("oversight.orders.urls")),
]
