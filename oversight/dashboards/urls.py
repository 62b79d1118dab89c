"""Addresses of the dashboards, of the lists behind their figures, and of saved views."""

from django.urls import path

from oversight.dashboards import asked_again, escalations, listing, past, saved, views

urlpatterns = [
    path("", views.country, name="oversight"),
    path("agency/<str:code>/", views.agency, name="oversight-agency"),
    path("cases/", listing.cases, name="oversight-cases"),
    path("escalations/", escalations.escalations, name="oversight-escalations"),
    path("past/", past.past, name="oversight-past"),
    path("audits/found/", asked_again.found, name="oversight-audits-found"),
    path("saved/", saved.saved, name="oversight-saved"),
    path("saved/<int:view>/", saved.saved_one, name="oversight-saved-one"),
]
