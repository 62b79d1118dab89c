from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "complaints"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say to routing where dry runs take past cases from, to copies how they read in words, and to the
        registry how many appeals nobody may decide.
        """
        from agencies.health import register_undecidable
        from complaints.copying import READ_ME
        from complaints.selectors.appeals import undecidable
        from complaints.selectors.past import past_facts
        from complaints.views.own_data import read_me
        from routing.services import register_past_facts

        register_past_facts(past_facts)
        register_undecidable(undecidable)
        READ_ME[:] = [read_me]
