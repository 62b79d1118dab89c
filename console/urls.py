"""Addresses of the operators' console."""

from django.urls import path

from console import case, checking, day, filing, receipts

urlpatterns = [
    path("console/", day.console, name="console"),
    path("console/end/", day.end, name="console-end"),
    path("console/new/", filing.new, name="console-new"),
    path("console/filings/<str:token>/", filing.filing, name="console-filing"),
    path("console/filings/<str:token>/look/", filing.look, name="console-look"),
    path("console/filings/<str:token>/check/", checking.check, name="console-check"),
    path("console/done/<str:token>/", receipts.done, name="console-done"),
    path("console/done/<str:token>/<slug:step>/", receipts.done, name="console-step"),
    path("console/cases/<str:number>/", case.case, name="console-case"),
    path("console/cases/<str:number>/<slug:move>/", case.move, name="console-move"),
]
