"""Addresses of what rises."""

from django.urls import path

from oversight.surges import views

urlpatterns = [
    path("rising/", views.rising, name="oversight-rising"),
    path("rising/<str:code>/", views.subject, name="oversight-rising-subject"),
]
