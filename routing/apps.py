"""The routing room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoutingConfig(AppConfig):
    """Rule sets and the engine."""

    name = "routing"
    verbose_name = _("Routing")

    def ready(self) -> None:
        """Load the pack's rules after the registry."""
        from agencies.loading import register_step
        from routing.services import load_rules

        register_step("rules", load_rules)
