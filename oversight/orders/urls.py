"""Addresses of files that were ordered."""

from django.urls import path

from oversight.orders import views

urlpatterns = [
    path("oversight/files/", views.files, name="oversight-files"),
    path("oversight/files/<int:order>/", views.file, name="oversight-file"),
    path("oversight/files/<int:order>/again/", views.again, name="oversight-file-again"),
    path("oversight/files/<int:order>/download/", views.download, name="oversight-file-download"),
]
