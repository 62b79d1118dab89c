"""Addresses of fair play: clusters for the desk, restrictions and patterns for those who oversee."""

from django.urls import path

from fairplay.views import clusters, flags, restrictions

urlpatterns = [
    path("desk/clusters/", clusters.cluster_list, name="clusters"),
    path("desk/clusters/<uuid:key>/", clusters.cluster_page, name="cluster"),
    path("desk/clusters/<uuid:key>/live/", clusters.cluster_live, name="cluster-live"),
    path("oversight/restrictions/", restrictions.restriction_list, name="restrictions"),
    path("oversight/flags/", flags.flag_list, name="flags"),
    path("oversight/flags/<uuid:key>/", flags.flag_page, name="flag"),
]
