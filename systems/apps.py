from django.apps import AppConfig


class SystemsConfig(AppConfig):
    name = "systems"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take part where a case is shown, moved or erased: complaints cannot look up to this room."""
        from systems.export import orders
        from systems.inward import leaving, shown_beside, taking_over
        from systems.past import called

        called.register()
        orders.register_export()
        shown_beside.register()
        taking_over.register()
        leaving.register()
