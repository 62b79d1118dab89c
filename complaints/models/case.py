"""The case: what was asked, who has it now, and where it stands."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    COMPLAINT = "complaint", _("Complaint")
    INFORMATION = "information", _("Request for information")
    SUGGESTION = "suggestion", _("Suggestion")


class Status(models.TextChoices):
    """The states of `complaints.workflow.State`, with their names for people."""

    RECEIVED = "received", _("Received")
    WAITING = "waiting", _("Waiting for the citizen")
    FORWARDED = "forwarded", _("Forwarded")
    IN_PROGRESS = "in_progress", _("In progress")
    DISPUTED_OWNER = "disputed_owner", _("Owner disputed")
    ANSWERED = "answered", _("Answered")
    APPEALED = "appealed", _("Appealed")
    CLOSED = "closed", _("Closed")


class EndedAs(models.TextChoices):
    """The endings of `complaints.workflow.Ending`, with their names for people."""

    CONFIRMED = "confirmed", _("Confirmed by the citizen")
    SILENT = "silent", _("Closed without a reply from the citizen")
    DISPUTED_THEN_CONFIRMED = "disputed_then_confirmed", _("Disputed, then confirmed")
    APPEAL_DISMISSED = "appeal_dismissed", _("Appeal dismissed")
    NOT_FOR_US = "not_for_us", _("Not for this portal")
    MERGED = "merged", _("Joined with another case")
    WITHDRAWN = "withdrawn", _("Withdrawn by the citizen")


#: Endings with a yes of the citizen.
CONFIRMED = (EndedAs.CONFIRMED, EndedAs.DISPUTED_THEN_CONFIRMED)


class AnsweredWith(models.TextChoices):
    """The outcomes of `complaints.workflow.Outcome`, with their names for people."""

    RESOLVED = "resolved", _("Resolved")
    PARTLY = "partly", _("Partly resolved")
    NOT_UPHELD = "not_upheld", _("Not upheld")
    ADVICE_ONLY = "advice_only", _("Advice only")
    NO_POWER = "no_power", _("No power to act")


class Priority(models.TextChoices):
    NORMAL = "normal", _("Normal")
    URGENT = "urgent", _("Urgent")


class Case(models.Model):
    """One complaint. Written only by `complaints.services`, each time under its row lock."""

    country = models.CharField(max_length=2)
    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.COMPLAINT)
    status = models.CharField(max_length=20, choices=Status.choices)
    ending = models.CharField(max_length=30, choices=EndedAs.choices, blank=True)
    outcome = models.CharField(max_length=20, choices=AnsweredWith.choices, blank=True)
    priority = models.CharField(max_length=10, choices=Priority.choices, default=Priority.NORMAL)
    language = models.CharField(max_length=2)
    channel = models.CharField(max_length=20)

    #: What the citizen wrote. The record holds only a salted commitment to it.
    text = models.TextField()
    text_salt = models.CharField(max_length=32, blank=True)
    category = models.ForeignKey(
        "agencies.Category", on_delete=models.PROTECT, null=True, related_name="cases"
    )
    place = models.ForeignKey(
        "agencies.Place", on_delete=models.PROTECT, null=True, related_name="cases"
    )
    place_note = models.CharField(max_length=200, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    agency_named = models.ForeignKey(
        "agencies.Office", on_delete=models.PROTECT, null=True, related_name="+"
    )

    sensitive = models.BooleanField(default=False)
    anonymous = models.BooleanField(default=False)
    on_behalf = models.BooleanField(default=False)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    #: The citizen's account, if they filed while signed in.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="cases"
    )
    #: The citizen lets officers see name and contact without breaking the seal.
    share_contact = models.BooleanField(default=False)
    secret_hash = models.CharField(max_length=64)
    withdrawal_hash = models.CharField(max_length=64)

    holder = models.ForeignKey(
        "agencies.Office", on_delete=models.PROTECT, null=True, related_name="held_cases"
    )
    assigned = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="assigned_cases"
    )
    #: The office that passed the case down to the holder; a return goes back there.
    passed_by = models.ForeignKey(
        "agencies.Office", on_delete=models.PROTECT, null=True, related_name="+"
    )
    waiting_from = models.CharField(max_length=20, blank=True)
    hops = models.PositiveSmallIntegerField(default=0)
    disputes = models.PositiveSmallIntegerField(default=0)
    #: An overseer ruled who owns it: that office cannot return it.
    ruled = models.BooleanField(default=False)
    withdrawal_pending = models.BooleanField(default=False)
    #: The citizen said that they were pressured to withdraw: overseers alone see it.
    pressured = models.BooleanField(default=False)
    #: When an overseer last wrote down what was done about it; empty while somebody has to look.
    pressure_noted_at = models.DateTimeField(null=True)
    lead = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    #: How many cases were merged into this one: their citizens are told of its steps.
    merged_count = models.PositiveIntegerField(default=0)
    appeal_level = models.PositiveSmallIntegerField(default=0)
    appeal_final = models.BooleanField(default=False)
    #: Why the filing waits in the tray (too many from one contact, suspected spam), else empty.
    tray = models.CharField(max_length=20, blank=True)

    #: Why it is left out of rankings (a burst, filed by the office itself), else empty.
    unranked = models.CharField(max_length=20, blank=True)
    #: Since when the person is erased: contact, account, handle; and their words and files.
    person_erased_at = models.DateTimeField(null=True)
    words_erased_at = models.DateTimeField(null=True)

    #: Where it was brought from, if it is of the time before the portal (the name of the import), else
    #: empty. Its dates are those of then; no clock of ours ever met or missed counts for it.
    imported_from = models.CharField(max_length=80, blank=True)

    publish_consent = models.BooleanField(default=False)
    public_text = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True)
    #: When the public last could learn something new of it (`workflow.PUBLIC_MOVES`); only while published.
    public_at = models.DateTimeField(null=True)

    filed_at = models.DateTimeField()
    forwarded_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    #: Until when (excluded) an appeal is possible: some days from the answer, decline or decision.
    appeal_until = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    #: When the earliest open clock that an officer answers for is due; the inbox sorts by it.
    next_due = models.DateTimeField(null=True)

    last_seq = models.PositiveIntegerField(default=0)
    #: How many steps the officers of offices may know of: what is between the citizen and overseers, about
    #: whoever filed, or of rankings is not counted, so that no number is left out where there was one.
    office_seq = models.PositiveIntegerField(default=0)
    last_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            # Open cases by urgency: an office's, an officer's, the country's, the desk's.
            models.Index(
                fields=["holder", "next_due", "id"],
                condition=~Q(status="closed"),
                name="case_inbox_idx",
            ),
            models.Index(
                fields=["assigned", "next_due", "id"],
                condition=~Q(status="closed"),
                name="case_assigned_idx",
            ),
            models.Index(
                fields=["country", "next_due", "id"],
                condition=~Q(status="closed"),
                name="case_open_idx",
            ),
            models.Index(
                fields=["country", "status", "next_due", "id"],
                condition=Q(status__in=["received", "waiting", "disputed_owner", "appealed"]),
                name="case_desk_idx",
            ),
            # Lists of figures, which hold none of before the portal: those may be many, and come first.
            models.Index(
                fields=["country", "filed_at", "id"],
                condition=~Q(status="closed") & Q(imported_from=""),
                name="case_oldest_own_idx",
            ),
            # Closed ones, the newest first.
            models.Index(
                fields=["country", "-closed_at", "-id"],
                condition=Q(status="closed"),
                name="case_closed_idx",
            ),
            models.Index(
                fields=["holder", "-closed_at", "-id"],
                condition=Q(status="closed"),
                name="case_holder_closed_idx",
            ),
            models.Index(fields=["holder", "-filed_at", "-id"], name="case_holder_idx"),
            models.Index(fields=["place", "-filed_at"], name="case_place_idx"),
            # Figures of a period.
            models.Index(
                fields=["country", "answered_at"],
                condition=Q(answered_at__isnull=False),
                name="case_answered_idx",
            ),
            models.Index(
                fields=["appeal_until"],
                condition=Q(appeal_until__isnull=False),
                name="case_appeal_until_idx",
            ),
            models.Index(
                fields=["country", "-filed_at"],
                condition=Q(pressured=True),
                name="case_pressured_idx",
            ),
            # What retention looks for.
            models.Index(
                fields=["country", "closed_at", "id"],
                condition=Q(status="closed", words_erased_at=None),
                name="case_kept_idx",
            ),
            models.Index(
                fields=["country", "closed_at", "id"],
                condition=Q(status="closed", person_erased_at=None),
                name="case_person_kept_idx",
            ),
            models.Index(fields=["lead"], condition=Q(lead__isnull=False), name="case_lead_idx"),
            # Lists by the day of filing; and counts of a period by what stands beside, without the rows:
            # those are ten times as large.
            models.Index(
                fields=["country", "-filed_at", "-id"],
                include=["category", "place", "holder", "unranked"],
                name="case_filed_idx",
            ),
            models.Index(
                fields=["country", "-published_at", "-id"],
                condition=Q(published_at__isnull=False),
                name="case_public_idx",
            ),
            models.Index(
                fields=["country", "-public_at", "-id"],
                condition=Q(public_at__isnull=False),
                name="case_public_news_idx",
            ),
            GinIndex(OpClass(Lower("text"), name="gin_trgm_ops"), name="case_text_trgm_idx"),
            GinIndex(
                OpClass(Lower("public_text"), name="gin_trgm_ops"),
                condition=Q(published_at__isnull=False),
                name="case_public_trgm_idx",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.status != Status.CLOSED

    @property
    def held(self) -> bool:
        """Whether it waits at the desk because whoever filed it is restricted."""
        return self.tray.startswith("restricted")

    @property
    def outcome_now(self) -> str:
        """The outcome in words while the answer stands; none while it is disputed or worked on anew."""
        stands = self.status in (Status.ANSWERED, Status.CLOSED)
        return str(self.get_outcome_display()) if stands else ""

    @property
    def followed(self) -> "Case":
        """The case that this one goes with: its lead, or what that was joined with since; else itself."""
        case = self
        while case.lead is not None and case.ending == EndedAs.MERGED:
            case = case.lead
        return case


class Handling(models.Model):
    """An office had the case. `passed_by` is the office that passed it down to this one.

    It says who may still look back on the case, where a returned case goes, and who may not decide
    an appeal on it.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="handlings")
    office = models.ForeignKey("agencies.Office", on_delete=models.PROTECT, related_name="+")
    passed_by = models.ForeignKey(
        "agencies.Office", on_delete=models.PROTECT, null=True, related_name="+"
    )
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "office"], name="handling_once"),
        ]
        indexes = [models.Index(fields=["office", "-since"])]


class RoutingRecord(models.Model):
    """A decision of the router on this case: rule set, facts and reasons, kept as they were.

    `facts` holds no text: the case has it. `decision` is `routing.facts.Decision` as JSON.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="routings")
    at = models.DateTimeField()
    ruleset = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    facts = models.JSONField()
    decision = models.JSONField()
    target = models.CharField(max_length=60, blank=True)
    suggested = models.CharField(max_length=60, blank=True)
    confidence = models.FloatField()
    desk_because = models.CharField(max_length=30, blank=True)

    class Meta:
        indexes = [models.Index(fields=["case", "-at"])]
