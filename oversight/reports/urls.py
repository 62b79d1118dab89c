"""Addresses of reports: for overseers, and for everybody."""

from django.urls import path

from oversight.reports import pages

urlpatterns = [
    path("oversight/reports/", pages.reports, name="oversight-reports"),
    path("oversight/reports/make/", pages.make, name="oversight-report-make"),
    path("performance/reports/", pages.public_reports, name="public-reports"),
    path("performance/reports/<str:code>/", pages.public_report, name="public-report"),
    path("performance/reports/<str:code>/<slug:language>.pdf", pages.report_pdf, name="report-pdf"),
]
