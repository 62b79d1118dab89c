"""The three figures of the start page, from the one list of figures."""

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from complaints.front import FrontFigure
from oversight.figures.asking import COUNTRYS_IN_PUBLIC, Question
from oversight.figures.periods import today, year_to_now
from oversight.figures.reading import totals
from oversight.figures.standing import standing
from oversight.metrics import LEAST_CASES, METRICS, STATES
from oversight.open.suppressing import is_small

#: Seconds for which the start page keeps what was counted, and that there is nothing.
KEPT_SECONDS, NOTHING_KEPT = 600, 30
#: The figures of a year, and what the start page says that they count.
SHARES = {
    "answered_in_10_from_filing": _(
        "Answered within 10 days, of all that were due in the last 12 months"
    ),
    "confirmed_resolved": _(
        "Confirmed as solved by the citizen, of all answers in the last 12 months"
    ),
}


def front_figures() -> list[FrontFigure]:
    """Open cases now, and the shares of twelve months that rest on enough cases."""
    name = f"front:{settings.COUNTRY}:{today()}"
    kept: tuple[int, dict[str, float]] | None = cache.get(name)
    if kept is None:
        kept = _counted()
        cache.set(name, kept, timeout=KEPT_SECONDS if any(kept) else NOTHING_KEPT)
    number, shares = kept
    if not (number or shares):
        return []
    few = is_small(number)
    return [
        FrontFigure(_("Open now"), number=None if few else number, few=few),
        *(FrontFigure(SHARES[code], share=share) for code, share in shares.items()),
    ]


def _counted() -> tuple[int, dict[str, float]]:
    asked = Question(year_to_now(), sides=COUNTRYS_IN_PUBLIC)
    counts = totals(asked, bands=False)
    shares = {}
    for code in SHARES:
        share = METRICS[code].of(counts)
        if share is not None and METRICS[code].rests_on(counts) >= LEAST_CASES:
            shares[code] = float(share)
    return int(STATES["open"].value(standing(asked)) or 0), shares
