"""Rule sets with versions, and the rules in them. Cases keep what was decided, in their room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RuleSet(models.Model):
    """One version of a country's rules.

    A draft is edited, then published; the one published before it is retired. Rules of a published
    or retired set are never changed: decisions point at them.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("In force")
        RETIRED = "retired", _("Retired")

    country = models.CharField(max_length=2)
    name = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    #: Threshold, spelling, titles and so on (`routing.compiled.SETTINGS`).
    settings = models.JSONField(default=dict)
    #: The set that this one was begun from.
    begun_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True)
    #: Of the files, if the set was loaded from a pack and nobody has touched it; else "".
    pack_digest = models.CharField(max_length=64, blank=True)
    changed_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["country", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["country", "version"], name="ruleset_version_once"),
            models.UniqueConstraint(
                fields=["country"],
                condition=models.Q(status="published"),
                name="ruleset_one_published",
            ),
            models.UniqueConstraint(
                fields=["country"], condition=models.Q(status="draft"), name="ruleset_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.version}"

    @property
    def is_draft(self) -> bool:
        """Whether it may be edited."""
        return self.status == self.Status.DRAFT


class RuleRow(models.Model):
    """One rule as it was written; `routing.conditions` says what each column means."""

    ruleset = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="rules")
    code = models.CharField(max_length=80)
    words = models.TextField(blank=True)
    not_words = models.TextField(blank=True)
    category = models.TextField(blank=True)
    place = models.TextField(blank=True)
    named = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=60, blank=True)
    channel = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=60, blank=True)
    target = models.CharField(max_length=60, blank=True)
    target_type = models.CharField(max_length=60, blank=True)
    strength = models.CharField(max_length=3)
    note = models.TextField()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["ruleset", "code"], name="rule_code_once"),
        ]
        verbose_name = "rule"

    def __str__(self) -> str:
        return self.code
