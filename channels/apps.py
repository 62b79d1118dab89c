from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "channels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give complaints the words of conversations, and what erases them: it cannot look up."""
        from channels import exporting, forgetting, words
        from complaints import notice_texts
        from complaints.services import links

        notice_texts.register(words.TEXTS)
        links.ASKING.update(words.ASKING)
        notice_texts.WORDED.update(words.WORDED)
        forgetting.register()
        exporting.register()
