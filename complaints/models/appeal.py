"""Appeals: to the next higher office, then once more to an overseer; what happens within one.

What is said (notices of hearings, minutes, statements, reports, summaries) lies in the statements of
the events, so that it can be erased; here are dates, people and codes.
"""

import uuid

from django.conf import settings
from django.db import models


class Appeal(models.Model):
    """One appeal. `office` decides it; empty means an overseer does, and then it is final.

    Grounds and decision are statements of the events.
    """

    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="appeals")
    level = models.PositiveSmallIntegerField()
    office = models.ForeignKey("agencies.Office", on_delete=models.PROTECT, null=True)
    by_respondent = models.BooleanField(default=False)
    #: The summary served on them through which a respondent appeals.
    through = models.ForeignKey(
        "complaints.ServedSummary", on_delete=models.PROTECT, null=True, related_name="appeals"
    )
    filed_at = models.DateTimeField()
    filed_event = models.OneToOneField(
        "complaints.Event", on_delete=models.PROTECT, related_name="appeal_filed"
    )
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    upheld = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(decided_at=None),
                name="appeal_open_once",
            ),
        ]


class Hearing(models.Model):
    """A hearing of an appeal: when it is, and whether it was held. Moments in UTC.

    The notice (place, what to bring) is the statement of `set_event`, the minutes that of `held_event`.
    """

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="hearings")
    at = models.DateTimeField()
    set_event = models.OneToOneField("complaints.Event", on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField(null=True)
    held_event = models.OneToOneField(
        "complaints.Event", on_delete=models.PROTECT, null=True, related_name="+"
    )
    called_off_at = models.DateTimeField(null=True)
    #: When those invited were reminded, a day before it.
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appeal"],
                condition=models.Q(held_at=None, called_off_at=None),
                name="hearing_open_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["at"],
                condition=models.Q(held_at=None, called_off_at=None),
                name="hearing_to_come_idx",
            ),
        ]


class Attendance(models.Model):
    """Whether somebody who was invited came. `party` is a code: citizen, office, respondent, other."""

    hearing = models.ForeignKey(Hearing, on_delete=models.PROTECT, related_name="attendances")
    party = models.CharField(max_length=20)
    came = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hearing", "party"], name="attendance_once"),
        ]


class Investigation(models.Model):
    """A team looks into the matter of an appeal, against a clock of its own (`investigation`).

    The order is the statement of `begun_event`, the report that of `ended_event`.
    """

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="investigations")
    begun_at = models.DateTimeField()
    begun_event = models.OneToOneField(
        "complaints.Event", on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    ended_event = models.OneToOneField(
        "complaints.Event", on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: It ended with a report; else it was called off.
    reported = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appeal"], condition=models.Q(ended_at=None), name="investigation_open_once"
            ),
        ]


class Investigator(models.Model):
    """Somebody of an investigation's team. While it is open they see the case."""

    investigation = models.ForeignKey(Investigation, on_delete=models.PROTECT, related_name="team")
    case = models.ForeignKey(
        "complaints.Case", on_delete=models.PROTECT, related_name="investigators"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    leads = models.BooleanField(default=False)
    #: Until when they see the case: the end of the investigation.
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["investigation", "user"], name="investigator_once"),
        ]
        indexes = [
            models.Index(
                fields=["user", "case"],
                condition=models.Q(until=None),
                name="investigator_open_idx",
            ),
        ]


class Recommendation(models.Model):
    """Departmental action recommended by whoever decides an appeal. It resolves nothing by itself.

    Words are the statements of the events. `office` has to act and to say what it did.
    """

    class Followed(models.TextChoices):
        ACTED = "acted"
        REFUSED = "refused"

    case = models.ForeignKey(
        "complaints.Case", on_delete=models.PROTECT, related_name="recommendations"
    )
    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="recommendations")
    office = models.ForeignKey("agencies.Office", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    made_event = models.OneToOneField(
        "complaints.Event", on_delete=models.PROTECT, related_name="+"
    )
    followed = models.CharField(max_length=10, choices=Followed.choices, blank=True)
    followed_at = models.DateTimeField(null=True)
    followed_event = models.OneToOneField(
        "complaints.Event", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["office", "made_at"],
                condition=models.Q(followed=""),
                name="recommendation_open_idx",
            ),
        ]


class ServedSummary(models.Model):
    """What a respondent was served: a written summary without the complainant, and no more.

    The words are the statement of `event`. `key` is all that the respondent gets to name it by: the
    case's number would tell more than is theirs to know.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="summaries")
    respondent = models.ForeignKey(
        "complaints.Respondent", on_delete=models.PROTECT, related_name="summaries"
    )
    event = models.OneToOneField("complaints.Event", on_delete=models.PROTECT, related_name="+")
    #: Who was served: the person, or the holder of the post at that time.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="served"
    )
    served_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    #: Until when (excluded) they may appeal through it.
    appeal_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-served_at"], name="served_user_idx")]
