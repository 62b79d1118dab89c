"""Addresses of the call-backs."""

from django.urls import path

from oversight.audits import views

urlpatterns = [
    path("", views.audits, name="oversight-audits"),
    path("ask/", views.ask, name="oversight-audit-ask"),
    path("<int:audit>/", views.audit, name="oversight-audit"),
    path("<int:audit>/take/", views.take, name="oversight-audit-take"),
    path("<int:audit>/back/", views.give_back, name="oversight-audit-back"),
    path("<int:audit>/contact/", views.look, name="oversight-audit-look"),
    path("<int:audit>/end/", views.end, name="oversight-audit-end"),
    path("<int:audit>/reopen/", views.reopen, name="oversight-audit-reopen"),
]
