"""What the figures are counted from: a fact a case, and sums of facts that the workers keep.

All of it is made from events and cases, and can be made anew from them (`oversight.figures`). Days are
days of the capital's zone. Numbers of offices, categories and districts are their ids: 0 is "none", and
`ALL` (-1, or "*" for a code) stands for all of them together.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from complaints.models.case import Status
from oversight.measures import HISTOGRAMS, MEASURES, PAST


class Fact(models.Model):
    """One case as the figures see it: where it belongs, its days, how it stands."""

    #: Not a constraint of the database: it would wait for whoever has the case's row locked.
    case = models.OneToOneField(
        "complaints.Case",
        on_delete=models.DO_NOTHING,
        primary_key=True,
        related_name="+",
        db_constraint=False,
    )
    #: The office that has the case, 0 for none; and the agency that the office belongs to.
    office = models.IntegerField()
    agency = models.IntegerField()
    category = models.IntegerField()
    #: The district (regency, city) of the case's place: the second level of places.
    district = models.IntegerField()
    channel = models.CharField(max_length=20)
    kind = models.CharField(max_length=20)
    side = models.SmallIntegerField()

    status = models.CharField(max_length=20)
    ending = models.CharField(max_length=30)
    outcome = models.CharField(max_length=20)
    #: The clock that is due next and its moment (UTC); empty when nobody's runs.
    stage = models.CharField(max_length=20)
    due_at = models.DateTimeField(null=True)
    #: The highest level to which one of its late clocks has moved up.
    level = models.SmallIntegerField()

    filed_on = models.DateField()
    forwarded_on = models.DateField(null=True)
    answered_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    disputed_on = models.DateField(null=True)
    appealed_on = models.DateField(null=True)
    decided_on = models.DateField(null=True)
    upheld_on = models.DateField(null=True)
    reopened_on = models.DateField(null=True)
    #: The latest of these days.
    last_on = models.DateField()

    #: Its last answer did not stand: the case went back to work after it.
    fell = models.BooleanField(db_default=False)
    hops = models.SmallIntegerField()
    rating = models.SmallIntegerField(null=True)
    #: Days from filing to the answer; the same without days on which it waited for the citizen; and,
    #: without those too, from the forward.
    took = models.IntegerField(null=True)
    worked = models.IntegerField(null=True)
    took_agency = models.IntegerField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["last_on"], name="fact_last_idx"),
            models.Index(fields=["office", "last_on"], name="fact_office_idx"),
            models.Index(fields=["category", "last_on"], name="fact_category_idx"),
            models.Index(fields=["district", "last_on"], name="fact_district_idx"),
            models.Index(fields=["channel", "last_on"], name="fact_channel_idx"),
            models.Index(
                fields=["office", "due_at"],
                condition=~Q(status=Status.CLOSED),
                name="fact_open_idx",
            ),
            # Lists of what stands open, the most urgent first.
            models.Index(
                fields=["due_at", "case"],
                condition=~Q(status=Status.CLOSED) & ~Q(side=PAST),
                name="fact_urgent_idx",
            ),
        ]


class Handoff(models.Model):
    """A case that an office sent back, and the office that got it next (0: the desk, or nobody yet)."""

    case = models.ForeignKey(
        "complaints.Case", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    seq = models.PositiveIntegerField()
    on = models.DateField()
    from_office = models.IntegerField()
    from_agency = models.IntegerField()
    to_office = models.IntegerField()
    to_agency = models.IntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "seq"], name="handoff_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["on", "from_agency", "to_agency"], name="handoff_day_idx"),
            models.Index(fields=["from_agency", "on"], name="handoff_from_idx"),
            models.Index(fields=["to_agency", "on"], name="handoff_to_idx"),
        ]


class Keyed(models.Model):
    """What a sum is of: a node of the tree with all below it (0: the country), and a cut through it.

    `side` tells what public figures and rankings leave out (`oversight.measures`).
    """

    node = models.IntegerField()
    cut = models.SmallIntegerField()
    side = models.SmallIntegerField()
    category = models.IntegerField()
    district = models.IntegerField()
    channel = models.CharField(max_length=20)
    kind = models.CharField(max_length=20)

    class Meta:
        abstract = True


class Tally(Keyed):
    """Counts of one day, or of a month (`on` is its first day), for one node and cut.

    A column for each of `MEASURES`; empty is nothing, and takes no room.
    """

    grain = models.CharField(max_length=1)
    on = models.DateField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=[
                    *("node", "cut", "grain", "on", "side"),
                    *("category", "district", "channel", "kind"),
                ],
                name="tally_once",
            ),
        ]


for _measure in MEASURES:
    Tally.add_to_class(_measure.name, models.IntegerField(null=True))
for _histogram in HISTOGRAMS:
    Tally.add_to_class(_histogram.name, ArrayField(models.IntegerField(), null=True))


class Backlog(Keyed):
    """The open cases of a node and cut at one stage, as they stood when last counted."""

    stage = models.CharField(max_length=20)
    open = models.IntegerField()
    late = models.IntegerField()
    today = models.IntegerField()
    #: Late cases by the highest level to which they have moved up.
    level1 = models.IntegerField()
    level2 = models.IntegerField()
    level3 = models.IntegerField()
    waiting = models.IntegerField()
    #: Open for at most so many days since they were filed, by bands (`oversight.figures.backlog.AGES`).
    ages = ArrayField(models.IntegerField())
    late_ages = ArrayField(models.IntegerField())
    oldest_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=[
                    *("node", "cut", "side", "category", "district", "channel", "kind", "stage"),
                ],
                name="backlog_once",
            ),
        ]


class Branch(models.Model):
    """An office and one that stands above it (or itself, or 0 for the country), as the sums have it.

    The registry's tree, copied when the sums are made: so that what was added to a node is taken from
    the same one, also after the tree changed.
    """

    office = models.IntegerField()
    node = models.IntegerField()
    #: Whether the node is the country or an agency: these are cut by subject, place and way in too.
    is_cut = models.BooleanField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["office", "node"], name="branch_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["node", "office"], name="branch_node_idx"),
        ]


class Recount(models.Model):
    """A case whose fact has to be made anew although no event says so."""

    case_id = models.BigIntegerField(primary_key=True)


class Kept(models.Model):
    """How far the figures have come; one row (id 1)."""

    #: The last entry of the record's log whose case is counted.
    log_seq = models.BigIntegerField(default=0)
    country = models.CharField(max_length=2, default="")
    #: The version of the registry whose tree the branches are.
    registry = models.UUIDField(null=True)
    #: Raised when the definitions change: then everything is made anew.
    format = models.PositiveIntegerField(default=0)
    #: Days from here on are kept by the day; months for all time.
    days_since = models.DateField(null=True)
    kept_at = models.DateTimeField(null=True)
    backlog_at = models.DateTimeField(null=True)
    rebuilt_at = models.DateTimeField(null=True)
