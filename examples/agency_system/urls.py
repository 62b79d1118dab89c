"""Addresses: three pages, and the one that the portal calls."""

from desk import views
from django.urls import path

urlpatterns = [
    path("", views.tickets, name="tickets"),
    path("new/", views.new, name="new"),
    path("tickets/<str:ref>/", views.ticket, name="ticket"),
    path("hook/", views.hook, name="hook"),
]
