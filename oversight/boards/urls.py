"""Addresses of the boards."""

from django.urls import path

from oversight.boards import flow, league

urlpatterns = [
    path("flow/", flow.flow, name="oversight-flow"),
    path("flow/cases/", flow.flow_cases, name="oversight-flow-cases"),
    path("league/", league.league, name="oversight-league"),
]
