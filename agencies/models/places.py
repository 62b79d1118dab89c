"""Places: a country's divisions, districts and so on, down to the union or village."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models.naming import Named

#: The levels of the country packs, in the reader's words.
LEVEL_NAMES = {
    "division": _("Division"),
    "district": _("District"),
    "city": _("City"),
    "upazila": _("Upazila"),
    "union": _("Union"),
    "province": _("Province"),
    "regency": _("Regency or city"),
    "subdistrict": _("Subdistrict"),
    "village": _("Village"),
}


class Place(Named):
    """One place in the tree. `path` holds the codes from the root down, each followed by '/'."""

    country = models.CharField(max_length=2)
    code = models.CharField(max_length=32)
    level = models.CharField(max_length=20)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = models.CharField(max_length=200)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    #: All names in comparable form, parted by bars (`agencies.naming.search_text`).
    search_text = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "code"], name="place_code_once"),
        ]
        indexes = [
            models.Index(
                OpClass("path", name="text_pattern_ops"), "country", name="place_path_idx"
            ),
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="place_search_idx"),
            models.Index(fields=["country", "level"], name="place_level_idx"),
        ]

    @property
    def level_name(self) -> str:
        """The level in the reader's words."""
        return str(LEVEL_NAMES.get(self.level, self.level))

    @property
    def ancestor_codes(self) -> list[str]:
        """Codes from the root down to this place."""
        return self.path.rstrip("/").split("/")
