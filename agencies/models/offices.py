"""Agencies and offices (one tree), the areas they cover, and the posts in them."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import RANK, Role
from agencies.models.naming import Named


class Body(models.TextChoices):
    """What kind of body an office is."""

    MINISTRY = "ministry", _("Ministry")
    DIVISION = "division", _("Division")
    DEPARTMENT = "department", _("Department")
    FIELD_OFFICE = "field_office", _("Field office")
    LOCAL_GOVERNMENT = "local_government", _("Local government")
    STATE_COMPANY = "state_company", _("State company")
    NGO = "ngo", _("Non-governmental organisation")

    @property
    def is_agency(self) -> bool:
        """Whether such a body is an agency of its own, or an office of the agency above it."""
        return self is not Body.FIELD_OFFICE


class OfficeType(Named):
    """A type of office that a rule can ask for: "the upazila land office that covers the place"."""

    country = models.CharField(max_length=2)
    code = models.CharField(max_length=60)
    body = models.CharField(max_length=20, choices=Body.choices)
    #: The level of place it covers ("district"), or empty for one that covers the country.
    level = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "code"], name="office_type_code_once"),
        ]


class OfficeQuerySet(models.QuerySet["Office"]):
    def open(self) -> "OfficeQuerySet":
        """Offices that still exist."""
        return self.filter(closed_at=None)

    def under(self, office: "Office") -> "OfficeQuerySet":
        """The office and all below it."""
        return self.filter(country=office.country, path__startswith=office.path)


class Office(Named):
    """An agency or an office of one. `path` holds the codes from the top down, each with '/'.

    `agency` is the body the citizen knows and the figures count by. A ministry, department, local
    government or company is its own agency: the field points at the row itself. A field office
    belongs to the nearest agency above it, and has none if there is none (an orphan).
    """

    country = models.CharField(max_length=2)
    code = models.CharField(max_length=60)
    type = models.ForeignKey(OfficeType, on_delete=models.PROTECT, related_name="offices")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = models.CharField(max_length=400)
    agency = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    short_name = models.CharField(max_length=60, blank=True)
    #: Other names people use ("PDB", "পল্লী বিদ্যুৎ"): NFC, lower case.
    aliases = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    website = models.CharField(max_length=200, blank=True)
    calendar = models.ForeignKey(
        "agencies.Calendar", on_delete=models.PROTECT, null=True, blank=True
    )
    places = models.ManyToManyField(
        "agencies.Place", through="agencies.OfficeArea", related_name="offices"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    #: Code, names and aliases in comparable form (`agencies.naming.search_text`).
    search_text = models.TextField(default="", blank=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "code"], name="office_code_once"),
        ]
        indexes = [
            models.Index(
                OpClass("path", name="text_pattern_ops"), "country", name="office_path_idx"
            ),
            GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="office_search_idx"),
        ]

    @property
    def path_codes(self) -> list[str]:
        """Codes from the top down to this office."""
        return self.path.rstrip("/").split("/")

    def is_above(self, other: "Office") -> bool:
        """Whether the other office lies below this one (not the same)."""
        return self.country == other.country and (
            other.path.startswith(self.path) and other.path != self.path
        )


class OfficeArea(models.Model):
    """An office covers a place, with all that lies under it."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="areas")
    place = models.ForeignKey("agencies.Place", on_delete=models.PROTECT, related_name="covered_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "place"], name="office_area_once"),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} covers {self.place_id}"


class PostQuerySet(models.QuerySet["Post"]):
    def held_at(self, when: datetime | None = None) -> "PostQuerySet":
        """Posts held at a moment (now, if none is given); from inclusive, to exclusive."""
        when = when or timezone.now()
        return self.filter(Q(held_to=None) | Q(held_to__gt=when), held_from__lte=when)

    def of_people(self) -> "PostQuerySet":
        """Posts that people hold: not those of agencies' own systems."""
        return self.exclude(role=Role.SYSTEM)


class Post(models.Model):
    """A person holds a role in an office, from a moment to a moment: posts change hands."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts"
    )
    role = models.CharField(max_length=20, choices=Role.choices)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="posts")
    title = models.CharField(max_length=120, blank=True)
    held_from = models.DateTimeField(default=timezone.now)
    held_to = models.DateTimeField(null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(held_to=None) | Q(held_to__gt=F("held_from")), name="post_ends_later"
            ),
            models.UniqueConstraint(
                fields=["user", "role", "office"],
                condition=Q(held_to=None),
                name="post_held_once",
            ),
        ]
        indexes = [models.Index(fields=["office", "role"])]

    def __str__(self) -> str:
        return f"{self.role} in office {self.office_id}"

    @property
    def rank(self) -> int:
        """How the post stands in its office; higher is above."""
        return RANK[Role(self.role)]
