"""Addresses of the boards."""

from django.urls import path

from oversight.boards import by_place, channels, desk, desk_lists, flow, league

urlpatterns = [
    path("desk/", desk.desk, name="oversight-desk"),
    path("desk/cases/", desk_lists.desk_cases, name="oversight-desk-cases"),
    path("channels/health/", channels.channels, name="oversight-channels"),
    path("flow/", flow.flow, name="oversight-flow"),
    path("flow/cases/", flow.flow_cases, name="oversight-flow-cases"),
    path("map/", by_place.by_place, name="oversight-map"),
    path("league/", league.league, name="oversight-league"),
]
