"""The routing room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoutingConfig(AppConfig):
    """Rule sets and the engine."""

    name = "routing"
    verbose_name = _("Routing")
