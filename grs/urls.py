"""Every address of the portal, by room.

The language prefix (/en/, /bn/, /id/) is taken off before this is asked: see grs/middleware.py.
"""

from django.urls import include, path
from django.views.generic import TemplateView
from django.views.i18n import set_language

from grs import health

handler400 = "grs.errors.bad_request"
handler403 = "grs.errors.permission_denied"
handler404 = "grs.errors.page_not_found"
handler500 = "grs.errors.server_error"

urlpatterns = [
    path("healthz/live", health.live, name="health-live"),
    path("healthz/ready", health.ready, name="health-ready"),
    path("metrics", health.metrics, name="metrics"),
    path("language/", set_language, name="set_language"),
    *[
        path(f"{name}/", TemplateView.as_view(template_name=f"pages/{name}.html"), name=name)
        for name in ("help", "accessibility")
    ],
    path("accounts/", include("allauth.urls")),
    path("", include("agencies.urls")),
    path("", include("routing.urls")),
    path("", include("record.urls")),
    path("", include("complaints.urls")),
    path("", include("channels.urls")),
    path("", include("oversight.urls")),
    path("", include("fairplay.urls")),
    path("", include("console.urls")),
    path("", include("systems.urls")),
]
