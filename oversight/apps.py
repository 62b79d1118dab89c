from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "oversight"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take part where a case is erased or shown: complaints cannot look up to this room."""
        from complaints import front, notice_texts
        from complaints.load.signals import cases_made
        from complaints.views.officer.wording import CHANNELS
        from oversight import forgetting
        from oversight.exports.making import register_exports
        from oversight.figures.keeping import count_made
        from oversight.issues import shown_beside
        from oversight.open.front import front_figures
        from oversight.orders import making
        from oversight.reports import editions

        notice_texts.WORDED["way_in"] = CHANNELS
        shown_beside.register()
        forgetting.register()
        making.register()
        editions.register_kinds()
        register_exports()
        cases_made.connect(count_made)
        front.register(front_figures)
