"""Addresses of complaints: citizen, officer, public, files, API."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
