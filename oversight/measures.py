"""What is counted: each measure, the day on which it counts, and the condition on a fact.

One place: the sums, the lists of cases behind a figure and the check against the raw rows use these.
The conditions are SQL over the columns of `oversight_fact`, without values from outside. Nothing here
reads the database.
"""

from dataclasses import dataclass

#: Which cases a figure is of. SEALED: sensitive. ABOUT: about somebody, who is barred from it. ASIDE: left
#: out of rankings while a pattern is examined, or since it was confirmed. Which figure has which says
#: `oversight.figures.asking`.
OPEN, SEALED, ASIDE, ABOUT = 0, 1, 2, 3
SIDES = (OPEN, SEALED, ASIDE, ABOUT)
#: Cases brought from the time before the portal, whatever else they are: in no figure but the one of how
#: many there are, also while they are worked on here.
PAST = 4

ALL, ALL_CODES = -1, "*"

#: What both measures promise: answered by the end of the tenth day, forwarded by that of the third; the
#: first day is not counted. Source: the clocks `resolve` and `forward` with their defaults.
PROMISED_DAYS, FORWARD_DAYS = 10, 3

#: An answer stands unless its case went back to work; endings without an answer of an office.
_STANDS = "status IN ('answered', 'appealed', 'closed')"
_LEFT = "status = 'closed' AND ending IN ('not_for_us', 'merged', 'withdrawn')"
_LEFT_BY_FILING = f"{_LEFT} AND closed_on - filed_on <= {PROMISED_DAYS}"
#: It had gone back to work after its last answer when it left: that answer had not stood.
_FELL = f"{_LEFT} AND fell"
_LEFT_BY_FORWARD = f"{_LEFT} AND closed_on - forwarded_on <= {PROMISED_DAYS}"
_RESOLVED = "outcome = 'resolved'"
_CONFIRMED = "ending IN ('confirmed', 'disputed_then_confirmed')"
_ENDED = "status = 'closed' AND ending NOT IN ('merged', 'withdrawn')"
#: Marks of answers that ended their case: so that they are a share of these.
_RATED = f"rating IS NOT NULL AND {_ENDED}"


@dataclass(frozen=True, slots=True)
class Measure:
    """Counted on the day in the column `on` where `condition` holds; `amount` is added up (1 a case)."""

    name: str
    on: str
    condition: str = "TRUE"
    amount: str = "1"


