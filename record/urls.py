"""Addresses of the public record."""

from django.urls import path

from record import views

urlpatterns = [
    path("record/", views.record, name="record"),
    path("record/index.json", views.index_json, name="record-index"),
    path("record/keys.json", views.keys_json, name="record-keys"),
    path("record/check_receipt.py", views.script, name="record-script"),
    path("record/leaf/<str:leaf>.json", views.leaf_json, name="record-leaf"),
    path("record/<str:day>/", views.day, name="record-day"),
    path("record/<str:day>/head.json", views.head_json, name="record-head"),
    path("record/<str:day>/leaves.txt", views.leaves, name="record-leaves"),
]
