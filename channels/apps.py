from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "channels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give complaints the words of conversations, what erases them, and how the channels are doing:
        it cannot look up.
        """
        from channels import exporting, forgetting, selectors, words
        from complaints import channel_signs, notice_texts
        from complaints.services import links

        notice_texts.register(words.TEXTS)
        links.ASKING.update(words.ASKING)
        notice_texts.WORDED.update(words.WORDED)
        forgetting.register()
        exporting.register()
        channel_signs.register(selectors.signs)
