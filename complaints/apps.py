from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "complaints"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say to routing where dry runs take past cases from: it cannot look up to this room."""
        from complaints.selectors.past import past_facts
        from routing.services import register_past_facts

        register_past_facts(past_facts)
