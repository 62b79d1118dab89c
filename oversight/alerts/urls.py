"""Addresses of alerts and their rules."""

from django.urls import path

from oversight.alerts import views

urlpatterns = [
    path("alerts/", views.alerts, name="oversight-alerts"),
    path("alerts/new/<str:kind>/", views.new_rule, name="oversight-alert-new"),
    path("alerts/<int:alert>/", views.alert, name="oversight-alert"),
    path("alerts/<int:alert>/acknowledge/", views.acknowledge, name="oversight-alert-acknowledge"),
    path("alerts/rules/<int:rule>/end/", views.end_rule, name="oversight-alert-end"),
]