MEASURES: tuple[Measure, ...] = (
    # Of the cases filed on the day.
    Measure("received", "filed_on"),
    Measure("forwarded_in_time", "filed_on", f"forwarded_on - filed_on <= {FORWARD_DAYS}"),
    # Left before: neither forwarded in time nor late.
    Measure(
        "left_unforwarded",
        "filed_on",
        f"{_LEFT} AND closed_on - filed_on <= {FORWARD_DAYS}"
        f" AND (forwarded_on IS NULL OR forwarded_on - filed_on > {FORWARD_DAYS})",
    ),
    Measure(
        "kept_from_filing",
        "filed_on",
        f"{_STANDS} AND answered_on - filed_on <= {PROMISED_DAYS} AND NOT ({_LEFT_BY_FILING})"
        f" AND ({_FELL}) IS NOT TRUE",
    ),
    Measure("left_from_filing", "filed_on", _LEFT_BY_FILING),
    Measure("returned", "filed_on", "hops > 0"),
    Measure("hops", "filed_on", "hops > 0", "hops"),
    # Of those first forwarded on the day.
    Measure("forwarded", "forwarded_on"),
    Measure(
        "kept_from_forward",
        "forwarded_on",
        f"{_STANDS} AND answered_on - forwarded_on <= {PROMISED_DAYS} AND NOT ({_LEFT_BY_FORWARD})"
        f" AND ({_FELL}) IS NOT TRUE",
    ),
    Measure("left_from_forward", "forwarded_on", _LEFT_BY_FORWARD),
    # Of the answers of the day (the last one of a case).
    Measure("answered", "answered_on"),
    Measure("confirmed", "answered_on", f"{_RESOLVED} AND status = 'closed' AND {_CONFIRMED}"),
    Measure("silence", "answered_on", f"{_RESOLVED} AND status = 'closed' AND ending = 'silent'"),
    Measure("awaited", "answered_on", f"{_RESOLVED} AND status = 'answered'"),
    Measure("contested", "answered_on", "status NOT IN ('answered', 'closed')"),
    Measure("silent", "answered_on", "status = 'closed' AND ending = 'silent'"),
    Measure("partly", "answered_on", "outcome = 'partly'"),
    Measure("not_upheld", "answered_on", "outcome = 'not_upheld'"),
    Measure("advice_only", "answered_on", "outcome = 'advice_only'"),
    Measure("no_power", "answered_on", "outcome = 'no_power'"),
    Measure("ended", "answered_on", _ENDED),
    Measure("rated", "answered_on", _RATED),
    Measure("rating_sum", "answered_on", _RATED, "rating"),
    Measure("rating_squares", "answered_on", _RATED, "rating * rating"),
    # On the day on which it happened, the first time of a case.
    Measure("disputed", "disputed_on"),
    Measure("appealed", "appealed_on"),
    Measure("decided", "decided_on"),
    Measure("upheld", "upheld_on"),
    Measure("reopened", "reopened_on"),
    Measure("closed", "closed_on"),
    Measure("withdrawn", "closed_on", "ending = 'withdrawn'"),
    Measure("declined", "closed_on", "ending = 'not_for_us'"),
    Measure("merged", "closed_on", "ending = 'merged'"),
)
NAMES = tuple(measure.name for measure in MEASURES)
BY_NAME = {measure.name: measure for measure in MEASURES}

#: Measured only once the promised days are over: each is counted again for days before that, and read
#: under its name with "due_" before it. By the number of days.
DUE: dict[str, int] = {
    "received": PROMISED_DAYS,
    "kept_from_filing": PROMISED_DAYS,
    "left_from_filing": PROMISED_DAYS,
    "forwarded": PROMISED_DAYS,
    "kept_from_forward": PROMISED_DAYS,
    "left_from_forward": PROMISED_DAYS,
    "forwarded_in_time": FORWARD_DAYS,
    "left_unforwarded": FORWARD_DAYS,
}
#: What was received before the days to forward were over: the same measure, due earlier.
DUE_TO_FORWARD = "due_to_forward"

#: Cases of one measure without those of others that are part of it: what the shares of what was promised
#: are out of (without what left before), and what else became of answers.
MEASURED: dict[str, tuple[str, ...]] = {
    "measured_to_forward": (DUE_TO_FORWARD, "due_left_unforwarded"),
    "measured_from_filing": ("due_received", "due_left_from_filing"),
    "measured_from_forward": ("due_forwarded", "due_left_from_forward"),
    "answered_otherwise": ("answered", "confirmed", "awaited", "silence", "contested"),
}

#: The days on which anything counts.
DAYS = tuple(dict.fromkeys(measure.on for measure in MEASURES))


@dataclass(frozen=True, slots=True)
class Histogram:
    """Answers of the day by the days in a column, in the bands of `BANDS`."""

    name: str
    column: str


#: The last day of each band; the band after the last is open. To the tenth day each day is its own.
BANDS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 30, 45, 60, 90, 180, 365)
HISTOGRAMS = (
    Histogram("took", "took"),
    Histogram("worked", "worked"),
    Histogram("took_agency", "took_agency"),
)

#: The cuts: the dimensions of each, and whether only the country has it.
DIMENSIONS = ("category", "district", "channel", "kind")
CUTS: tuple[tuple[str, ...], ...] = (
    (),
    ("category",),
    ("district",),
    ("channel",),
    ("kind",),
    ("category", "district"),
    ("category", "channel"),
    ("category", "kind"),
    ("district", "channel"),
    ("district", "kind"),
    ("channel", "kind"),
)
