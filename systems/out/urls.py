"""Addresses of the API about what systems are told."""

from django.urls import include, path

from systems.out import api

of_system = [
    path("endpoint/", api.MyEndpoint.as_view(), name="api-system-endpoint"),
    path("endpoint/test/", api.TestEvent.as_view(), name="api-system-test"),
    path("deliveries/", api.Deliveries.as_view(), name="api-system-deliveries"),
    path("deliveries/resend/", api.ResendFailed.as_view(), name="api-system-resend-failed"),
    path("deliveries/<int:seq>/resend/", api.Resend.as_view(), name="api-system-resend"),
]
urlpatterns = [
    path("api/v1/events/", api.Events.as_view(), name="api-events"),
    path("api/v1/system/", include(of_system)),
]
