"""Clusters of near-identical filings, and the prints by which they are found."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Cluster(models.Model):
    """Filings in nearly the same words, from the same place or from none, one after the other.

    It is counted anew when it grows; what it says of a sender is how many filings came from one,
    never who that is.
    """

    class State(models.TextChoices):
        OPEN = "open", _("To be looked at")
        JOINED = "joined", _("Handled as one")
        DISMISSED = "dismissed", _("Not the same")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    country = models.CharField(max_length=2)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    #: The filing that all others are compared with.
    seed = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey(
        "complaints.Case", on_delete=models.PROTECT, null=True, related_name="+"
    )
    size = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    #: How many came by each channel, from how many senders, and most of all from one.
    channels = models.JSONField(default=dict)
    senders = models.PositiveIntegerField(default=0)
    most_from_one = models.PositiveIntegerField(default=0)
    #: A filing of that one: from its page they can be restricted.
    most_case = models.ForeignKey(
        "complaints.Case", on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: New filings in exactly the same words are joined at once.
    join_exact = models.BooleanField(default=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    #: Why it was dismissed, and how large it was then.
    reason = models.TextField(blank=True)
    decided_size = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["country", "state", "-last_at", "-id"], name="cluster_state_idx"),
        ]


class Member(models.Model):
    """A filing of a cluster. A case is in one at most."""

    class State(models.TextChoices):
        FOUND = "found", _("Proposed")
        CHOSEN = "chosen", _("Is being joined")
        JOINED = "joined", _("Joined")
        LEFT_OUT = "left_out", _("Left out")
        REFUSED = "refused", _("Could not be joined")

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="members")
    case = models.OneToOneField("complaints.Case", on_delete=models.PROTECT, related_name="+")
    exact = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.FOUND)
    #: Why it could not be joined: the refusal's code.
    why = models.CharField(max_length=40, blank=True)
    found_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["cluster", "state", "id"], name="member_state_idx"),
            models.Index(
                fields=["id"], condition=models.Q(state="chosen"), name="member_chosen_idx"
            ),
        ]


class Print(models.Model):
    """The print of a filing that is in no cluster, or is the seed of one; kept for some days.

    `exact` and its bands are keyed hashes (`fairplay.prints`): no text can be told from them.
    """

    case = models.OneToOneField(
        "complaints.Case", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    country = models.CharField(max_length=2)
    exact = models.CharField(max_length=64)
    length = models.PositiveIntegerField()
    place_path = models.CharField(max_length=200, blank=True)
    #: When it was filed, or last matched by another one.
    seen_at = models.DateTimeField()
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["country", "exact", "-seen_at"], name="print_exact_idx"),
            models.Index(fields=["seen_at"], name="print_seen_idx"),
        ]


class Band(models.Model):
    """A number of a print; texts that are alike have one in common.

    Rows and not an array: how rare a number is the planner knows only of a column.
    """

    print = models.ForeignKey(Print, on_delete=models.CASCADE, related_name="bands")
    value = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["value"], name="band_value_idx")]
