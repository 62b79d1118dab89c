"""Things with a name in each language."""

from django.db import models
from django.utils.translation import get_language


class Named(models.Model):
    """A row whose names lie in one JSON object: language code → name (NFC)."""

    names = models.JSONField(default=dict)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str | None) -> str:
        """The name in a language, else in English, else in any language there is."""
        names: dict[str, str] = self.names
        return names.get(language or "") or names.get("en") or next(iter(names.values()), "")

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_in((get_language() or "en")[:2])
