"""Addresses of tables as files."""

from django.urls import path

from oversight.exports import views

urlpatterns = [path("oversight/export/", views.export, name="oversight-export")]
