from django.apps import AppConfig


class FairplayConfig(AppConfig):
    name = "fairplay"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take part where words are erased: complaints cannot look up to this room."""
        from fairplay.services import finding

        finding.register()
