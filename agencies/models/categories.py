"""What a complaint can be about, and the services an office promises."""

from django.db import models

from accounts.roles import Role
from agencies.models.naming import Named


class Category(Named):
    """One subject in the tree. `path` holds the codes from the root down, each with '/'."""

    country = models.CharField(max_length=2)
    code = models.CharField(max_length=60)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = models.CharField(max_length=200)
    order = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "code"], name="category_code_once"),
        ]
        ordering = ["order", "code"]


class Service(Named):
    """A service with its charter: what one gets, in what time, for what fee, from whom.

    It is promised by one office, or by every office of a type. Names and `what` are in each
    language: language code → text.
    """

    country = models.CharField(max_length=2)
    code = models.CharField(max_length=60)
    office = models.ForeignKey(
        "agencies.Office", on_delete=models.CASCADE, null=True, blank=True, related_name="services"
    )
    office_type = models.ForeignKey(
        "agencies.OfficeType",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="services",
    )
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="services")
    what = models.JSONField(default=dict)
    days = models.PositiveIntegerField()
    working_days = models.BooleanField(default=True)
    #: In the country's currency, smallest unit shown; null is "not set", 0 is free.
    fee = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    officer_role = models.CharField(max_length=20, choices=Role.choices, default=Role.FOCAL)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "code"], name="service_code_once"),
            models.CheckConstraint(
                condition=models.Q(office=None) ^ models.Q(office_type=None),
                name="service_of_office_or_type",
            ),
        ]
